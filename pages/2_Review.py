"""Correct what the reader was unsure of, beside the card it came from."""

from functools import partial
from typing import Any

import streamlit as st

from lib import ui
from lib.contacts.contacts import Contact, ContactFilter, count_contacts, get_raw_data, list_contacts
from lib.contacts.finding import list_doubts
from lib.database import transaction
from lib.ui.review.actions import show_bar
from lib.ui.review.dialogs import open_dialog
from lib.ui.review.duplicates import show_duplicates
from lib.ui.review.filters import CARDS, VIEWS, choose_view, turn_pages
from lib.ui.review.form import save_form, show_form
from lib.ui.review.many import show_chosen
from lib.ui.review.panel import show_card, show_head
from lib.ui.review.removing import offer_more
from lib.ui.review.state import PAGE_SIZE, Place, place_among
from lib.ui.review.table import show_grid


def main() -> None:
    with transaction() as db:
        is_empty = not count_contacts(db, ContactFilter(statuses=VIEWS["All"]), most=0)
    if is_empty:
        say_where_cards_come_from()
        return
    wanted, layout = choose_view()
    with transaction() as db:
        count = count_contacts(db, wanted)
    if not count:
        say_that_nothing_waits(wanted)
    elif layout == CARDS:
        show_cards(wanted, count)
    else:
        show_table(wanted, count)
    open_dialog()


def show_table(wanted: ContactFilter, count: int) -> None:
    bar = st.container()
    left, right = st.columns([4, 3], gap="medium")
    with left:
        grid = st.container()
        page = turn_pages(count)
    with transaction() as db:
        contacts = list_contacts(db, wanted, limit=PAGE_SIZE, offset=page.offset)
        doubts = list_doubts(db, [contact.id for contact in contacts])
    place = place_among([contact.id for contact in contacts], page)
    with bar:
        show_bar(place)
    with grid:
        show_grid(contacts, doubts, wanted, page)
        show_chosen(wanted, count)
    with right, st.container(border=True, key="card"):
        contact, raw = read_card(contacts, place)
        show_head(contact, raw)
        show_duplicates(contact)
        show_card(contact, raw)
        offer_more(contact)


def show_cards(wanted: ContactFilter, count: int) -> None:
    left, right = st.columns([11, 9], gap="medium")
    with right:
        form = st.container(border=True, key="form")
        page = turn_pages(count)
    with transaction() as db:
        contacts = list_contacts(db, wanted, limit=PAGE_SIZE, offset=page.offset)
    place = place_among([contact.id for contact in contacts], page)
    contact, raw = read_card(contacts, place)
    with left, st.container(border=True, key="card"):
        show_head(contact, raw)
        show_duplicates(contact)
        show_card(contact, raw, has_inputs=True)
    with form:
        show_form(contact, raw)
        show_bar(place, save_first=partial(save_form, contact))
        offer_more(contact)


def read_card(contacts: list[Contact], place: Place) -> tuple[Contact, dict[str, Any]]:
    """Return the contact one is on, and what was read of its card."""
    with transaction() as db:
        raw = get_raw_data(db, place.current)
    return next(contact for contact in contacts if contact.id == place.current), raw


def say_where_cards_come_from() -> None:
    ui.empty_state(
        ":material/fact_check:",
        "Nothing to review yet",
        "Cards come here as soon as they are read.",
        page="pages/1_Capture.py",
        label="Take cards in",
    )


def say_that_nothing_waits(wanted: ContactFilter) -> None:
    if wanted.search or wanted.event_id or wanted.reason:
        st.info("No contact matches. Change the search, the filter or the view.", icon=":material/search_off:")
    else:
        ui.empty_state(
            ":material/task_alt:",
            "All done here",
            "Nothing waits in this view. Group the people you want to write to.",
            page="pages/3_Groups.py",
            label="Go to groups",
        )


with ui.page("Review"):
    main()
