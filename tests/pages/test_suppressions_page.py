"""The opt-outs as a person uses them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from lib.contacts.suppressions import add_suppression, count_suppressions, is_suppressed, list_suppressions
from lib.database import transaction

SCRIPT = "from lib.ui.suppressions import show_suppressions\nshow_suppressions()"
TAKE_OFF = "from lib.ui.suppressions import take_off_dialog\ntake_off_dialog([{id}])"


@pytest.fixture
def at(opened: URL) -> AppTest:
    return AppTest.from_string(SCRIPT, default_timeout=30)


def add(address: str, note: str | None = None) -> None:
    with transaction() as db:
        add_suppression(db, address, note=note)


def texts(at: AppTest) -> str:
    shown = [*at.text, *at.caption, *at.markdown, *at.subheader, *at.error]
    return "\n".join(str(element.value) for element in shown)


def test_an_empty_list_says_so(at: AppTest) -> None:
    assert "Nobody has opted out" in texts(at.run())


def test_the_list_claims_no_more_than_campaigns_files(at: AppTest) -> None:
    assert "stands in a campaign's file" in texts(at.run())


def test_an_address_is_added_with_its_note(at: AppTest) -> None:
    at.run()
    at.text_input(key="suppressed").set_value("Ada@Example.com")
    at.text_input(key="suppression_note").set_value("By phone")
    at.button(key="add_suppression_now").click().run()
    with transaction() as db:
        assert is_suppressed(db, "ada@example.com")
    assert list(at.dataframe[0].value["Note"]) == ["By phone"]


def test_what_is_no_address_is_refused_in_words(at: AppTest) -> None:
    at.run()
    at.text_input(key="suppressed").set_value("Ada")
    at.button(key="add_suppression_now").click().run()
    assert "neither an e\\-mail address nor a domain" in texts(at)
    assert not at.exception


def test_the_list_answers_whether_an_address_is_on_it(at: AppTest) -> None:
    add("example.com", "The whole company")
    at.run()
    at.text_input(key="suppression_asked").set_value("ada@example.com").run()
    assert "On the list: no e-mail" in texts(at)
    assert "The whole company" in texts(at)
    at.text_input(key="suppression_asked").set_value("ada@example.org").run()
    assert "Not on the list" in texts(at)


def test_half_an_address_gets_no_answer_yet(at: AppTest) -> None:
    at.run()
    at.text_input(key="suppression_asked").set_value("ada@").run()
    assert "Type a whole address" in texts(at)
    assert not at.error


def test_a_file_is_added_and_its_refused_lines_are_shown(at: AppTest) -> None:
    at.run()
    at.file_uploader(key="suppression_file_0").upload(
        "out.csv", b"Email\nada@example.com\nnobody\n", "text/csv"
    ).run()
    at.button(key="add_suppression_file").click().run()
    assert "1 added · 0 there already · 1 lines refused" in texts(at)
    assert list(at.dataframe[0].value["Text"]) == ["nobody"]
    at.button(key="suppression_file_seen").click().run()
    assert "refused" not in texts(at)


def test_a_file_without_addresses_is_refused_in_words(at: AppTest) -> None:
    at.run()
    at.file_uploader(key="suppression_file_0").upload("out.csv", b"Name,City\nAda,Berlin\n", "text/csv").run()
    at.button(key="add_suppression_file").click().run()
    assert "No column of this file" in texts(at)


def test_entries_are_found_by_their_note(at: AppTest) -> None:
    add("ada@example.com", "By phone")
    add("ben@example.com", "By letter")
    at.run()
    at.text_input(key="suppression_search").set_value("letter").run()
    assert list(at.dataframe[0].value["Note"]) == ["By letter"]


def test_an_entry_is_taken_off_when_that_is_confirmed(show_dialog: Callable[[str], AppTest]) -> None:
    add("ada@example.com")
    with transaction() as db:
        [entry] = list_suppressions(db)
    at = show_dialog(TAKE_OFF.format(id=entry.id))
    at.button(key="confirm_take_off").click().run()
    with transaction() as db:
        assert count_suppressions(db) == 0


def test_a_lost_key_is_said_with_what_to_do(at: AppTest, home: Path) -> None:
    add("ada@example.com", "By phone")
    (home / "suppression.key").unlink()
    at.run()
    assert "its key is missing" in texts(at)
    assert "SUPPRESSION" in texts(at)
    # Its notes still tell what has to be added again.
    assert list(at.dataframe[0].value["Note"]) == ["By phone"]
