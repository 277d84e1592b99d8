"""Two contacts of one person made into one, so that both can be had back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.contacts.contacts import Contact, delete_contacts, get_contact, get_raw_data
from lib.contacts.undo import remember
from lib.contacts.values import EDITABLE, LIMITS, clean_value
from lib.database import get_row, load_queries
from lib.errors import NotFound, NotValid
from lib.text import to_json

SQL = load_queries("merging")
# The more a person has to do with it, the more it is worth.
STRONGEST_FIRST = ("user_verified", "completed", "pending_review", "failed")
# A number typed for a merge names its country: that of which of the two cards would be a guess.
NO_REGION = "ZZ"


@dataclass(frozen=True, kw_only=True)
class Photos:
    """The images of a contact, with what its first one is known by."""

    business_card_url: str | None
    back_image_url: str | None
    more_image_urls: list[str]
    photo_name: str | None
    photo_fingerprint: str | None

    @property
    def urls(self) -> list[str]:
        """All of them, the front first."""
        return [url for url in (self.business_card_url, self.back_image_url, *self.more_image_urls) if url]


def suggest(first: Contact, second: Contact) -> dict[str, str | None]:
    """Return the value to propose for each field: the verified contact's, else the surer one's, else what there is.

    Of one rank the first contact's. Notes are joined.
    """
    better, worse = sorted((first, second), key=_rank)
    values = {field: getattr(better, field) or getattr(worse, field) for field in EDITABLE}
    return values | {"notes": _joined_notes(first, second)}


def merge(db: Connection, keep_id: int, other_id: int, values: Mapping[str, str | None]) -> int:
    """Return the id that undoes it, after making the other contact part of the kept one.

    `values` are what a person chose, by column; where they have none, or an empty one, the kept contact's stays, or
    the other's fills it. Groups, drafts, readings, notes and photos are united, the stronger status counts. Raises
    NotFound, NotValid.
    """
    keep, other = _lock(db, keep_id, other_id)
    merged = _merged_values(keep, other, values)
    undo_id = remember(db, [keep_id, other_id], action="merge")
    pair = {"keep_id": keep_id, "other_id": other_id}
    photos = _photos_of_both(db, keep_id, other_id)
    db.execute(SQL["move_members"], pair)
    db.execute(SQL["move_drafts"], pair)
    left = [row.campaign_id for row in db.execute(SQL["list_drafts_left"], pair)]
    db.execute(SQL["move_jobs"], pair)
    delete_contacts(db, [other_id])
    united = _united(keep, other)
    db.execute(SQL["save_merged"], {"contact_id": keep_id, "label": keep.label, **merged, **united, **photos})
    changed = [field for field in EDITABLE if merged[field] != getattr(keep, field)]
    about = {"merged": other_id, "undo_id": undo_id, "changed": changed, "drafts_left_out_of_campaigns": left}
    log_activity(db, "contact_reviewed", "contact", keep_id, **about)
    return undo_id


def _lock(db: Connection, keep_id: int, other_id: int) -> tuple[Contact, Contact]:
    """Return both contacts, held until the transaction ends."""
    if keep_id == other_id:
        raise NotValid("A contact cannot be merged with itself.", "Choose another one.")
    db.execute(SQL["lock_contacts"], {"contact_ids": [keep_id, other_id]})
    keep, other = (get_contact(db, contact_id) for contact_id in (keep_id, other_id))
    if keep is None or other is None:
        raise NotFound("One of the two is not there any more.", "It was deleted or merged meanwhile.")
    if "processing" in (keep.status, other.status):
        raise NotValid("One of the two is still being read.", "Wait a moment, then try again.")
    return keep, other


def _merged_values(keep: Contact, other: Contact, values: Mapping[str, str | None]) -> dict[str, str | None]:
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise KeyError(f"not editable: {sorted(unknown)}")
    merged = {field: getattr(keep, field) or getattr(other, field) for field in EDITABLE}
    merged["notes"] = _joined_notes(keep, other)
    for field, value in values.items():
        # What one of the two has was tidied when it was stored.
        is_stored = value in (getattr(keep, field), getattr(other, field), merged[field])
        cleaned = value if is_stored else clean_value(field, value, NO_REGION)
        merged[field] = cleaned or merged[field]
    return merged


def _joined_notes(first: Contact, second: Contact) -> str | None:
    notes = dict.fromkeys(notes for notes in (first.notes, second.notes) if notes)
    joined = "\n".join(notes) or None
    if joined and len(joined) > LIMITS["notes"]:
        raise NotValid("The notes of both together are too long.", "Shorten those of one of them first.")
    return joined


def _united(keep: Contact, other: Contact) -> dict[str, Any]:
    """Return the columns that no person chooses."""
    reviewed = [contact.reviewed_at for contact in (keep, other) if contact.reviewed_at]
    return {
        "status": min(keep.status, other.status, key=STRONGEST_FIRST.index),
        "reviewed_at": max(reviewed, default=None),
        "processed_at": keep.processed_at or other.processed_at,
        "event_id": keep.event_id or other.event_id,
    }


def _photos(db: Connection, contact_id: int) -> Photos:
    photos = get_row(db, SQL["get_photos"], Photos, {"contact_id": contact_id})
    assert photos is not None  # noqa: S101  (locked before)
    return photos


def _photos_of_both(db: Connection, keep_id: int, other_id: int) -> dict[str, Any]:
    """Return the columns of photos and reading: the other card stands as the back where there is none."""
    keep, other = _photos(db, keep_id), _photos(db, other_id)
    raw, other_raw = get_raw_data(db, keep_id), get_raw_data(db, other_id)
    urls = [*([keep.business_card_url] if keep.business_card_url else []), *other.urls]
    front, rest = (urls[0] if urls else None), urls[1:]
    is_back = keep.back_image_url is None and keep.business_card_url is not None and bool(rest)
    return {
        "business_card_url": front,
        "back_image_url": rest.pop(0) if is_back else keep.back_image_url,
        "more_image_urls": [*keep.more_image_urls, *rest],
        "back_photo_name": other.photo_name if is_back else None,
        "back_photo_fingerprint": other.photo_fingerprint if is_back else None,
        "ocr_raw_data": to_json(_as_sides(raw, other_raw)) if is_back and raw else None,
    }


def _as_sides(front: Mapping[str, Any], back: Mapping[str, Any]) -> dict[str, Any]:
    """Return the kept reading with each card's own account in it, by which two sides are taken apart again."""
    alone = {name: value for name, value in front.items() if name != "lines"}
    sides = {"front": alone, "back": back or {"error": "No text was read."}}
    return {**front, "extra": {**(front.get("extra") or {}), "sides": sides}}


def _rank(contact: Contact) -> tuple[bool, float]:
    return contact.status != "user_verified", -(contact.ocr_confidence or 0.0)
