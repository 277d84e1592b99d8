"""What the review page knows of a contact's consent."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from lib.contacts.suppressions import add_suppression, is_suppressed
from lib.database import transaction
from tests.outreach_data import add_person, add_two

Show = Callable[[str], AppTest]
PAGE = "pages/2_Review.py"


def show_all(show: Show) -> AppTest:
    at = show(PAGE)
    return at.segmented_control(key="view").set_value("All").run()


def captions(at: AppTest) -> str:
    return "\n".join([*(caption.value for caption in at.caption), *(mark.value for mark in at.markdown)])


def test_a_card_shows_where_and_when_it_was_taken(show: Show) -> None:
    with transaction() as db:
        add_two(db)
    assert "Taken at Spring Fair, Berlin, 20 April 2026" in captions(show_all(show))


def test_a_contact_is_opted_out_beside_its_card(show: Show) -> None:
    with transaction() as db:
        add_person(db, "Ada Example", "ada@example.com")
    at = show_all(show)
    at.button(key="opt_out").click().run()
    with transaction() as db:
        assert is_suppressed(db, "ada@example.com")
    assert "Opted out: gets no e-mail" in captions(at)


def test_who_is_opted_out_by_domain_shows_it(show: Show) -> None:
    with transaction() as db:
        add_person(db, "Ada Example", "ada@mail.example.com")
        add_suppression(db, "example.com")
    at = show_all(show)
    assert "Opted out: gets no e-mail" in captions(at)
    assert at.button(key="opt_out").label == "Take off the opt-outs"


def test_without_an_address_there_is_nothing_to_opt_out(show: Show) -> None:
    with transaction() as db:
        add_person(db, "Ada Example")
    assert "opt_out" not in [button.key for button in show_all(show).button]


def test_cards_are_corrected_while_the_key_is_lost(show: Show, home: Path) -> None:
    with transaction() as db:
        add_person(db, "Ada Example", "ada@example.com")
        add_suppression(db, "ben@example.com")
    (home / "suppression.key").unlink()
    at = show_all(show)
    assert "Opt-outs cannot be read" in captions(at)
    assert at.button(key="delete_contact")
