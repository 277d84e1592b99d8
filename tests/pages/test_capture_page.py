import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import StorageUnavailable
from lib.jobs.reading import run_reading
from lib.settings import get_settings
from lib.ui import intake
from lib.ui.intake import get_intake
from tests.database.test_reading_jobs import jane, row, scalar, textless

PAGE = "pages/1_Capture.py"
NEW_EVENT = "from lib.ui.events import event_dialog\nevent_dialog()"
Show = Callable[[str], AppTest]


@pytest.fixture
def event_id(opened: URL, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(intake, "_intakes", {})  # ids are another database's in each test
    with transaction() as db:
        return add_event(db, EventDetails(name="Lisbon *Summit*", date=dt.date(2026, 11, 3)))


def words(at: AppTest) -> str:
    kinds = ("text", "markdown", "caption", "subheader", "info", "error", "warning", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


def taken_in(event_id: int) -> None:
    """Wait until what was handed over is taken in."""
    intake = get_intake(event_id)
    if intake is not None:
        intake.wait(60)
        assert intake.is_over or intake.failure is not None


def column(sql: str) -> list[object]:
    with transaction() as db:
        return list(db.execute(text(sql)).scalars())


def change(sql: str) -> None:
    with transaction() as db:
        db.execute(text(sql))


def add_failed(event_id: int, count: int) -> None:
    """Add photos that could not be read, as after their jobs ended."""
    change(
        f"insert into contacts (event_id, full_name, status, processed_at) "
        f"select {event_id}, 'IMG_' || n || '.jpg', 'failed', now() from generate_series(1, {count}) as n"
    )
    change(
        "insert into ocr_jobs (contact_id, photo_name, status, error_message, started_at, completed_at) "
        "select id, full_name, 'failed', 'No text was found on this photo.', now(), now() from contacts order by id"
    )


def test_without_an_event_the_page_says_what_to_do(show: Show) -> None:
    at = show(PAGE)
    assert "No event yet" in words(at)
    assert at.button(key="empty_state").label == "Create an event"


def test_an_event_is_created_in_the_dialog(show_dialog: Show) -> None:
    at = show_dialog(NEW_EVENT)
    at.text_input(key="event_name").input("Hannover Fair")
    at.button(key="save_event").click().run()
    assert not at.exception
    assert scalar("select name from events") == "Hannover Fair"


def test_an_event_without_a_name_keeps_what_was_typed(show_dialog: Show) -> None:
    at = show_dialog(NEW_EVENT)
    at.text_input(key="event_location").input("Hannover")
    at.button(key="save_event").click().run()
    assert "no name" in words(at)
    assert at.text_input(key="event_location").value == "Hannover"


def test_photos_are_captured_as_they_come(show: Show, event_id: int) -> None:
    at = show(PAGE)
    at.file_uploader(key=f"cards_{event_id}_0").upload("card.jpg", b"photo", "image/jpeg").run()
    taken_in(event_id)
    assert not at.exception
    assert scalar("select full_name from contacts") == "card.jpg"
    assert at.session_state["batch"] == 1


def test_a_folder_gives_its_photos_by_their_names_and_nothing_hidden(show: Show, event_id: int) -> None:
    at = show(PAGE)
    at.segmented_control(key="source").select("Folder").run()
    names = ["fair/IMG_10.jpg", "fair/IMG_9.jpg", "fair/._IMG_9.jpg"]
    files = [(name, name.encode(), "image/jpeg") for name in names]
    at.file_uploader(key=f"folder_{event_id}_0").set_value(files).run()
    taken_in(event_id)
    assert not at.exception
    assert "1 hidden file left out." in words(at) + words(at.run())
    assert column("select full_name from contacts order by id") == ["IMG_9.jpg", "IMG_10.jpg"]


def test_front_and_back_of_a_folder_are_one_card(show: Show, event_id: int) -> None:
    at = show(PAGE)
    at.segmented_control(key="source").select("Folder").run()
    at.segmented_control(key="sides").select("Front and back").run()
    files = [(f"fair/IMG_{n}.jpg", bytes([n]), "image/jpeg") for n in (2, 1)]
    at.file_uploader(key=f"folder_{event_id}_0").set_value(files).run()
    taken_in(event_id)
    assert row("select full_name, back_photo_name from contacts") == ("IMG_1.jpg", "IMG_2.jpg")


def test_the_same_photo_again_is_noticed_and_not_taken_in(show: Show, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    at = show(PAGE)
    at.file_uploader(key=f"cards_{event_id}_0").upload("again.jpg", b"photo", "image/jpeg").run()
    taken_in(event_id)
    assert "the same photo" in words(at) + words(at.run())
    assert not at.exception
    assert not at.error
    assert scalar("select count(*) from contacts") == 1


def test_a_photo_that_could_not_be_stored_stays_to_be_tried_again(
    show: Show, event_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> int:
        raise StorageUnavailable("The image store could not be written (OSError).", "Check the disk's space.")

    monkeypatch.setattr("lib.ui.capture.capture_photo", full_disk)
    at = show(PAGE)
    at.file_uploader(key=f"cards_{event_id}_0").upload("card.jpg", b"photo", "image/jpeg").run()
    taken_in(event_id)
    assert "could not be written" in words(at.run())
    assert "1 card is not taken in yet." in words(at)
    monkeypatch.setattr("lib.ui.capture.capture_photo", capture_photo)
    at.button(key="capture_again").click().run()
    taken_in(event_id)
    assert scalar("select full_name from contacts") == "card.jpg"


def test_a_failed_photo_shows_its_reason_and_can_be_tried_again(show: Show, event_id: int) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    run_reading(scalar("select id from ocr_jobs"), textless)
    at = show(PAGE)
    assert scalar("select error_message from ocr_jobs") in words(at)
    at.button(key=f"retry_{contact_id}").click().run()
    assert scalar("select status from contacts") == "processing"


def test_all_that_failed_can_be_tried_again_at_once_also_those_on_other_pages(show: Show, event_id: int) -> None:
    add_failed(event_id, 25)
    at = show(PAGE)
    assert "1–5 of 25" in words(at)
    at.button(key="retry_all").click().run()
    assert not at.exception
    assert scalar("select count(*) from contacts where status = 'processing'") == 25
    assert scalar("select count(*) from procrastinate_jobs") == 25


def test_failed_photos_beyond_the_first_page_can_be_reached(show: Show, event_id: int) -> None:
    add_failed(event_id, 25)
    at = show(PAGE)
    at.get("pagination")[0].select(5).run()
    assert "21–25 of 25" in words(at)
    assert "IMG_25.jpg" in words(at)
    assert "IMG_10.jpg" not in words(at)


def test_what_waits_is_told_apart_from_what_is_being_read(show: Show, event_id: int) -> None:
    for n in range(3):
        capture_photo(event_id, f"card {n}.jpg", bytes([n]))
    change("update ocr_jobs set status = 'processing', started_at = now() where photo_name = 'card 0.jpg'")
    at = show(PAGE)
    assert {metric.label: metric.value for metric in at.metric} == {
        "Waiting": "2", "Being read": "1", "Read": "0", "Failed": "0",
    }  # fmt: skip
    (latest,) = list(at.dataframe)
    assert list(latest.value["State"]) == ["Being read", "Waiting", "Waiting"]


def test_without_a_worker_the_page_says_that_nothing_is_read_and_what_to_do(show: Show, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    said = words(show(PAGE))
    assert "No worker is running" in said
    assert "make worker" in said


def test_nothing_is_said_of_workers_while_one_is_alive_or_nothing_waits(show: Show, event_id: int) -> None:
    assert "No worker" not in words(show(PAGE))
    capture_photo(event_id, "card.jpg", b"photo")
    change("insert into procrastinate_workers default values")
    assert "No worker" not in words(show(PAGE))


def test_a_file_name_that_looks_like_markup_is_shown_as_it_is(show: Show, event_id: int) -> None:
    name = "![x](https://example.com/x.png).jpg"
    capture_photo(event_id, name.replace("/", "_"), b"photo")
    run_reading(scalar("select id from ocr_jobs"), textless)
    assert name.replace("/", "_") in [element.value for element in show(PAGE).text]


def test_a_read_card_is_listed_with_its_person(show: Show, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    run_reading(scalar("select id from ocr_jobs"), jane)
    (latest,) = list(show(PAGE).dataframe)
    assert list(latest.value["Name"]) == ["Jane Doe"]
    assert list(latest.value["State"]) == ["Read"]


def test_the_host_that_photos_are_sent_to_is_named(
    show: Show, event_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCR_ENGINE", "vision")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example.com/v1")
    get_settings.cache_clear()
    said = words(show(PAGE)).replace("\\", "")
    assert "Each photo is also sent to models.example.com (model gpt-5-mini) to be read." in said


def test_nothing_is_said_of_sending_while_photos_stay_here(
    show: Show, event_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example.com/v1")
    get_settings.cache_clear()
    assert "sent to" not in words(show(PAGE))


def test_an_event_is_changed_in_the_same_dialog(show_dialog: Show, event_id: int) -> None:
    at = show_dialog("from lib.ui.events import all_events, event_dialog\nevent_dialog(all_events()[0])")
    at.text_input(key="event_location").input("Hall 7")
    at.button(key="save_event").click().run()
    assert row("select name, location from events") == ("Lisbon *Summit*", "Hall 7")


def test_deleting_an_event_says_what_goes_and_deletes_it(show_dialog: Show, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    at = show_dialog("from lib.ui.events import all_events, delete_dialog\nfor e in all_events(): delete_dialog(e)")
    assert "**1 contact** with their photos" in words(at)
    at.button(key="confirm_delete_event").click().run()
    with transaction() as db:
        assert db.execute(text("select count(*) from events")).scalar_one() == 0
