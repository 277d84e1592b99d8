"""One contact of two photos made two again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.cards import CONTACT_FIELDS
from lib.cards.stored import BY_HAND
from lib.contacts.values import EDITABLE
from lib.database import load_queries
from lib.errors import NotFound, NotValid
from lib.jobs.joining import NO_BACK, Side, lock_sides
from lib.jobs.reading import enqueue_reading
from lib.text import to_json

SQL = load_queries("sides")
CONTACTS = load_queries("contacts")


def split_contact(db: Connection, contact_id: int) -> int:
    """Return the id of the new contact that the back is now; its photo is read again.

    The front has what it said alone; what a person wrote stays where it was written. Raises NotFound, NotValid while
    the card is being read.
    """
    side = next(iter(lock_sides(db, [contact_id])), None)
    if side is None or side.back_image_url is None:
        raise NotFound("This card does not have two sides any more.", "It was changed meanwhile.")
    if side.status == "processing":
        raise NotValid("This card is still being read.", "Wait a moment, then try again.")
    raw = side.ocr_raw_data or {}
    sides = (raw.get("extra") or {}).get("sides") or {}
    new_id = _add_back_alone(db, side, sides.get("back") or {})
    _keep_front(db, side, raw, sides.get("front") or {})
    # Both are touched: neither is to be joined again by itself.
    log_activity(db, "contact_reviewed", "contact", contact_id, split_into=new_id)
    log_activity(db, "contact_reviewed", "contact", new_id, split_from=contact_id)
    return new_id


def _add_back_alone(db: Connection, side: Side, back: dict[str, Any]) -> int:
    name = side.back_photo_name or "back.jpg"
    photo = {"event_id": side.event_id, "photo_name": name, "business_card_url": side.back_image_url}
    new_id = int(db.execute(CONTACTS["add_contact"], {**photo, **NO_BACK}).scalar_one())
    typed = {
        field: known["value"]
        for field, known in (back.get("fields") or {}).items()
        if field in CONTACT_FIELDS and BY_HAND in known["evidence"]
    }
    db.execute(CONTACTS["update_contact"], {**dict.fromkeys(EDITABLE), **typed, "contact_id": new_id})
    log_activity(db, "contact_uploaded", "contact", new_id, photo=name, event_id=side.event_id, split_from=side.id)
    enqueue_reading(db, new_id, name, side.back_photo_fingerprint)
    return new_id


def _keep_front(db: Connection, side: Side, raw: dict[str, Any], front: dict[str, Any]) -> None:
    """Give the contact what its front said alone, where nobody wrote anything else meanwhile."""
    alone = {**front, "lines": raw.get("lines") or []} if "fields" in front else None
    merged, own = (_values(account) for account in (raw, alone or {}))
    values = {name: own[name] if value == merged[name] else value for name, value in side.values.items()}
    if alone is None:
        status = "failed"
    elif side.status == "user_verified" and values == side.values:
        status = side.status
    else:
        status = alone["status"]
    parameters = {
        **values,
        "contact_id": side.id,
        "full_name": values["full_name"] or side.photo_name,
        "notes": side.notes,
        "status": status,
        "ocr_confidence": round(min(alone["confidence"], 1), 2) if alone else None,
        "ocr_raw_data": to_json(alone) if alone else None,
        **NO_BACK,
    }
    db.execute(SQL["save_card"], parameters)


def _values(account: dict[str, Any]) -> dict[str, str | None]:
    fields = account.get("fields") or {}
    return {name: (fields.get(name) or {}).get("value") for name in CONTACT_FIELDS}
