"""Where the lines of a card stand to each other, however the card lies in the picture. Pixels, origin top left."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from lib.cards.boxes import hull
from lib.cards.model import Box, Line, Point

# What is less askew than this (a quarter of a degree) is left as it is.
STRAIGHT = 0.005
# Lines whose tops differ by less, in letter heights, stand in one row.
ROW_STEP = 0.4


@dataclass(frozen=True)
class Place:
    """The upright rectangle round a line and the height of its letters."""

    left: float
    top: float
    right: float
    bottom: float
    height: float

    @property
    def middle(self) -> float:
        """The x of the middle."""
        return (self.left + self.right) / 2


def place_of(box: Box) -> Place:
    """Return the place of a box; the height is measured along its own sides, so a tilt does not add to it."""
    xs, ys = [x for x, _ in box], [y for _, y in box]
    height = (math.dist(box[0], box[3]) + math.dist(box[1], box[2])) / 2
    return Place(min(xs), min(ys), max(xs), max(ys), max(height, 1.0))


def level(boxes: Sequence[Box]) -> list[Box]:
    """Return the boxes turned about the origin so that most text runs from left to right, upright."""
    cos, sin = direction(boxes)
    return [turned(box, cos, -sin) for box in boxes] if sin or cos < 0 else list(boxes)


def direction(boxes: Iterable[Box]) -> Point:
    """Return which way most text runs, as cosine and sine; (1, 0) where it is as good as straight."""
    rows = [(a, b) for box in boxes for a, b in ((box[0], box[1]), (box[3], box[2]))]
    x, y = sum(b[0] - a[0] for a, b in rows), sum(b[1] - a[1] for a, b in rows)
    length = math.hypot(x, y)
    if not length or (x > 0 and abs(y) < STRAIGHT * x):
        return (1.0, 0.0)
    return (x / length, y / length)


def turned(box: Box, cos: float, sin: float) -> Box:
    """Return a box turned about the origin: what runs to the right runs in that direction then."""
    a, b, c, d = ((x * cos - y * sin, x * sin + y * cos) for x, y in box)
    return (a, b, c, d)


def in_reading_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines row by row from the top, each row from its left, however the card lies in the picture."""
    given = list(lines)
    if not given:
        return ()
    boxes = level([line.box for line in given])
    step = ROW_STEP * median(place_of(box).height for box in boxes)
    down = sorted(range(len(given)), key=lambda index: boxes[index][0][1])
    rows = [[down[0]]]
    for before, after in pairwise(down):
        if boxes[after][0][1] - boxes[before][0][1] >= step:
            rows.append([])
        rows[-1].append(after)
    return tuple(given[index] for row in rows for index in sorted(row, key=lambda index: boxes[index][0][0]))


def box_round(boxes: list[Box]) -> Box:
    """Return the one box, or the upright rectangle round several."""
    return boxes[0] if len(boxes) == 1 else hull(boxes)


@dataclass(frozen=True)
class Layout:
    """The lines of a card with their places."""

    lines: tuple[Line, ...]

    @cached_property
    def places(self) -> list[Place]:
        """The place of each line, with the card turned upright."""
        return [place_of(box) for box in level([line.box for line in self.lines])]

    @cached_property
    def usual_height(self) -> float:
        """The height of most letters: what is much larger is a name or a logo."""
        lying = [place.height for index, place in enumerate(self.places) if not self.stands(index)]
        return median(lying) if lying else 1.0

    @cached_property
    def ranks(self) -> list[float]:
        """Where each line stands from the top, 0-1."""
        tops = [place.top for place in self.places]
        span = (max(tops) - min(tops)) or 1.0
        return [(top - min(tops)) / span for top in tops]

    def relative_height(self, index: int) -> float:
        """Return a line's letter height against the usual one."""
        return self.places[index].height / self.usual_height

    def stands(self, index: int) -> bool:
        """Return whether a line runs up or down while the card's text runs across: a logo on its side."""
        place = self.places[index]
        return len(self.lines[index].text) > 3 and place.bottom - place.top > 1.5 * (place.right - place.left)

    def next_below(self, index: int) -> int | None:
        """Return the line that goes on right below: near, aligned and of the same letter height. Else None."""
        here = self.places[index]
        below = [i for i, place in enumerate(self.places) if i != index and _follows(here, place)]
        return min(below, key=lambda i: self.places[i].top, default=None)

    def stacked_below(self, index: int) -> int | None:
        """Return the line right below that may belong to the same logo: near and aligned, of any letter height."""
        here = self.places[index]
        below = [i for i, place in enumerate(self.places) if i != index and _is_stacked(here, place)]
        return min(below, key=lambda i: self.places[i].top, default=None)

    def beside(self, index: int) -> int | None:
        """Return the line that goes on to the right in the same row: near and of the same letter height."""
        here = self.places[index]
        right = [i for i, place in enumerate(self.places) if i != index and _is_beside(here, place)]
        right = [i for i in right if min(len(self.lines[i].text), len(self.lines[index].text)) > 1]
        return min(right, key=lambda i: self.places[i].left, default=None)


def _is_stacked(upper: Place, lower: Place) -> bool:
    larger, smaller = max(upper.height, lower.height), min(upper.height, lower.height)
    if smaller < 0.2 * larger or lower.top <= upper.top + 0.3 * upper.height:
        return False
    if not -0.45 * larger <= lower.top - upper.bottom <= max(0.7 * larger, 1.0 * smaller):
        return False
    offsets = (upper.left - lower.left, upper.right - lower.right, upper.middle - lower.middle)
    return min(abs(offset) for offset in offsets) <= 0.7 * larger


def _is_beside(left: Place, right: Place) -> bool:
    larger, smaller = max(left.height, right.height), min(left.height, right.height)
    overlap = min(left.bottom, right.bottom) - max(left.top, right.top)
    return (
        smaller >= 0.6 * larger and overlap > 0.5 * smaller and -0.3 * larger < right.left - left.right < 2.2 * larger
    )


def _follows(upper: Place, lower: Place) -> bool:
    size = max(upper.height, lower.height)
    if min(upper.height, lower.height) < 0.72 * size:
        return False
    gap = lower.top - upper.bottom
    if not -0.6 * size <= gap <= 1.1 * size or lower.top <= upper.top + 0.4 * size:
        return False
    offsets = (upper.left - lower.left, upper.right - lower.right, upper.middle - lower.middle)
    return min(abs(offset) for offset in offsets) <= 0.8 * size
