"""Every column that holds what a person or a card said, and the program's own way into it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from lib.activity import log_activity
from lib.analytics.notebook.saved import add_saved_query, rename_saved_query
from lib.capture.photos import as_photo_name
from lib.contacts.contacts import update_contact
from lib.contacts.events import EventDetails, add_event, update_event
from lib.contacts.groups import add_group, update_group
from lib.errors import MeishiError
from lib.outreach.campaigns import update_campaign
from lib.outreach.drafts import update_draft
from lib.outreach.instructions import clean_instructions
from lib.outreach.templates import add_template, update_template
from tests.outreach_data import add_campaign_for, add_person, add_written

DAY = dt.date(2026, 4, 20)
Put = Callable[[Connection, "Rows", str], None]


@dataclass(frozen=True)
class Rows:
    """The ids of the one row of each table that everything is written to."""

    events: int
    contacts: int
    lead_groups: int
    email_templates: int
    email_campaigns: int
    email_drafts: int
    saved_queries: int


def add_rows(db: Connection) -> Rows:
    """Return rows of a made-up person, written to."""
    event = add_event(db, EventDetails(name="Fair", date=DAY))
    contact = add_person(db, "Ada Example", "ada@example.com", event_id=event)
    written = add_written(db, [contact])
    draft = db.execute(text("select id from email_drafts where campaign_id = :id"), {"id": written}).scalar_one()
    template = add_template(db, "Template", "Hello", "Hi")
    campaign = add_campaign_for(db, [contact])
    group = add_group(db, "Group")
    query = add_saved_query(db, "Query", "select 1", {}, {})
    return Rows(event, contact, group, template, campaign, draft, query)


def _contact(column: str) -> Put:
    return lambda db, rows, said: (update_contact(db, rows.contacts, {column: said}, region="US"), None)[1]


def _event(column: str) -> Put:
    def put(db: Connection, rows: Rows, said: str) -> None:
        update_event(db, rows.events, EventDetails(**{"name": "Fair", "date": DAY, column: said}))

    return put


def _instruction(name: str) -> Put:
    def put(db: Connection, rows: Rows, said: str) -> None:
        update_campaign(db, rows.email_campaigns, name="Campaign", instructions=clean_instructions(**{name: said}))

    return put


def _query(db: Connection, rows: Rows, said: str) -> None:
    values = {"sql": said, "parameters": {}, "chart": {}}
    from lib.analytics.notebook.saved import update_saved_query

    update_saved_query(db, rows.saved_queries, **values)


def _photo(db: Connection, rows: Rows, said: str) -> None:
    change = text("update contacts set back_photo_name = :name where id = :id")
    db.execute(change, {"name": as_photo_name(said), "id": rows.contacts})


def _logged(db: Connection, rows: Rows, said: str) -> None:
    log_activity(db, "contact_uploaded", "contact", rows.contacts, said=said)


# By column: how it is written, and how what is stored is asked for where that is more than the column.
FIELDS: dict[str, Put] = {
    **{f"events.{c}": _event(c) for c in ("name", "location", "industry", "description")},
    **{
        f"contacts.{c}": _contact(c)
        for c in ("full_name", "email", "company", "title", "phone", "linkedin_url", "notes")
    },
    "contacts.back_photo_name": _photo,
    "lead_groups.name": lambda db, rows, said: update_group(db, rows.lead_groups, said, None),
    "lead_groups.description": lambda db, rows, said: update_group(db, rows.lead_groups, "Group", said),
    "email_templates.name": lambda db, rows, said: update_template(db, rows.email_templates, said, "Hello", "Hi"),
    "email_templates.subject": lambda db, rows, said: update_template(db, rows.email_templates, "T", said, "Hi"),
    "email_templates.body": lambda db, rows, said: update_template(db, rows.email_templates, "T", "Hello", said),
    "email_campaigns.name": lambda db, rows, said: update_campaign(
        db, rows.email_campaigns, name=said, instructions=clean_instructions()
    ),
    "email_drafts.subject": lambda db, rows, said: (update_draft(db, rows.email_drafts, said, "Hi"), None)[1],
    "email_drafts.body": lambda db, rows, said: (update_draft(db, rows.email_drafts, "Hello", said), None)[1],
    "saved_queries.name": lambda db, rows, said: rename_saved_query(db, rows.saved_queries, said),
    "saved_queries.sql": _query,
}
# Those that are one of several in a column of JSON.
IN_JSON: dict[str, Put] = {
    **{f"email_campaigns.instructions.{name}": _instruction(name) for name in ("tone", "goal", "language")},
    "activity_logs.metadata.said": _logged,
}
# Written by other ways, each with a test of its own in this folder.
ELSEWHERE = {
    "contacts.ocr_raw_data": "what was read: test_cards",
    "ocr_jobs.photo_name": "as back_photo_name; by an upload: test_cards",
    "ocr_jobs.error_message": "test_cards",
    "suppressions.note": "test_fields",
    "email_campaigns.lead_group_name": "the group's name, copied: test_fields",
    "email_campaigns.template_name": "the template's name, copied: test_fields",
    "email_campaigns.template_subject": "copied: test_fields",
    "email_campaigns.template_body": "copied: test_fields",
    "email_exports.campaign_name": "copied: test_files",
    "email_exports.file_name": "made of the campaign's name: test_files",
    "email_exports.manifest": "test_files",
    "email_drafts.personalization_data": "what a model answered: test_orders",
    "saved_queries.parameters": "test_fields",
    "saved_queries.chart": "test_fields",
}
# The program's own words, numbers and addresses: nobody types them.
OURS = {
    "activity_logs": {"action", "entity_type"},
    "contacts": {
        "business_card_url", "back_image_url", "more_image_urls", "back_photo_fingerprint", "status",
        "search_text", "rare_letters", "reasons",
    },
    "ocr_jobs": {"status", "photo_fingerprint", "engine"},
    "email_templates": {"variables"},
    "email_campaigns": {"status", "export_profile"},
    "email_drafts": {"approved_reasons"},
    "email_exports": {"profile", "mime", "url", "sha256"},
    "suppressions": {"kind", "source"},
    "loose_images": {"url"},
    "dashboard_views": {"name"},
    "schema_migrations": {"name", "sha256"},
    "undo_memories": {"action"},
    "undo_rows": {"table_name", "key", "before", "after"},
    # Told by settings of whoever runs the program.
    "backups": {"host", "folder", "file_name", "sha256", "error"},
}  # fmt: skip


def visible(said: str) -> str:
    """Return what of a text can be seen, in one form: no spaces, no controls, no marks that turn it."""
    kept = "".join(c for c in said if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", kept)


def stored(db: Connection, rows: Rows, field: str) -> Any:
    """Return what the field holds now."""
    table, column, *path = field.split(".")
    if table == "activity_logs":
        return db.execute(text("select metadata ->> 'said' from activity_logs order by id desc limit 1")).scalar()
    found = db.execute(text(f"select {column} from {table} where id = :id"), {"id": getattr(rows, table)}).scalar()
    return (found or {}).get(path[0]) if path else found


def is_what_was_said(field: str, said: str, kept: str | None) -> bool:
    """Whether what is kept is what was said, as far as that field keeps it."""
    column = field.split(".")[1]
    if not visible(said):
        # A contact keeps the name it had, and a photo has one: each needs one.
        return not visible(kept or "") or column in ("full_name", "back_photo_name")
    if kept is None:
        return False
    if column == "phone":
        return bool(re.fullmatch(r"\+\d{5,15}", kept))
    if column == "email":
        return (
            unicodedata.normalize("NFKC", visible(kept)).lower()
            == unicodedata.normalize("NFKC", visible(said)).lower()
        )
    if column == "linkedin_url":
        return visible(kept).removeprefix("https://") == visible(said).removeprefix("https://")
    if column == "back_photo_name":
        return is_file_name(kept)
    return visible(kept) == visible(said)


def is_file_name(name: str) -> bool:
    """Whether a name is one of a file alone: no folder, no control, not hidden, not too long."""
    return bool(name) and not re.search(r"[/\\\x00-\x1f\x7f]", name) and len(name) <= 255


def put_or_refuse(put: Put, db: Connection, rows: Rows, said: str) -> bool:
    """Whether it was taken; what is refused is refused in a sentence that can be shown."""
    try:
        put(db, rows, said)
    except MeishiError as error:
        say(error)
        return False
    return True


def say(error: MeishiError) -> None:
    """Fail unless it says something that can be sent to a page."""
    assert error.message
    assert "\0" not in str(error)
    str(error).encode()
