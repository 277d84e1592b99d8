"""The whole way of a card while its bucket fails: nothing is lost, and all is made good once it is back."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.contacts.erasing import erase
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.database.embedded import EmbeddedServer
from lib.errors import NotFound, StorageUnavailable
from lib.images import new_images, sweep_images
from lib.jobs.reading import LONGEST_WAIT_S, MAX_ATTEMPTS, STORE_STARTS, AgainSoon, run_reading
from lib.settings import ROOT
from lib.storage import load_image
from lib.ui import intake
from lib.ui.review import picture
from tests.conftest import running_server
from tests.database.test_bucket import fetch
from tests.database.test_reading_jobs import jane, row, scalar
from tests.hosting.s3 import Faulty, S3Server

PHOTOS = [f"photo {number}".encode() for number in range(6)]


@pytest.fixture(scope="session")
def server() -> EmbeddedServer:
    """The embedded server alone: what differs between servers is SQL, and that has its own tests."""
    with running_server("embedded") as running:
        yield running


@pytest.fixture
def event_id(proxy: Faulty, opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


@pytest.fixture
def show(event_id: int) -> Callable[[str], AppTest]:
    def open_page(path: str) -> AppTest:
        return AppTest.from_file(str(ROOT / "Home.py"), default_timeout=60).switch_page(path).run()

    return open_page


def words(at: AppTest) -> str:
    return " ".join(str(element.value) for element in (*at.error, *at.caption, *at.markdown, *at.text)).replace(
        "\\", ""
    )


def a_minute_passes() -> None:
    with transaction() as db:
        db.execute(text("update loose_images set sweep_from = sweep_from - interval '1 minute'"))


def shown() -> set[str]:
    with transaction() as db:
        return {url.removeprefix("s3://cards/") for url in db.scalars(text("select business_card_url from contacts"))}


def test_photos_wait_in_their_row_while_the_store_is_away(proxy: Faulty, s3: S3Server, event_id: int) -> None:
    before = s3.stored()
    going = intake.Intake(lambda photo: capture_photo(event_id, "card.jpg", photo))
    proxy.status, proxy.methods = 503, frozenset({"PUT"})
    going.add(PHOTOS)
    going.wait(30)
    assert "overloaded, or down for a moment" in str(going.failure)
    assert (going.taken, going.total - going.done) == (0, len(PHOTOS))
    proxy.heal()
    going.go_on()
    going.wait(30)
    assert (going.taken, going.failure) == (len(PHOTOS), None)
    assert s3.stored() - before == shown()
    assert {load_image(f"s3://cards/{key}") for key in shown()} == set(PHOTOS)


def test_a_photo_whose_answer_is_lost_is_not_left_behind(proxy: Faulty, s3: S3Server, event_id: int) -> None:
    before = s3.stored()
    # It arrives and is stored; nobody hears of it.
    proxy.cut_answer_after, proxy.methods = -1, frozenset({"PUT"})
    with pytest.raises(StorageUnavailable):
        capture_photo(event_id, "card.jpg", b"photo")
    proxy.heal()
    a_minute_passes()
    sweep_images()
    assert (s3.stored(), scalar("select count(*) from contacts")) == (before, 0)


def test_when_one_of_a_photos_cards_cannot_be_stored_none_stays(proxy: Faulty, s3: S3Server, event_id: int) -> None:
    before = s3.stored()
    proxy.status, proxy.methods, proxy.times = 403, frozenset({"PUT"}), 1
    with pytest.raises(StorageUnavailable), new_images([("card.jpg", b"card")] * 9, event_id=event_id):
        pytest.fail("not all are stored")
    assert s3.stored() == before
    assert scalar("select count(*) from loose_images") == 0


def test_reading_waits_for_the_store_and_loses_no_attempt(proxy: Faulty, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    job_id = scalar("select id from ocr_jobs")
    proxy.status = 503
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(StorageUnavailable):
            run_reading(job_id, jane, may_wait=True)
        assert row("select status, attempts from ocr_jobs") == ("pending", 0)
    proxy.heal()
    run_reading(job_id, jane, may_wait=True)
    assert row("select status, attempts from ocr_jobs") == ("completed", 1)
    assert scalar("select full_name from contacts") == "Jane Doe"


def test_reading_gives_up_on_a_store_that_stays_away_with_its_sentence(proxy: Faulty, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    proxy.status, proxy.body = 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
    for _ in range(MAX_ATTEMPTS - 1):
        with pytest.raises(StorageUnavailable):
            run_reading(scalar("select id from ocr_jobs"), jane)
    run_reading(scalar("select id from ocr_jobs"), jane)
    said = "The image store refused the secret key. Check AWS_SECRET_ACCESS_KEY."
    assert row("select status, error_message from ocr_jobs") == ("failed", said)


def test_the_queue_waits_ten_minutes_for_a_store_and_never_long_at_a_time() -> None:
    waits = []
    for attempts in range(STORE_STARTS - 1):
        job = type("Job", (), {"attempts": attempts})()
        decision = AgainSoon().get_retry_decision(exception=StorageUnavailable("away"), job=job)
        assert decision is not None
        waits.append(decision.retry_at.timestamp() - time.time())
    assert 540 < sum(waits) < 720
    assert max(waits) <= LONGEST_WAIT_S
    assert AgainSoon().get_retry_decision(exception=ValueError(), job=job) is None


def test_a_person_erased_while_the_store_is_away_is_gone_from_it_afterwards(
    proxy: Faulty, s3: S3Server, event_id: int
) -> None:
    before = s3.stored()
    contact_id = capture_photo(event_id, "card.jpg", b"photo", ("back.jpg", b"back"))
    urls = row("select business_card_url, back_image_url from contacts")
    with transaction() as db:
        erase(db, [contact_id])
    proxy.status = 503
    for _ in range(2):
        with pytest.raises(StorageUnavailable, match="still to be deleted"):
            sweep_images()
        assert scalar("select count(*) from loose_images") == 2
    proxy.heal()
    assert sweep_images() == 2
    assert s3.stored() == before
    for url in urls:
        with pytest.raises(NotFound):
            load_image(url)


def test_a_deletion_whose_answer_is_lost_is_made_again(proxy: Faulty, s3: S3Server, event_id: int) -> None:
    before = s3.stored()
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    with transaction() as db:
        erase(db, [contact_id])
    proxy.cut_answer_after, proxy.methods = -1, frozenset({"POST"})
    with pytest.raises(StorageUnavailable):
        sweep_images()
    proxy.heal()
    assert sweep_images() == 1
    assert s3.stored() == before


def review(event_id: int) -> None:
    capture_photo(event_id, "card.jpg", (Path(__file__).parents[2] / "docs" / "review.png").read_bytes())
    run_reading(scalar("select id from ocr_jobs"), jane)
    with transaction() as db:
        db.execute(text("update contacts set status = 'pending_review'"))


def test_review_opens_the_photo_by_an_address_that_only_this_page_has(
    show: Callable[[str], AppTest], event_id: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    review(event_id)
    at = show("pages/2_Review.py")
    assert not at.exception
    address = at.get("link_button")[0].proto.url
    assert fetch(address)[0] == 200
    assert "X-Amz-Expires=300&" in address
    signature = address.rpartition("=")[2]
    with transaction() as db:
        tables = db.scalars(
            text("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        )
        for table in list(tables):
            rows = db.execute(
                text(f"select count(*) from {table} as t where cast(t as text) like :signature"),
                {"signature": f"%{signature}%"},
            )
            assert rows.scalar() == 0, table
    assert signature not in repr(at.session_state)
    assert signature not in caplog.text


def test_review_shows_the_card_without_its_photo_while_the_store_fails(
    show: Callable[[str], AppTest], event_id: int, proxy: Faulty
) -> None:
    review(event_id)
    proxy.status = 503
    at = show("pages/2_Review.py")
    assert not at.exception
    assert "The image store is overloaded, or down for a moment" in words(at)
    assert "Jane Doe" in str(at.data_editor) + " ".join(str(head.value) for head in at.subheader)
    proxy.heal()
    assert "overloaded" not in words(at.run())


def test_a_store_that_hangs_is_waited_for_once(proxy: Faulty, event_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "HANGS_S", 0.1)
    review(event_id)
    url = scalar("select business_card_url from contacts")
    proxy.status = 503
    proxy.delay_s = 0.1
    with pytest.raises(StorageUnavailable, match="overloaded"):
        picture._load(url)
    proxy.heal()
    proxy.forget()
    began = time.monotonic()
    with pytest.raises(StorageUnavailable, match="overloaded"):
        picture._load(url)
    assert proxy.count() == 0
    monkeypatch.setattr(time, "monotonic", lambda: began + picture.AWAY_S + 1)
    assert picture._load(url)
