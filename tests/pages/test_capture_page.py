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
from tests.database.test_reading_jobs import jane, row, scalar, textless

PAGE = "pages/1_Capture.py"
NEW_EVENT = "from lib.ui.events import event_dialog\nevent_dialog()"
Show = Callable[[str], AppTest]


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Lisbon *Summit*", date=dt.date(2026, 11, 3)))


def words(at: AppTest) -> str:
    kinds = ("text", "markdown", "caption", "subheader", "info", "error", "warning", "toast")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


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
    assert not at.exception
    assert scalar("select full_name from contacts") == "card.jpg"
    assert at.session_state["batch"] == 1


def test_the_same_photo_again_is_noticed_and_not_taken_in(show: Show, event_id: int) -> None:
    capture_photo(event_id, "card.jpg", b"photo")
    at = show(PAGE)
    at.file_uploader(key=f"cards_{event_id}_0").upload("again.jpg", b"photo", "image/jpeg").run()
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
    assert "could not be written" in words(at)
    assert at.session_state["batch"] == 0
    monkeypatch.undo()


def test_a_failed_photo_shows_its_reason_and_can_be_tried_again(show: Show, event_id: int) -> None:
    contact_id = capture_photo(event_id, "card.jpg", b"photo")
    run_reading(scalar("select id from ocr_jobs"), textless)
    at = show(PAGE)
    assert scalar("select error_message from ocr_jobs") in words(at)
    at.button(key=f"retry_{contact_id}").click().run()
    assert scalar("select status from contacts") == "processing"


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
    assert "**1** contacts" in words(at)
    at.button(key="confirm_delete_event").click().run()
    with transaction() as db:
        assert db.execute(text("select count(*) from events")).scalar_one() == 0
