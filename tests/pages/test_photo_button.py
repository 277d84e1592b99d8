"""The photo as it was taken, offered beside the card."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.database import transaction
from lib.storage import delete_images
from lib.ui.text import plain
from tests.database.test_reading_jobs import event_id as event_id  # a fixture
from tests.database.test_reading_jobs import jane, run_reading, scalar

Show = Callable[[str], AppTest]
PAGE = "pages/2_Review.py"


@pytest.fixture
def card(event_id: int) -> int:
    contact_id = capture_photo(event_id, "card.heic", b"photo")
    run_reading(scalar("select id from ocr_jobs"), jane)
    with transaction() as db:
        db.exec_driver_sql("update contacts set status = 'pending_review', full_name = '../Jane <Doe>.jpg'")
    return contact_id


def test_a_photo_in_a_folder_is_saved_from_here(show: Show, card: int) -> None:
    at = show(PAGE)
    (button,) = [button for button in at.get("download_button") if "photo" in button.label]
    assert button.label == "Save photo"
    assert not at.get("link_button")


def test_a_photo_that_can_be_saved_is_saved_without_a_word(show: Show, card: int) -> None:
    at = show(PAGE)
    assert not at.download_button(key=save_key()).click().run().toast


def test_a_photo_that_cannot_be_saved_says_why_and_what_to_do(show: Show, card: int) -> None:
    """What Streamlit says of it by itself is only that it failed."""
    at = show(PAGE)
    delete_images([photo()])
    at.download_button(key=save_key()).click().run()
    assert not at.exception
    (toast,) = at.toast
    assert toast.value == plain("The photo is not in the image store any more. Take the card's photo again.")


def photo() -> str:
    return str(scalar("select business_card_url from contacts"))


def save_key() -> str:
    return f"save_photo_{photo()}"


def test_a_card_without_a_photo_offers_none(show: Show, card: int) -> None:
    with transaction() as db:
        db.exec_driver_sql("update contacts set business_card_url = null")
    at = show(PAGE)
    assert not at.exception
    assert not [button for button in at.get("download_button") if "photo" in button.label]
