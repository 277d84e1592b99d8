import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import URL, Connection, text

from lib.contacts.contacts import (
    ContactFilter,
    count_by_status,
    count_contacts,
    delete_contacts,
    get_contact,
    list_contacts,
    list_contacts_by_id,
    update_contact,
    verify_contacts,
)
from lib.contacts.events import EventDetails, add_event
from lib.database.engine import make_engine
from lib.errors import ChangedMeanwhile, NotFound, NotValid

ALL = ContactFilter(statuses=("pending_review", "failed", "completed", "user_verified"))


def add_contact(db: Connection, full_name: str = "Jane Doe", **columns: Any) -> int:
    columns = {"status": "pending_review", "full_name": full_name, **columns}
    if "ocr_raw_data" in columns:
        columns["ocr_raw_data"] = json.dumps(columns["ocr_raw_data"])
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    return db.execute(text(f"insert into contacts ({names}) values ({values}) returning id"), columns).scalar_one()


def activities(db: Connection, action: str) -> list[Any]:
    query = text("select entity_id, metadata from activity_logs where action = :action order by id")
    return list(db.execute(query, {"action": action}))


def test_the_least_sure_come_first_and_the_unreadable_last(db: Connection) -> None:
    add_contact(db, "Sure Sam", ocr_confidence=0.9)
    add_contact(db, "photo.jpg", status="failed")
    add_contact(db, "Doubt Dora", ocr_confidence=0.2)
    assert [c.label for c in list_contacts(db, ALL)] == ["Doubt Dora", "Sure Sam", "photo.jpg"]


@pytest.mark.parametrize("search", ["doe", "ACME", "jane.d", " Jane "])
def test_a_search_looks_at_name_company_and_email(db: Connection, search: str) -> None:
    add_contact(db, company="Acme Optics", email="jane.doe@example.com")
    add_contact(db, "Sam Roe", company="Foxglove")
    wanted = ContactFilter(search=search)
    assert [c.full_name for c in list_contacts(db, wanted)] == ["Jane Doe"]
    assert count_contacts(db, wanted) == 1


@pytest.mark.parametrize("search", ["100%", "a_b", "'; drop table contacts; --"])
def test_a_search_takes_every_character_as_it_is(db: Connection, search: str) -> None:
    add_contact(db, company="1000 ab")
    assert count_contacts(db, ContactFilter(search=search)) == 0


def test_contacts_of_one_event_are_found(db: Connection) -> None:
    event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 1, 1)))
    add_contact(db, "Here", event_id=event_id)
    add_contact(db, "Elsewhere")
    assert [c.event_name for c in list_contacts(db, ContactFilter(event_id=event_id))] == ["Fair"]


def test_pages_neither_repeat_nor_miss_a_contact(db: Connection) -> None:
    made = {add_contact(db, f"Person {n}", ocr_confidence=0.5) for n in range(7)}
    pages = [list_contacts(db, ALL, limit=3, offset=offset) for offset in (0, 3, 6)]
    seen = [c.id for page in pages for c in page]
    assert len(seen) == 7
    assert set(seen) == made


def test_a_contact_whose_card_is_not_read_has_no_name(db: Connection) -> None:
    contact = get_contact(db, add_contact(db, "IMG_0042.jpg", status="processing"))
    assert contact is not None
    assert (contact.full_name, contact.label) == (None, "IMG_0042.jpg")


def test_a_correction_records_what_was_read_and_how_surely(db: Connection) -> None:
    raw = {"engine": "rapidocr", "fields": {"email": {"value": "jane@examp1e.com", "confidence": 0.6}}}
    contact_id = add_contact(db, email="jane@examp1e.com", ocr_raw_data=raw)
    saved = update_contact(db, contact_id, {"email": "jane@example.com"}, region="US")
    assert saved.email == "jane@example.com"
    (entity_id, metadata), *_ = activities(db, "contact_reviewed")
    assert entity_id == contact_id
    assert metadata["corrections"] == [
        {
            "field": "email",
            "read": "jane@examp1e.com",
            "confidence": 0.6,
            "before": "jane@examp1e.com",
            "after": "jane@example.com",
            "engine": "rapidocr",
        }
    ]


@pytest.mark.parametrize("verdict", ["completed", "pending_review"])
def test_a_correction_says_who_had_been_sure_of_the_contact(db: Connection, verdict: str) -> None:
    contact_id = add_contact(db, status="user_verified", ocr_raw_data={"status": verdict})
    update_contact(db, contact_id, {"company": "Acme"}, region="US")
    (_, metadata), *_ = activities(db, "contact_reviewed")
    assert (metadata["status"], metadata["was_accepted"]) == ("user_verified", verdict == "completed")


def test_an_edit_does_not_overwrite_what_another_tab_saved(db: Connection) -> None:
    contact_id = add_contact(db, company="Acme")
    update_contact(db, contact_id, {"company": "Acme Optics"}, region="US")
    with pytest.raises(ChangedMeanwhile) as refused:
        update_contact(
            db, contact_id, {"company": "Foxglove", "title": "CTO"}, region="US", shown={"company": "Acme"}
        )
    error = refused.value
    assert (error.field, error.theirs, error.yours) == ("company", "Acme Optics", "Foxglove")
    assert get_contact(db, contact_id).title is None


@pytest.mark.parametrize("typed", ["Acme Optics", "Foxglove"])
def test_the_same_edit_in_two_tabs_and_an_edit_of_what_is_shown_are_saved(db: Connection, typed: str) -> None:
    contact_id = add_contact(db, company="Acme Optics")
    shown = {"company": "Acme Optics" if typed == "Foxglove" else "Acme"}
    assert update_contact(db, contact_id, {"company": typed}, region="US", shown=shown).company == typed


def test_of_two_edits_at_once_the_second_is_told_of_the_first(database_url: URL) -> None:
    engine = make_engine(database_url)
    with engine.begin() as db:
        contact_id = add_contact(db, company="Acme")

    def edit_later() -> None:
        with engine.begin() as db:
            update_contact(db, contact_id, {"company": "Foxglove"}, region="US", shown={"company": "Acme"})

    with ThreadPoolExecutor() as threads:
        with engine.begin() as db:
            update_contact(db, contact_id, {"company": "Acme Optics"}, region="US", shown={"company": "Acme"})
            later = threads.submit(edit_later)
            with pytest.raises(TimeoutError):
                later.result(timeout=0.3)
        with pytest.raises(ChangedMeanwhile):
            later.result()
    with engine.begin() as db:
        assert get_contact(db, contact_id).company == "Acme Optics"
    engine.dispose()


def test_contacts_come_in_the_order_in_which_they_are_asked_for(db: Connection) -> None:
    ids = [add_contact(db, f"Person {n}") for n in range(3)]
    assert [c.id for c in list_contacts_by_id(db, [ids[2], 4711, ids[0]])] == [ids[2], ids[0]]


def test_a_change_to_the_same_value_is_no_correction(db: Connection) -> None:
    contact_id = add_contact(db, company="Acme")
    update_contact(db, contact_id, {"company": " Acme "}, region="US")
    assert activities(db, "contact_reviewed") == []


def test_a_refused_value_changes_nothing_not_even_the_others(db: Connection) -> None:
    contact_id = add_contact(db, company="Acme")
    with pytest.raises(NotValid):
        update_contact(db, contact_id, {"company": "Foxglove", "email": "jane@"}, region="US")
    assert get_contact(db, contact_id).company == "Acme"


def test_an_emptied_field_is_unknown_but_a_name_stays(db: Connection) -> None:
    contact_id = add_contact(db, company="Acme")
    saved = update_contact(db, contact_id, {"company": "", "full_name": ""}, region="US")
    assert (saved.company, saved.full_name) == (None, "Jane Doe")


def test_a_contact_that_is_gone_cannot_be_corrected(db: Connection) -> None:
    with pytest.raises(NotFound):
        update_contact(db, 4711, {"company": "Acme"}, region="US")


@pytest.mark.parametrize("status", ["pending_review", "completed", "failed"])
def test_verifying_says_when_and_is_recorded(db: Connection, status: str) -> None:
    contact_id = add_contact(db, status=status)
    assert verify_contacts(db, [contact_id]) == [contact_id]
    contact = get_contact(db, contact_id)
    assert contact.status == "user_verified"
    assert contact.reviewed_at is not None
    assert [entity_id for entity_id, _ in activities(db, "contact_verified")] == [contact_id]


def test_nobody_without_a_name_is_verified(db: Connection) -> None:
    nameless = add_contact(db, "IMG_0042.jpg", status="failed")
    waiting = add_contact(db, status="processing")
    assert verify_contacts(db, [nameless, waiting]) == []


def test_deleted_contacts_leave_their_images_to_be_swept(db: Connection) -> None:
    contact_id = add_contact(db, business_card_url="file:///a.jpg", back_image_url="file:///b.jpg")
    delete_contacts(db, [contact_id])
    assert list(db.execute(text("select url from loose_images order by url")).scalars()) == [
        "file:///a.jpg",
        "file:///b.jpg",
    ]
    assert get_contact(db, contact_id) is None


def test_contacts_are_counted_by_status(db: Connection) -> None:
    for status in ("failed", "completed", "completed"):
        add_contact(db, status=status)
    assert count_by_status(db) == {"failed": 1, "completed": 2}
