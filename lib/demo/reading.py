"""What the reader would have stored of a sample card, in the shape in which it stores real ones."""

from __future__ import annotations

from typing import Any

from lib.cards import CONTACT_FIELDS, Box, Card, Field, Line, Reading, raw_data
from lib.demo.story import SampleCard

# Where on the photo a text stands is not known: each is somewhere on the card.
SCORE = 0.97
DOUBT = "The e-mail address does not exactly fit the name."


def true_values(card: SampleCard) -> dict[str, str | None]:
    """Return the contact's columns as they stand on the card."""
    person = card.person
    linkedin = f"https://www.{person.linkedin_url}" if person.linkedin_url else None
    phone = "".join(letter for letter in person.phone or "" if letter not in " -()") or None
    return {
        "full_name": person.full_name,
        "email": person.email,
        "company": person.company,
        "title": person.title,
        "phone": phone,
        "linkedin_url": linkedin,
    }


def read_values(card: SampleCard) -> dict[str, str | None]:
    """Return the contact's columns as the reader got them; all None where it failed."""
    if card.status == "failed":
        return dict.fromkeys(CONTACT_FIELDS)
    return true_values(card) | card.misread


def as_raw_data(card: SampleCard, size: tuple[int, int]) -> dict[str, Any] | None:
    """Return the complete response for a photo of `size` (width, height in pixels); None where reading failed."""
    if card.confidence is None:
        return None
    width, height = size
    box: Box = ((0, 0), (width, 0), (width, height), (0, height))
    values = {name: value for name, value in read_values(card).items() if value is not None}
    fields = {
        name: Field(value=value, confidence=_confidence(card, name), box=box, lines=(position,))
        for position, (name, value) in enumerate(values.items())
    }
    read = Card(
        status="completed" if card.is_accepted else "pending_review",
        confidence=round(card.confidence, 4),
        reasons=() if card.is_accepted else (DOUBT,),
        fields=fields,
        lines=tuple(Line(text=value, box=box, score=SCORE) for value in values.values()),
        extra={"sample": True},
    )
    seconds = round(card.reading_seconds, 3)
    return raw_data(Reading(engine="rapidocr", engine_version="sample", seconds=seconds, cards=(read,)), 0)


def corrections_of(card: SampleCard) -> list[dict[str, Any]]:
    """Return what a person put right, as the activity contact_reviewed keeps it."""
    truth = true_values(card)
    return [
        {
            "field": name,
            "read": value,
            "confidence": None if value is None else _confidence(card, name),
            "before": value,
            "after": truth[name],
            "engine": "rapidocr",
        }
        for name, value in card.misread.items()
    ]


def _confidence(card: SampleCard, name: str) -> float:
    """Return how sure the reader was of one field: of what it misread, less than of the rest."""
    whole = card.confidence or 0.0
    return round(whole if name in card.misread else min(0.99, whole + 0.1), 4)
