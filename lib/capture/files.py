"""Which files a command's paths mean, and their bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.cards import PhotoTooLarge, PhotoUnreadable
from lib.cards.photo import MAX_BYTES

# In a folder only these are taken; what else lies there is not meant.
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".gif", ".bmp"}
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, kw_only=True)
class Found:
    """The files that paths mean, in order, and the paths that mean none, each with the reason."""

    photos: tuple[Path, ...]
    refused: tuple[tuple[Path, str], ...]


def find_photos(paths: Sequence[Path]) -> Found:
    """Return the files named, and the pictures in the folders named, each folder in natural order.

    Nothing is opened yet. A file that is named is taken whatever its kind; hidden ones in folders are not.
    """
    photos: list[Path] = []
    refused: list[tuple[Path, str]] = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except OSError as error:
            refused.append((path, f"It cannot be opened ({error.strerror}). Check the path."))
            continue
        inside, closed = _photos_in(path) if is_folder else ([path], [])
        photos += inside
        refused += closed
    return Found(photos=tuple(photos), refused=tuple(refused))


def read_photo(path: Path) -> bytes:
    """Return the bytes of the file. Raises PhotoUnreadable, and PhotoTooLarge before reading it all."""
    try:
        # Opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PhotoUnreadable("This is not a file.", "Give photos, or folders of photos.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PhotoUnreadable(f"The file cannot be opened ({error.strerror}).", "Check the path.") from error
    if not data:
        raise PhotoUnreadable("The file is empty.", "Copy it from the camera again.")
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge("The photo is larger than 30 MB.", "Save it smaller.")
    return data


def _photos_in(folder: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """Return the pictures in the folder in natural order, and what in it could not be looked into."""
    closed: list[OSError] = []
    photos = sorted(_pictures_in(folder, closed), key=lambda photo: _natural(photo.relative_to(folder)))
    refused = [(Path(error.filename), f"The folder cannot be read ({error.strerror}).") for error in closed]
    if not photos and not refused:
        refused.append((folder, "No photo is in this folder."))
    return photos, refused


def _pictures_in(folder: Path, closed: list[OSError]) -> Iterator[Path]:
    # Links to folders are not followed: they may lead in a circle.
    for where, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(where, name)
            if path.suffix.lower() in PICTURES and not name.startswith(".") and path.is_file():
                yield path


def _natural(path: Path) -> list[tuple[list[str | int], str]]:
    """Return the key that puts `card 2` before `card 10`, folder by folder."""
    return [(_pieces(part), part) for part in path.parts]


def _pieces(name: str) -> list[str | int]:
    # Text and digits take turns, text first, so that like is compared with like.
    return [int(piece) if piece.isdecimal() else piece for piece in DIGITS.split(name.casefold())]
