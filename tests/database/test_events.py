import datetime as dt

import pytest
from sqlalchemy import Connection, text

from lib.contacts.events import EventDetails, add_event, delete_event, get_event, list_events, update_event
from lib.errors import NotFound, NotValid

FAIR = EventDetails(name=" Hannover Fair ", date=dt.date(2026, 4, 20), location="Hannover")


def actions(db: Connection) -> list[str]:
    return list(db.execute(text("select action from activity_logs order by id")).scalars())


def test_an_event_is_kept_with_its_texts_tidied(db: Connection) -> None:
    event = get_event(db, add_event(db, FAIR))
    assert event is not None
    assert (event.name, event.location, event.industry) == ("Hannover Fair", "Hannover", None)
    assert actions(db) == ["event_created"]


def test_the_latest_event_comes_first(db: Connection) -> None:
    add_event(db, FAIR)
    add_event(db, EventDetails(name="Lisbon Summit", date=dt.date(2026, 11, 3)))
    assert [event.name for event in list_events(db)] == ["Lisbon Summit", "Hannover Fair"]


def test_a_change_says_which_columns_changed(db: Connection) -> None:
    event_id = add_event(db, FAIR)
    update_event(db, event_id, EventDetails(name="Hannover Fair", date=FAIR.date, location="Hall 7"))
    metadata = db.execute(text("select metadata from activity_logs where action = 'event_updated'")).scalar_one()
    assert metadata == {"name": "Hannover Fair", "changed": ["location"]}


def test_an_event_without_a_name_is_refused() -> None:
    with pytest.raises(NotValid, match="no name"):
        EventDetails(name="  ", date=dt.date(2026, 1, 1))


def test_deleting_an_event_takes_its_contacts_and_leaves_their_images_to_be_swept(db: Connection) -> None:
    event_id = add_event(db, FAIR)
    insert = text("insert into contacts (event_id, full_name, business_card_url) values (:e, 'a.jpg', 'file:///x')")
    db.execute(insert, {"e": event_id})
    delete_event(db, event_id)
    assert list(db.execute(text("select url from loose_images")).scalars()) == ["file:///x"]
    assert get_event(db, event_id) is None
    assert db.execute(text("select count(*) from contacts")).scalar_one() == 0
    assert actions(db)[-1] == "event_deleted"


def test_an_event_that_is_gone_cannot_be_deleted_again(db: Connection) -> None:
    with pytest.raises(NotFound):
        delete_event(db, 4711)
