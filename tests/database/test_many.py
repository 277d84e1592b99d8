"""Many contacts at once: what fits is done by a few statements, logged, and undone by one id."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from lib.contacts import many
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group
from lib.contacts.undo import list_changed, undo
from lib.errors import NotFound
from tests.outreach_data import add_person, last_activity


def people(db: Connection, *statuses: str) -> list[int]:
    """Contacts of these statuses; one that is being read has the name of its photo."""
    return [
        add_person(db, f"IMG_{n}.jpg" if status == "processing" else f"Person {n}", status=status)
        for n, status in enumerate(statuses)
    ]


def fair(db: Connection, name: str = "Fair") -> int:
    return add_event(db, EventDetails(name=name, date=dt.date(2026, 4, 20)))


def values(db: Connection, column: str) -> list[Any]:
    return list(db.execute(text(f"select {column} from contacts order by id")).scalars())


def logged(db: Connection, action: str) -> list[int]:
    found = text("select entity_id from activity_logs where action = :a order by entity_id")
    return list(db.execute(found, {"a": action}).scalars())


def test_deleted_contacts_are_logged_and_come_back(db: Connection) -> None:
    contact_ids = people(db, "completed", "processing")
    undo_id = many.delete(db, contact_ids)
    assert values(db, "id") == []
    assert logged(db, "contact_reviewed") == contact_ids
    assert last_activity(db, "contact_reviewed") == {"deleted": True, "undo_id": undo_id}
    assert undo(db, undo_id) == contact_ids
    assert values(db, "status") == ["completed", "processing"]


def test_a_photo_that_is_no_card_goes_and_the_log_says_so(db: Connection) -> None:
    contact_ids = people(db, "failed")
    undo_id = many.mark_not_cards(db, contact_ids)
    assert values(db, "id") == []
    assert last_activity(db, "contact_reviewed") == {"not_a_card": True, "undo_id": undo_id}
    assert undo(db, undo_id) == contact_ids


def test_contacts_move_to_an_event_and_back_to_where_each_was(db: Connection) -> None:
    contact_ids = people(db, "completed", "completed", "completed")
    here, there = fair(db), fair(db, "Summit")
    many.set_event(db, contact_ids[:1], here)
    many.set_event(db, contact_ids[1:2], there)
    undo_id = many.set_event(db, contact_ids, there)
    assert values(db, "event_id") == [there, there, there]
    assert list_changed(db, undo_id) == [contact_ids[0], contact_ids[2]]
    undo(db, undo_id)
    assert values(db, "event_id") == [here, there, None]


def test_only_what_is_read_and_named_is_verified(db: Connection) -> None:
    contact_ids = people(db, "completed", "pending_review", "failed", "processing", "user_verified")
    undo_id, verified = many.verify(db, contact_ids)
    assert verified == contact_ids[:3]
    assert logged(db, "contact_verified") == verified
    assert last_activity(db, "contact_verified") == {"undo_id": undo_id}
    assert undo(db, undo_id) == verified
    assert values(db, "status") == ["completed", "pending_review", "failed", "processing", "user_verified"]
    assert values(db, "reviewed_at") == [None] * 5


def test_those_who_joined_a_group_leave_it_again_and_the_others_stay(db: Connection) -> None:
    contact_ids = people(db, "completed", "completed", "failed")
    group_id = add_group(db, "Leads")
    many.add_to_group(db, contact_ids[:1], group_id)
    undo_id = many.add_to_group(db, contact_ids, group_id)
    about = last_activity(db, "contacts_added_to_group")
    assert about == {"count": 1, "contact_ids": contact_ids[1:2], "undo_id": undo_id}
    undo(db, undo_id)
    assert list(db.execute(text("select contact_id from lead_group_contacts")).scalars()) == contact_ids[:1]


@pytest.mark.parametrize("act", [many.set_event, many.add_to_group])
def test_what_was_deleted_meanwhile_takes_nobody(db: Connection, act: Callable[..., int]) -> None:
    with pytest.raises(NotFound, match="not there any more"):
        act(db, people(db, "completed"), 4711)


@pytest.mark.parametrize("act", [many.delete, many.mark_not_cards, many.verify])
def test_those_gone_already_are_no_error(db: Connection, act: Callable[..., Any]) -> None:
    act(db, [4711])
    assert logged(db, "contact_reviewed") + logged(db, "contact_verified") == []


def test_a_thousand_take_no_more_statements_than_one(db: Connection) -> None:
    statements: list[str] = []
    contact_ids = people(db, *["completed"] * 1000)
    event.listen(db, "before_cursor_execute", lambda *about: statements.append(about[2]))
    _, verified = many.verify(db, contact_ids)
    many.delete(db, contact_ids)
    assert (len(verified), len(statements) < 20) == (1000, True)
