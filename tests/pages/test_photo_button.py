"""The photo as it was taken, offered beside the card."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.database import transaction
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


def test_a_card_without_a_photo_offers_none(show: Show, card: int) -> None:
    with transaction() as db:
        db.exec_driver_sql("update contacts set business_card_url = null")
    at = show(PAGE)
    assert not at.exception
    assert not [button for button in at.get("download_button") if "photo" in button.label]
