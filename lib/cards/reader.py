"""What reads photos, opened as the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from lib.cards.engines import ENGINES, Engine, open_engine
from lib.cards.model import Reading
from lib.cards.reading import read_photo
from lib.cards.vision import Vision
from lib.settings import Settings

# What the setting OCR_ENGINE takes: an engine, or a vision model beside the first of them.
LOCAL, VISION = "rapidocr", "vision"
READERS = (*ENGINES, VISION)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """An engine, the country of telephone numbers that nothing on a card places, and a model that checks it."""

    engine: Engine
    region: str
    vision: Vision | None = None

    @property
    def name(self) -> str:
        """Who reads, for a person; a stored reading says who did."""
        return f"{self.engine.name}+{VISION}" if self.vision else self.engine.name

    def read(self, data: bytes) -> Reading:
        """Return what stands on the photo. Raises what `read_photo` raises."""
        return read_photo(data, self.engine, region=self.region, vision=self.vision)


def open_reader(settings: Settings, name: str | None = None, *, threads: int) -> Reader:
    """Return the reader called `name`, else the settings' own, loaded. Raises EngineUnavailable."""
    name = name or settings.ocr_engine
    vision = Vision(settings) if name == VISION else None
    engine = open_engine(
        LOCAL if vision else name,
        languages=settings.ocr_languages,
        threads=threads,
        folder=settings.meishi_home / "models",
    )
    return Reader(engine=engine, region=settings.default_region, vision=vision)
