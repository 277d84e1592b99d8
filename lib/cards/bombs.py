"""Files of a few bytes that take a decoder minutes or gigabytes, told by their structure before they are decoded."""

from __future__ import annotations

import re
import struct

# A camera's progressive JPEG has about ten scans; each is a pass over all pixels, and 10 bytes suffice for one.
MOST_SCANS = 100
# Every piece of metadata takes Pillow time; a photo of 30 MB has some hundreds.
MOST_SEGMENTS = 10_000
# Numbers in one TIFF tag: a strip for each row of the tallest photo. Each is an object of Python.
MOST_NUMBERS = 50_000

# In the pixels' data an FF is followed by 00 or by a restart mark, else it begins a segment (ITU-T T.81, B.1.1).
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_WITHOUT_LENGTH = (0x01, _START)
# TIFF types of single bytes, which stay bytes: an ICC profile or a thumbnail may be long.
_BYTES = (1, 2, 6, 7)


def is_bomb(data: bytes) -> bool:
    """Return whether a JPEG has more scans or segments, or a TIFF more numbers in a tag, than any photo."""
    if data.startswith(b"\xff\xd8"):
        return _is_jpeg_bomb(data)
    # Pillow opens a TIFF whose version is written the other way round, too.
    if data[:2] in (b"II", b"MM") and data[2:4] in (b"*\0", b"\0*"):
        return _is_tiff_bomb(data)
    # BigTIFF is for more than 4 GB.
    return data[:4] in (b"II+\0", b"MM\0+")


def _is_jpeg_bomb(data: bytes) -> bool:
    scans, place = 0, 0
    for _ in range(MOST_SEGMENTS):
        marker = _MARKER.search(data, place)
        # What follows the picture (a phone's film of the moment) is not decoded.
        if marker is None or data[marker.start() + 1] == _END:
            return False
        kind, place = data[marker.start() + 1], marker.end()
        scans += kind == _SCAN
        if scans > MOST_SCANS:
            return True
        if kind not in _WITHOUT_LENGTH:
            place += int.from_bytes(data[place : place + 2], "big")
    return True


def _is_tiff_bomb(data: bytes) -> bool:
    order = "<" if data.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        tags = [struct.unpack_from(f"{order}HHI", data, start + 2 + 12 * number) for number in range(count)]
    except struct.error:  # breaks off: whoever decodes it says so
        return False
    return any(kind not in _BYTES and numbers > MOST_NUMBERS for _, kind, numbers in tags)
