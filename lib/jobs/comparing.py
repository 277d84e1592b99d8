"""What another engine reads on a card, put beside what the contact has: nothing of that is lost or overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.cards import CONTACT_FIELDS, Reading
from lib.cards.otherwise import compare
from lib.contacts.values import LIMITS
from lib.database import get_row, load_queries
from lib.text import to_json

SQL = load_queries("jobs")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a contact before another engine has its say."""

    full_name: str | None
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    linkedin_url: str | None
    status: str
    ocr_raw_data: dict[str, Any] | None


def save_comparison(db: Connection, contact_id: int, job_id: int, reading: Reading) -> None:
    """Store what the reading says otherwise than the contact, which is locked; only then does it wait for review.

    What the contact lacks is filled in, unless a person verified it without, or took the value out.
    """
    known = get_row(db, SQL["get_known"], Known, {"contact_id": contact_id})
    assert known is not None  # noqa: S101  (locked)
    values = {name: getattr(known, name) for name in CONTACT_FIELDS}
    may_fill = known.status != "user_verified"
    found = compare(known.ocr_raw_data or {}, values, _fitting(reading), may_fill=may_fill)
    status = "pending_review" if found.is_for_review else known.status
    # What was read is as sure as it was; the column follows it only where it gained something.
    confidence = round(min(found.raw["confidence"], 1), 2) if found.filled or not known.ocr_raw_data else None
    about = {
        **{name: found.filled.get(name) for name in CONTACT_FIELDS},
        "contact_id": contact_id,
        "status": status,
        "ocr_confidence": confidence,
        "ocr_raw_data": to_json({**found.raw, "status": status if found.is_for_review else found.raw["status"]}),
    }
    db.execute(SQL["save_comparison"], about)
    metadata = {"status": status, "engine": reading.engine, "seconds": round(reading.seconds, 3)}
    says = {"differing": list(found.differing), "filled": list(found.filled)}
    log_activity(db, "contact_processed", "contact", contact_id, job_id=job_id, **metadata, **says)


def _fitting(reading: Reading) -> Reading:
    """Return the reading without values that are longer than their columns."""
    cards = tuple(
        replace(card, fields={n: f for n, f in card.fields.items() if len(f.value) <= LIMITS.get(n, len(f.value))})
        for card in reading.cards
    )
    return replace(reading, cards=cards)
