"""The codes on a card: QR and the other codes of two dimensions, and what they say of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lib.cards.engines import Picture
from lib.cards.engines.clean import to_box
from lib.cards.model import Box, Card, Field
from lib.cards.vcard import LONGEST_TEXT, CodeContact, read_contact

# A code corrects its own errors: what it says is what was put in, though that may have been long ago.
CONFIDENCE = 0.99
# No card has more; a sheet of them must not hold up the others.
MOST_CODES = 8
# The stripes on products carry no people, and looking for them doubles the time.
FORMATS = ("QRCode", "MicroQRCode", "RMQRCode", "Aztec", "DataMatrix", "PDF417")


@dataclass(frozen=True, kw_only=True)
class Code:
    """A code's text (at most 10,000 characters), its format in words, and its box in pixels of the picture."""

    text: str
    format: str
    box: Box


def find_codes(picture: Picture) -> list[Code]:
    """Return the codes of a picture, grey (height, width) or RGB, turned as it may be; empty when there is none."""
    # Only the worker needs it.
    import zxingcpp

    formats = zxingcpp.BarcodeFormats([getattr(zxingcpp, name) for name in FORMATS])
    found = zxingcpp.read_barcodes(picture, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return [
        Code(text=code.text[:LONGEST_TEXT], format=str(code.format), box=_box(code.position))
        for code in found[:MOST_CODES]
    ]


def _box(position: Any) -> Box:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return to_box([(corner.x, corner.y) for corner in corners])


def cards_of(codes: Iterable[Code], to_stored: Callable[[Box], Box], region: str) -> list[Card]:
    """Return a card for each code that says something of a person; `to_stored` takes boxes to the stored photo.

    The address of a website alone is a card without contact fields, which only confirms what is printed.
    """
    cards = []
    for code in codes:
        contact = read_contact(code.text, region=region)
        if contact is not None:
            cards.append(_card(code, contact, to_stored(code.box)))
    return cards


def _card(code: Code, contact: CodeContact, box: Box) -> Card:
    evidence = ("from the code on the card",)
    fields = {
        name: Field(value=value, confidence=CONFIDENCE, box=box, lines=(), evidence=evidence)
        for name, value in contact.fields.items()
    }
    kept = {"format": code.format, "text": code.text, "box": [list(point) for point in box], "fields": contact.fields}
    extra = {
        "codes": [kept],
        "phones": [phone.as_json() for phone in contact.phones],
        "emails": list(contact.emails),
    }
    return Card(status="pending_review", confidence=0.0, reasons=(), fields=fields, lines=(), extra=extra)
