"""The sample's groups, template and campaigns: made by the product's own functions, then moved into the past."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.contacts.contacts import get_contact
from lib.contacts.groups import add_group, add_members
from lib.contacts.suppressions import add_suppression
from lib.database import load_queries
from lib.demo.story import SampleCard
from lib.errors import NotFound
from lib.outreach.campaigns import add_campaign, list_recipients
from lib.outreach.drafts import approve_drafts, list_drafts, update_draft
from lib.outreach.exports import export_campaign
from lib.outreach.instructions import Instructions
from lib.outreach.templates import STARTERS, Template, add_template, get_template
from lib.outreach.writer import write_by_merging

SQL = load_queries("demo")
SENTENCE = "Made-up group of the sample data."
# By this note the sample's opt-out is found again.
OPT_OUT_NOTE = "Asked at the booth not to be written to (sample)"
WISHES = Instructions(tone="warm, to the point", goal="A call next week")


@dataclass(frozen=True, kw_only=True)
class Mailing:
    """A group of people from one of the fairs and the campaign written to it.

    `approved` is how many drafts somebody approved, None for all; `exported_after` None: not exported yet.
    """

    group: str
    campaign: str
    fair: int
    people: int
    days_ago: int
    exported_after: dt.timedelta | None
    approved: int | None = None


MAILINGS = (
    Mailing(
        group="Distributors in Porto (sample)",
        campaign="After Porto (sample)",
        fair=0,
        people=30,
        days_ago=30,
        exported_after=dt.timedelta(hours=20),
    ),
    Mailing(
        group="Makers to call back (sample)",
        campaign="After Lisbon (sample)",
        fair=2,
        people=18,
        days_ago=1,
        exported_after=None,
        approved=5,
    ),
)


def add_outreach(
    db: Connection, cards: Sequence[SampleCard], contact_ids: Sequence[int], now: dt.datetime
) -> tuple[int, int]:
    """Return how many groups and campaigns were made. Each holds only people known when it was made."""
    template = _add_template(db, now - dt.timedelta(days=31))
    for mailing in MAILINGS:
        at = now - dt.timedelta(days=mailing.days_ago, hours=2)
        known = [
            contact_id
            for card, contact_id in zip(cards, contact_ids, strict=True)
            if card.fair == mailing.fair and _is_known(card, at)
        ]
        group_id = _add_group(db, mailing, known[: mailing.people], at)
        if not mailing.exported_after:
            _opt_out(db, known[1])
        _add_campaign(db, mailing, group_id, template, at + dt.timedelta(minutes=6))
    return len(MAILINGS), len(MAILINGS)


def _opt_out(db: Connection, contact_id: int) -> None:
    """Have one person want no e-mail."""
    contact = get_contact(db, contact_id)
    if contact and contact.email:
        add_suppression(db, contact.email, note=OPT_OUT_NOTE, source="contact")


def _is_known(card: SampleCard, at: dt.datetime) -> bool:
    since = card.reviewed_at or (card.processed_at if card.status == "completed" else None)
    return since is not None and since < at


def _add_template(db: Connection, at: dt.datetime) -> Template:
    starter = STARTERS[0]
    template_id = add_template(db, f"{starter.name} (sample)", starter.subject, starter.body)
    db.execute(SQL["date_template"], {"id": template_id, "at": at})
    template = get_template(db, template_id)
    if template is None:
        raise NotFound("The sample's template is not there any more.", "Run the command again.")
    return template


def _add_group(db: Connection, mailing: Mailing, members: Sequence[int], at: dt.datetime) -> int:
    group_id = add_group(db, mailing.group, SENTENCE, demo=True)
    add_members(db, group_id, members)
    db.execute(SQL["date_group"], {"id": group_id, "at": at})
    db.execute(SQL["date_members"], {"id": group_id, "at": at})
    for action in ("lead_group_created", "contacts_added_to_group"):
        _date(db, action, "lead_group", group_id, at)
    return group_id


def _add_campaign(db: Connection, mailing: Mailing, group_id: int, template: Template, at: dt.datetime) -> None:
    campaign_id = add_campaign(db, mailing.campaign, group_id, template.id, WISHES)
    generated_at = at + dt.timedelta(minutes=1)
    drafts = _write_drafts(db, campaign_id, template)
    _log_drafts(db, campaign_id, drafts, generated_at)
    _look_at_drafts(db, campaign_id, mailing.approved)
    exported_at = generated_at + mailing.exported_after if mailing.exported_after else None
    if exported_at:
        export = export_campaign(db, campaign_id, "gmail")
        db.execute(SQL["date_export"], {"id": export.id, "at": exported_at})
        _date(db, "email_campaign_exported", "email_campaign", campaign_id, exported_at)
    _date(db, "email_campaign_created", "email_campaign", campaign_id, at, demo=True, template_id=template.id)
    times = {"at": at, "generated_at": generated_at, "exported_at": exported_at}
    db.execute(SQL["date_campaign"], {"id": campaign_id, **times})


def _write_drafts(db: Connection, campaign_id: int, template: Template) -> int:
    """Return how many drafts were written, by merging as without a model."""
    rows = []
    for person in list_recipients(db, campaign_id):
        written = write_by_merging(template, person.facts)
        rows.append(
            {
                "campaign_id": campaign_id,
                "contact_id": person.contact_id,
                "subject": written.subject,
                "body": written.body,
                "personalization_data": json.dumps(written.personalization),
            }
        )
    db.execute(SQL["add_draft"], rows)
    return len(rows)


def _look_at_drafts(db: Connection, campaign_id: int, approved: int | None) -> None:
    """Have a person change one draft and approve some, or all."""
    drafts = list_drafts(db, campaign_id)
    first = drafts[0]
    update_draft(db, first.id, first.subject, first.body.replace("Best regards", "See you soon"))
    approve_drafts(db, [draft.id for draft in drafts[:approved]])


def _log_drafts(db: Connection, campaign_id: int, drafts: int, at: dt.datetime) -> None:
    metadata = json.dumps({"drafts": drafts, "sources": {"template": drafts}})
    values = {"entity_type": "email_campaign", "entity_id": campaign_id, "metadata": metadata, "created_at": at}
    db.execute(SQL["add_activity"], {"action": "email_drafts_generated", **values})


def _date(db: Connection, action: str, entity_type: str, entity_id: int, at: dt.datetime, **metadata: object) -> None:
    found = {"action": action, "entity_type": entity_type, "id": entity_id}
    db.execute(SQL["date_activity"], {**found, "at": at, "metadata": json.dumps(metadata)})
