"""Single cards cut out of a photo that shows more, flat and as large as they were taken."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median

from lib.cards.boxes import longer_side
from lib.cards.layout import direction
from lib.cards.model import Box, Card, Line
from lib.cards.photo import READING_SIDE, Photo, open_photo

# The longer side of a card that is read on its own, in pixels, where the photo has them.
CARD_SIDE = 1600
# A page scanned at 600 dpi: more would only take memory.
MOST_PIXELS_SIDE = 7000
JPEG_QUALITY = 92


def cut_out(data: bytes, outlines: Sequence[Box]) -> list[Photo]:
    """Return the parts of a photo inside each four corners (pixels of the photo as stored), as seen from above."""
    if not outlines:
        return []
    small = open_photo(data, READING_SIDE)
    usual = median(longer_side(small.from_stored(outline)) for outline in outlines)
    side = min(MOST_PIXELS_SIDE, round(READING_SIDE * max(1.0, CARD_SIDE / usual)))
    photo = open_photo(data, side) if side > READING_SIDE else small
    return [photo.flattened(outline) for outline in outlines]


def turned_outline(outline: Box, lines: Iterable[Line]) -> Box:
    """Return the outline beginning at the text's own top left, by the lines as they lie in what was cut out."""
    cos, sin = direction(line.box for line in lines)
    first = round(math.atan2(sin, cos) / (math.pi / 2)) % 4
    a, b, c, d = (*outline[first:], *outline[:first])
    return (a, b, c, d)


def as_own_photos(data: bytes, cards: Iterable[Card]) -> Iterator[tuple[bytes | None, Card]]:
    """Give each card as a JPEG of its own, upright, and its reading in pixels of that; None for one without outline.

    Raises PhotoUnreadable, PhotoTooLarge.
    """
    photo = open_photo(data, MOST_PIXELS_SIDE)
    for card in cards:
        if card.outline is None:
            yield None, card
            continue
        cut = photo.flattened(card.outline)
        picture = io.BytesIO()
        cut.image.save(picture, "JPEG", quality=JPEG_QUALITY)
        yield picture.getvalue(), _moved(card, cut)


def _moved(card: Card, cut: Photo) -> Card:
    fields = {name: replace(field, box=cut.from_stored(field.box)) for name, field in card.fields.items()}
    lines = tuple(replace(line, box=cut.from_stored(line.box)) for line in card.lines)
    codes = [
        {**code, "box": [list(point) for point in cut.from_stored(code["box"])]}
        for code in card.extra.get("codes", ())
    ]
    extra = {**card.extra, "codes": codes} if codes else card.extra
    return replace(card, fields=fields, lines=lines, extra=extra, outline=None)
