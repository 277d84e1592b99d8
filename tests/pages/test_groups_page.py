from collections.abc import Callable

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from lib.contacts.groups import add_group
from lib.database import transaction
from tests.database.test_contacts import add_contact
from tests.database.test_reading_jobs import scalar
from tests.pages.test_capture_page import words

PAGE = "pages/3_Groups.py"
DELETE = """
from lib.contacts.groups import list_groups
from lib.database import transaction
from lib.ui.groups import delete_dialog
with transaction() as db:
    groups = list_groups(db)
for group in groups:
    delete_dialog(group)
"""
Show = Callable[[str], AppTest]


@pytest.fixture
def group_id(opened: URL) -> int:
    """A group, and two people who are not in it."""
    with transaction() as db:
        add_contact(db, "Jane Doe", status="user_verified", email="jane@example.com")
        add_contact(db, "Sam Roe", status="completed")
        return add_group(db, "Leads")


def test_without_a_group_the_page_says_what_to_do(show: Show) -> None:
    assert show(PAGE).button(key="empty_state").label == "Create a group"


def test_a_group_is_created_in_the_dialog(show_dialog: Show) -> None:
    at = show_dialog("from lib.ui.groups import group_dialog\ngroup_dialog()")
    at.text_input(key="group_name").input("Partners")
    at.button(key="save_group").click().run()
    assert scalar("select name from lead_groups") == "Partners"


def test_all_that_were_found_join_at_once(show: Show, group_id: int) -> None:
    at = show(PAGE)
    at.button(key="add_all").click().run()
    assert scalar("select count(*) from lead_group_contacts") == 2
    assert "2 people, 1 with an e-mail address" in words(at)


def test_a_search_narrows_whom_to_add(show: Show, group_id: int) -> None:
    at = show(PAGE)
    at.text_input(key="people_search").input("jane").run()
    at.button(key="add_all").click().run()
    assert scalar("select full_name from contacts join lead_group_contacts on id = contact_id") == "Jane Doe"


def test_nothing_selected_is_nothing_to_add(show: Show, group_id: int) -> None:
    assert show(PAGE).button(key="add_selected").disabled


def test_a_group_is_deleted_once_it_is_confirmed(show_dialog: Show, group_id: int) -> None:
    at = show_dialog(DELETE)
    at.button(key="confirm_delete_group").click().run()
    assert scalar("select count(*) from lead_groups") == 0
    assert scalar("select count(*) from contacts") == 2
