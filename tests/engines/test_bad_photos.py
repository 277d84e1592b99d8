"""What a job says of a photo that is none: the real reader, the real states."""

import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image
from sqlalchemy import URL

from lib.capture import capture_photo
from lib.cards import Engine, read_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.demo.drawing import Person, draw_card
from lib.jobs.reading import run_reading
from tests.database.test_reading_jobs import row, scalar

GOOD = draw_card(Person(full_name="Jane Miller", email="jane.miller@example.com", company="Northwind"), seed=1)


def bomb() -> bytes:
    """A PNG of a few bytes that says it is 20,000 pixels square."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def no_size() -> bytes:
    return bomb().replace(struct.pack(">II", 20_000, 20_000), struct.pack(">II", 0, 0))


def white() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(picture, "JPEG")
    return picture.getvalue()


BAD = {
    "not an image": lambda: b"Dear diary",
    "truncated": lambda: GOOD[: len(GOOD) // 3],
    "empty": lambda: b"",
    "of no size": no_size,
    "a bomb": bomb,
    "of 40 MB": lambda: GOOD + b"\0" * 40_000_000,
    "a PDF": lambda: b"%PDF-1.7\n%...",
    "without text": white,
}


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_it_ends_failed_with_a_sentence_and_is_kept(event_id: int, rapid: Engine, make: Callable[[], bytes]) -> None:
    contact_id = capture_photo(event_id, "card.jpg", make())
    run_reading(scalar("select id from ocr_jobs"), lambda photo: read_photo(photo, rapid, region="US"))
    status, message = row("select status, error_message from ocr_jobs")
    assert status == "failed"
    assert message.endswith(".")
    assert len(message.split(". ")) >= 2, "what happened, and what to do"
    assert "reference" not in message, "a photo must not be able to make the reader stumble"
    assert row(f"select status, full_name from contacts where id = {contact_id}") == ("failed", "card.jpg")


def test_the_others_go_on(event_id: int, rapid: Engine) -> None:
    for photo in (b"", GOOD, b"%PDF-1.7"):
        capture_photo(event_id, "card.jpg", photo)
    for job_id in scalar("select array_agg(id) from ocr_jobs"):
        run_reading(job_id, lambda photo: read_photo(photo, rapid, region="US"))
    assert scalar("select array_agg(status order by id) from ocr_jobs") == ["failed", "completed", "failed"]
    assert scalar("select full_name from contacts where status <> 'failed'") == "Jane Miller"
