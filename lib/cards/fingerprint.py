"""What tells a photo from others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

JPEG = b"\xff\xd8"
PNG = b"\x89PNG\r\n\x1a\n"
# Of JPEG (ITU T.81, table B.1): where the picture itself begins, and what speaks about it (EXIF, XMP, IPTC, remarks).
JPEG_SCAN = 0xDA
JPEG_REMARKS = {0xE1, 0xED, 0xFE}
# Of PNG (third edition, 5.6 and 11): what makes the pixels. Everything else speaks about them.
PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"}


def fingerprint(data: bytes) -> str:
    """Return what is the same for the same picture (SHA-256, hexadecimal), whatever the file's name and metadata.

    Nothing is decoded: the app's own process never is at the mercy of a picture. Of any other file than JPEG and PNG
    it is that of all its bytes. Some milliseconds for a phone's photo.
    """
    whole = memoryview(data)
    if whole[:2] == JPEG:
        parts = _jpeg(whole)
    elif whole[:8] == PNG:
        parts = _png(whole)
    else:
        parts = iter([whole])
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _jpeg(data: memoryview) -> Iterator[memoryview]:
    """Give the segments of a JPEG but for its remarks; from where it is none any more, the rest as it is."""
    yield data[: len(JPEG)]
    place = len(JPEG)
    while place + 4 <= len(data) and data[place] == 0xFF and data[place + 1] != JPEG_SCAN:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if data[place + 1] not in JPEG_REMARKS:
            yield data[place:end]
        place = end
    yield data[place:]


def _png(data: memoryview) -> Iterator[memoryview]:
    """Give the chunks of a PNG that make its pixels; from where it is none any more, the rest as it is."""
    yield data[: len(PNG)]
    place = len(PNG)
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if bytes(data[place + 4 : place + 8]) in PNG_PIXELS:
            yield data[place:end]
        place = end
    yield data[place:]
