"""One photo through a reader: picture, lines, fields, and boxes back in the photo's own pixels."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lib.cards.codes import Code, cards_of, find_codes
from lib.cards.cutting import cut_out, turned_outline
from lib.cards.engines import Engine, Picture
from lib.cards.errors import NoTextFound
from lib.cards.layout import in_reading_order
from lib.cards.merge import merge_codes, says_who
from lib.cards.model import Card, Line, Reading
from lib.cards.parse import parse_lines
from lib.cards.photo import Photo, check_shape, open_photo
from lib.cards.second import confirm
from lib.cards.several import are_several, find_parts, letters, small_card
from lib.cards.stored import NOTHING_READ
from lib.cards.vision import Vision, reader_name, upright
from lib.reasons import UNSURE_READER, is_cut_out


def read_photo(data: bytes, engine: Engine, *, region: str, vision: Vision | None = None) -> Reading:
    """Return what stands on the photo; boxes are pixels of the photo as stored, before its EXIF rotation.

    `region` is the country (ISO 3166, two letters) of telephone numbers that nothing on the card places. `vision` is
    a model that looks at the card as well: its values are checked against the lines. Several cards come in reading
    order, each with its outline. Raises PhotoUnreadable, PhotoTooLarge, NoTextFound.
    """
    started = time.perf_counter()
    photo = open_photo(data)
    check_shape(photo)
    look = _look(photo, engine)
    cards = _apart(data, look, engine, region) or [(look := _closer(data, look, engine), _card(look, engine, region))]
    if vision is not None:
        # Last: what a code says of itself settles no doubt about what a model says.
        cards = [(look, vision.check(card, look.upright, region=region)) for look, card in cards]
    seconds = round(time.perf_counter() - started, 3)
    found = tuple(card for _, card in cards)
    name = next((name for card in found if (name := reader_name(engine.name, card)) != engine.name), engine.name)
    return Reading(engine=name, engine_version=engine.version, seconds=seconds, cards=found)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """A picture, and the lines and codes in it."""

    photo: Photo
    lines: tuple[Line, ...]
    codes: list[Code]

    @property
    def has_text(self) -> bool:
        return any(character.isalnum() for line in self.lines for character in line.text)

    @property
    def upright(self) -> Picture:
        return upright(self.photo.pixels, [line.box for line in self.lines])


def _look(photo: Photo, engine: Engine) -> _Look:
    codes = find_codes(np.asarray(photo.image.convert("L")))
    return _Look(photo=photo, lines=in_reading_order(engine.read(photo.pixels)), codes=codes)


def _card(look: _Look, engine: Engine, region: str) -> Card:
    """Return the card that was looked at. Raises NoTextFound."""
    coded = cards_of(look.codes, look.photo.to_stored, region)
    if look.has_text:
        card = parse_lines(look.lines, region=region)
        card = confirm(card, lambda boxes: engine.read_again(look.photo.pixels, boxes), region=region)
        card = _in_stored_pixels(card, look.photo)
    elif any(says_who(code) for code in coded):
        card = NOTHING_READ
    else:
        raise NoTextFound
    if engine.loses_dots:
        card = replace(card, status="pending_review", reasons=(*card.reasons, UNSURE_READER))
    return merge_codes(card, coded)


def _closer(data: bytes, look: _Look, engine: Engine) -> _Look:
    """Return a look from nearer at a card that is small in its photo; else the look that was taken."""
    corners = small_card(look.photo.pixels, look.lines)
    if corners is None:
        return look
    (near,) = cut_out(data, [look.photo.to_stored(corners)])
    closer = _look(near, engine)
    # Where less is to be read than from afar, the place was wrong.
    return closer if letters(closer.lines) >= letters(look.lines) else look


def _apart(data: bytes, look: _Look, engine: Engine, region: str) -> list[tuple[_Look, Card]]:
    """Return several cards, each looked at on its own; none where the photo shows one, or two sides of one."""
    parts = find_parts(look.photo.pixels, look.lines, [code.box for code in look.codes], region=region)
    outlines = [look.photo.to_stored(part.corners) for part in parts]
    cards = []
    for part, outline, photo in zip(parts, outlines, cut_out(data, outlines), strict=True):
        own = _look(photo, engine)
        if not own.has_text:
            return []
        card = replace(_card(own, engine, region), outline=turned_outline(outline, own.lines))
        cards.append((own, _doubted(card, len(parts)) if part.is_guessed else card))
    return cards if are_several([card for _, card in cards], parts) else []


def _doubted(card: Card, count: int) -> Card:
    return replace(card, status="pending_review", reasons=(*card.reasons, is_cut_out(count)))


def _in_stored_pixels(card: Card, photo: Photo) -> Card:
    fields = {name: replace(field, box=photo.to_stored(field.box)) for name, field in card.fields.items()}
    lines = tuple(replace(line, box=photo.to_stored(line.box)) for line in card.lines)
    return replace(card, fields=fields, lines=lines)


def raw_data(reading: Reading, index: int) -> dict[str, Any]:
    """Return one card's whole reading as JSON-ready data, as it is stored in contacts.ocr_raw_data."""
    card = reading.cards[index]
    return {
        "engine": reading.engine,
        "version": reading.engine_version,
        "seconds": reading.seconds,
        "status": card.status,
        "confidence": card.confidence,
        "reasons": list(card.reasons),
        "fields": {
            name: {
                "value": field.value,
                "confidence": field.confidence,
                "box": [list(point) for point in field.box],
                "lines": list(field.lines),
                "evidence": list(field.evidence),
            }
            for name, field in card.fields.items()
        },
        "lines": [
            {"text": line.text, "box": [list(point) for point in line.box], "score": round(line.score, 4)}
            for line in card.lines
        ],
        "extra": card.extra,
    }
