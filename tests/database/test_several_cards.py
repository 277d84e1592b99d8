"""One photo with several cards: each becomes a contact with the picture of its own card."""

import datetime as dt
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import URL, text

from lib.capture import capture_photo
from lib.cards import Reading
from lib.cards.model import Box, Card, Field, Line
from lib.contacts.contacts import delete_contacts
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import DatabaseUnavailable, StorageUnavailable
from lib.images import sweep_images
from lib.jobs.cards import numbered
from lib.jobs.progress import count_progress, list_latest_photos
from lib.jobs.reading import run_reading
from lib.storage import load_image, put_image

NAMES = ("Jane Miller", "Omar Haddad", None)
COLOURS = ("teal", "maroon", "navy")


def outline(number: int) -> Box:
    left = 20.0 + 400 * number
    return ((left, 40.0), (left + 340, 40.0), (left + 340, 260.0), (left, 260.0))


def card(number: int, name: str | None) -> Card:
    (left, top), *_ = outline(number)
    box = ((left + 10, top + 10), (left + 110, top + 10), (left + 110, top + 40), (left + 10, top + 40))
    fields = {"full_name": Field(value=name, confidence=0.9, box=box, lines=(0,))} if name else {}
    lines = (Line(text=name or "Rookstone", box=box, score=0.99),)
    return Card(
        status="completed" if name else "pending_review",
        confidence=0.9 if name else 0.0,
        reasons=(),
        fields=fields,
        lines=lines,
        extra={},
        outline=outline(number),
    )


def three_cards(photo: bytes) -> Reading:
    cards = tuple(card(number, name) for number, name in enumerate(NAMES))
    return Reading(engine="rapidocr", engine_version="3", seconds=2.5, cards=cards)


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def job_id(event_id: int) -> int:
    photo = Image.new("RGB", (1240, 300), "grey")
    for number, colour in enumerate(COLOURS):
        (left, top), _, (right, bottom), _ = outline(number)
        photo.paste(colour, (int(left), int(top), int(right), int(bottom)))
    stream = io.BytesIO()
    photo.save(stream, "PNG")
    capture_photo(event_id, "IMG_1.png", stream.getvalue())
    return rows("select id from ocr_jobs")[0][0]


def rows(sql: str) -> list[tuple[Any, ...]]:
    with transaction() as db:
        return [tuple(row) for row in db.execute(text(sql))]


def images(home: Path) -> list[Path]:
    sweep_images()
    return [path for path in (home / "images").rglob("*") if path.is_file()]


def test_each_card_becomes_a_contact_of_the_same_event(event_id: int, job_id: int) -> None:
    run_reading(job_id, three_cards)
    found = rows("select person_name(full_name), full_name, status, event_id from contacts order by id")
    assert found == [
        ("Jane Miller", "Jane Miller", "completed", event_id),
        ("Omar Haddad", "Omar Haddad", "completed", event_id),
        (None, "IMG_1 (3).jpg", "pending_review", event_id),
    ]


def test_each_contact_shows_its_own_card_alone_and_the_photo_goes(job_id: int, home: Path) -> None:
    run_reading(job_id, three_cards)
    assert len(images(home)) == 3
    for number, (url,) in enumerate(rows("select business_card_url from contacts order by id")):
        picture = Image.open(io.BytesIO(load_image(url)))
        assert picture.format == "JPEG"
        assert picture.size == (340, 220)
        wanted = Image.new("RGB", (1, 1), COLOURS[number]).getpixel((0, 0))
        assert picture.getpixel((170, 110)) == pytest.approx(wanted, abs=4)


def test_boxes_are_those_of_the_contacts_own_picture(job_id: int) -> None:
    run_reading(job_id, three_cards)
    boxes = rows("select ocr_raw_data #> '{lines,0,box}' from contacts")
    assert boxes == [([[10.0, 10.0], [110.0, 10.0], [110.0, 40.0], [10.0, 40.0]],)] * 3


def test_each_card_has_its_job_and_its_activities_once(job_id: int) -> None:
    run_reading(job_id, three_cards)
    run_reading(job_id, three_cards)
    jobs = rows("select photo_name, status, attempts, started_at, completed_at from ocr_jobs order by id")
    assert [job[0] for job in jobs] == ["IMG_1.png", "IMG_1 (2).jpg", "IMG_1 (3).jpg"]
    assert len({job[1:] for job in jobs}) == 1
    assert rows("select count(*), count(distinct created_at) from contacts") == [(3, 1)]
    actions = "select action, count(*), count(distinct entity_id) from activity_logs where action like 'contact%'"
    assert rows(f"{actions} group by action order by action") == [
        ("contact_processed", 3, 3),
        ("contact_uploaded", 3, 3),
    ]
    captured = rows("select min(id) from contacts")[0][0]
    cut_from = "select metadata ->> 'cut_from' from activity_logs where metadata ? 'cut_from'"
    assert rows(cut_from) == [(str(captured),)] * 2


def test_progress_counts_every_card(event_id: int, job_id: int) -> None:
    run_reading(job_id, three_cards)
    with transaction() as db:
        progress = count_progress(db, event_id)
        photos = list_latest_photos(db, event_id)
    assert (progress.waiting, progress.failed, progress.read) == (0, 0, 3)
    assert [photo.photo_name for photo in photos] == ["IMG_1 (3).jpg", "IMG_1 (2).jpg", "IMG_1.png"]


def test_a_worker_that_was_overtaken_adds_nothing(job_id: int, home: Path) -> None:
    def overtaken(photo: bytes) -> Reading:
        run_reading(job_id, three_cards)
        return three_cards(photo)

    run_reading(job_id, overtaken)
    assert rows("select count(*) from contacts") == [(3,)]
    assert len(images(home)) == 3


def test_a_contact_that_a_person_typed_in_meanwhile_keeps_its_photo(job_id: int, home: Path) -> None:
    with transaction() as db:
        db.execute(text("update contacts set full_name = 'Typed By Hand', status = 'user_verified'"))
    run_reading(job_id, three_cards)
    assert rows("select full_name, status from contacts") == [("Typed By Hand", "user_verified")]
    assert [path.suffix for path in images(home)] == [".png"]


def test_a_contact_deleted_while_its_photo_is_read_leaves_nothing(job_id: int, home: Path) -> None:
    def deleting(photo: bytes) -> Reading:
        with transaction() as db:
            delete_contacts(db, [rows("select id from contacts")[0][0]])
        return three_cards(photo)

    run_reading(job_id, deleting)
    assert rows("select count(*) from contacts") == [(0,)]
    assert [path.suffix for path in images(home)] == []


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def test_a_card_that_cannot_be_stored_takes_all_of_them_back(
    job_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.jobs.reading.add_card", failing(ValueError("odd")))
    run_reading(job_id, three_cards)
    assert rows("select full_name, status from contacts") == [("IMG_1.png", "failed")]
    assert [path.suffix for path in images(home)] == [".png"]


def test_a_store_that_fills_up_in_between_is_tried_again(
    job_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = itertools.count(1)

    def filling_up(url: str, data: bytes) -> None:
        if next(stored) == 3:
            raise StorageUnavailable("The disk is full.", "Make room.")
        put_image(url, data)

    with monkeypatch.context() as full:
        full.setattr("lib.storage.put_image", filling_up)
        with pytest.raises(StorageUnavailable):
            run_reading(job_id, three_cards)
    assert [path.suffix for path in images(home)] == [".png"]
    run_reading(job_id, three_cards)
    assert rows("select count(*) from contacts where status <> 'processing'") == [(3,)]


def test_pictures_stay_when_nobody_knows_whether_their_contacts_were_stored(
    job_id: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = DatabaseUnavailable("The database does not answer.", "Check it.")
    monkeypatch.setattr("lib.jobs.reading.replace_image", failing(gone))
    monkeypatch.setattr("lib.jobs.reading.OUTAGE_S", 0)
    with pytest.raises(DatabaseUnavailable):
        run_reading(job_id, three_cards)
    assert len(images(home)) == 4
    assert rows("select status from contacts") == [("processing",)]


def test_a_card_with_two_sides_keeps_its_photo_though_others_lie_beside_it(event_id: int, home: Path) -> None:
    photos = []
    for colour in ("white", "silver"):
        stream = io.BytesIO()
        Image.new("RGB", (1240, 300), colour).save(stream, "PNG")
        photos.append(stream.getvalue())
    capture_photo(event_id, "front.png", photos[0], ("back.png", photos[1]))

    def read(photo: bytes) -> Reading:
        reading = three_cards(photo)
        return reading if photo == photos[0] else replace(reading, cards=(card(2, None),))

    run_reading(rows("select id from ocr_jobs")[0][0], read)
    assert rows("select count(*) from contacts") == [(3,)]
    suffixes = [url.rsplit(".", 1)[1] for (url,) in rows("select business_card_url from contacts order by id")]
    assert suffixes == ["png", "jpg", "jpg"]


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("IMG_1.png", 1, "IMG_1.png"),
        ("IMG_1.HEIC", 2, "IMG_1 (2).jpg"),
        ("x" * 250 + ".jpeg", 12, "x" * 246 + " (12).jpg"),
    ],
)
def test_a_card_is_named_after_its_photo(name: str, number: int, wanted: str) -> None:
    assert numbered(name, number) == wanted
