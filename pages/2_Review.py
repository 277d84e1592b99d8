"""Correct what the reader was unsure of, beside the card it came from."""

import streamlit as st

from lib import ui
from lib.contacts.contacts import READ, WAITING, ContactFilter, count_by_status, count_contacts, list_contacts
from lib.database import transaction
from lib.ui.review import choose_view, show_card, show_grid, turn_pages


def main() -> None:
    with transaction() as db:
        by_status = count_by_status(db)
    if not any(by_status.get(status) for status in (*READ, *WAITING)):
        ui.empty_state(
            ":material/fact_check:",
            "Nothing to review yet",
            "Cards come here as soon as they are read.",
            page="pages/1_Capture.py",
            label="Take cards in",
        )
        return
    wanted = choose_view()
    with transaction() as db:
        page = turn_pages(count_contacts(db, wanted))
        contacts = list_contacts(db, wanted, limit=page.size, offset=page.offset)
    if not contacts:
        _nothing(wanted)
        return
    grid, card = st.columns([3, 2], gap="medium")
    with grid:
        current = show_grid(contacts, wanted, page.number)
    with card:
        show_card(current, [contact.id for contact in contacts])


def _nothing(wanted: ContactFilter) -> None:
    if wanted.search or wanted.event_id:
        st.info("No contact matches. Change the search, the event or the view.", icon=":material/search_off:")
    else:
        ui.empty_state(
            ":material/task_alt:",
            "All done here",
            "Nothing waits in this view. Group the people you want to write to.",
            page="pages/3_Groups.py",
            label="Go to groups",
        )


with ui.page("Review", ":material/fact_check:"):
    main()
