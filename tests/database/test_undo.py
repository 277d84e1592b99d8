"""Undoing: what an action changed is put back exactly, for as long as it is kept, by one of those who ask."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, text

from lib.capture import capture_photo
from lib.cards import Reading
from lib.contacts.contacts import delete_contacts, update_contact
from lib.contacts.events import EventDetails, add_event, delete_event
from lib.contacts.groups import delete_group
from lib.contacts.undo import forget_expired, remember, undo
from lib.database import transaction
from lib.errors import NotFound, NotValid
from lib.images import sweep_images
from lib.jobs.reading import run_reading
from lib.jobs.upkeep import requeue_lost_readings
from tests.database.test_reading_jobs import reading
from tests.outreach_data import add_campaign_for, add_group_of, add_person, last_activity
from tests.statements import statements

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
EVERYTHING = """
select jsonb_object_agg(table_name || ' ' || key, content) from rows_of_contacts(array(select id from contacts))"""


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def jane(event_id: int) -> int:
    """A captured contact in a group, with a draft, a job and a photo."""
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    with transaction() as db:
        db.execute(
            text("update contacts set full_name = 'Jane Doe', status = 'completed', ocr_raw_data = '{\"a\": [1]}'")
        )
        draft(db, add_campaign_for(db, [contact_id]), contact_id)
    return contact_id


def draft(db: Connection, campaign_id: int, contact_id: int) -> None:
    insert = text("insert into email_drafts (campaign_id, contact_id, subject, body) values (:m, :c, 'Hi', 'Jane')")
    db.execute(insert, {"m": campaign_id, "c": contact_id})


def everything() -> Any:
    """All contacts with all that hangs on them."""
    return scalar(EVERYTHING)


def scalar(sql: str) -> Any:
    with transaction() as db:
        return db.execute(text(sql)).scalar()


def deleted(*contact_ids: int, action: str = "delete") -> int:
    with transaction() as db:
        undo_id = remember(db, contact_ids, action=action)
        delete_contacts(db, contact_ids)
    return undo_id


def undone(undo_id: int) -> list[int]:
    with transaction() as db:
        return undo(db, undo_id)


def time_passes(interval: str) -> None:
    with transaction() as db:
        for statement in (
            "update undo_memories set expires_at = expires_at - cast(:i as interval)",
            "update loose_images set sweep_from = sweep_from - cast(:i as interval)",
        ):
            db.execute(text(statement), {"i": interval})


def images(home: Path) -> int:
    return len([path for path in (home / "images").rglob("*") if path.is_file()])


def test_a_deleted_contact_comes_back_with_all_that_hung_on_it(jane: int) -> None:
    before = everything()
    undo_id = deleted(jane)
    assert everything() is None
    assert undone(undo_id) == [jane]
    assert everything() == before
    assert {key.split()[0] for key in before} == {"contacts", "ocr_jobs", "lead_group_contacts", "email_drafts"}


def test_undoing_is_logged_with_what_was_undone(jane: int) -> None:
    undo_id = deleted(jane)
    undone(undo_id)
    with transaction() as db:
        assert last_activity(db, "contact_reviewed") == {"undone": "delete", "undo_id": undo_id}


def test_an_action_is_undone_once(jane: int) -> None:
    undo_id = deleted(jane)
    undone(undo_id)
    with pytest.raises(NotFound, match="undone already"):
        undone(undo_id)


def test_of_two_who_undo_at_once_one_does(jane: int) -> None:
    undo_id = deleted(jane)

    def attempt(_: int) -> str:
        try:
            undone(undo_id)
        except NotFound:
            return "refused"
        return "undone"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["refused", "undone"]
    assert scalar("select count(*) from contacts") == 1


def test_a_change_is_undone_with_the_time_of_the_change_before(jane: int) -> None:
    before = everything()
    with transaction() as db:
        undo_id = remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null, company = 'Acme'"))
    undone(undo_id)
    assert everything() == before


def test_actions_are_undone_one_after_the_other(jane: int) -> None:
    before, undo_ids = everything(), []
    for company in ("Acme", "Foxglove"):
        with transaction() as db:
            undo_ids.append(remember(db, [jane], action="edit"))
            update_contact(db, jane, {"company": company}, region="US")
    for undo_id in reversed(undo_ids):
        undone(undo_id)
    assert everything() == before


def test_two_actions_of_one_transaction_are_two(db: Connection) -> None:
    contact_id = add_person(db, "Ada Example")
    first = remember(db, [contact_id], action="edit")
    update_contact(db, contact_id, {"company": "Acme"}, region="US")
    second = remember(db, [contact_id], action="edit")
    update_contact(db, contact_id, {"title": "CEO"}, region="US")
    undo(db, second)
    company = text("select company, title from contacts where id = :id")
    assert tuple(db.execute(company, {"id": contact_id}).one()) == ("Acme", None)
    undo(db, first)
    assert tuple(db.execute(company, {"id": contact_id}).one()) == ("Example Optics", None)


def test_a_contact_changed_since_is_not_touched(jane: int) -> None:
    with transaction() as db:
        undo_id = remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null"))
    with transaction() as db:
        update_contact(db, jane, {"company": "Typed Since"}, region="US")
    with pytest.raises(NotValid, match="One of the contacts was changed since"):
        undone(undo_id)
    assert scalar("select company from contacts") == "Typed Since"


def test_a_contact_deleted_since_does_not_come_back_with_an_older_change(jane: int) -> None:
    with transaction() as db:
        undo_id = remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null"))
    again = deleted(jane)
    with pytest.raises(NotValid, match="changed since"):
        undone(undo_id)
    assert undone(again) == [jane]
    assert undone(undo_id) == [jane]


def test_two_made_one_are_two_again(jane: int, event_id: int) -> None:
    with transaction() as db:
        other = add_person(db, "Jane Doe", event_id=event_id)
        draft(db, add_campaign_for(db, [other]), other)
    before = everything()
    with transaction() as db:
        undo_id = remember(db, [jane, other], action="merge")
        to_jane = {"keep": jane, "other": other}
        joins = "insert into lead_group_contacts select lead_group_id, :keep from lead_group_contacts"
        db.execute(text(f"{joins} where contact_id = :other"), to_jane)
        db.execute(text("update email_drafts set contact_id = :keep where contact_id = :other"), to_jane)
        db.execute(text("update contacts set company = 'Acme' where id = :keep"), to_jane)
        delete_contacts(db, [other])
    assert undone(undo_id) == [jane, other]
    assert everything() == before


def test_what_came_later_beside_a_change_stays_when_it_is_undone(jane: int) -> None:
    with transaction() as db:
        undo_id = remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null"))
    with transaction() as db:
        add_group_of(db, [jane], "Later")
        db.execute(text("update email_drafts set body = 'Better words'"))
    undone(undo_id)
    assert scalar("select count(*) from lead_group_contacts") == 2
    assert scalar("select body from email_drafts") == "Better words"


def test_what_was_deleted_meanwhile_stays_deleted(jane: int, event_id: int) -> None:
    undo_id = deleted(jane)
    with transaction() as db:
        delete_group(db, db.execute(text("select id from lead_groups")).scalar_one())
        db.execute(text("delete from email_campaigns"))
        delete_event(db, event_id)
    assert undone(undo_id) == [jane]
    assert scalar("select full_name from contacts where event_id is null") == "Jane Doe"
    assert scalar("select count(*) from lead_group_contacts") == 0


def test_only_what_an_action_changed_is_kept(jane: int) -> None:
    with transaction() as db:
        remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null"))
    assert scalar("select array_agg(table_name) from undo_rows") == ["contacts"]
    assert set(scalar("select before from undo_rows")) == {"event_id", "updated_at"}


def test_the_image_of_a_deleted_contact_stays_as_long_as_it_can_come_back(jane: int, home: Path) -> None:
    undo_id = deleted(jane)
    time_passes("59 minutes")
    assert (sweep_images(), images(home)) == (0, 1)
    undone(undo_id)
    time_passes("1 day")
    assert (sweep_images(), images(home)) == (0, 1)


def test_what_can_be_undone_no_more_is_forgotten_with_its_images(jane: int, home: Path) -> None:
    undo_id = deleted(jane)
    time_passes("1 hour")
    with pytest.raises(NotFound, match="too long ago"):
        undone(undo_id)
    with transaction() as db:
        assert forget_expired(db) == 1
    time_passes("1 minute")
    assert (sweep_images(), images(home)) == (1, 0)
    assert scalar("select count(*) from undo_rows") == 0


def test_a_merge_can_be_undone_for_weeks(jane: int) -> None:
    undo_id = deleted(jane, action="merge")
    time_passes("29 days")
    assert undone(undo_id) == [jane]


def test_a_thousand_contacts_go_and_are_back_by_as_many_statements_as_ten(event_id: int) -> None:
    with transaction() as db:
        lines = (
            "select jsonb_agg(jsonb_build_object('text', md5(n::text || id::text))) from generate_series(1, 60) as n"
        )
        db.execute(text("insert into contacts (full_name) select 'Person ' || n from generate_series(1, 1000) as n"))
        db.execute(text(f"update contacts set ocr_raw_data = jsonb_build_object('lines', ({lines}))"))
        db.execute(text("insert into ocr_jobs (contact_id) select id from contacts"))
        contact_ids = list(db.execute(text("select id from contacts")).scalars())
    with statements() as for_ten:
        assert len(undone(deleted(*contact_ids[:10]))) == 10
    with statements() as for_all:
        assert len(undone(deleted(*contact_ids))) == 1000
    assert for_all == for_ten


def test_a_reading_that_ends_after_its_contact_is_back_is_stored(event_id: int) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")

    def deleting(photo: bytes) -> Reading:
        undone(deleted(contact_id))
        return reading(full_name="Jane Doe", email="jane.doe@example.com")

    run_reading(scalar("select id from ocr_jobs"), deleting)
    assert scalar("select full_name || ' ' || status from contacts") == "Jane Doe completed"


def test_a_reading_that_ended_while_its_contact_was_gone_is_done_again(event_id: int) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    undo_ids = []

    def deleting(photo: bytes) -> Reading:
        undo_ids.append(deleted(contact_id))
        return reading(full_name="Jane Doe")

    job_id = scalar("select id from ocr_jobs")
    run_reading(job_id, deleting)
    with transaction() as db:
        db.execute(text("delete from procrastinate_jobs"))
    undone(undo_ids[0])
    assert scalar("select status from contacts") == "processing"
    assert requeue_lost_readings() == [job_id]


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 30
    while scalar(WAITING) == 0:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.05)


def test_who_is_being_changed_is_waited_for(jane: int) -> None:
    with transaction() as db:
        undo_id = remember(db, [jane], action="set_event")
        db.execute(text("update contacts set event_id = null"))

    def type_slowly() -> None:
        with transaction() as db:
            update_contact(db, jane, {"company": "Typed Meanwhile"}, region="US")
            held.set()
            wait_until_somebody_waits()

    held = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        typing = pool.submit(type_slowly)
        assert held.wait(30)
        with pytest.raises(NotValid, match="changed since"):
            undone(undo_id)
        typing.result()
    assert scalar("select company from contacts") == "Typed Meanwhile"
