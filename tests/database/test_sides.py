"""Two photos of one card: captured together, found to belong together, put together, taken apart."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

from lib.capture import add_back, capture_photo
from lib.cards import Card, NoTextFound, Reading
from lib.contacts.contacts import delete_contacts, get_contact, update_contact, verify_contacts
from lib.contacts.events import EventDetails, add_event, delete_event
from lib.contacts.groups import add_group, add_members
from lib.database import transaction
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.images import sweep_images
from lib.jobs.joining import join_contacts
from lib.jobs.reading import run_reading
from lib.jobs.retrying import retry_readings
from lib.jobs.splitting import split_contact
from tests.database.test_reading_jobs import row, scalar, textless
from tests.unit.cards.cards import read
from tests.unit.cards.test_sides import COLLEAGUE, COMPANY_BACK, FRONT

LINKED = ("Jane Miller", "linkedin.com/in/jane-miller")
JAPANESE = (("山田 太郎", 1.6), "営業部長", "jane.miller@nordhaven.com")
STRANGER = (("Tom Becker", 1.6), "Sales Director", "tom.becker@foxglove.de", "www.foxglove.de")
CARDS: dict[bytes, Card | None] = {}


def photo_of(rows: tuple[Any, ...] | None) -> bytes:
    """The bytes that `reader` reads these rows from; None: a photo without text."""
    data = f"photo {len(CARDS)}".encode()
    CARDS[data] = None if rows is None else read(*rows)
    return data


def reader(photo: bytes) -> Reading:
    card = CARDS[photo]
    if card is None:
        raise NoTextFound
    return Reading(engine="rapidocr", engine_version="3", seconds=0.5, cards=(card,))


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def captured(event_id: int) -> Callable[..., list[int]]:
    """Return a function that captures cards, each a photo of its own, and returns the contacts' ids."""
    return lambda *cards: [capture_photo(event_id, f"IMG_{n}.jpg", photo_of(card)) for n, card in enumerate(cards)]


def read_all(*contact_ids: int) -> None:
    """Read what waits, of these contacts in this order or of all."""
    for contact_id in contact_ids or ids():
        job = scalar(f"select max(id) from ocr_jobs where status = 'pending' and contact_id = {contact_id}")
        if job is not None:
            run_reading(job, reader)


def ids() -> list[int]:
    with transaction() as db:
        return list(db.execute(text("select id from contacts order by id")).scalars())


def images(home: Path) -> int:
    return len([path for path in (home / "images").rglob("*") if path.is_file()])


def joined(contact_ids: list[int]) -> int:
    with transaction() as db:
        return join_contacts(db, contact_ids)


def test_two_photos_of_a_card_become_one_contact_and_one_job(event_id: int, home: Path) -> None:
    capture_photo(event_id, "front.jpg", photo_of(FRONT), back=("back.jpg", photo_of(LINKED)))
    assert row("select full_name, back_photo_name, back_image_url <> business_card_url from contacts") == (
        "front.jpg",
        "back.jpg",
        True,
    )
    assert (scalar("select count(*) from ocr_jobs"), images(home)) == (1, 2)
    read_all()
    assert row("select full_name, linkedin_url, status from contacts") == (
        "Jane Miller",
        "https://www.linkedin.com/in/jane-miller",
        "completed",
    )
    raw = scalar("select ocr_raw_data from contacts")
    assert "on the other side" in raw["fields"]["linkedin_url"]["evidence"]
    assert [line["text"] for line in raw["extra"]["sides"]["back"]["lines"]] == list(LINKED)


@pytest.mark.parametrize("name", ["front.jpg", "back.jpg"])
def test_either_photo_of_a_card_is_known_again(event_id: int, home: Path, name: str) -> None:
    photos = {"front.jpg": photo_of(FRONT), "back.jpg": photo_of(LINKED)}
    capture_photo(event_id, "front.jpg", photos["front.jpg"], back=("back.jpg", photos["back.jpg"]))
    with pytest.raises(AlreadyThere, match=name):
        capture_photo(event_id, "again.jpg", photos[name])
    with pytest.raises(AlreadyThere, match="Neither side"):
        capture_photo(event_id, "new.jpg", photo_of(None), back=("again.jpg", photos[name]))
    assert (len(ids()), images(home)) == (1, 2)


def test_one_photo_given_for_both_sides_is_one_side(event_id: int, home: Path) -> None:
    photo = photo_of(FRONT)
    capture_photo(event_id, "front.jpg", photo, back=("copy.jpg", photo))
    assert (scalar("select back_image_url from contacts"), images(home)) == (None, 1)


def test_a_capture_refused_by_the_database_leaves_neither_image(opened: URL, home: Path) -> None:
    with pytest.raises(NotFound):
        capture_photo(4711, "front.jpg", photo_of(FRONT), back=("back.jpg", photo_of(LINKED)))
    assert images(home) == 0


def test_a_failed_card_tried_again_is_read_from_both_sides(event_id: int) -> None:
    contact_id = capture_photo(event_id, "front.jpg", photo_of(None), back=("back.jpg", photo_of(FRONT)))
    run_reading(scalar("select id from ocr_jobs"), textless)
    assert scalar("select status from contacts") == "failed"
    with transaction() as db:
        retry_readings(db, [contact_id])
    read_all()
    assert row("select full_name, status from contacts") == ("Jane Miller", "completed")


@pytest.mark.parametrize("other", [LINKED, JAPANESE, COMPANY_BACK], ids=["name", "address", "company"])
@pytest.mark.parametrize("turned", [False, True], ids=["front first", "back first"])
def test_the_other_side_is_found_by_itself(captured: Callable[..., list[int]], other: Any, turned: bool) -> None:
    pair = captured(other, FRONT) if turned else captured(FRONT, other)
    read_all()
    # Of two that say who it is the earlier one is the front.
    front = 0 if other is JAPANESE else int(turned)
    assert ids() == [pair[front]]
    assert row("select full_name, email, back_image_url is not null from contacts") == (
        "Jane Miller",
        "jane.miller@nordhaven.com",
        True,
    )
    assert scalar("select metadata ->> 'joined' from activity_logs where metadata ? 'joined'") == str(pair[1 - front])


def test_colleagues_with_one_office_number_stay_two(captured: Callable[..., list[int]]) -> None:
    pair = captured(FRONT, COLLEAGUE)
    read_all()
    assert ids() == pair


def test_a_pile_of_one_company_with_backs_is_sorted_out(captured: Callable[..., list[int]]) -> None:
    pile = captured(FRONT, (*COMPANY_BACK, "1"), COLLEAGUE, (*COMPANY_BACK, "2"))
    read_all()
    assert ids() == [pile[0], pile[2]]
    with transaction() as db:
        names = [
            side.back_photo_name for side in db.execute(text("select back_photo_name from contacts order by id"))
        ]
    assert names == ["IMG_1.jpg", "IMG_3.jpg"]


def test_a_side_that_could_be_of_either_neighbour_stays_alone(captured: Callable[..., list[int]]) -> None:
    pile = captured(FRONT, COMPANY_BACK, COLLEAGUE)
    read_all()
    assert ids() == pile


def test_a_side_waits_until_both_its_neighbours_are_read(captured: Callable[..., list[int]]) -> None:
    pile = captured(FRONT, COMPANY_BACK, STRANGER)
    read_all(*pile[:2])
    assert ids() == pile
    read_all(pile[2])
    assert ids() == [pile[0], pile[2]]


TOUCHES = {
    "corrected": lambda db, id: update_contact(db, id, {"title": "CMO"}, region="US"),
    "verified": lambda db, id: verify_contacts(db, [id]),
    "grouped": lambda db, id: add_members(db, add_group(db, "Leads"), [id]),
    "long ago": lambda db, id: db.execute(
        text("update contacts set created_at = created_at - interval '11 minutes' where id = :id"), {"id": id}
    ),
    "of another event": lambda db, id: db.execute(
        text("update contacts set event_id = :event where id = :id"),
        {"id": id, "event": add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))},
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_was_touched_is_not_joined_unasked(captured: Callable[..., list[int]], touch: str) -> None:
    pair = captured(FRONT, LINKED)
    read_all(pair[0])
    with transaction() as db:
        TOUCHES[touch](db, pair[0])
    read_all(pair[1])
    assert ids() == pair


@pytest.mark.parametrize("attempt", range(5))
def test_two_workers_that_finish_at_once_join_a_pair_once(captured: Callable[..., list[int]], attempt: int) -> None:
    pair = captured(FRONT, LINKED)
    both_here = threading.Barrier(2)

    def read_together(photo: bytes) -> Reading:
        both_here.wait(60)
        return reader(photo)

    jobs = [scalar(f"select id from ocr_jobs where contact_id = {id}") for id in pair]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda job: run_reading(job, read_together), jobs))
    assert ids() == pair[:1]
    assert scalar("select count(*) from activity_logs where metadata ? 'joined'") == 1


def test_two_people_at_once_join_a_pair_once(captured: Callable[..., list[int]]) -> None:
    pair = captured(FRONT, COLLEAGUE)
    read_all()

    def join(order: list[int]) -> str:
        try:
            joined(order)
        except NotFound:
            return "refused"
        return "joined"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(join, (pair, pair[::-1]))) == ["joined", "refused"]
    assert ids() == pair[:1]


def test_two_put_together_keep_what_was_written_and_where_they_belong(
    captured: Callable[..., list[int]], home: Path
) -> None:
    first, second = captured(STRANGER, COMPANY_BACK)
    read_all()
    with transaction() as db:
        update_contact(db, first, {"notes": "Met at the bar."}, region="US")
        update_contact(db, second, {"title": "Head of Sales", "notes": "Call back."}, region="US")
        add_members(db, add_group(db, "Leads"), [second])
    assert joined([second, first]) == first
    assert row("select full_name, title, notes from contacts") == (
        "Tom Becker",
        "Head of Sales",
        "Met at the bar.\nCall back.",
    )
    assert scalar("select contact_id from lead_group_contacts") == first
    assert (ids(), images(home)) == ([first], 2)
    metadata = scalar("select metadata from activity_logs where action = 'contact_reviewed' order by id desc limit 1")
    assert metadata == {"status": "pending_review", "joined": second, "back_photo": "IMG_1.jpg"}


def test_a_back_without_text_can_be_put_to_its_front(captured: Callable[..., list[int]]) -> None:
    first, second = captured(None, FRONT)
    read_all()
    assert scalar(f"select status from contacts where id = {first}") == "failed"
    assert joined([first, second]) == second
    assert row("select full_name, status, back_photo_name from contacts") == ("Jane Miller", "completed", "IMG_0.jpg")


def test_two_without_text_stay_failed_and_are_read_together(captured: Callable[..., list[int]]) -> None:
    pair = captured(None, None)
    read_all()
    contact_id = joined(pair)
    assert row("select status, full_name, back_photo_name from contacts") == ("failed", "IMG_0.jpg", "IMG_1.jpg")
    with transaction() as db:
        assert retry_readings(db, [contact_id]) == 1


def test_what_a_person_verified_stays_so_where_the_back_only_adds_nothing(captured: Callable[..., list[int]]) -> None:
    pair = captured(FRONT, None)
    read_all()
    with transaction() as db:
        verify_contacts(db, pair[:1])
    joined(pair)
    assert scalar("select status from contacts") == "user_verified"


def test_contradictions_of_two_put_together_are_for_review(captured: Callable[..., list[int]]) -> None:
    pair = captured(FRONT, COLLEAGUE)
    read_all()
    joined(pair)
    raw = scalar("select ocr_raw_data from contacts")
    assert scalar("select status from contacts") == "pending_review"
    assert {conflict["field"] for conflict in raw["extra"]["conflicts"]} == {"full_name", "email", "title"}


def test_only_two_of_one_event_read_and_with_one_side_each_are_one_card(
    captured: Callable[..., list[int]], event_id: int
) -> None:
    first, second, third = captured(FRONT, COLLEAGUE, STRANGER)
    read_all(first, second)
    with pytest.raises(NotValid, match="being read"):
        joined([first, third])
    joined([first, second])
    read_all(third)
    with pytest.raises(AlreadyThere):
        joined([first, third])
    with transaction() as db:
        other = add_event(db, EventDetails(name="Summit", date=dt.date(2026, 5, 1)))
    elsewhere = capture_photo(other, "card.jpg", photo_of(COMPANY_BACK))
    read_all(elsewhere)
    with pytest.raises(NotValid, match="events"):
        joined([third, elsewhere])
    with pytest.raises(NotFound):
        joined([third, 4711])


def test_two_taken_apart_are_as_they_were_and_stay_apart(captured: Callable[..., list[int]], home: Path) -> None:
    pair = captured(FRONT, LINKED)
    read_all(pair[0])
    before = row(
        "select full_name, email, linkedin_url, ocr_raw_data, status, ocr_confidence from contacts order by id limit 1"
    )
    read_all(pair[1])
    with transaction() as db:
        new_id = split_contact(db, pair[0])
    assert ids() == [pair[0], new_id]
    assert (
        row(
            "select full_name, email, linkedin_url, ocr_raw_data, status, ocr_confidence from contacts order by id limit 1"
        )
        == before
    )
    assert row(f"select full_name, status from contacts where id = {new_id}") == ("IMG_1.jpg", "processing")
    read_all()
    assert ids() == [pair[0], new_id]
    assert row(f"select full_name, linkedin_url is not null from contacts where id = {new_id}") == (
        "Jane Miller",
        True,
    )
    assert images(home) == 2
    with pytest.raises(AlreadyThere):
        capture_photo(scalar("select event_id from contacts limit 1"), "again.jpg", list(CARDS)[-1])


def test_taken_apart_each_keeps_what_was_written_on_it(captured: Callable[..., list[int]]) -> None:
    pair = captured(FRONT, COLLEAGUE)
    read_all()
    with transaction() as db:
        update_contact(db, pair[1], {"title": "VP Sales"}, region="US")
    joined(pair)
    with transaction() as db:
        update_contact(db, pair[0], {"company": "Nordhaven"}, region="US")
        new_id = split_contact(db, pair[0])
    read_all()
    assert row(f"select full_name, company, title from contacts where id = {pair[0]}") == (
        "Jane Miller",
        "Nordhaven",
        "Head of Marketing",
    )
    assert row(f"select full_name, title, email from contacts where id = {new_id}") == (
        "Tom Becker",
        "VP Sales",
        "tom.becker@nordhaven.com",
    )


def test_a_failed_pair_taken_apart_gives_two_photos_to_try(event_id: int) -> None:
    contact_id = capture_photo(event_id, "front.jpg", photo_of(None), back=("back.jpg", photo_of(None)))
    read_all()
    with transaction() as db:
        new_id = split_contact(db, contact_id)
    read_all()
    assert scalar("select count(*) from contacts where status = 'failed' and back_image_url is null") == 2
    with transaction() as db:
        assert retry_readings(db, [contact_id, new_id]) == 2


def test_a_card_with_one_side_cannot_be_taken_apart(captured: Callable[..., list[int]]) -> None:
    (contact_id,) = captured(FRONT)
    read_all()
    with pytest.raises(NotFound), transaction() as db:
        split_contact(db, contact_id)


@pytest.mark.parametrize("is_read", [False, True])
def test_a_back_taken_later_is_read_with_its_front(
    captured: Callable[..., list[int]], home: Path, is_read: bool
) -> None:
    (contact_id,) = captured(FRONT)
    if is_read:
        read_all()
    add_back(contact_id, "back.jpg", photo_of(LINKED))
    assert scalar("select status from contacts") == "processing"
    read_all()
    assert row("select full_name, linkedin_url is not null, status from contacts") == (
        "Jane Miller",
        True,
        "completed",
    )
    assert images(home) == 2
    with pytest.raises(NotValid):
        add_back(contact_id, "third.jpg", photo_of(COMPANY_BACK))
    assert images(home) == 2


def test_a_reading_under_way_when_the_back_comes_writes_nothing(captured: Callable[..., list[int]]) -> None:
    (contact_id,) = captured(STRANGER)

    def overtaken(photo: bytes) -> Reading:
        add_back(contact_id, "back.jpg", photo_of(LINKED))
        return reader(photo)

    run_reading(scalar("select id from ocr_jobs"), overtaken)
    assert row("select full_name, status from contacts") == ("IMG_0.jpg", "processing")


def test_a_back_is_not_added_to_what_somebody_worked_on(captured: Callable[..., list[int]], home: Path) -> None:
    (contact_id,) = captured(FRONT)
    read_all()
    with transaction() as db:
        update_contact(db, contact_id, {"title": "CMO"}, region="US")
    with pytest.raises(NotValid, match="changed"):
        add_back(contact_id, "back.jpg", photo_of(LINKED))
    assert images(home) == 1


def test_both_images_go_with_their_contact(captured: Callable[..., list[int]], home: Path) -> None:
    pair = captured(FRONT, LINKED)
    read_all()
    with transaction() as db:
        assert get_contact(db, pair[0]).back_image_url is not None
        delete_contacts(db, pair[:1])
    sweep_images()
    assert images(home) == 0


def test_both_images_go_with_their_event(captured: Callable[..., list[int]], event_id: int, home: Path) -> None:
    captured(FRONT, LINKED, STRANGER)
    read_all()
    with transaction() as db:
        delete_event(db, event_id)
    assert sweep_images() == 3
    assert images(home) == 0
