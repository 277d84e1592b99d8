"""The sample's cards as pictures and as rows of the tables."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

from PIL import Image, ImageFilter

from lib.cards import NoTextFound
from lib.demo.drawing import SIZE
from lib.demo.reading import as_raw_data, corrections_of, read_values, true_values
from lib.demo.story import SampleCard

UNREADABLE = str(NoTextFound())
TALK = (
    "Asked for a price list.",
    "Wants a prototype.",
    "Knows our workshop.",
    "Call back after the holidays.",
)


def blur(photo: bytes) -> bytes:
    """Return the photo so far out of focus that nothing can be read."""
    blurred = io.BytesIO()
    Image.open(io.BytesIO(photo)).filter(ImageFilter.GaussianBlur(28)).save(blurred, "JPEG", quality=80)
    return blurred.getvalue()


def contact_row(card: SampleCard, contact_id: int, event_id: int, url: str, position: int) -> dict[str, Any]:
    """Return the contact as it is now: true where a person looked at it, as it was read where nobody did."""
    values = true_values(card) if card.reviewed_at else read_values(card)
    raw = as_raw_data(card, SIZE)
    return {
        **values,
        "id": contact_id,
        "event_id": event_id,
        "full_name": values["full_name"] or card.photo_name,
        "notes": TALK[position % len(TALK)] if card.reviewed_at and position % 3 == 0 else None,
        "business_card_url": url,
        "ocr_confidence": None if card.confidence is None else round(card.confidence, 2),
        "ocr_raw_data": None if raw is None else json.dumps(raw),
        "status": card.status,
        "processed_at": card.processed_at,
        "reviewed_at": card.reviewed_at,
        "created_at": card.captured_at,
    }


def job_row(card: SampleCard, job_id: int, contact_id: int) -> dict[str, Any]:
    """Return the reading's job, at its end."""
    is_failed = card.status == "failed"
    return {
        "id": job_id,
        "contact_id": contact_id,
        "status": "failed" if is_failed else "completed",
        "error_message": UNREADABLE if is_failed else None,
        "started_at": card.started_at,
        "completed_at": card.processed_at,
        "created_at": card.captured_at,
        "photo_name": card.photo_name,
    }


def activity_rows(card: SampleCard, job_id: int, contact_id: int, event_id: int, size: int) -> list[dict[str, Any]]:
    """Return what the product would have logged of the card, each with its time."""
    read: dict[str, Any] = {"status": "failed", "error": UNREADABLE}
    if card.confidence is not None:
        status = "completed" if card.is_accepted else "pending_review"
        read = {"status": status, "engine": "rapidocr", "seconds": round(card.reading_seconds, 3)}
    steps: list[tuple[str, dt.datetime | None, dict[str, Any]]] = [
        ("contact_uploaded", card.captured_at, {"photo": card.photo_name, "bytes": size, "event_id": event_id}),
        ("contact_processed", card.processed_at, {**read, "job_id": job_id}),
        ("contact_reviewed", card.reviewed_at if card.misread else None, {"corrections": corrections_of(card)}),
        ("contact_verified", card.reviewed_at, {}),
    ]
    return [
        {
            "action": action,
            "entity_type": "contact",
            "entity_id": contact_id,
            "metadata": json.dumps(metadata),
            "created_at": at,
        }
        for action, at, metadata in steps
        if at is not None
    ]
