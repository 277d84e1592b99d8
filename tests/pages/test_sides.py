"""Two sides of one card on the pages."""

from collections.abc import Callable

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.database import transaction
from lib.jobs.joining import join_contacts
from lib.ui.capture import TWO_SIDES
from lib.ui.review.sides import BACK
from tests.database.test_contacts import add_contact
from tests.database.test_reading_jobs import row, scalar
from tests.database.test_sides import ids, photo_of, read_all
from tests.pages.test_capture_page import PAGE as CAPTURE
from tests.pages.test_capture_page import event_id as event_id  # a fixture
from tests.pages.test_capture_page import taken_in, words
from tests.pages.test_review_page import PAGE as REVIEW
from tests.unit.cards.test_sides import COLLEAGUE, FRONT

Show = Callable[[str], AppTest]


@pytest.fixture
def pair(event_id: int) -> list[int]:
    """Two contacts whose values differ."""
    contacts = [capture_photo(event_id, f"IMG_{n}.jpg", photo_of(rows)) for n, rows in enumerate((FRONT, COLLEAGUE))]
    read_all()
    return contacts


@pytest.fixture
def card(pair: list[int]) -> int:
    """The two as one contact."""
    with transaction() as db:
        return join_contacts(db, pair)


def test_photos_given_in_pairs_become_a_contact_each(show: Show, event_id: int) -> None:
    at = show(CAPTURE)
    at.segmented_control(key="sides").set_value(TWO_SIDES).run()
    uploader = at.file_uploader(key=f"cards_{event_id}_0")
    for number in range(5):
        uploader.upload(f"{number}.jpg", f"photo {number}".encode(), "image/jpeg")
    uploader.run()
    taken_in(event_id)
    assert not at.exception
    with transaction() as db:
        rows = db.exec_driver_sql("select full_name, back_photo_name from contacts order by id").all()
    assert rows == [("0.jpg", "1.jpg"), ("2.jpg", "3.jpg"), ("4.jpg", None)]
    assert list(next(iter(show(CAPTURE).dataframe)).value["Photo"])[-1] == "0.jpg, 1.jpg"


def test_two_chosen_contacts_become_one_and_two_again(show: Show, pair: list[int]) -> None:
    at = show(REVIEW)
    at.segmented_control(key="view").set_value("All").run()
    assert not [button for button in at.button if button.key == "join_sides"]
    at.session_state["chosen_contacts"] = set(pair)
    at.run().button(key="join_sides").click().run()
    assert not at.exception
    assert not at.error
    assert ids() == pair[:1]
    assert at.session_state["current"] == pair[0]
    at.button(key="split_sides").click().run()
    assert len(ids()) == 2
    assert scalar("select status from contacts order by id desc limit 1") == "processing"


def test_what_the_other_side_says_is_taken_with_one_click(show: Show, card: int) -> None:
    at = show(REVIEW)
    assert "E-mail address · the back side" in words(at)
    assert "tom.becker@nordhaven.com" in words(at)
    button = next(button for button in at.button if button.key.startswith("take_") and button.key.endswith("_email"))
    button.click().run()
    assert scalar("select email from contacts") == "tom.becker@nordhaven.com"
    assert row(
        "select metadata #>> '{corrections,0,before}', metadata #>> '{corrections,0,after}' from activity_logs "
        "where action = 'contact_reviewed' order by id desc limit 1"
    ) == ("jane.miller@nordhaven.com", "tom.becker@nordhaven.com")
    assert "E-mail address · the front side" in words(at)


def test_what_a_code_says_otherwise_is_named_as_such(show: Show, event_id: int) -> None:
    told = {"field": "phone", "kept": "+12125550100", "other": "+12125550123", "source": "the code on the card"}
    kept = {"value": told["kept"], "confidence": 0.99, "evidence": ["from the code on the card"]}
    raw = {"fields": {"phone": kept}, "extra": {"conflicts": [told]}}
    with transaction() as db:
        add_contact(db, phone=told["kept"], event_id=event_id, ocr_raw_data=raw)
    at = show(REVIEW)
    assert "Phone number · the print" in words(at)
    at.button(key="take_0_phone").click().run()
    assert scalar("select phone from contacts") == "+12125550123"
    assert "Phone number · the code on the card" in words(at)


def test_the_back_of_a_card_is_shown_when_it_is_chosen(show: Show, card: int) -> None:
    at = show(REVIEW)
    at.segmented_control(key=f"side_{card}").set_value(BACK).run()
    assert not at.exception


def test_a_card_with_one_side_offers_no_other(show: Show, pair: list[int]) -> None:
    at = show(REVIEW)
    at.segmented_control(key="view").set_value("All").run()
    keys = [element.key for element in (*at.button, *at.segmented_control)]
    assert not [key for key in keys if key and key.startswith(("split_sides", "side_", "take_"))]


def test_two_that_are_of_different_events_are_not_put_together(show: Show, pair: list[int], opened: URL) -> None:
    with transaction() as db:
        db.exec_driver_sql("insert into events (name, date) values ('Summit', '2026-05-01')")
        db.exec_driver_sql(
            "update contacts set event_id = (select max(id) from events) where id = %(id)s", {"id": pair[1]}
        )
    at = show(REVIEW)
    at.segmented_control(key="view").set_value("All").run()
    at.session_state["chosen_contacts"] = set(pair)
    at.run().button(key="join_sides").click().run()
    assert "different events" in words(at)
    assert ids() == pair
