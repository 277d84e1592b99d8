"""Campaigns: a template for a group, and who of the group gets an e-mail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.database import get_row, list_rows, load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.variables import Facts
from lib.text import clean_name

SQL = load_queries("campaigns")
# Why a contact of the group gets no e-mail, in words.
REASONS = {
    "processing": "The card is still being read.",
    "failed": "The card could not be read. Type the contact in on Review.",
    "pending_review": "Waits for review. Verify it on Review.",
    "no_email": "Has no e-mail address.",
    "same_address": "Another contact of the group has the same address.",
}


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign; group and template are None once deleted, their names stay. Times are UTC without zone."""

    id: int
    name: str
    status: str
    lead_group_id: int | None
    lead_group_name: str | None
    template_id: int | None
    template_name: str | None
    generated_at: dt.datetime | None
    exported_at: dt.datetime | None
    export_count: int
    created_at: dt.datetime
    draft_count: int


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact of a campaign's group; `left_out` is a key of REASONS, None for a recipient."""

    contact_id: int
    label: str
    full_name: str | None
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    notes: str | None
    event_name: str | None
    event_date: dt.date | None
    event_location: str | None
    is_drafted: bool
    left_out: str | None

    @property
    def reason(self) -> str:
        """Why this contact gets no e-mail, in words; empty for a recipient."""
        return REASONS[self.left_out] if self.left_out else ""

    @property
    def facts(self) -> Facts:
        """What a template can say about this contact."""
        return Facts(
            full_name=self.full_name,
            email=self.email,
            company=self.company,
            title=self.title,
            phone=self.phone,
            notes=self.notes,
            event_name=self.event_name,
            event_date=self.event_date,
            event_location=self.event_location,
        )


def list_campaigns(db: Connection) -> list[Campaign]:
    """Return all campaigns, newest first."""
    return list_rows(db, SQL["list_campaigns"], Campaign, {"campaign_id": None})


def get_campaign(db: Connection, campaign_id: int) -> Campaign | None:
    """Return the campaign, or None when there is none of that id."""
    return get_row(db, SQL["list_campaigns"], Campaign, {"campaign_id": campaign_id})


def add_campaign(db: Connection, name: str, group_id: int, template_id: int) -> int:
    """Return the id of the new campaign. Raises NotValid for an empty group, NotFound."""
    values = {"name": clean_name(name, "campaign"), "group_id": group_id, "template_id": template_id}
    if not db.execute(SQL["count_members"], {"group_id": group_id}).scalar_one():
        raise NotValid("This group has no contacts.", "Add contacts to it on Groups, or choose another.")
    added = db.execute(SQL["add_campaign"], values).first()
    if added is None:
        raise NotFound("The group or the template is not there any more.", "Choose another.")
    names = {"name": values["name"], "lead_group": added.lead_group_name, "template": added.template_name}
    log_activity(db, "email_campaign_created", "email_campaign", added.id, **names)
    return int(added.id)


def delete_campaign(db: Connection, campaign_id: int) -> None:
    """Delete the campaign and its drafts; a job still writing them finds it gone and stops."""
    db.execute(SQL["delete_campaign"], {"campaign_id": campaign_id})


def list_people(db: Connection, campaign_id: int) -> list[Person]:
    """Return the contacts of the campaign's group, by name, recipients or not."""
    return list_rows(db, SQL["list_people"], Person, {"campaign_id": campaign_id})


def list_recipients(db: Connection, campaign_id: int) -> list[Person]:
    """Return who gets an e-mail: read for sure or verified, with an address of their own."""
    return [person for person in list_people(db, campaign_id) if person.left_out is None]


def lock_campaign(db: Connection, campaign_id: int) -> str | None:
    """Return the campaign's status and hold it until the transaction ends; None when it is gone."""
    return db.execute(SQL["lock_campaign"], {"campaign_id": campaign_id}).scalar()
