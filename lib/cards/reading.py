"""One photo through a reader: picture, lines, fields, and boxes back in the photo's own pixels."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from lib.cards.codes import cards_of, find_codes
from lib.cards.engines import Engine
from lib.cards.errors import NoTextFound
from lib.cards.gate import NO_EMAIL, NO_NAME
from lib.cards.layout import in_reading_order
from lib.cards.merge import merge_codes, says_who
from lib.cards.model import Card, Reading
from lib.cards.parse import parse_lines
from lib.cards.photo import Photo, check_shape, open_photo
from lib.cards.vision import Vision, reader_name, upright

UNSURE_READER = "This reader often loses the dots of addresses: compare them with the card."
NOTHING_PRINTED = Card(
    status="pending_review", confidence=0.0, reasons=(NO_NAME, NO_EMAIL), fields={}, lines=(), extra={}
)


def read_photo(data: bytes, engine: Engine, *, region: str, vision: Vision | None = None) -> Reading:
    """Return what stands on the photo; boxes are pixels of the photo as stored, before its EXIF rotation.

    `region` is the country (ISO 3166, two letters) of telephone numbers that nothing on the card places. `vision` is
    a model that looks at the card as well: its values are checked against the lines.
    Raises PhotoUnreadable, PhotoTooLarge, NoTextFound.
    """
    started = time.perf_counter()
    photo = open_photo(data)
    check_shape(photo)
    coded = cards_of(find_codes(np.asarray(photo.image.convert("L"))), photo.to_stored, region)
    lines = in_reading_order(engine.read(photo.pixels))
    if any(character.isalnum() for line in lines for character in line.text):
        card = _in_stored_pixels(parse_lines(lines, region=region), photo)
    elif any(says_who(code) for code in coded):
        card = NOTHING_PRINTED
    else:
        raise NoTextFound
    if engine.loses_dots:
        card = replace(card, status="pending_review", reasons=(*card.reasons, UNSURE_READER))
    card = merge_codes(card, coded)
    if vision is not None:
        # Last: what a code says of itself settles no doubt about what a model says.
        card = vision.check(card, upright(photo.pixels, [line.box for line in lines]), region=region)
    seconds = round(time.perf_counter() - started, 3)
    name = reader_name(engine.name, card)
    return Reading(engine=name, engine_version=engine.version, seconds=seconds, cards=(card,))


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
