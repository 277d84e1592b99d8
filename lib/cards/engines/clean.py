"""The boundary to the engines: their text and boxes made plain."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from lib.cards.model import Box, Line, Point


def to_lines(found: Iterable[tuple[Any, str, Any]]) -> list[Line]:
    """Return lines from an engine's (box, text, score), without those that hold no text."""
    lines = []
    for box, text, score in found:
        cleaned = clean_text(text)
        if cleaned:
            lines.append(Line(text=cleaned, box=to_box(box), score=min(max(float(score), 0.0), 1.0)))
    return lines


def clean_text(text: str) -> str:
    """Return text in NFC without control, bidirectional and private characters, with single spaces.

    PostgreSQL refuses NUL, and a bidirectional mark turns an address round on the screen.
    """
    # Full-width Latin and digits (ＴＥＬ０３) are common on Japanese cards; other compatibility forms stay.
    narrowed = "".join(_narrow(character) for character in text)
    kept = (character for character in narrowed if unicodedata.category(character) not in _DROPPED)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}


def _narrow(character: str) -> str:
    if character in "\t\n\r\v\f":
        return " "
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    return character


def to_box(points: Sequence[Any]) -> Box:
    """Return four corners as plain floats; two points are taken as opposite corners."""
    corners: list[Point] = [(float(point[0]), float(point[1])) for point in points]
    if len(corners) == 2:
        (left, top), (right, bottom) = corners
        return ((left, top), (right, top), (right, bottom), (left, bottom))
    return (corners[0], corners[1], corners[2], corners[3])
