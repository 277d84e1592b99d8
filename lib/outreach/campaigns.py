"""Campaigns: a template for a group, what the model is told, and who of the group gets an e-mail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.contacts.suppressions import list_opted_out, recall_opted_out
from lib.database import list_rows, load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.instructions import Instructions
from lib.outreach.people import REASONS, Person
from lib.text import clean_name, to_json

__all__ = [
    "REASONS",
    "Campaign",
    "Counts",
    "Person",
    "add_campaign",
    "choose_profile",
    "count_campaign",
    "delete_campaign",
    "get_campaign",
    "list_campaigns",
    "list_people",
    "list_recipients",
    "list_undrafted",
    "lock_campaign",
    "update_campaign",
]

SQL = load_queries("campaigns")
GONE = ("This campaign is not there any more.", "It was deleted meanwhile; choose another.")


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign; group and template are None once deleted, their names stay, and so do the template's words.

    `generation` counts the runs of the writing. Times are UTC without zone.
    """

    id: int
    name: str
    status: str
    lead_group_id: int | None
    lead_group_name: str | None
    template_id: int | None
    template_name: str | None
    template_subject: str | None
    template_body: str | None
    instructions: Instructions
    is_paused: bool
    generation: int
    export_profile: str | None
    generated_at: dt.datetime | None
    exported_at: dt.datetime | None
    export_count: int
    created_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many of the group get an e-mail, why others do not (by key of REASONS), and how far the drafts are."""

    recipients: int
    without_draft: int
    left_out: dict[str, int]
    drafts: int
    approved: int
    edited: int
    exported: int


def list_campaigns(db: Connection) -> list[Campaign]:
    """Return all campaigns, newest first."""
    return [_to_campaign(row) for row in db.execute(SQL["list_campaigns"], {"campaign_id": None}).mappings()]


def get_campaign(db: Connection, campaign_id: int) -> Campaign | None:
    """Return the campaign, or None when there is none of that id."""
    row = db.execute(SQL["list_campaigns"], {"campaign_id": campaign_id}).mappings().first()
    return _to_campaign(row) if row is not None else None


def _to_campaign(row: Any) -> Campaign:
    return Campaign(**{**row, "instructions": Instructions.from_json(row["instructions"])})


def add_campaign(
    db: Connection, name: str, group_id: int, template_id: int, instructions: Instructions | None = None
) -> int:
    """Return the id of the new campaign. Raises NotValid for an empty group, NotFound."""
    values = {
        "name": clean_name(name, "campaign"),
        "group_id": group_id,
        "template_id": template_id,
        "instructions": _to_json(instructions),
    }
    if not db.execute(SQL["count_members"], {"group_id": group_id}).scalar_one():
        raise NotValid("This group has no contacts.", "Add contacts to it on Groups, or choose another.")
    added = db.execute(SQL["add_campaign"], values).first()
    if added is None:
        raise NotFound("The group or the template is not there any more.", "Choose another.")
    names = {"name": values["name"], "lead_group": added.lead_group_name, "template": added.template_name}
    log_activity(db, "email_campaign_created", "email_campaign", added.id, **names)
    return int(added.id)


def update_campaign(
    db: Connection, campaign_id: int, *, name: str, instructions: Instructions, template_id: int | None = None
) -> None:
    """Change the campaign; drafts already written stay as they are. None keeps the words of its template.

    Raises NotValid while drafts are being written from it, NotFound.
    """
    values = {
        "campaign_id": campaign_id,
        "name": clean_name(name, "campaign"),
        "instructions": _to_json(instructions),
    }
    if lock_campaign(db, campaign_id) == "generating":
        raise NotValid("The drafts are being written.", "Pause or cancel that first, then change the campaign.")
    if db.execute(SQL["update_campaign"], {"campaign_id": campaign_id, **values}).scalar() is None:
        raise NotFound(*GONE)
    template = {"campaign_id": campaign_id, "template_id": template_id}
    if template_id is not None and db.execute(SQL["set_template"], template).scalar() is None:
        raise NotFound("The template is not there any more.", "Choose another.")


def _to_json(instructions: Instructions | None) -> str:
    return to_json(instructions.to_json() if instructions else {})


def choose_profile(db: Connection, campaign_id: int, profile: str) -> None:
    """Remember the export profile (its key) that the campaign's file is wanted in."""
    db.execute(SQL["set_export_profile"], {"campaign_id": campaign_id, "profile": profile})


def delete_campaign(db: Connection, campaign_id: int) -> None:
    """Delete the campaign and its drafts; a job still writing them finds it gone and stops."""
    db.execute(SQL["delete_campaign"], {"campaign_id": campaign_id})


def count_campaign(db: Connection, campaign_id: int) -> Counts:
    """Return the campaign's numbers, counted in the database: no row of it is read here."""
    parameters = {"campaign_id": campaign_id, "opted_out": recall_opted_out(db, campaign_id)}
    people = {row.left_out: row for row in db.execute(SQL["count_people"], parameters)}
    drafts = db.execute(SQL["count_drafts"], {"campaign_id": campaign_id}).one()
    recipients = people.pop(None, None)
    return Counts(
        recipients=recipients.people if recipients else 0,
        without_draft=recipients.people - recipients.drafted if recipients else 0,
        left_out={reason: row.people for reason, row in sorted(people.items())},
        **drafts._mapping,
    )


def list_people(
    db: Connection, campaign_id: int, *, is_left_out: bool | None = None, limit: int | None = None, offset: int = 0
) -> list[Person]:
    """Return the contacts of the campaign's group, by name: recipients, those left out, or (None) both."""
    parameters = {
        "campaign_id": campaign_id,
        "opted_out": list_opted_out(db, campaign_id),
        "is_left_out": is_left_out,
        "limit": limit,
        "offset": offset,
    }
    return list_rows(db, SQL["list_people"], Person, parameters)


def list_recipients(db: Connection, campaign_id: int) -> list[Person]:
    """Return who gets an e-mail: read for sure or verified, with an address of their own, not opted out."""
    return list_people(db, campaign_id, is_left_out=False)


def list_undrafted(db: Connection, campaign_id: int) -> list[int]:
    """Return the ids of the recipients without a draft, such as those who joined the group later."""
    return [person.contact_id for person in list_recipients(db, campaign_id) if not person.is_drafted]


def lock_campaign(db: Connection, campaign_id: int) -> str | None:
    """Return the campaign's status and hold it until the transaction ends; None when it is gone."""
    return db.execute(SQL["lock_campaign"], {"campaign_id": campaign_id}).scalar()
