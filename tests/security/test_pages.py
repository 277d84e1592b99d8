"""Addresses that nobody's page made, and every text of the corpus shown as a contact."""

from __future__ import annotations

import pytest
import streamlit as st
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import MeishiError
from lib.text import clean_text
from tests.outreach_data import add_group_of, add_person
from tests.pages.everywhere import EVERYWHERE, show
from tests.security.corpus import ALL, CORPUS
from tests.security.fields import DAY
from tests.security.hostile import fill

# What stands behind a name in an address, where nobody but a page should have put it.
HOSTILE = [
    "", "-1", "1e400", "9999999999", "9" * 5_000, "٣", "nan", "[]", "a\0b", "' or 1=1 --", "../..",
    "<script>window.pwned=1</script>", "x" * 10_000,
]  # fmt: skip
# The pages that read more of their address than a view, and by which names.
NAMES = {
    "pages/2_Review.py": ["view", "layout", "event", "show", "page"],
    "pages/5_Analytics.py": ["view", "event", "period", "stretch"],
}
ACTIVITY = ["actions", "entity", "number", "period"]


@pytest.fixture(autouse=True)
def fresh(opened: URL) -> None:
    """Answers are kept for a minute, and here another database stands behind each test."""
    st.cache_data.clear()


def is_whole(at: AppTest) -> bool:
    """Whether the page is there, or says in words what is wrong."""
    assert not at.exception, at.exception
    return not [error for error in at.error if "Something went wrong" in error.value]


@pytest.mark.parametrize("path", NAMES)
def test_no_address_breaks_a_page(path: str) -> None:
    with transaction() as db:
        fill(db)
    for value in HOSTILE:
        assert is_whole(show(path, dict.fromkeys(NAMES[path], value))), value[:60]


def test_no_address_breaks_the_list_of_activities() -> None:
    with transaction() as db:
        fill(db)
    for value in HOSTILE:
        assert is_whole(show("pages/5_Analytics.py", {"view": "Activity", **dict.fromkeys(ACTIVITY, value)})), value[
            :60
        ]


def test_a_name_may_stand_in_an_address_many_times() -> None:
    with transaction() as db:
        fill(db)
    for path, names in NAMES.items():
        at = show(path, {})
        for name in names:
            at.query_params[name] = ["1", "2", "<b>"]
        assert is_whole(at.run())


def test_every_text_is_shown_as_a_contact_an_event_and_a_group() -> None:
    with transaction() as db:
        for number, said in enumerate(ALL):
            try:
                name = clean_text(said, "name", 255)
            except MeishiError:
                continue
            if name is None:
                continue
            event = add_event(db, EventDetails(name=name, date=DAY))
            person = add_person(db, name, f"p{number}@example.com", company=name, title=name, event_id=event)
            if number % 10 == 0:
                add_group_of(db, [person], name)
        db.execute(text("update contacts set status = 'pending_review' where id % 2 = 0"))
    for path, address in EVERYWHERE:
        if address.get("view") in ("Accepted", "Verified"):  # as All, with fewer of them
            continue
        assert is_whole(show(path, address)), (path, address)


def test_whatever_is_searched_for_the_page_stays_whole() -> None:
    with transaction() as db:
        fill(db)
    at = show("pages/2_Review.py", {"view": "All"})
    for said in [*CORPUS["characters"][:12], *CORPUS["sql"][::3]]:
        if said.encode(errors="ignore").decode() == said:
            assert is_whole(at.text_input(key="search").input(said).run()), said
            assert not at.error
