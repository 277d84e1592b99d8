"""Erasing a person: afterwards no table, no image and no memory knows them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.cards import Reading
from lib.contacts import many
from lib.contacts.contacts import update_contact
from lib.contacts.erasing import erase
from lib.contacts.events import EventDetails, add_event
from lib.contacts.merging import merge
from lib.contacts.suppressions import add_suppression, is_suppressed
from lib.contacts.undo import undo
from lib.database import transaction
from lib.errors import NotFound
from lib.images import sweep_images
from lib.jobs.joining import join_contacts
from lib.jobs.reading import run_reading
from lib.jobs.rereading import reread
from lib.outreach.exports import export_campaign, open_export
from tests.database.test_reading_jobs import scalar
from tests.outreach_data import add_campaign_for
from tests.unit.cards.cards import read

MARKS = ("miller", "jane")
CARD = (("Jane Miller", 1.6), "Sales Director", "jane.miller@nordhaven.com", "www.nordhaven.com")
OTHER = (("Tom Becker", 1.6), "Buyer", "tom.becker@foxglove.de", "www.foxglove.de")
DRAFT = "insert into email_drafts (campaign_id, contact_id, subject, body) values (:m, :c, 'Hello', 'Hi there')"
COLUMNS = """
select table_name, string_agg(quote_ident(column_name), ', ')
from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and table_type = 'BASE TABLE'
  and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY')
group by table_name"""


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


def captured(event_id: int, name: str, rows: tuple[Any, ...]) -> int:
    """A contact whose photo, photo's name and reading say who it is."""
    contact_id = capture_photo(event_id, f"{name}.jpg", f"photo of {name}".encode())
    read_last(rows)
    return contact_id


def read_last(rows: tuple[Any, ...], engine: str = "rapidocr") -> None:
    reading = Reading(engine=engine, engine_version="1", seconds=0.5, cards=(read(*rows),))
    run_reading(scalar("select max(id) from ocr_jobs"), lambda photo: reading)


def places(home: Path) -> list[str]:
    """Every table and image that still knows her."""
    sweep_images()
    with transaction() as db:
        tables = [
            table
            for table, columns in db.execute(text(COLUMNS)).all()
            for mark in MARKS
            if db.execute(
                text(f"select exists (select from {table} where concat({columns}) ilike '%{mark}%')")
            ).scalar()
        ]
    images = [path.name for path in home.rglob("*") if path.is_file() and knows(path.read_bytes())]
    return [*tables, *images]


def knows(data: bytes) -> bool:
    return any(mark in data.decode(errors="replace").lower() for mark in MARKS)


def erased(*contact_ids: int) -> None:
    with transaction() as db:
        erase(db, contact_ids)


def live(jane: int) -> int:
    """Correct, re-read, group, write to, move and verify her; return the last action's undo id."""
    with transaction() as db:
        update_contact(db, jane, {"email": "jane@example.com", "notes": "Jane likes tea"}, region="US")
        campaign_id = add_campaign_for(db, [jane])
        insert = (
            "insert into email_drafts (campaign_id, contact_id, subject, body) values (:m, :c, 'Hi Jane', 'Miller')"
        )
        db.execute(text(insert), {"m": campaign_id, "c": jane})
        assert reread(db, [jane]) == 1
    read_last((("Jane Mller", 1.6), "jane.miller@nordhaven.com"), "easyocr")
    with transaction() as db:
        other = add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))
        many.set_event(db, [jane], other)
    with transaction() as db:
        return many.verify(db, [jane])[0]


def test_nothing_of_an_erased_person_is_left_anywhere(event_id: int, home: Path) -> None:
    jane = captured(event_id, "jane-miller", CARD)
    live(jane)
    known = {"contacts", "ocr_jobs", "email_drafts", "activity_logs"}
    assert known <= set(places(home))
    erased(jane)
    assert places(home) == []


def test_the_log_keeps_that_it_happened_and_when(event_id: int) -> None:
    jane = captured(event_id, "jane-miller", CARD)
    log = "select array_agg(action || ' ' || created_at order by id) from activity_logs where entity_type = 'contact'"
    before = scalar(log)
    erased(jane)
    after = scalar(log)
    assert after[:-1] == before
    assert after[-1].startswith("contact_reviewed ")
    assert scalar("select count(*) from activity_logs where metadata = '{\"erased\": true}'") == len(after)


def test_the_others_stay_as_they_were(event_id: int, home: Path) -> None:
    jane, tom = captured(event_id, "jane-miller", CARD), captured(event_id, "tom-becker", OTHER)
    with transaction() as db:
        add_campaign_for(db, [jane, tom])
    about_tom = f"select rows_of_contacts::text from rows_of_contacts(array[{tom}]) order by 1"
    before = (
        scalar(f"select array({about_tom})"),
        scalar("select array(select email_campaigns::text from email_campaigns)"),
    )
    erased(jane)
    sweep_images()
    after = (
        scalar(f"select array({about_tom})"),
        scalar("select array(select email_campaigns::text from email_campaigns)"),
    )
    assert after == before
    assert [path.read_bytes() for path in (home / "images").rglob("*.jpg")] == [b"photo of tom-becker"]


def test_a_deleted_person_who_could_still_come_back_is_erased_and_the_others_can(event_id: int, home: Path) -> None:
    jane, tom = captured(event_id, "jane-miller", CARD), captured(event_id, "tom-becker", OTHER)
    with transaction() as db:
        undo_id = many.delete(db, [jane, tom])
    assert "undo_rows" in places(home)
    erased(jane)
    assert places(home) == []
    with transaction() as db:
        assert undo(db, undo_id) == [tom]


def test_what_is_erased_cannot_be_undone(event_id: int) -> None:
    jane = captured(event_id, "jane-miller", CARD)
    undo_id = live(jane)
    erased(jane)
    with pytest.raises(NotFound, match="cannot be undone"), transaction() as db:
        undo(db, undo_id)


def test_whom_a_contact_was_merged_from_goes_with_it(event_id: int, home: Path) -> None:
    jane, again = captured(event_id, "jane-miller", CARD), captured(event_id, "jane-again", OTHER)
    with transaction() as db:
        update_contact(db, again, {"full_name": "Jane A. Miller", "email": "j.miller@example.com"}, region="US")
        merge(db, jane, again, {})
    erased(jane)
    assert places(home) == []


def test_both_sides_of_a_card_go(event_id: int, home: Path) -> None:
    jane = captured(event_id, "jane-miller", CARD)
    back = captured(event_id, "back of jane", ("Sales Director", "www.nordhaven.com"))
    if scalar("select count(*) from contacts") == 2:
        with transaction() as db:
            jane = join_contacts(db, [jane, back])
    erased(jane)
    assert places(home) == []


def test_a_worker_that_reads_the_card_meanwhile_brings_nothing_back(event_id: int, home: Path) -> None:
    jane = capture_photo(event_id, "jane-miller.jpg", b"photo of jane")

    def erasing(photo: bytes) -> Reading:
        erased(jane)
        return Reading(engine="rapidocr", engine_version="1", seconds=0.5, cards=(read(*CARD),))

    run_reading(scalar("select max(id) from ocr_jobs"), erasing)
    assert places(home) == []


def exported_with(*contact_ids: int, held_back: int | None = None) -> int:
    """Return the id of an export; who is held back has a formula for a title."""
    with transaction() as db:
        campaign_id = add_campaign_for(db, [*contact_ids])
        for contact_id in contact_ids:
            db.execute(text(DRAFT), {"m": campaign_id, "c": contact_id})
        db.execute(text("update contacts set title = '=1+1' where id = :id"), {"id": held_back})
        return export_campaign(db, campaign_id).id


def test_the_files_an_erased_person_is_in_go_and_their_history_stays(event_id: int, home: Path) -> None:
    jane, tom = captured(event_id, "jane-miller", CARD), captured(event_id, "tom-becker", OTHER)
    export_id = exported_with(jane, tom)
    assert any(name.endswith(".csv") for name in places(home))
    erased(jane)
    assert places(home) == []
    assert scalar("select erased_at is not null and rows = 2 from email_exports")
    with transaction() as db, pytest.raises(NotFound, match="erased"):
        open_export(db, export_id)


def test_the_files_of_others_stay_and_name_the_erased_no_more(event_id: int) -> None:
    jane, tom = captured(event_id, "jane-miller", CARD), captured(event_id, "tom-becker", OTHER)
    export_id = exported_with(jane, tom, held_back=jane)
    named = "select manifest -> 'held_back_contacts' from email_exports"
    logged = "select metadata -> 'held_back_contacts' from activity_logs where action = 'email_campaign_exported'"
    assert (scalar(named), scalar(logged)) == ([{"contact_id": jane, "reasons": ["formula"]}], [jane])
    erased(jane)
    assert (scalar(named), scalar(logged)) == ([], [])
    assert scalar("select manifest -> 'held_back' from email_exports") == {"formula": 1}
    with transaction() as db:
        assert b"Becker" in open_export(db, export_id)[2].read_bytes()


def test_who_opted_out_stays_so_when_erased(event_id: int, home: Path) -> None:
    jane = captured(event_id, "jane-miller", CARD)
    with transaction() as db:
        add_suppression(db, "jane.miller@nordhaven.com")
    erased(jane)
    assert places(home) == []
    with transaction() as db:
        assert is_suppressed(db, "jane.miller@nordhaven.com")
