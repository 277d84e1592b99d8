"""Four corners in a picture: pixels, origin top left, clockwise as seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lib.cards.model import Box, Point


def in_rows(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes row by row from the top, each row from the left: in a row are those whose middles overlap."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: middle(box)[1]):
        height = max(y for _, y in box) - min(y for _, y in box)
        if rows and middle(box)[1] - middle(rows[-1][0])[1] < height / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row, key=lambda box: middle(box)[0])]


def middle(box: Box) -> Point:
    """Return the middle of the four corners."""
    return (sum(x for x, _ in box) / 4, sum(y for _, y in box) / 4)


def area(box: Box) -> float:
    """Return the area inside, in square pixels."""
    pairs = zip(box, (*box[1:], box[0]), strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def is_inside(point: Point, box: Box) -> bool:
    """Return whether a point lies inside four corners that go round clockwise as seen."""
    return all(
        (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax) >= 0
        for (ax, ay), (bx, by) in zip(box, (*box[1:], box[0]), strict=True)
    )


def hull(boxes: Iterable[Box], room: float = 0.0) -> Box:
    """Return the upright rectangle round boxes, with so many pixels of room on all sides."""
    points = [point for box in boxes for point in box]
    left, right = min(x for x, _ in points) - room, max(x for x, _ in points) + room
    top, bottom = min(y for _, y in points) - room, max(y for _, y in points) + room
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def longer_side(box: Box) -> float:
    """Return the longer one of the first two sides, in pixels."""
    return max(math.dist(box[0], box[1]), math.dist(box[1], box[2]))
