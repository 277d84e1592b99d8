"""Readings as they are stored in contacts.ocr_raw_data, made into readings again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.cards.engines.clean import to_box
from lib.cards.model import CONTACT_FIELDS, Card, Field, Line, Reading
from lib.reasons import NO_EMAIL, NO_NAME

# The evidence of a value that no reader found.
BY_HAND = "written by a person"
NOTHING_READ = Card(
    status="pending_review", confidence=0.0, reasons=(NO_NAME, NO_EMAIL), fields={}, lines=(), extra={}
)


def reading_of(raw: Mapping[str, Any], typed: Mapping[str, str | None]) -> Reading | None:
    """Return a stored reading (see `raw_data`) with a contact's values where a person changed them; None for none.

    `typed` holds the contact fields as they are now.
    """
    read = {name: field["value"] for name, field in (raw.get("fields") or {}).items() if field}
    changed = {name: typed[name] for name in CONTACT_FIELDS if typed[name] != read.get(name)}
    if not raw and not any(changed.values()):
        return None
    card = card_of(raw)
    fields = {name: field for name, field in card.fields.items() if name not in changed}
    fields |= {name: _by_hand(value) for name, value in changed.items() if value}
    return Reading(
        engine=raw.get("engine", ""),
        engine_version=raw.get("version", ""),
        seconds=raw.get("seconds", 0.0),
        cards=(replace(card, fields=fields),),
    )


def card_of(raw: Mapping[str, Any]) -> Card:
    """Return the card of a stored reading (see `raw_data`), an empty one where nothing was read."""
    if not raw:
        return NOTHING_READ
    fields = {
        name: Field(
            value=field["value"],
            confidence=field["confidence"],
            box=to_box(field["box"]),
            lines=tuple(field["lines"]),
            evidence=tuple(field["evidence"]),
        )
        for name, field in raw["fields"].items()
        if field
    }
    lines = (Line(text=line["text"], box=to_box(line["box"]), score=line["score"]) for line in raw["lines"])
    return Card(
        status=raw["status"],
        confidence=raw["confidence"],
        reasons=tuple(raw["reasons"]),
        fields=fields,
        lines=tuple(lines),
        extra=raw["extra"],
    )


def _by_hand(value: str) -> Field:
    nowhere = to_box([(0, 0), (0, 0)])
    return Field(value=value, confidence=1.0, box=nowhere, lines=(), evidence=(BY_HAND,))
