"""Drafts: looked at, edited, discarded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.database import get_row, list_rows, load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.merge import SUBJECT_LIMIT, find_missing
from lib.outreach.templates import BODY_LIMIT
from lib.text import clean_text

SQL = load_queries("drafts")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An e-mail to a contact, with what an export says of the contact."""

    id: int
    campaign_id: int
    contact_id: int
    label: str
    full_name: str | None
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    linkedin_url: str | None
    event_name: str | None
    subject: str
    body: str
    personalization_data: dict[str, Any]
    exported_at: dt.datetime | None
    is_member: bool

    @property
    def source(self) -> str:
        """Who wrote it: `model` or `template`."""
        return str(self.personalization_data.get("source", "template"))

    @property
    def is_edited(self) -> bool:
        """Whether a person changed it after it was generated."""
        return bool(self.personalization_data.get("edited"))

    @property
    def flags(self) -> list[str]:
        """What was wrong with the model's e-mail where the template stands in for it; nothing once edited."""
        return [] if self.is_edited else list(self.personalization_data.get("flags", []))

    @property
    def missing(self) -> list[str]:
        """The variables without a value, as the text shows them now."""
        return find_missing(self.subject, self.body)


def list_drafts(db: Connection, campaign_id: int) -> list[Draft]:
    """Return the campaign's drafts, by the contact's name."""
    return list_rows(db, SQL["list_drafts"], Draft, {"campaign_id": campaign_id, "draft_id": None})


def get_draft(db: Connection, draft_id: int) -> Draft | None:
    """Return the draft, or None when there is none of that id."""
    campaign_id = db.execute(SQL["get_campaign_of_draft"], {"draft_id": draft_id}).scalar()
    return get_row(db, SQL["list_drafts"], Draft, {"campaign_id": campaign_id, "draft_id": draft_id})


def update_draft(db: Connection, draft_id: int, subject: str, body: str) -> Draft:
    """Return the draft as a person wrote it; what was generated is kept. Raises NotValid, NotFound."""
    line = clean_text(" ".join(subject.split()), "subject", SUBJECT_LIMIT)
    text = clean_text(body, "body", BODY_LIMIT)
    if line is None or text is None:
        raise NotValid(f"The draft has no {'body' if line else 'subject'}.", "Write one.")
    db.execute(SQL["update_draft"], {"draft_id": draft_id, "subject": line, "body": text})
    draft = get_draft(db, draft_id)
    if draft is None:
        raise NotFound("This draft is not there any more.", "It was deleted meanwhile.")
    return draft


def discard_drafts(db: Connection, campaign_id: int) -> int:
    """Return how many drafts are deleted to be written anew; those a person edited stay."""
    return len(db.execute(SQL["discard_drafts"], {"campaign_id": campaign_id}).all())
