"""Hundreds of broken, odd and hostile files through a real reader: each ends with a reading or a sentence."""

import datetime as dt
import re
import threading
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.cards import Engine, read_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.jobs.limits import HEADROOM
from lib.jobs.reading import run_reading
from tests.engines.malformed import malformed

# What would tell a person nothing: Python's names, addresses in memory, paths, and what only a log explains.
GIBBERISH = re.compile(r"\w(Error|Exception)\b|0x[0-9a-f]+|<[\w.]+|/\w+/|Traceback|reference|None")
READ = ("completed", "pending_review")


def take_through(files: dict[str, bytes], engine: Engine) -> dict[str, tuple[str, str, str | None]]:
    """Return by file the contact's status, its job's, and what the job says."""
    return {name: ended(take_in(data), engine) for name, data in files.items()}


def take_in(data: bytes) -> int:
    """Return the id of a contact with this photo, at an event of its own: photos of one person would be joined."""
    with transaction() as db:
        event_id = add_event(db, EventDetails(name=f"Fair {uuid.uuid4()}", date=dt.date(2026, 4, 20)))
    return capture_photo(event_id, "card.jpg", data)


def ended(contact_id: int, engine: Engine) -> tuple[str, str, str | None]:
    with transaction() as db:
        job = text("select id from ocr_jobs where contact_id = :contact_id")
        job_id = db.execute(job, {"contact_id": contact_id}).scalar_one()
    run_reading(job_id, lambda photo: read_photo(photo, engine, region="US"))
    sql = """select contacts.status, ocr_jobs.status, error_message
        from contacts join ocr_jobs on contact_id = contacts.id where contacts.id = :contact_id"""
    with transaction() as db:
        return tuple(db.execute(text(sql), {"contact_id": contact_id}).one())


def is_sentence(message: str | None) -> bool:
    """Whether it says what happened and what to do, and nothing that only a programmer understands."""
    return bool(message and message.endswith(".") and ". " in message and not GIBBERISH.search(message))


@contextmanager
def peak_above_now() -> Iterator[list[int]]:
    """Give a list that holds in the end by how many bytes this process grew at its most."""
    process, over, grown = psutil.Process(), threading.Event(), [0]
    before = process.memory_info().rss

    def watch() -> None:
        while not over.wait(0.02):
            grown[0] = max(grown[0], process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield grown
    over.set()
    watcher.join()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("seed", "damaged", "at_least"),
    [
        pytest.param(1, 6, 200, marks=pytest.mark.slow),
        *(pytest.param(seed, 15, 300, marks=pytest.mark.faults_long) for seed in (2,)),
    ],
)
def test_each_ends_with_a_reading_or_a_sentence_and_takes_no_more_than_it_may(
    opened: URL, rapid: Engine, seed: int, damaged: int, at_least: int
) -> None:
    files = malformed(seed, damaged)
    with warnings.catch_warnings(), peak_above_now() as grown:
        warnings.simplefilter("ignore")  # Pillow's, about what is broken
        ends = take_through(files, rapid)
    assert len(ends) >= at_least
    others = {
        name: end
        for name, end in ends.items()
        if not (end[0] in READ and end[1] == "completed")
        and not (end[:2] == ("failed", "failed") and is_sentence(end[2]))
    }
    assert others == {}
    assert grown[0] < HEADROOM / 2
