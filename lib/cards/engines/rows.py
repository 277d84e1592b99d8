"""Pieces of one printed line put together again."""

from __future__ import annotations

import math

from lib.cards.layout import Place, box_round, place_of
from lib.cards.model import Line

# In letter heights: wider than the space between words, narrower than that between columns.
WIDEST_GAP = 1.3


def join_rows(lines: list[Line]) -> list[Line]:
    """Return the lines top to bottom, with those joined that stand close together on one row in letters of one size.

    EasyOCR cuts lines at punctuation and gives the pieces in any order.
    """
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (place_of(line.box).left, place_of(line.box).top)):
        row = next((row for row in rows if _continues(place_of(row[-1].box), place_of(line.box))), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    joined = [_as_one(row) for row in rows]
    return sorted(joined, key=lambda line: place_of(line.box).top)


def _continues(before: Place, after: Place) -> bool:
    size = max(before.height, after.height)
    if min(before.height, after.height) < 0.5 * size:
        return False
    overlap = min(before.bottom, after.bottom) - max(before.top, after.top)
    gap = after.left - before.right
    return overlap > 0.55 * min(before.height, after.height) and -0.5 * size < gap < WIDEST_GAP * size


def _as_one(row: list[Line]) -> Line:
    if len(row) == 1:
        return row[0]
    score = math.prod(line.score for line in row) ** (1 / len(row))
    return Line(text=" ".join(line.text for line in row), box=box_round([line.box for line in row]), score=score)
