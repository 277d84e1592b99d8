"""Made-up people, groups, templates and campaigns for the tests of outreach."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, text

from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.outreach.campaigns import add_campaign, list_recipients
from lib.outreach.templates import add_template

SUBJECT = "{{company}} and us"
BODY = "Hi {{firstName|there}},\n\nwhat does {{company}} need?"
PERSON = {"email": None, "company": "Example Optics", "title": None, "phone": None, "status": "completed"}
INSERT = text(
    "insert into contacts (event_id, full_name, email, company, title, phone, status)"
    " values (:event_id, :full_name, :email, :company, :title, :phone, :status) returning id"
)


def add_person(db: Connection, full_name: str, email: str | None = None, **columns: Any) -> int:
    """Return the id of a new contact, read and without event unless `columns` say otherwise."""
    values = {**PERSON, "event_id": None, "full_name": full_name, "email": email, **columns}
    return int(db.execute(INSERT, values).scalar_one())


def add_two(db: Connection) -> list[int]:
    """Return the ids of two contacts of one event."""
    event_id = add_event(db, EventDetails(name="Spring Fair", date=dt.date(2026, 4, 20), location="Berlin"))
    return [
        add_person(db, "Ada Example", "ada@example.com", event_id=event_id, phone="+4930901820"),
        add_person(db, "Ben Sample", "ben@example.com", event_id=event_id, company="Sample & Sons, Ltd"),
    ]


def add_group_of(db: Connection, contact_ids: list[int], name: str = "Fair leads") -> int:
    """Return the id of a new group with the contacts, whatever their status."""
    group_id = add_group(db, name)
    add_members(db, group_id, contact_ids)
    join = text("insert into lead_group_contacts values (:g, :c, now()) on conflict do nothing")
    for contact_id in contact_ids:
        db.execute(join, {"g": group_id, "c": contact_id})
    return group_id


def add_campaign_for(db: Connection, contact_ids: list[int], *, subject: str = SUBJECT, body: str = BODY) -> int:
    """Return the id of a new campaign that writes to the contacts."""
    template_id = add_template(db, "Questions", subject, body)
    return add_campaign(db, "After the fair", add_group_of(db, contact_ids), template_id)


def last_activity(db: Connection, action: str) -> dict[str, Any]:
    """Return the metadata of the last activity of that name."""
    found = text("select metadata from activity_logs where action = :a order by id desc limit 1")
    return dict(db.execute(found, {"a": action}).scalar_one())


def add_written(db: Connection, contact_ids: list[int], **personalization: Any) -> int:
    """Return the id of a new campaign whose recipients all have a draft, as a model would have written it."""
    campaign_id = add_campaign_for(db, contact_ids)
    insert = text(
        "insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data)"
        " values (:campaign_id, :contact_id, :subject, :body, cast(:data as jsonb))"
    )
    data = json.dumps({"source": "model", "model": "example-model", "flags": [], **personalization})
    for person in list_recipients(db, campaign_id):
        values = {"subject": f"To {person.full_name}", "body": "Hi,\n\nlet us talk.", "data": data}
        db.execute(insert, {"campaign_id": campaign_id, "contact_id": person.contact_id, **values})
    db.execute(
        text("update email_campaigns set status = 'ready', generated_at = now() where id = :id"), {"id": campaign_id}
    )
    return campaign_id
