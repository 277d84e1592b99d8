"""The sample data in the database and the image store: made in one transaction, taken away without a trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.capture import capture_photo
from lib.contacts.events import add_event
from lib.database import load_queries, transaction
from lib.demo.drawing import draw_card
from lib.demo.outreach import OPT_OUT_NOTE, add_outreach
from lib.demo.rows import activity_rows, blur, contact_row, job_row
from lib.demo.story import BLURRED, FAIRS, SampleCard, tell_story
from lib.errors import MeishiError
from lib.images import hold_images, note_images, sweep_images
from lib.storage import new_address, put_image

SQL = load_queries("demo")
MARK = {"demo": True}


class SampleIsThere(MeishiError):
    """Sample data was made before and not removed yet."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """How much sample data was made, or taken away."""

    events: int
    contacts: int
    groups: int
    campaigns: int
    fresh: int = 0


def add_sample(now: dt.datetime) -> Made:
    """Return what was made: a past told from `now` (UTC without zone) backwards, and photos that workers then read.

    All of the past or nothing of it. Raises SampleIsThere, DatabaseUnavailable, StorageUnavailable.
    """
    cards, fresh = tell_story(now)
    with transaction() as db:
        event_ids = _add_events(db, now)
        contact_ids = _add_cards(db, cards, event_ids)
        groups, campaigns = add_outreach(db, cards, contact_ids, now)
    for position, person in enumerate(fresh):
        drawn = draw_card(person, 900 + position)
        photo = blur(drawn) if position == BLURRED else drawn
        capture_photo(event_ids[-1], f"IMG_90{position:02d}.jpg", photo)
    return Made(
        events=len(event_ids), contacts=len(contact_ids), groups=groups, campaigns=campaigns, fresh=len(fresh)
    )


def remove_sample() -> Made:
    """Return what was taken away: everything the sample made, what came of it since, and nothing else.

    Raises DatabaseUnavailable, StorageUnavailable.
    """
    with transaction() as db:
        found = db.execute(SQL["list_sample_ids"]).all()
        ids = {
            entity: [row.entity_id for row in found if row.entity_type == entity]
            for entity in ("event", "lead_group", "email_campaign")
        }
        contacts = db.execute(SQL["list_contacts_of_events"], {"event_ids": ids["event"]}).all()
        for query, chosen in (
            ("delete_exports", ids["email_campaign"]),
            ("delete_campaigns", ids["email_campaign"]),
            ("delete_templates", [row.template_id for row in found if row.template_id is not None]),
            ("delete_groups", ids["lead_group"]),
            ("delete_events", ids["event"]),
        ):
            db.execute(SQL[query], {"ids": chosen})
        db.execute(SQL["delete_opt_outs"], {"note": OPT_OUT_NOTE})
        ids["contact"] = [row.id for row in contacts]
        for entity, chosen in ids.items():
            db.execute(SQL["delete_activity"], {"entity_type": entity, "ids": chosen})
    sweep_images()
    return Made(
        events=len(ids["event"]),
        contacts=len(contacts),
        groups=len(ids["lead_group"]),
        campaigns=len(ids["email_campaign"]),
    )


def _add_events(db: Connection, now: dt.datetime) -> list[int]:
    # Two commands at once would both find nothing: the second waits here for the first.
    db.execute(SQL["wait_for_turn"])
    if db.execute(SQL["count_sample_events"]).scalar_one():
        raise SampleIsThere("The sample data is already there.", "Remove it with: python -m lib.demo --remove")
    event_ids = []
    for fair in FAIRS:
        details = fair.details(now)
        event_ids.append(add_event(db, details, **MARK))
        at = dt.datetime.combine(details.date, dt.time(8)) - dt.timedelta(days=1)
        db.execute(SQL["date_event"], {"id": event_ids[-1], "at": at})
        dated = {"entity_type": "event", "id": event_ids[-1], "action": "event_created", "at": at, "metadata": "{}"}
        db.execute(SQL["date_activity"], dated)
    return event_ids


def _add_cards(db: Connection, cards: Sequence[SampleCard], event_ids: Sequence[int]) -> list[int]:
    """Return the ids of the contacts, in the cards' order."""
    urls = [new_address(event_id=event_ids[card.fair], photo_name=card.photo_name) for card in cards]
    note_images(urls)
    hold_images(db, urls)
    count = {"count": len(cards)}
    contact_ids = list(db.execute(SQL["reserve_contact_ids"], count).scalars())
    job_ids = list(db.execute(SQL["reserve_job_ids"], count).scalars())
    contacts, jobs, activity = [], [], []
    for position, (card, url, contact_id, job_id) in enumerate(zip(cards, urls, contact_ids, job_ids, strict=True)):
        drawn = draw_card(card.person, position)
        photo = blur(drawn) if card.status == "failed" else drawn
        event_id = event_ids[card.fair]
        put_image(url, photo)
        contacts.append(contact_row(card, contact_id, event_id, url, position))
        jobs.append(job_row(card, job_id, contact_id))
        activity += activity_rows(card, job_id, contact_id, event_id, len(photo))
    db.execute(SQL["add_contact"], contacts)
    db.execute(SQL["add_job"], jobs)
    db.execute(SQL["add_activity"], sorted(activity, key=lambda row: row["created_at"]))
    return contact_ids
