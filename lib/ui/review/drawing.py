"""A card's photo with the place of a field framed, and that place alone, magnified. No streamlit here."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from lib.cards.model import Box, Point
from lib.cards.photo import Photo, open_photo

# Pixels: what a full screen shows well, and what the reader itself looked at.
SHOWN_SIDE, KEPT_SIDE = 1600, 2000
# The theme's own teal: seen on white cards and on black ones.
FRAME = (45, 174, 159)
# A frame stands off its text by this share of the text's height; a strip shows a little more.
FRAME_ROOM, STRIP_ROOM = 0.25, 0.45
# A strip is at least so many times wider than high: a short word is not blown up to the size of a poster.
STRIP_SHAPE = 7.0
# What is higher than this share of the picture is not a place in it.
LARGEST_PLACE = 0.5
QUARTER_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


@dataclass(frozen=True)
class Picture:
    """A photo made small and upright: JPEG, and how it lies in the photo as stored (see `Photo`)."""

    jpeg: bytes
    stored_size: tuple[int, int]
    matrix: tuple[tuple[float, ...], ...]

    def open(self) -> Photo:
        """Return it as a picture again."""
        image = Image.open(io.BytesIO(self.jpeg)).convert("RGB")
        return Photo(image=image, stored_size=self.stored_size, matrix=np.array(self.matrix))


def make_picture(data: bytes) -> Picture:
    """Return the photo made ready to be drawn on. Raises PhotoUnreadable and PhotoTooLarge."""
    photo = open_photo(data, KEPT_SIDE)
    rows = tuple(tuple(row) for row in photo.matrix.tolist())
    return Picture(jpeg=_as_jpeg(photo.image, quality=92), stored_size=photo.stored_size, matrix=rows)


def draw_frame(picture: Picture, place: Box | None, turns: int = 0) -> bytes:
    """Return the picture as JPEG, `place` (pixels of the photo as stored) framed, turned clockwise by quarters."""
    photo = picture.open()
    image = photo.image
    if place is not None and is_place(photo, place):
        corners = _with_room(photo.from_stored(place), FRAME_ROOM)
        width = max(3, round(max(image.size) / 260))
        ImageDraw.Draw(image).line([*corners, corners[0], corners[1]], fill=FRAME, width=width, joint="curve")
    return turn(image, turns)


def cut_strip(picture: Picture, place: Box) -> bytes | None:
    """Return what stands at `place` (pixels of the photo as stored), level, as JPEG; None where that is no place."""
    photo = picture.open()
    if not is_place(photo, place):
        return None
    corners = _strip_around(photo.from_stored(place), photo.image.size)
    return _as_jpeg(photo.flattened(photo.to_stored(corners)).image, quality=92)


def turn(image: Image.Image, turns: int) -> bytes:
    """Return the picture as JPEG for the screen, turned clockwise by quarters."""
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BICUBIC)
    turns %= 4
    return _as_jpeg(image.transpose(QUARTER_TURNS[turns]) if turns else image, quality=85)


def is_place(photo: Photo, place: Box) -> bool:
    """Return whether a box is a place in the picture: a value that nobody read has a box without size."""
    corners = photo.from_stored(place)
    width, height = math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2])
    return min(width, height) >= 2 and min(width, height) <= LARGEST_PLACE * min(photo.image.size)


def _with_room(box: Box, share: float) -> Box:
    """Return the box with room on all sides, a share of its lower side."""
    room = share * min(math.dist(box[0], box[1]), math.dist(box[1], box[2]))
    return _stretched(_stretched(box, (room, room)), (room, room), across=True)


def _strip_around(box: Box, size: tuple[int, int]) -> Box:
    """Return the box with room on all sides, as wide as a strip must be, within a picture of this size if it fits."""
    room = STRIP_ROOM * min(math.dist(box[0], box[1]), math.dist(box[1], box[2]))
    box = _stretched(box, _shared(box, room, size, across=True), across=True)
    width, height = math.dist(box[0], box[1]), math.dist(box[1], box[2])
    return _stretched(box, _shared(box, max(room, (STRIP_SHAPE * height - width) / 2), size))


def _shared(box: Box, room: float, size: tuple[int, int], *, across: bool = False) -> tuple[float, float]:
    """Return by how much to stretch the box at either end: by `room`, and what the picture lacks at one at the other.

    Beyond the picture all is white.
    """
    a, b, c, d = box
    sides = ((a, d), (b, c)) if across else ((a, b), (d, c))
    before = min(_to_edge(end, start, size) for start, end in sides)
    after = min(_to_edge(start, end, size) for start, end in sides)
    first = min(max(room, 2 * room - after), before, 2 * room)
    return first, 2 * room - first


def _to_edge(start: Point, end: Point, size: tuple[int, int]) -> float:
    """Return how far it is from `end` to the picture's edge, straight on from `start`; 0 beyond it."""
    distance = math.dist(start, end) or 1.0
    ways = [(end[i] - start[i]) / distance for i in (0, 1)]
    lengths = [((size[i] if ways[i] > 0 else 0) - end[i]) / ways[i] for i in (0, 1) if ways[i]]
    return max(0.0, min(lengths, default=0.0))


def _stretched(box: Box, lengths: tuple[float, float], *, across: bool = False) -> Box:
    """Return the box longer by so many pixels before and behind its text, or above and below it."""
    a, b, c, d = box
    if across:
        (a, d), (b, c) = _apart(a, d, lengths), _apart(b, c, lengths)
    else:
        (a, b), (d, c) = _apart(a, b, lengths), _apart(d, c, lengths)
    return (a, b, c, d)


def _apart(start: Point, end: Point, lengths: tuple[float, float]) -> tuple[Point, Point]:
    """Return two points, each moved away from the other by its length."""
    distance = math.dist(start, end) or 1.0
    x, y = ((end[i] - start[i]) / distance for i in (0, 1))
    before, after = lengths
    return (start[0] - x * before, start[1] - y * before), (end[0] + x * after, end[1] + y * after)


def _as_jpeg(image: Image.Image, *, quality: int) -> bytes:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return data.getvalue()
