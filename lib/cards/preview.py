"""A photo as a browser can show it."""

from __future__ import annotations

import io

from lib.cards.photo import open_photo


def preview(data: bytes, longest_side: int = 1600) -> bytes:
    """Return the photo as JPEG, upright by its EXIF, no side longer than `longest_side` pixels; HEIC too.

    Raises PhotoUnreadable and PhotoTooLarge.
    """
    picture = io.BytesIO()
    open_photo(data, longest_side).image.save(picture, "JPEG", quality=85)
    return picture.getvalue()
