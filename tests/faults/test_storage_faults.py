"""A store that answers errors, or has no room: at the boundary where the product meets it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from obstore.exceptions import GenericError
from sqlalchemy import URL, text

from lib import storage
from lib.capture import capture_photo
from lib.cards import Reading
from lib.cards.model import Card, Field
from lib.contacts.contacts import delete_contacts
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import StorageUnavailable
from lib.images import sweep_images
from lib.jobs.reading import MAX_ATTEMPTS, run_reading
from lib.storage.store import ImageStore
from tests.faults.meishi import Meishi
from tests.hosting.s3 import faulty, s3_server

PHOTOS = 40


class FaultyStore:
    """The real store behind a fault: what `fault` raises before a call is what the store answers."""

    def __init__(self, fault: Callable[[str], None]) -> None:
        self._files, self._fault = storage._store("keep")._files, fault

    def open(self, patience: str) -> ImageStore:
        store = ImageStore(storage.get_settings(), "keep")
        store._files = self
        return store

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if name != "explain":
                self._fault(name)
            return getattr(self._files, name)(*arguments, **options)

        return call


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


def somebody(photo: bytes) -> Reading:
    name = f"Jane {photo.decode().replace(' ', '')}"
    field = Field(value=name, confidence=0.99, box=((0, 0), (1, 0), (1, 1), (0, 1)), lines=(), evidence=("test",))
    card = Card(status="completed", confidence=0.9, reasons=(), fields={"full_name": field}, lines=(), extra={})
    return Reading(engine="test", engine_version="1", seconds=0.1, cards=(card,))


def captured(event_id: int, number: int, *, patience: int = 60) -> None:
    """Take a photo in, as a person does who tries again."""
    for _ in range(patience):
        try:
            capture_photo(event_id, f"card {number}.jpg", f"photo {number}".encode())
        except StorageUnavailable:
            continue
        return
    pytest.fail("never taken in")


def read(job_id: int) -> None:
    """Read as the queue does: again, after a fault of the surroundings."""
    for _ in range(MAX_ATTEMPTS):
        try:
            run_reading(job_id, somebody)
        except StorageUnavailable:
            continue
        return


def rows(sql: str) -> list[tuple[Any, ...]]:
    with transaction() as db:
        return [tuple(row) for row in db.execute(text(sql))]


def images(home: Path) -> set[str]:
    return {path.name for path in (home / "images").rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), GenericError("503 Slow Down")], ids=["full", "503"]
)
def test_every_other_answer_an_error(
    event_id: int, home: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    chance = random.Random(3)

    def fault(call: str) -> None:
        if chance.random() < 0.5:
            raise error

    with monkeypatch.context() as faulty:
        faulty.setattr(storage, "_store", FaultyStore(fault).open)
        for number in range(PHOTOS):
            captured(event_id, number)
        for (job_id,) in rows("select id from ocr_jobs order by id"):
            read(job_id)
    with transaction() as db:
        db.execute(text("update loose_images set sweep_from = localtimestamp"))  # a minute later
    sweep_images()
    ended = dict(rows("select status, count(*) from ocr_jobs group by status"))
    assert sum(ended.values()) == PHOTOS
    assert set(ended) == {"completed", "failed"}  # some met an error three times
    assert rows(
        "select count(*) from ocr_jobs where status = 'failed' and error_message not like '%image store%'"
    ) == [(0,)]
    assert images(home) == {url.rsplit("/", 1)[-1] for (url,) in rows("select business_card_url from contacts")}
    once = "select action, count(*), count(distinct entity_id) from activity_logs where action like 'contact%' group by action order by action"
    assert rows(once) == [("contact_processed", PHOTOS, PHOTOS), ("contact_uploaded", PHOTOS, PHOTOS)]


def test_a_store_without_room_takes_nothing_in_and_loses_nothing(
    event_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(call: str) -> None:
        if call == "put":
            raise OSError(28, "No space left on device")

    captured(event_id, 1)
    with monkeypatch.context() as full:
        full.setattr(storage, "_store", FaultyStore(full_disk).open)
        with pytest.raises(StorageUnavailable, match="disk's space"):
            capture_photo(event_id, "card 2.jpg", b"photo 2")
    assert rows("select count(*) from contacts") == [(1,)]
    assert len(images(home)) == 1
    captured(event_id, 2, patience=1)


def test_deleting_while_the_store_is_away_is_made_good(
    event_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(call: str) -> None:
        raise GenericError("connection refused")

    captured(event_id, 1)
    with transaction() as db:
        delete_contacts(db, [contact_id for (contact_id,) in rows("select id from contacts")])
    with monkeypatch.context() as faulty:
        faulty.setattr(storage, "_store", FaultyStore(away).open)
        with pytest.raises(StorageUnavailable, match="tried again every minute"):
            sweep_images()
    sweep_images()
    assert images(home) == set()


@pytest.mark.faults_long
def test_workers_wait_for_a_bucket_that_is_away_and_then_read(
    meishi: Meishi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with s3_server(tmp_path) as s3, faulty(s3.endpoint) as proxy:
        for name, value in {**s3.environment, "AWS_ENDPOINT_URL": proxy.endpoint}.items():
            monkeypatch.setenv(name, value)
        storage.get_settings.cache_clear()
        meishi.capture(2)
        proxy.status = 503
        meishi.start()
        meishi.wait_for("select count(*) from procrastinate_jobs where attempts > 1", [(2,)])
        assert meishi.query("select distinct status, attempts from ocr_jobs") in (
            [("pending", 0)],
            [("processing", 1)],
        )
        proxy.heal()
        meishi.wait_until_done()
        assert meishi.query("select status, count(*) from ocr_jobs group by status") == [("completed", 2)]
