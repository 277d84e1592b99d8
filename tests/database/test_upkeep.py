"""Work of dead workers, and work that the queue lost."""

import datetime as dt
import threading
import time

import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.jobs import upkeep
from lib.jobs.upkeep import SILENCE_S, Lookout, requeue_lost_readings, start_upkeep, take_up_jobs


@pytest.fixture
def job_id(opened: URL) -> int:
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    capture_photo(event_id, "card.jpg", b"photo")
    return scalar("select id from ocr_jobs")


def scalar(sql: str) -> int:
    with transaction() as db:
        return db.execute(text(sql)).scalar_one()


def execute(sql: str) -> None:
    with transaction() as db:
        db.execute(text(sql))


def taken_by_a_worker() -> int:
    worker_id = scalar("insert into procrastinate_workers default values returning id")
    execute(f"update procrastinate_jobs set status = 'doing', worker_id = {worker_id}")
    return worker_id


def later(lookout: Lookout) -> None:
    lookout._clock = lambda: SILENCE_S + 1


def test_a_dead_workers_job_waits_again(job_id: int) -> None:
    taken_by_a_worker()
    lookout = Lookout(lambda: 0.0)
    assert take_up_jobs(lookout) == []
    later(lookout)
    assert len(take_up_jobs(lookout)) == 1
    assert scalar("select count(*) from procrastinate_jobs where status = 'todo' and scheduled_at is null") == 1
    assert scalar("select count(*) from procrastinate_workers") == 0


def test_a_dead_workers_job_does_not_wait_for_the_tidying(job_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    is_at_it, is_tidied = threading.Event(), threading.Event()
    monkeypatch.setattr(upkeep, "_tidy", lambda: is_at_it.set() or is_tidied.wait())
    monkeypatch.setattr(upkeep, "LOOK_EVERY_S", 0.05)
    ended = start_upkeep()
    try:
        assert is_at_it.wait(30)
        execute("update procrastinate_jobs set status = 'doing', worker_id = null")
        deadline = time.monotonic() + 30
        while scalar("select count(*) from procrastinate_jobs where status = 'doing'"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        ended.set()
        is_tidied.set()
        # What still went on would do its work in the next test's database.
        for thread in threading.enumerate():
            if thread.name in ("upkeep", "tidying"):
                thread.join(30)


def test_a_living_workers_job_stays_with_it(job_id: int) -> None:
    taken_by_a_worker()
    lookout = Lookout(lambda: 0.0)
    take_up_jobs(lookout)
    execute("update procrastinate_workers set last_heartbeat = now() + interval '1 hour'")
    later(lookout)
    assert take_up_jobs(lookout) == []


def test_a_job_put_off_by_a_clock_that_was_set_back_begins_at_once(job_id: int) -> None:
    execute("update procrastinate_jobs set scheduled_at = now() + interval '1 hour'")
    take_up_jobs(Lookout())
    assert scalar("select count(*) from procrastinate_jobs where scheduled_at is null") == 1


@pytest.mark.parametrize("status", ["pending", "processing"])
def test_a_reading_that_the_queue_lost_is_queued_again(job_id: int, status: str) -> None:
    execute("delete from procrastinate_jobs")
    execute(f"update ocr_jobs set status = '{status}'")
    assert requeue_lost_readings() == [job_id]
    assert scalar("select cast(args ->> 'job_id' as int) from procrastinate_jobs") == job_id


def test_a_reading_that_waits_or_runs_is_not_queued_twice(job_id: int) -> None:
    assert requeue_lost_readings() == []
    taken_by_a_worker()
    assert requeue_lost_readings() == []


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_a_reading_at_its_end_is_not_queued_again(job_id: int, status: str) -> None:
    execute("delete from procrastinate_jobs")
    execute(f"update ocr_jobs set status = '{status}'")
    assert requeue_lost_readings() == []
