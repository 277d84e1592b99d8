"""How far photos are, how fast they go, and reading again what failed."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import URL, Connection, text

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.jobs.progress import (
    WINDOW_S,
    Pace,
    Progress,
    count_progress,
    get_pace,
    list_failed_photos,
    list_latest_photos,
)
from lib.jobs.reading import run_reading
from lib.jobs.retrying import retry_event, retry_readings
from tests.database.test_reading_jobs import jane, scalar, textless
from tests.statements import statements

ADD_CONTACT = """insert into contacts (event_id, full_name, status, processed_at)
values (:event_id, :name, :status, :processed_at) returning id"""
ADD_JOB = """insert into ocr_jobs (contact_id, photo_name, status, started_at, completed_at)
values (:contact_id, :name, :status, :started_at, :completed_at)"""


@pytest.fixture
def event_id(db: Connection) -> int:
    return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def other_event_id(db: Connection) -> int:
    return add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))


def add_photo(
    db: Connection,
    event_id: int,
    status: str,
    job_status: str,
    *,
    started: float | None = None,
    name: str = "IMG.jpg",
) -> int:
    """Add a photo whose reading began so many seconds ago and, where it ended, took two."""
    now: dt.datetime = db.execute(text("select localtimestamp")).scalar_one()
    started_at = None if started is None else now - dt.timedelta(seconds=started)
    ended_at = started_at + dt.timedelta(seconds=2) if started_at and job_status in ("completed", "failed") else None
    about = {"event_id": event_id, "name": name, "status": status, "processed_at": ended_at}
    contact_id = int(db.execute(text(ADD_CONTACT), about).scalar_one())
    job = {"contact_id": contact_id, "name": name, "started_at": started_at, "completed_at": ended_at}
    db.execute(text(ADD_JOB), {**job, "status": job_status})
    return contact_id


def waiting(db: Connection, event_id: int, **more: Any) -> int:
    return add_photo(db, event_id, "processing", "pending", **more)


def read(db: Connection, event_id: int, started: float, **more: Any) -> int:
    return add_photo(db, event_id, "completed", "completed", started=started, **more)


def test_photos_are_counted_by_how_far_they_are(db: Connection, event_id: int, other_event_id: int) -> None:
    for _ in range(4):
        waiting(db, event_id)
    add_photo(db, event_id, "processing", "processing", started=1)
    add_photo(db, event_id, "failed", "failed", started=9)
    for status in ("completed", "pending_review", "user_verified"):
        add_photo(db, event_id, status, "completed", started=20)
    add_photo(db, other_event_id, "processing", "processing", started=1)
    progress = count_progress(db, event_id)
    assert progress == Progress(waiting=4, reading=1, failed=1, read=3)
    assert (progress.total, progress.unfinished, progress.ended) == (9, 5, 4)


def test_an_event_without_photos_has_no_progress(db: Connection, event_id: int) -> None:
    assert count_progress(db, event_id) == Progress(waiting=0, reading=0, failed=0, read=0)


def test_what_a_person_typed_in_meanwhile_is_not_counted_as_being_read(db: Connection, event_id: int) -> None:
    add_photo(db, event_id, "user_verified", "processing", started=1)
    assert count_progress(db, event_id) == Progress(waiting=0, reading=0, failed=0, read=1)


def test_the_pace_is_that_of_all_events_of_the_last_two_minutes(
    db: Connection, event_id: int, other_event_id: int
) -> None:
    for started in (62, 42, 22):
        read(db, event_id, started)
        read(db, other_event_id, started - 1)
    read(db, event_id, started=1000)
    pace = get_pace(db, event_id)
    assert (pace.ended, pace.seconds) == (6, pytest.approx(62))
    assert pace.per_minute == pytest.approx(6 / 62 * 60)


def test_several_cards_of_one_photo_were_one_reading(db: Connection, event_id: int) -> None:
    for _ in range(3):
        read(db, event_id, started=10)
    assert get_pace(db, event_id).ended == 1


def test_what_others_captured_before_is_ahead_and_what_came_later_is_not(
    db: Connection, event_id: int, other_event_id: int
) -> None:
    for event in (other_event_id, event_id, other_event_id, event_id, other_event_id):
        waiting(db, event)
    assert get_pace(db, event_id).ahead == 4
    assert get_pace(db, other_event_id).ahead == 5


def test_nothing_is_ahead_where_nothing_waits(db: Connection, event_id: int, other_event_id: int) -> None:
    waiting(db, other_event_id)
    assert get_pace(db, event_id) == Pace(ahead=0, ended=0, seconds=WINDOW_S)


def test_what_is_being_read_comes_first_then_what_ended_last_then_what_waits(db: Connection, event_id: int) -> None:
    for name, started in (("first.jpg", 30), ("second.jpg", 20), ("third.jpg", 10)):
        read(db, event_id, started, name=name)
    add_photo(db, event_id, "processing", "processing", started=40, name="slow.jpg")
    waiting(db, event_id, name="next.jpg")
    photos = list_latest_photos(db, event_id)
    names = ["slow.jpg", "third.jpg", "second.jpg", "first.jpg", "next.jpg"]
    assert [photo.photo_name for photo in photos] == names
    assert [photo.seconds for photo in photos] == [None, 2.0, 2.0, 2.0, None]
    assert [photo.photo_name for photo in list_latest_photos(db, event_id, limit=2)] == names[:2]


def test_failed_photos_are_listed_a_page_at_a_time_in_the_order_of_capture(db: Connection, event_id: int) -> None:
    for n in range(5):
        add_photo(db, event_id, "failed", "failed", started=100 - n, name=f"IMG_{n}.jpg")
    names = [photo.photo_name for photo in list_failed_photos(db, event_id, limit=2, offset=2)]
    assert names == ["IMG_2.jpg", "IMG_3.jpg"]


@pytest.fixture
def opened_event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


def capture_failing(event_id: int, name: str) -> int:
    """Capture a photo that nothing can be read from, and have that tried."""
    contact_id = capture_photo(event_id, name, name.encode())
    run_reading(scalar("select max(id) from ocr_jobs"), textless)
    return contact_id


def test_a_retry_is_a_new_job_under_the_photos_name(opened_event_id: int) -> None:
    contact_id = capture_failing(opened_event_id, "card.jpg")
    with transaction() as db:
        assert retry_readings(db, [contact_id]) == 1
        assert retry_readings(db, [contact_id]) == 0
    job_id = scalar("select max(id) from ocr_jobs where photo_name = 'card.jpg' and status = 'pending'")
    queued = scalar("select array[lock, args ->> 'job_id'] from procrastinate_jobs order by id desc limit 1")
    assert queued == [f"ocr_job/{job_id}", str(job_id)]
    run_reading(job_id, jane)
    assert scalar("select full_name from contacts") == "Jane Doe"


def test_a_retry_that_is_rolled_back_leaves_nothing_behind(opened_event_id: int) -> None:
    contact_id = capture_failing(opened_event_id, "card.jpg")
    before = scalar("select count(*) from procrastinate_jobs")
    with transaction() as db:
        retry_readings(db, [contact_id])
        db.rollback()
    assert scalar("select status from contacts") == "failed"
    assert scalar("select count(*) from procrastinate_jobs") == before


def test_an_event_is_read_again_without_what_others_failed_on(opened_event_id: int) -> None:
    with transaction() as db:
        other = add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))
    for event, name in ((opened_event_id, "a.jpg"), (opened_event_id, "b.jpg"), (other, "c.jpg")):
        capture_failing(event, name)
    with transaction() as db:
        assert retry_event(db, opened_event_id) == 2
    assert scalar("select full_name from contacts where status = 'failed'") == "c.jpg"


def test_a_thousand_failed_photos_are_queued_again_by_a_few_statements(opened_event_id: int) -> None:
    with transaction() as db:
        for n in range(1000):
            add_photo(db, opened_event_id, "failed", "failed", started=1, name=f"IMG_{n}.jpg")
    with statements() as said, transaction() as db:
        assert retry_event(db, opened_event_id) == 1000
    assert len(said) < 10
    assert scalar("select count(distinct lock) from procrastinate_jobs where task_name = 'read_card'") == 1000
    order = "select bool_and(ocr_jobs.photo_name = full_name) from ocr_jobs join contacts on contacts.id = contact_id"
    assert scalar(order) is True
