"""The grid in which contacts are corrected, many at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lib.contacts.contacts import Contact, ContactFilter
from lib.contacts.finding import Doubts
from lib.contacts.values import LIMITS
from lib.ui.review.grid import CHECK, SELECT, SHOW, to_grid
from lib.ui.review.saving import remember_seen, save_edits, show_refusals
from lib.ui.review.state import EDITED, Page, chosen_contacts, go_to, refused_edits

HEIGHT, ROW_HEIGHT = 630, 35
COLUMNS = {
    SELECT: st.column_config.CheckboxColumn(
        "", width=40, pinned=True, help="Choose contacts for what the bar below does"
    ),
    "full_name": st.column_config.TextColumn("Name", pinned=True, max_chars=LIMITS["full_name"]),
    CHECK: st.column_config.TextColumn("Check", width=185, help="What the reader was least sure of, and how sure"),
    "email": st.column_config.TextColumn("E-mail", max_chars=LIMITS["email"]),
    "company": st.column_config.TextColumn("Company", max_chars=LIMITS["company"]),
    "title": st.column_config.TextColumn("Title", max_chars=LIMITS["title"]),
    "phone": st.column_config.TextColumn("Phone", max_chars=LIMITS["phone"]),
    "linkedin_url": st.column_config.TextColumn("LinkedIn", max_chars=LIMITS["linkedin_url"]),
    "notes": st.column_config.TextColumn("Notes", max_chars=LIMITS["notes"]),
    "confidence": st.column_config.ProgressColumn("Sure", format="percent", min_value=0, max_value=1, width=90),
    "event": st.column_config.TextColumn("Event"),
}


def show_grid(contacts: Sequence[Contact], doubts: Mapping[int, Doubts], wanted: ContactFilter, page: Page) -> None:
    """Show the grid, saving each edit as it is made, and what could not be saved below it."""
    ids = [contact.id for contact in contacts]
    key = f"grid_{'-'.join(wanted.statuses)}_{wanted.event_id}_{wanted.reason}_{wanted.search}_{page.number}"
    st.data_editor(
        _steady(key, contacts, doubts),
        key=key,
        on_change=save_edits,
        args=(key, ids),
        num_rows="fixed",
        placeholder="",
        hide_index=True,
        height=min(HEIGHT, (ROW_HEIGHT + 2) * (len(ids) + 1)),
        row_height=ROW_HEIGHT,
        disabled=[CHECK, "confidence", "event"],
        column_config={
            **COLUMNS,
            SHOW: st.column_config.ButtonColumn(
                "", width=45, pinned=True, type="tertiary", key="show_card", on_click=_show_row, args=(ids,)
            ),
        },
    )
    # Below the grid, so that it does not move under the hand that types.
    show_refusals(contacts)


def _steady(key: str, contacts: Sequence[Contact], doubts: Mapping[int, Doubts]) -> pd.DataFrame:
    """Return the rows to show: those shown before while only the grid itself is edited, which has that in its cells.

    New rows under the hand that types make the browser drop what it did not send yet, the edits of 150 ms.
    """
    shown_key, shown = st.session_state.get("shown_grid", ("", None))
    ids = [contact.id for contact in contacts]
    if st.session_state.get(EDITED) == key == shown_key and list(shown.index) == ids:
        return shown
    refused = {place: refusal.typed for place, refusal in refused_edits().items()}
    fresh = to_grid(contacts, chosen_contacts(), refused, doubts)
    st.session_state["shown_grid"] = (key, fresh)
    remember_seen(contacts)
    return fresh


def _show_row(ids: list[int]) -> None:
    go_to(ids[st.session_state["show_card"]["row"]])
