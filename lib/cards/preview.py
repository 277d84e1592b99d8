"""A photo as a browser can show it, and what tells it from others."""

from __future__ import annotations

import hashlib
import io

from lib.cards.errors import PhotoTooLarge, PhotoUnreadable
from lib.cards.photo import open_photo

# Pixels of the longest side that are compared: a JPEG is decoded at a fraction of its size for it.
FINGERPRINT_SIDE = 512


def preview(data: bytes, longest_side: int = 1600) -> bytes:
    """Return the photo as JPEG, upright by its EXIF, no side longer than `longest_side` pixels; HEIC too.

    Raises PhotoUnreadable and PhotoTooLarge.
    """
    picture = io.BytesIO()
    open_photo(data, longest_side).image.save(picture, "JPEG", quality=85)
    return picture.getvalue()


def fingerprint(data: bytes) -> str:
    """Return what is the same for the same pixels (SHA-256, hexadecimal), whatever the file's name and metadata.

    Of what is no picture it is that of the bytes. About 0.1 s for a phone's photo.
    """
    try:
        image = open_photo(data, FINGERPRINT_SIDE).image
    except (PhotoUnreadable, PhotoTooLarge):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()
