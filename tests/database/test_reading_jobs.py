"""Reading as a job: its states, its fence, and what ends it."""

import datetime as dt
import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import URL, text

from lib.capture import as_photo_name, capture_photo
from lib.cards import NoTextFound, Reading
from lib.cards.model import Card, Field
from lib.contacts.contacts import update_contact
from lib.contacts.events import EventDetails, add_event, delete_event
from lib.database import transaction
from lib.errors import AlreadyThere, DatabaseUnavailable, NotFound, StorageUnavailable
from lib.jobs.progress import count_progress, list_latest_photos
from lib.jobs.reading import KILLER, MAX_ATTEMPTS, run_reading
from lib.jobs.retrying import retry_readings

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def reading(**values: str) -> Reading:
    fields = {
        name: Field(value=value, confidence=0.9, box=BOX, lines=(0,), evidence=()) for name, value in values.items()
    }
    card = Card(status="completed", confidence=0.934, reasons=(), fields=fields, lines=(), extra={})
    return Reading(engine="rapidocr", engine_version="3", seconds=0.5, cards=(card,))


def jane(photo: bytes) -> Reading:
    return reading(full_name="Jane Doe", email="jane.doe@example.com")


def textless(photo: bytes) -> Reading:
    raise NoTextFound


def stumbling(photo: bytes) -> Reading:
    raise ZeroDivisionError("secret inside")


def unreachable_store(photo: bytes) -> Reading:
    raise StorageUnavailable("The image store could not be read.", "Check it.")


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def job_id(event_id: int) -> int:
    capture_photo(event_id, "card.jpg", b"photo")
    return scalar("select id from ocr_jobs")


def scalar(sql: str) -> Any:
    with transaction() as db:
        return db.execute(text(sql)).scalar()


def row(sql: str) -> Any:
    with transaction() as db:
        return tuple(db.execute(text(sql)).one())


def test_a_photo_becomes_a_contact_a_job_and_queued_work_together(job_id: int) -> None:
    assert row("select full_name, status from contacts") == ("card.jpg", "processing")
    assert row("select status, photo_name, attempts from ocr_jobs") == ("pending", "card.jpg", 0)
    assert scalar("select args ->> 'job_id' from procrastinate_jobs") == str(job_id)
    assert scalar("select metadata ->> 'photo' from activity_logs where action = 'contact_uploaded'") == "card.jpg"


def test_a_capture_that_fails_leaves_no_image(opened: URL, home: Any) -> None:
    with pytest.raises(NotFound, match="event is not there"):
        capture_photo(4711, "card.jpg", b"photo")
    assert [path for path in (home / "images").rglob("*") if path.is_file()] == []
    assert scalar("select count(*) from procrastinate_jobs") == 0


def with_remark(photo: bytes) -> bytes:
    """The same picture in another file."""
    remark, copy = PngInfo(), io.BytesIO()
    remark.add_text("Comment", "sent on")
    Image.open(io.BytesIO(photo)).save(copy, "PNG", pnginfo=remark)
    return copy.getvalue()


def test_the_same_picture_is_taken_in_once_for_an_event_whatever_the_file(event_id: int, home: Any) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(photo, "PNG")
    capture_photo(event_id, "card.png", photo.getvalue())
    with pytest.raises(AlreadyThere, match=r"copy\.png is the same photo as that of card\.png"):
        capture_photo(event_id, "copy.png", with_remark(photo.getvalue()))
    assert scalar("select count(*) from contacts") == 1
    assert len([path for path in (home / "images").rglob("*") if path.is_file()]) == 1


def test_another_event_may_have_the_same_photo(event_id: int) -> None:
    with transaction() as db:
        other = add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))
    for event in (event_id, other):
        capture_photo(event, "card.jpg", b"photo")
    assert scalar("select count(*) from contacts") == 2


def test_two_tabs_at_the_same_moment_take_a_photo_in_once(event_id: int) -> None:
    def take(_: int) -> str:
        try:
            capture_photo(event_id, "card.jpg", b"photo")
        except AlreadyThere:
            return "refused"
        return "taken"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == ["refused", "refused", "refused", "taken"]
    assert scalar("select count(*) from contacts") == 1


def test_a_reading_fills_the_contact_and_ends_the_job(job_id: int) -> None:
    run_reading(job_id, jane)
    contact = row("select full_name, email, status, ocr_confidence::float, processed_at is not null from contacts")
    assert contact == ("Jane Doe", "jane.doe@example.com", "completed", 0.93, True)
    assert row("select status, attempts, completed_at >= started_at from ocr_jobs") == ("completed", 1, True)
    assert scalar("select metadata ->> 'engine' from activity_logs where action = 'contact_processed'") == "rapidocr"


def test_the_readers_complete_response_is_kept(job_id: int) -> None:
    run_reading(job_id, jane)
    raw = scalar("select ocr_raw_data from contacts")
    assert raw["engine"] == "rapidocr"
    assert raw["fields"]["email"]["confidence"] == 0.9
    assert json.dumps(raw["fields"]["email"]["box"])


def test_a_photo_without_text_fails_with_a_sentence(job_id: int) -> None:
    run_reading(job_id, textless)
    status, message = row("select status, error_message from ocr_jobs")
    assert status == "failed"
    assert "text" in message
    assert row("select status, full_name from contacts") == ("failed", "card.jpg")


def test_a_stumble_shows_a_reference_and_not_its_inside(job_id: int, caplog: pytest.LogCaptureFixture) -> None:
    run_reading(job_id, stumbling)
    (record,) = [record for record in caplog.records if hasattr(record, "reference")]
    assert f"reference {record.reference})" in scalar("select error_message from ocr_jobs")
    assert (record.job_id, record.contact_id) == (job_id, scalar("select id from contacts"))
    assert "secret" not in scalar("select error_message from ocr_jobs")


def test_a_passing_fault_is_tried_again_and_then_given_up(job_id: int) -> None:
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(StorageUnavailable):
            run_reading(job_id, unreachable_store)
        assert scalar("select status from contacts") == "processing"
    run_reading(job_id, unreachable_store)
    assert row("select status, error_message from ocr_jobs")[0] == "failed"


def test_a_photo_that_kills_its_worker_ends_failed(job_id: int) -> None:
    killed = text("update ocr_jobs set status = 'processing', attempts = :attempts")
    with transaction() as db:
        db.execute(killed, {"attempts": MAX_ATTEMPTS})
    run_reading(job_id, jane)
    assert row("select status, error_message from ocr_jobs") == ("failed", KILLER)
    assert scalar("select status from contacts") == "failed"


def test_only_the_latest_attempt_writes(job_id: int) -> None:
    def overtaken(photo: bytes) -> Reading:
        run_reading(job_id, jane)  # another worker took the job over meanwhile and finished it
        return reading(full_name="Somebody Else")

    run_reading(job_id, overtaken)
    assert scalar("select full_name from contacts") == "Jane Doe"
    assert scalar("select count(*) from activity_logs where action = 'contact_processed'") == 1


def test_a_finished_job_is_not_done_again(job_id: int) -> None:
    run_reading(job_id, jane)
    run_reading(job_id, textless)
    assert row("select status, attempts from ocr_jobs") == ("completed", 1)


def test_a_job_whose_event_was_deleted_meanwhile_does_nothing(event_id: int, job_id: int) -> None:
    def deleting(photo: bytes) -> Reading:
        with transaction() as db:
            delete_event(db, event_id)
        return jane(photo)

    run_reading(job_id, deleting)
    assert scalar("select count(*) from contacts") == 0


def test_what_a_person_wrote_meanwhile_stays(job_id: int) -> None:
    with transaction() as db:
        db.execute(text("update contacts set full_name = 'Typed By Hand', status = 'user_verified'"))
    run_reading(job_id, jane)
    assert row("select full_name, status from contacts") == ("Typed By Hand", "user_verified")


def test_what_a_person_typed_into_a_failed_contact_survives_reading_it_again(job_id: int) -> None:
    run_reading(job_id, textless)
    contact_id = scalar("select id from contacts")
    with transaction() as db:
        update_contact(db, contact_id, {"full_name": "Jane Doe-Miller", "company": "Acme"}, region="US")
        retry_readings(db, [contact_id])
    run_reading(scalar("select max(id) from ocr_jobs"), jane)
    contact = row("select full_name, company, email from contacts")
    assert contact == ("Jane Doe-Miller", "Acme", "jane.doe@example.com")


def test_a_value_too_long_for_its_column_goes_to_review_without_it(job_id: int) -> None:
    run_reading(job_id, lambda photo: reading(full_name="J" * 300, email="jane.doe@example.com"))
    assert row("select full_name, email, status from contacts") == (
        "card.jpg",
        "jane.doe@example.com",
        "pending_review",
    )
    assert scalar("select length(ocr_raw_data #>> '{fields,full_name,value}') from contacts") == 300


def test_a_result_that_cannot_be_stored_ends_the_job_failed(job_id: int) -> None:
    run_reading(job_id, lambda photo: replace(jane(photo), cards=()))
    assert row("select status from ocr_jobs") == ("failed",)
    assert scalar("select status from contacts") == "failed"


def test_characters_a_database_refuses_do_not_keep_a_reading_out(job_id: int) -> None:
    odd = replace(jane(b""), engine_version="3\x00\ud800")
    run_reading(job_id, lambda photo: odd)
    assert scalar("select ocr_raw_data ->> 'version' from contacts") == "3"


def test_a_database_away_for_a_moment_costs_no_reading(job_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.jobs import reading as module

    outages = iter([DatabaseUnavailable("The database does not answer.", "Check it.")] * 2)
    saved = module._save

    def vanishing_database(*about: Any) -> bool:
        for outage in outages:
            raise outage
        return saved(*about)

    monkeypatch.setattr(module, "_save", vanishing_database)
    monkeypatch.setattr(module, "OUTAGE_LOOK_S", 0)
    readings = iter([jane(b"")])
    run_reading(job_id, lambda photo: next(readings))
    assert row("select status, attempts from ocr_jobs") == ("completed", 1)
    assert scalar("select full_name from contacts") == "Jane Doe"


def test_an_image_stays_when_nobody_knows_whether_its_contact_was_stored(
    event_id: int, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanishing_database(*_: object) -> int:
        raise DatabaseUnavailable("The database does not answer.", "Check it.")

    monkeypatch.setattr("lib.capture.photos._add_contact", vanishing_database)
    with pytest.raises(DatabaseUnavailable):
        capture_photo(event_id, "card.jpg", b"photo")
    assert len([path for path in (home / "images").rglob("*.jpg") if path.is_file()]) == 1


def test_a_failed_photo_can_be_read_again(event_id: int, job_id: int) -> None:
    run_reading(job_id, textless)
    contact_id = scalar("select id from contacts")
    with transaction() as db:
        assert retry_readings(db, [contact_id]) == 1
        assert retry_readings(db, [contact_id]) == 0
    run_reading(scalar("select max(id) from ocr_jobs"), jane)
    with transaction() as db:
        (photo,) = list_latest_photos(db, event_id)
        progress = count_progress(db, event_id)
    assert (photo.full_name, photo.job_status, photo.error_message) == ("Jane Doe", "completed", None)
    assert (progress.waiting, progress.failed, progress.read) == (0, 0, 1)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("card.jpg", "card.jpg"),
        (r"C:\cards\card.PNG", "card.PNG"),
        ("../../etc/passwd", "passwd.jpg"),
        ("Jane Doe", "Jane Doe.jpg"),
        ("x" * 400 + ".heic", "x" * 250 + ".heic"),
        ("\u202egpj.exe", "gpj.exe.jpg"),
        ("", "photo.jpg"),
        ("card\n\tone\r.jpg", "card one .jpg"),
    ],
)
def test_a_file_name_is_kept_as_a_photos_name(given: str, kept: str) -> None:
    assert as_photo_name(given) == kept
