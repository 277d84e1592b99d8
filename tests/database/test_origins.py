import datetime as dt
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from lib.contacts.origins import Origin, get_origin
from tests.outreach_data import add_person, add_two


def test_a_contact_tells_where_and_when_its_card_was_taken(db: Connection) -> None:
    ada, _ = add_two(db)
    change = "update contacts set created_at = '2026-04-21 10:32:00', business_card_url = 'x' where id = :id"
    db.execute(text(change), {"id": ada})
    origin = get_origin(db, ada)
    assert origin is not None
    words = "Taken at Spring Fair, Berlin, 20 April 2026 · photo handed in 21 April 2026, 10:32"
    assert origin.as_words() == words
    assert origin.as_words(ZoneInfo("Asia/Tokyo")).endswith("21 April 2026, 19:32")


def test_a_contact_without_event_and_photo_tells_when_it_was_added(db: Connection) -> None:
    origin = get_origin(db, add_person(db, "Ada Example"))
    assert origin is not None
    assert origin.as_words().startswith("No event known · added ")


def test_a_place_that_is_not_known_is_left_out() -> None:
    origin = Origin(
        event_name="Fair",
        event_location=None,
        event_date=dt.date(2026, 4, 1),
        added_at=dt.datetime(2026, 4, 1),
        is_photo=True,
    )
    assert origin.as_words().startswith("Taken at Fair, 1 April 2026 ·")


def test_there_is_nothing_to_tell_of_a_contact_that_is_gone(db: Connection) -> None:
    assert get_origin(db, 4711) is None
