"""Drafts: found, edited, restored, approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from lib.contacts.suppressions import find_suppressed, list_opted_out, recall_opted_out
from lib.database import list_rows, load_queries
from lib.errors import ChangedMeanwhile, NotFound, NotValid
from lib.outreach.merge import SUBJECT_LIMIT, find_missing
from lib.outreach.templates import BODY_LIMIT
from lib.text import clean_text, searched

SQL = load_queries("drafts")
Show = Literal["all", "to look at", "not approved", "approved", "edited"]
SHOWS: tuple[Show, ...] = get_args(Show)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An e-mail to a contact. `reasons` (keys) are those to hold it back, `approved_reasons` those accepted."""

    id: int
    campaign_id: int
    contact_id: int
    label: str
    full_name: str | None
    email: str | None
    company: str | None
    subject: str
    body: str
    personalization_data: dict[str, Any]
    exported_at: dt.datetime | None
    approved_at: dt.datetime | None
    approved_reasons: list[str]
    reasons: list[str]

    @property
    def source(self) -> str:
        """Who wrote it: `model` or `template`."""
        return str(self.personalization_data.get("source", "template"))

    @property
    def is_edited(self) -> bool:
        """Whether a person changed it after it was generated."""
        return bool(self.personalization_data.get("edited"))

    @property
    def generated(self) -> tuple[str, str]:
        """Subject and body as they were generated."""
        kept = self.personalization_data.get("generated") or {}
        return kept.get("subject", self.subject), kept.get("body", self.body)

    @property
    def flags(self) -> list[str]:
        """What was wrong with the model's e-mail where the template stands in for it; nothing once edited."""
        return [] if self.is_edited else list(self.personalization_data.get("flags", []))

    @property
    def missing(self) -> list[str]:
        """The variables without a value, as the text shows them now."""
        return find_missing(self.subject, self.body)

    @property
    def open_reasons(self) -> list[str]:
        """The reasons to hold it back that nobody accepted yet."""
        return [reason for reason in self.reasons if reason not in self.approved_reasons]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of drafts, and how many there are on all pages."""

    drafts: list[Draft]
    count: int


def find_drafts(
    db: Connection,
    campaign_id: int,
    *,
    show: Show = "all",
    search: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> Found:
    """Return a page of the campaign's drafts in the order of their contacts, past the end the last one.

    `search` is for a contact.
    """
    # Looking up everybody takes its time in a large campaign, and only this asks for it.
    opted_out = recall_opted_out(db, campaign_id) if show == "to look at" else []
    parameters = {**_wanted(campaign_id, show, search, opted_out), "limit": limit, "offset": offset}
    rows = [dict(row) for row in db.execute(SQL["list_drafts"], parameters).mappings()]
    count = [row.pop("drafts") for row in rows]
    return Found(drafts=_with_opt_outs(db, [Draft(**row) for row in rows]), count=count[0] if count else 0)


def list_drafts(db: Connection, campaign_id: int, *, show: Show = "all", search: str = "") -> list[Draft]:
    """Return all drafts of the campaign that are found, in the order of their contacts."""
    return find_drafts(db, campaign_id, show=show, search=search).drafts


def _wanted(campaign_id: int, show: Show, search: str, opted_out: list[int]) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "opted_out": opted_out, "show": show, "search": searched(search)}


def _with_opt_outs(db: Connection, drafts: list[Draft]) -> list[Draft]:
    """Return the drafts with `opted_out` among the reasons of those that nobody may write to."""
    out = find_suppressed(db, {draft.contact_id: draft.email for draft in drafts})
    return [replace(d, reasons=[*d.reasons, "opted_out"]) if d.contact_id in out else d for d in drafts]


def get_draft(db: Connection, draft_id: int) -> Draft | None:
    """Return the draft, or None when there is none of that id."""
    found = list_rows(db, SQL["get_draft"], Draft, {"draft_id": draft_id})
    return next(iter(_with_opt_outs(db, found)), None)


def hold_as_seen(db: Connection, seen: Draft) -> None:
    """Keep others from the draft until the transaction ends.

    Raises ChangedMeanwhile where its text is not the one that was seen any more, NotFound.
    """
    now = db.execute(SQL["lock_draft"], {"draft_id": seen.id}).first()
    if now is None:
        raise NotFound("This draft is not there any more.", "It was deleted meanwhile.")
    if (now.subject, now.body) != (seen.subject, seen.body):
        raise ChangedMeanwhile(
            "This draft was changed meanwhile, elsewhere.",
            "It is shown as it is now. What you typed still stands in the editor: Save puts it in place of that.",
            field="body",
            theirs=now.body,
            yours=None,
        )


def update_draft(db: Connection, draft_id: int, subject: str, body: str) -> Draft:
    """Return the draft as a person wrote it; what was generated is kept, an approval is not.

    Raises NotValid, NotFound. Saved as it was, it stays as it was.
    """
    line = clean_text(" ".join(subject.split()), "subject", SUBJECT_LIMIT)
    text = clean_text(body, "body", BODY_LIMIT)
    if line is None or text is None:
        raise NotValid(f"The draft has no {'body' if line else 'subject'}.", "Write one.")
    db.execute(SQL["update_draft"], {"draft_id": draft_id, "subject": line, "body": text})
    return _get(db, draft_id)


def restore_draft(db: Connection, draft_id: int) -> Draft:
    """Return the draft with the text that was generated; what a person made of it is gone. Raises NotFound."""
    db.execute(SQL["restore_draft"], {"draft_id": draft_id})
    return _get(db, draft_id)


def _get(db: Connection, draft_id: int) -> Draft:
    draft = get_draft(db, draft_id)
    if draft is None:
        raise NotFound("This draft is not there any more.", "It was deleted meanwhile.")
    return draft


def approve_drafts(db: Connection, draft_ids: Collection[int]) -> int:
    """Return how many drafts are approved now that were not, with the reasons to hold them back that stand today.

    A reason that comes up later holds an approved draft back again.
    """
    return len(db.execute(SQL["approve_drafts"], {"draft_ids": list(draft_ids)}).all())


def approve_all(db: Connection, campaign_id: int, *, show: Show = "all", search: str = "") -> int:
    """Return how many of the drafts that `find_drafts` finds on all pages are approved now and were not."""
    opted_out = list_opted_out(db, campaign_id) if show == "to look at" else []
    wanted = db.execute(SQL["list_draft_ids"], _wanted(campaign_id, show, search, opted_out)).scalars()
    return approve_drafts(db, list(wanted))


def approve_reason(db: Connection, campaign_id: int, reason: str) -> int:
    """Return of how many drafts this reason (its key) is accepted now; others hold them back still."""
    return len(db.execute(SQL["approve_reason"], {"campaign_id": campaign_id, "reason": reason}).all())


def unapprove_drafts(db: Connection, draft_ids: Collection[int]) -> int:
    """Return how many drafts lost their approval."""
    return len(db.execute(SQL["unapprove_drafts"], {"draft_ids": list(draft_ids)}).all())
