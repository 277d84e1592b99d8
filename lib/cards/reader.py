"""What reads photos, opened as the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from lib.cards.engines import Engine, open_engine
from lib.cards.model import Reading
from lib.cards.reading import read_photo
from lib.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Reader:
    """An engine, and the country of telephone numbers that nothing on a card places."""

    engine: Engine
    region: str

    @property
    def name(self) -> str:
        """Who reads, for a person."""
        return self.engine.name

    def read(self, data: bytes) -> Reading:
        """Return what stands on the photo. Raises what `read_photo` raises."""
        return read_photo(data, self.engine, region=self.region)


def open_reader(settings: Settings, name: str | None = None, *, threads: int) -> Reader:
    """Return the reader called `name`, else the settings' own, loaded. Raises EngineUnavailable."""
    engine = open_engine(
        name or settings.ocr_engine,
        languages=settings.ocr_languages,
        threads=threads,
        folder=settings.meishi_home / "models",
    )
    return Reader(engine=engine, region=settings.default_region)
