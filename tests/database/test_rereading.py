"""Reading once more with the other engine: a second opinion beside what the contact has, never over it."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.cards import NoTextFound, Reading
from lib.contacts import many
from lib.contacts.contacts import delete_contacts, update_contact
from lib.contacts.events import EventDetails, add_event
from lib.contacts.undo import undo
from lib.database import transaction
from lib.jobs import reading as reading_module
from lib.jobs.limits import unbounded
from lib.jobs.progress import count_progress, get_pace
from lib.jobs.reading import run_reading
from lib.jobs.rereading import reread
from tests.database.test_reading_jobs import row, scalar, textless
from tests.unit.cards.cards import read

CARD = (("Jane Miller", 1.6), "Sales Director", "jane.miller@nordhaven.com", "+1 212 555 0142", "www.nordhaven.com")
MISREAD = (
    ("Jane Mlller", 1.6),
    "Sales Director",
    "jane.miller@nordhaven.com",
    "+1 212 555 0142",
    "www.nordhaven.com",
)
WITHOUT_EMAIL = (("Jane Miller", 1.6), "Sales Director", "+1 212 555 0142")
STRANGER = (("Tom Becker", 1.6), "Buyer", "tom.becker@foxglove.de", "www.foxglove.de")


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def job_id(event_id: int) -> int:
    capture_photo(event_id, "card.jpg", b"photo")
    return int(scalar("select id from ocr_jobs"))


def says(engine: str, *cards: tuple[Any, ...]) -> Reading:
    """What an engine says of a photo: cards given as their lines."""
    return Reading(engine=engine, engine_version="1", seconds=0.5, cards=tuple(read(*rows) for rows in cards))


def read_by(engine: str, *cards: tuple[Any, ...]) -> None:
    """Do the last job with an engine that reads these cards."""
    run_reading(scalar("select max(id) from ocr_jobs"), lambda photo: says(engine, *cards))


def reread_all() -> int:
    with transaction() as db:
        return reread(db, list(db.execute(text("select id from contacts")).scalars()))


def conflicts() -> Any:
    return scalar("select ocr_raw_data #> '{extra,conflicts}' from contacts")


def change(**values: str | None) -> None:
    with transaction() as db:
        update_contact(db, scalar("select id from contacts"), values, region="US")


def verify() -> None:
    with transaction() as db:
        many.verify(db, [scalar("select id from contacts")])


def test_what_the_other_engine_reads_otherwise_is_a_conflict_for_review(job_id: int) -> None:
    read_by("rapidocr", CARD)
    assert scalar("select status from contacts") == "completed"
    assert reread_all() == 1
    read_by("easyocr", MISREAD)
    assert row("select full_name, status from contacts") == ("Jane Miller", "pending_review")
    assert conflicts() == [{"field": "full_name", "kept": "Jane Miller", "other": "Jane Mlller", "source": "EasyOCR"}]
    assert "EasyOCR has a different name." in scalar("select ocr_raw_data -> 'reasons' from contacts")
    assert scalar("select ocr_raw_data ->> 'engine' from contacts") == "rapidocr"


def test_two_engines_that_agree_change_nothing(job_id: int) -> None:
    read_by("rapidocr", CARD)
    before = row("select status, ocr_raw_data, updated_at from contacts")
    reread_all()
    read_by("easyocr", CARD)
    assert row("select status, ocr_raw_data, updated_at from contacts") == before


def test_the_engine_that_did_not_read_it_is_asked(job_id: int) -> None:
    read_by("easyocr", CARD)
    reread_all()
    assert scalar("select engine from ocr_jobs order by id desc limit 1") == "rapidocr"
    assert scalar("select engine from ocr_jobs order by id limit 1") is None


def test_each_rereading_is_recorded_as_a_reading(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()
    read_by("easyocr", MISREAD)
    assert scalar("select count(*) from ocr_jobs where status = 'completed'") == 2
    logs = "select metadata from activity_logs where action = 'contact_processed' order by id desc limit 1"
    assert scalar("select count(*) from activity_logs where action = 'contact_processed'") == 2
    about = scalar(logs)
    assert (about["engine"], about["differing"], about["filled"]) == ("easyocr", ["full_name"], [])


def test_a_missing_value_is_filled_in_and_looked_at(job_id: int) -> None:
    read_by("rapidocr", WITHOUT_EMAIL)
    reread_all()
    read_by("easyocr", CARD)
    assert row("select email, status from contacts") == ("jane.miller@nordhaven.com", "pending_review")
    raw = scalar("select ocr_raw_data from contacts")
    assert "read by EasyOCR" in raw["fields"]["email"]["evidence"]
    assert "Only EasyOCR found the e-mail address: compare it with the card." in raw["reasons"]
    assert "No e-mail address was found." not in raw["reasons"]


def test_a_value_that_a_person_took_out_is_only_suggested(job_id: int) -> None:
    read_by("rapidocr", CARD)
    change(email=None)
    reread_all()
    read_by("easyocr", CARD)
    assert row("select email, status from contacts") == (None, "pending_review")
    assert [conflict["other"] for conflict in conflicts()] == ["jane.miller@nordhaven.com"]


def test_nothing_is_filled_into_what_a_person_verified_without_it(job_id: int) -> None:
    read_by("rapidocr", WITHOUT_EMAIL)
    verify()
    reread_all()
    read_by("easyocr", CARD)
    assert row("select email, status, reviewed_at is not null from contacts") == (None, "pending_review", True)
    assert "jane.miller@nordhaven.com" in [conflict["other"] for conflict in conflicts()]


def test_what_a_person_wrote_is_compared_and_stays(job_id: int) -> None:
    read_by("rapidocr", MISREAD)
    change(full_name="Jane Miller", company="Nordhaven")
    reread_all()
    read_by("easyocr", CARD)
    assert row("select full_name, company from contacts") == ("Jane Miller", "Nordhaven")
    assert "full_name" not in [conflict["field"] for conflict in conflicts() or ()]


def test_a_verified_contact_stays_so_while_it_is_read_and_where_the_engines_agree(job_id: int) -> None:
    read_by("rapidocr", CARD)
    verify()
    reread_all()
    assert scalar("select status from contacts") == "user_verified"
    read_by("easyocr", CARD)
    assert scalar("select status from contacts") == "user_verified"


def test_an_engine_that_finds_nothing_takes_nothing_away(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()
    run_reading(scalar("select max(id) from ocr_jobs"), textless)
    assert row("select full_name, status from contacts") == ("Jane Miller", "completed")
    assert scalar("select status from ocr_jobs order by id desc limit 1") == "failed"
    logged = (
        "select metadata ->> 'status' from activity_logs where action = 'contact_processed' order by id desc limit 1"
    )
    assert scalar(logged) == "failed"


def test_a_failed_contact_that_the_other_engine_can_read_is_read(job_id: int) -> None:
    run_reading(job_id, textless)
    assert reread_all() == 1
    assert scalar("select status from contacts") == "processing"
    read_by("easyocr", CARD)
    assert row("select full_name, status, ocr_raw_data ->> 'engine' from contacts") == (
        "Jane Miller",
        "completed",
        "easyocr",
    )


def test_a_contact_that_neither_engine_can_read_is_failed_again(job_id: int) -> None:
    run_reading(job_id, textless)
    reread_all()
    run_reading(scalar("select max(id) from ocr_jobs"), textless)
    assert scalar("select status from contacts") == "failed"
    reread_all()
    assert scalar("select engine from ocr_jobs order by id desc limit 1") == "rapidocr"


def test_what_is_being_read_is_not_queued_twice(job_id: int) -> None:
    assert reread_all() == 0
    read_by("rapidocr", CARD)
    assert reread_all() == 1
    assert reread_all() == 0


def test_a_second_rereading_replaces_what_the_first_one_said(job_id: int) -> None:
    read_by("rapidocr", CARD)
    for _ in range(2):
        reread_all()
        read_by("easyocr", MISREAD)
    assert len(conflicts()) == 1
    reasons = scalar("select ocr_raw_data -> 'reasons' from contacts")
    assert reasons.count("EasyOCR has a different name.") == 1


def test_of_several_cards_that_the_other_engine_sees_the_contacts_own_is_compared(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()
    read_by("easyocr", STRANGER, CARD)
    assert scalar("select count(*) from contacts") == 1
    assert (scalar("select status from contacts"), conflicts()) == ("completed", None)


def test_both_sides_of_a_card_are_read_again(event_id: int) -> None:
    capture_photo(event_id, "front.jpg", b"front", back=("back.jpg", b"back"))
    sides = {b"front": CARD, b"back": (("Jane Miller", 1.2), "linkedin.com/in/jane-miller")}
    run_reading(scalar("select max(id) from ocr_jobs"), lambda photo: says("rapidocr", sides[photo]))
    reread_all()
    sides[b"back"] = (("Jane Miller", 1.2), "linkedin.com/in/jane-mi11er")
    run_reading(scalar("select max(id) from ocr_jobs"), lambda photo: says("easyocr", sides[photo]))
    assert [conflict["field"] for conflict in conflicts()] == ["linkedin_url"]
    assert scalar("select back_image_url is not null from contacts")


def test_a_contact_deleted_while_it_is_read_again_and_brought_back_gets_its_result(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()

    def deleting(photo: bytes) -> Reading:
        with transaction() as db:
            undo_id = many.delete(db, [scalar("select id from contacts")])
        with transaction() as db:
            undo(db, undo_id)
        return says("easyocr", MISREAD)

    run_reading(scalar("select max(id) from ocr_jobs"), deleting)
    assert [conflict["other"] for conflict in conflicts()] == ["Jane Mlller"]
    assert scalar("select count(*) from ocr_jobs where status = 'completed'") == 2


def test_a_contact_that_is_gone_takes_no_second_opinion(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()

    def deleting(photo: bytes) -> Reading:
        with transaction() as db:
            delete_contacts(db, [scalar("select id from contacts")])
        return says("easyocr", MISREAD)

    run_reading(scalar("select max(id) from ocr_jobs"), deleting)
    assert scalar("select count(*) from contacts") == 0


def test_photos_never_read_come_first_and_do_not_count_those_read_again(event_id: int, job_id: int) -> None:
    read_by("rapidocr", CARD)
    with transaction() as db:
        db.execute(text("delete from procrastinate_jobs"))
    reread_all()
    capture_photo(event_id, "new.jpg", b"new photo")
    order = "select array_agg(args ->> 'job_id' order by priority desc, id) from procrastinate_jobs"
    new, again = (int(job) for job in scalar(order))
    assert new > again
    with transaction() as db:
        progress, pace = count_progress(db, event_id), get_pace(db, event_id)
    assert (progress.unfinished, progress.read, pace.ahead) == (1, 1, 1)


def test_only_the_latest_attempt_compares(job_id: int) -> None:
    read_by("rapidocr", CARD)
    reread_all()

    def overtaken(photo: bytes) -> Reading:
        read_by("easyocr", CARD)
        return says("easyocr", MISREAD)

    run_reading(scalar("select max(id) from ocr_jobs"), overtaken)
    assert conflicts() is None


def test_a_worker_opens_the_other_engine_when_a_job_asks_for_it(job_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    opened_engines: list[str | None] = []

    class FakeReader:
        def read(self, photo: bytes) -> Reading:
            raise NoTextFound

    def open_fake(settings: Any, name: str | None, *, threads: int) -> FakeReader:
        opened_engines.append(name)
        return FakeReader()

    reading_module._load_reader.cache_clear()
    monkeypatch.setattr(reading_module, "open_reader", open_fake)
    monkeypatch.setattr(reading_module, "bound_memory", lambda: None)
    monkeypatch.setattr(reading_module, "bounded", lambda fail, reader: unbounded(fail))
    reading_module.read_card(job_id)
    reread_all()
    reading_module.read_card(scalar("select max(id) from ocr_jobs"))
    reading_module._load_reader.cache_clear()
    assert opened_engines == [None, "easyocr"]
