"""What a reading of a card is made of. All boxes are pixels of the photo as given, origin top left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Point = tuple[float, float]
# Four corners, clockwise from the text's own top left.
Box = tuple[Point, Point, Point, Point]

# The fields a contact has columns for; the first two decide whether a card is accepted without review.
CONTACT_FIELDS = ("full_name", "email", "company", "title", "phone", "linkedin_url")

Status = Literal["completed", "pending_review"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of text as an engine saw it; `score` is the engine's own, 0-1."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True, kw_only=True)
class Field:
    """A value with how sure it is (0-1), the lines it came from (indexes) and why it was believed."""

    value: str
    confidence: float
    box: Box
    lines: tuple[int, ...]
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Card:
    """One card's reading: its fields by name, and whether a person should look (`reasons` say why)."""

    status: Status
    confidence: float
    reasons: tuple[str, ...]
    fields: dict[str, Field]
    lines: tuple[Line, ...]
    # Everything else worth keeping, as JSON: all phones with their kinds, the address, the legal name, …
    extra: dict[str, Any]
    # Where it lies, clockwise from its own top left, when the photo shows more than this card.
    outline: Box | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one photo gave: usually one card."""

    engine: str
    engine_version: str
    seconds: float
    cards: tuple[Card, ...]
