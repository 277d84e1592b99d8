"""Photos that would take a worker's time or its machine's memory: the job ends, the work goes on."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.jobs.limits import TOO_SLOW
from lib.jobs.reading import KILLER
from lib.jobs.supervisor import Supervisor
from tests.database.test_reading_jobs import row, scalar
from tests.faults.test_workers import wait_for
from tests.pages.conftest import server  # one database server is enough

__all__ = ["server"]


@pytest.fixture
def supervised(opened: URL, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run a worker whose reader misbehaves as named, replaced at once when it ends."""
    for name in ("LOOK_EVERY_S", "RESTART_AFTER_S", "LONGEST_PAUSE_S"):
        monkeypatch.setattr(f"lib.jobs.supervisor.{name}", 0.1)

    @contextmanager
    def run(reader: str) -> Iterator[Supervisor]:
        with transaction() as db:
            event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
        capture_photo(event_id, "card.jpg", b"photo")
        supervisor = Supervisor(1, (sys.executable, "-m", "tests.faults.hostile_worker", reader))
        yield supervisor
        supervisor.stop()

    return run


def has_ended() -> bool:
    return scalar("select status from ocr_jobs") == "failed"


@pytest.mark.parametrize(
    ("reader", "message", "attempts"),
    [
        ("sleeping", TOO_SLOW, 1),
        ("devouring", "This photo needs more memory than a reader may use. ", 1),
        ("holding_the_gil", KILLER, 4),
    ],
    ids=["sleeping", "devouring", "holding the GIL"],
)
def test_a_job_beyond_its_limits_ends_failed_and_its_worker_is_replaced(
    supervised: Callable, reader: str, message: str, attempts: int
) -> None:
    with supervised(reader) as supervisor:
        (first,) = supervisor.pids
        assert wait_for(has_ended, 90)
        assert wait_for(lambda: supervisor.pids not in ([], [first]))
    status, said, attempted = row("select status, error_message, attempts from ocr_jobs")
    assert (status, attempted) == ("failed", attempts)
    assert said.startswith(message)
    assert scalar("select status from contacts") == "failed"
    assert scalar("select count(*) from activity_logs where action = 'contact_processed'") == 1
