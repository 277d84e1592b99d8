"""Contacts: found, shown, corrected, verified, deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.contacts.values import EDITABLE, LABELS, clean_value
from lib.database import get_row, list_rows, load_queries
from lib.errors import ChangedMeanwhile, NotFound
from lib.text import searched

SQL = load_queries("contacts")

# What waits for a person; what the reader was sure of; what a person was sure of.
WAITING = ("pending_review", "failed")
READ = ("completed", "pending_review", "user_verified")


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person from a card. `full_name` is None until it is known; `label` is then the photo's name."""

    id: int
    event_id: int | None
    event_name: str | None
    full_name: str | None
    label: str
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    linkedin_url: str | None
    notes: str | None
    business_card_url: str | None
    back_image_url: str | None
    ocr_confidence: float | None
    status: str
    processed_at: dt.datetime | None
    reviewed_at: dt.datetime | None
    created_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ContactFilter:
    """Which contacts: by status, event, a text in name, company or e-mail, a doubt, and not yet in a group.

    `reason` is one of `lib.contacts.finding.REASONS`.
    """

    statuses: tuple[str, ...] = WAITING
    event_id: int | None = None
    search: str = ""
    outside_group_id: int | None = None
    reason: str | None = None

    def as_parameters(self) -> dict[str, Any]:
        """Return the parameters the queries take."""
        return {**asdict(self), "statuses": list(self.statuses), "search": searched(self.search)}


def list_contacts(db: Connection, wanted: ContactFilter, *, limit: int = 50, offset: int = 0) -> list[Contact]:
    """Return a page of the wanted contacts, what the reader was least sure of first."""
    parameters = {**wanted.as_parameters(), "limit": limit, "offset": offset}
    return list_rows(db, SQL["list_contacts"], Contact, parameters)


def count_contacts(db: Connection, wanted: ContactFilter, *, most: int = 10_000) -> int:
    """Return how many contacts are wanted; `most` + 1 stands for all that are more."""
    return int(db.execute(SQL["count_contacts"], {**wanted.as_parameters(), "limit": most + 1}).scalar_one())


def list_contacts_by_id(db: Connection, contact_ids: Collection[int]) -> list[Contact]:
    """Return the contacts in the order of their ids as given; those that are gone are left out."""
    return list_rows(db, SQL["list_contacts_by_id"], Contact, {"contact_ids": list(contact_ids)})


def count_by_status(db: Connection) -> dict[str, int]:
    """Return the number of contacts by status; a status nobody has is absent."""
    return {row.status: row.contacts for row in db.execute(SQL["count_by_status"])}


def get_contact(db: Connection, contact_id: int) -> Contact | None:
    """Return the contact, or None when there is none of that id."""
    return get_row(db, SQL["get_contact"], Contact, {"contact_id": contact_id})


def get_raw_data(db: Connection, contact_id: int) -> dict[str, Any]:
    """Return the reader's complete response, empty when the card was not read."""
    return db.execute(SQL["get_raw_data"], {"contact_id": contact_id}).scalar() or {}


def update_contact(
    db: Connection,
    contact_id: int,
    changes: Mapping[str, str | None],
    *,
    region: str,
    shown: Mapping[str, str | None] | None = None,
) -> Contact:
    """Return the contact with `changes` (by column) saved, and record what the reader had got wrong.

    `shown` is what the person saw in those columns. Raises ChangedMeanwhile for the first one that now holds neither
    that nor the new value, NotValid for the first value that cannot be stored (then nothing is saved), NotFound.
    """
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise KeyError(f"not editable: {sorted(unknown)}")
    cleaned = {field: clean_value(field, value, region) for field, value in changes.items()}
    db.execute(SQL["lock_contact"], {"contact_id": contact_id})
    before = get_contact(db, contact_id)
    if before is None:
        raise NotFound("This contact is not there any more.", "It was deleted meanwhile.")
    changed = {field: value for field, value in cleaned.items() if value != getattr(before, field)}
    for field, value in changed.items():
        if shown is not None and field in shown:
            _check_unchanged(before, field, shown[field], value)
    if changed:
        values = {field: getattr(before, field) for field in EDITABLE} | changed
        db.execute(SQL["update_contact"], {"contact_id": contact_id, **values})
        _log_corrections(db, before, changed)
    after = get_contact(db, contact_id)
    assert after is not None  # noqa: S101  (locked above)
    return after


def _check_unchanged(before: Contact, field: str, shown: str | None, yours: str | None) -> None:
    theirs = getattr(before, field)
    if theirs != (shown or None):
        raise ChangedMeanwhile(
            f"The {LABELS[field]} was changed elsewhere to “{theirs or ''}” meanwhile; yours is “{yours or ''}”.",
            "Choose which of them is right.",
            field=field,
            theirs=theirs,
            yours=yours,
        )


def verify_contacts(db: Connection, contact_ids: Collection[int]) -> list[int]:
    """Return the ids of those that are verified now; those without a name, or still being read, are left out."""
    verified = list(db.execute(SQL["verify_contacts"], {"contact_ids": list(contact_ids)}).scalars())
    for contact_id in verified:
        log_activity(db, "contact_verified", "contact", contact_id)
    return verified


def delete_contacts(db: Connection, contact_ids: Collection[int]) -> None:
    """Delete the contacts; their images are swept after the commit."""
    db.execute(SQL["delete_contacts"], {"contact_ids": list(contact_ids)})


def _log_corrections(db: Connection, before: Contact, changed: Mapping[str, str | None]) -> None:
    """Record what was wrong, and whether anybody had been sure of it: a person by status, the reader by itself."""
    raw = get_raw_data(db, before.id)
    log_activity(
        db,
        "contact_reviewed",
        "contact",
        before.id,
        corrections=_corrections(before, changed, raw),
        status=before.status,
        was_accepted=raw.get("status") == "completed",
    )


def _corrections(before: Contact, changed: Mapping[str, str | None], raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one entry a changed field: what was read and how surely, what it was and is."""
    read = raw.get("fields") or {}
    return [
        {
            "field": field,
            "read": (read.get(field) or {}).get("value"),
            "confidence": (read.get(field) or {}).get("confidence"),
            "before": getattr(before, field),
            "after": value,
            "engine": raw.get("engine"),
        }
        for field, value in changed.items()
    ]
