"""Cards typed by hand, for tests of one behaviour."""

from __future__ import annotations

from lib.cards.model import Card, Line
from lib.cards.parse import parse_lines

Row = str | tuple[str, float] | tuple[str, float, float]


def lines_of(*rows: Row) -> tuple[Line, ...]:
    """Return lines below each other. A row is its text, or (text, letter size), or (text, letter size, score)."""
    lines, y = [], 40.0
    for row in rows:
        text, size, score = (row, 1.0, 0.99) if isinstance(row, str) else (*row, 0.99)[:3]
        height = 30.0 * size
        right = 50 + len(text) * height / 2
        box = ((50.0, y), (right, y), (right, y + height), (50.0, y + height))
        lines.append(Line(text=text, box=box, score=score))
        y += height * 1.35
    return tuple(lines)


def read(*rows: Row, region: str = "US") -> Card:
    """Return the card that these rows make."""
    return parse_lines(lines_of(*rows), region=region)


def values(*rows: Row, region: str = "US") -> dict[str, str]:
    """Return the fields' values by name."""
    return {name: field.value for name, field in read(*rows, region=region).fields.items()}
