"""A place that holds Meishi's data: a database, a store of images and a home, whichever settings it is of."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from lib.backup.errors import PlaceInUse
from lib.database import other_database
from lib.database.address import in_words
from lib.settings import Settings
from lib.storage.store import ImageStore, open_store
from lib.workers import count_workers_alive

# Up to here a file from elsewhere is held in memory, then on disk.
IN_MEMORY = 8 << 20


@dataclass(frozen=True, kw_only=True)
class Place:
    """An open place."""

    settings: Settings
    engine: Engine
    pictures: ImageStore

    @property
    def name(self) -> str:
        """Where it is, in words without user and password."""
        if not self.settings.database_url:
            return f"the embedded database in {self.settings.meishi_home}"
        return in_words(make_url(self.settings.database_url))


@contextmanager
def open_place(settings: Settings) -> Iterator[Place]:
    """Open the place, its database brought up to date. Raises MeishiError."""
    with other_database(settings) as engine:
        yield Place(settings=settings, engine=engine, pictures=open_store(settings))


def refuse_workers(place: Place, *, remedy: str) -> None:
    """Raise PlaceInUse where workers are at work: what they do meanwhile would be lost."""
    with place.engine.connect() as db:
        alive = count_workers_alive(db)
    if alive:
        workers = "A worker is" if alive == 1 else f"{alive} workers are"
        raise PlaceInUse(f"{workers} at work in {place.name}.", remedy)


def existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def held(chunks: Iterable[bytes]) -> tuple[BinaryIO, str]:
    """Return a file with the bytes, at its beginning, and their SHA-256; it is gone when it is closed."""
    sha256 = hashlib.sha256()
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed by who asks)
    for chunk in chunks:
        sha256.update(chunk)
        file.write(chunk)
    file.seek(0)
    return cast(BinaryIO, file), sha256.hexdigest()
