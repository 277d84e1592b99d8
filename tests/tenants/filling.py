"""An organisation's data by the product's own functions: a row in every table, and its mark in every text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from lib.analytics import refreshing
from lib.analytics.notebook import add_saved_query
from lib.capture import capture_photo
from lib.cards import Reading
from lib.cards.model import Card, Field
from lib.contacts import duplicates, many
from lib.contacts.contacts import update_contact
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.contacts.suppressions import add_suppression
from lib.database import transaction
from lib.images import note_images
from lib.jobs.reading import run_reading
from lib.outreach.campaigns import add_campaign
from lib.outreach.drafts import approve_all
from lib.outreach.exports import export_campaign
from lib.outreach.generation import begin_generation, generate_drafts
from lib.outreach.templates import add_template
from lib.settings import get_settings
from lib.storage import new_address
from tests.outreach_data import add_person

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
# In everything that each of the two has, and in nothing of the other's.
OURS, THEIRS = "Brambling", "Quillon"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The ids of what an organisation got; `gone_id` was deleted, which can be undone as `undo_id`."""

    org_id: int
    event_id: int
    ada_id: int
    ben_id: int
    cleo_id: int
    waiting_id: int
    gone_id: int
    group_id: int
    template_id: int
    campaign_id: int
    export_id: int
    undo_id: int
    query_id: int


def fill(mark: str, org_id: int) -> Filled:
    """Return what was added, with the mark in all its words, as whoever acts."""
    slug = mark.lower()
    with transaction() as db:
        about = EventDetails(
            name=f"{mark} Fair", date=dt.date.today(), location=f"{mark} Hall", industry=f"{mark} Trade"
        )
        event_id = add_event(db, about)
    read_id = capture_photo(event_id, f"{slug}-ada.jpg", f"photo of {mark}".encode())
    _read(read_id, mark)
    waiting_id = capture_photo(event_id, f"{slug}-waiting.jpg", f"another photo of {mark}".encode())
    with transaction() as db:
        update_contact(db, read_id, {"title": f"{mark} manager"}, region="US")
        ben_id, cleo_id, gone_id = [
            add_person(
                db, f"{name} {mark}", f"{name.lower()}@{slug}.example.com", company=f"{mark} Optics",
                phone=f"+49309018{position}{len(mark)}", event_id=event_id, status=status,
            )
            for position, (name, status) in enumerate(
                {"Ben": "user_verified", "Cleo": "completed", "Gone": "completed"}.items()
            )
        ]  # fmt: skip
        duplicates.mark_different(db, ben_id, cleo_id)
        group_id = add_group(db, f"{mark} leads", f"{mark} described")
        add_members(db, group_id, [read_id, ben_id, cleo_id])
        template_id = add_template(db, f"{mark} template", f"From {mark}", "Hi {{firstName|there}}, it was good.")
        campaign_id = add_campaign(db, f"{mark} campaign", group_id, template_id)
        add_suppression(db, f"nobody@{slug}.example.com", note=f"{mark} asked")
        query_id = add_saved_query(db, f"{mark} query", f"select '{mark}'", {}, {})
        begin_generation(db, campaign_id)
    generate_drafts(campaign_id, get_settings())
    with transaction() as db:
        approve_all(db, campaign_id)
    with transaction() as db:
        export_id = export_campaign(db, campaign_id, "gmail").id
        undo_id = many.delete(db, [gone_id])
        note_images_at(event_id, slug)
    with transaction() as db:
        refreshing.refresh(db, always=True)
        # As with very many contacts: the kept results are what the page shows.
        db.execute(text("update dashboard_views set seconds = 1"))
    return Filled(
        org_id=org_id, event_id=event_id, ada_id=read_id, ben_id=ben_id, cleo_id=cleo_id, waiting_id=waiting_id,
        gone_id=gone_id, group_id=group_id, template_id=template_id, campaign_id=campaign_id, export_id=export_id,
        undo_id=undo_id, query_id=query_id,
    )  # fmt: skip


def note_images_at(event_id: int, slug: str) -> None:
    """Note an image that nobody is going to show."""
    note_images([new_address(event_id=event_id, photo_name=f"{slug}.jpg")])


def _read(contact_id: int, mark: str) -> None:
    """Read the captured card as a worker would, unsure of it."""
    values = {"full_name": f"Ada {mark}", "email": f"ada@{mark.lower()}.example.com", "company": f"{mark} Optics"}
    fields = {
        name: Field(value=value, confidence=0.5, box=BOX, lines=(0,), evidence=()) for name, value in values.items()
    }
    card = Card(status="pending_review", confidence=0.5, reasons=(), fields=fields, lines=(), extra={})
    reading = Reading(engine="rapidocr", engine_version="3", seconds=0.5, cards=(card,))
    with transaction() as db:
        job = text("select id from ocr_jobs where contact_id = :id")
        job_id = db.execute(job, {"id": contact_id}).scalar_one()
    run_reading(job_id, lambda photo: reading)
