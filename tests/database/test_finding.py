"""Finding contacts: the order of review, the search, the reasons, and the doubts of a page."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from lib.contacts.contacts import ContactFilter, count_contacts, get_contact, list_contacts, update_contact
from lib.contacts.finding import REASONS, list_doubts
from lib.contacts.groups import add_group, add_matching, list_members
from lib.reasons import NO_EMAIL, NO_NAME, UNREAD_BACK, is_cut_out
from tests.database.test_contacts import ALL, add_contact


def names(db: Connection, **wanted: Any) -> list[str]:
    return [c.label for c in list_contacts(db, ContactFilter(**({"statuses": ALL.statuses} | wanted)))]


def read(**more: Any) -> dict[str, Any]:
    return {"engine": "rapidocr", "reasons": [], "fields": {}, **more}


def test_what_waits_stands_before_what_nobody_doubts(db: Connection) -> None:
    add_contact(db, "Known", status="completed", ocr_confidence=0.3)
    add_contact(db, "photo.jpg", status="failed")
    add_contact(db, "Doubted", ocr_confidence=0.8)
    add_contact(db, "Unscored", status="user_verified")
    assert names(db) == ["Doubted", "Unscored", "Known", "photo.jpg"]


@pytest.mark.parametrize("search", ["zoë", "ZOE", "muller", "Müll", "łod", "strauss", "小", "明李", "qz", "o", "é m"])
def test_a_search_needs_neither_accents_nor_capitals(db: Connection, search: str) -> None:
    add_contact(db, "Zoë Müller", company="Łódź Strauß 小明李", email="qz@example.com")
    add_contact(db, "Jim Ashby", company="Kit")
    assert names(db, search=search) == ["Zoë Müller"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "5%", "a\\b"])
def test_what_means_something_to_like_is_only_itself(db: Connection, search: str) -> None:
    add_contact(db, "Plain", company="5 ab")
    add_contact(db, "Strange", company="5% a\\b _")
    assert names(db, search=search) == ["Strange"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("magdalena.kowalska@north", ["Ann", "Bea"]),
        ("magdalena.kowalska@northwind.example", ["Ann"]),
        ("Magdaléna.Kowalska@NORTHGATE.example", ["Bea"]),
        ("magdalena.kowalska@northside.example", []),
        ("magdalena kowals a@northwind.example", []),
        ("magdalena.kowal%a@northwind.example", []),
    ],
)
def test_a_long_search_counts_to_its_end(db: Connection, search: str, found: list[str]) -> None:
    add_contact(db, "Ann", email="magdalena.kowalska@northwind.example")
    add_contact(db, "Bea", email="magdalena.kowalska@northgate.example")
    assert sorted(names(db, search=search)) == found
    assert count_contacts(db, ContactFilter(search=search)) == len(found)


def test_a_search_follows_what_is_corrected(db: Connection) -> None:
    contact_id = add_contact(db, "Jane Doe", company="Acme")
    update_contact(db, contact_id, {"company": "Foxglove", "full_name": "Jané Qzo"}, region="US")
    assert names(db, search="acme") == []
    assert names(db, search="foxglove") == names(db, search="qz") == ["Jané Qzo"]


def test_a_count_stops_behind_the_most_that_is_asked_for(db: Connection) -> None:
    for number in range(5):
        add_contact(db, f"Person {number}")
    assert [count_contacts(db, ContactFilter(), most=most) for most in (3, 4, 5)] == [4, 5, 5]


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_found_and_no_other(db: Connection, reason: str) -> None:
    add_contact(db, "Doubted", ocr_raw_data=read(reasons=["Something else.", reason]))
    add_contact(db, "Other", ocr_raw_data=read(reasons=["Something else."]))
    add_contact(db, "Sure", status="completed", ocr_raw_data=read())
    assert names(db, reason=reason) == ["Doubted"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [(is_cut_out(4), is_cut_out()), (f"{UNREAD_BACK} The photo is dark. Take it again.", UNREAD_BACK)],
)
def test_a_reason_is_found_whatever_it_says_more(db: Connection, given: str, reason: str) -> None:
    add_contact(db, "Doubted", ocr_raw_data=read(reasons=[given]))
    assert names(db, reason=reason) == ["Doubted"]


@pytest.mark.parametrize("raw", [{}, {"reasons": None}, {"reasons": {}}, {"reasons": "No."}])
def test_a_strange_response_of_a_reader_is_stored_without_reasons(db: Connection, raw: dict[str, Any]) -> None:
    assert get_contact(db, add_contact(db, ocr_raw_data=raw)) is not None


def test_doubts_are_reasons_and_how_sure_the_reader_was_of_what_still_stands(db: Connection) -> None:
    fields = {
        "full_name": {"value": "Jane Doe", "confidence": 0.9},
        "email": {"value": "jane@examp1e.com", "confidence": 0.4},
        "website": {"value": "example.com", "confidence": 0.5},
    }
    raw = read(reasons=[NO_NAME, NO_EMAIL], fields=fields)
    contact_id = add_contact(db, email="jane@example.com", ocr_raw_data=raw)
    unread = add_contact(db, "photo.jpg", status="failed")
    found = list_doubts(db, [contact_id, unread])
    assert found.keys() == {contact_id}
    assert found[contact_id].reasons == (NO_NAME, NO_EMAIL)
    assert found[contact_id].confidences == {"full_name": 0.9}


def test_nobody_seems_changed_by_the_columns_that_finding_keeps(db: Connection) -> None:
    contact_id = add_contact(db, ocr_raw_data=read(reasons=[NO_NAME]))
    db.execute(text("update contacts set updated_at = '2026-01-01' where id = :id"), {"id": contact_id})
    before = get_contact(db, contact_id).updated_at
    db.execute(text("update contacts set full_name = full_name where id = :id"), {"id": contact_id})
    assert get_contact(db, contact_id).updated_at == before


@pytest.mark.parametrize("wanted", [ContactFilter(search="zoe"), ContactFilter(reason=NO_EMAIL)])
def test_all_who_are_found_and_no_others_join_a_group(db: Connection, wanted: ContactFilter) -> None:
    contact_id = add_contact(db, "Zoë Müller", ocr_raw_data=read(reasons=[NO_EMAIL]))
    add_contact(db, "Jim Ashby")
    group_id = add_group(db, "Leads")
    assert add_matching(db, group_id, wanted) == 1
    assert [member.id for member in list_members(db, group_id)] == [contact_id]
