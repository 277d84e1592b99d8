"""Choosing, creating, changing and deleting an event."""

from __future__ import annotations

import datetime as dt
from functools import partial

import streamlit as st

from lib.contacts.events import (
    Event,
    EventDetails,
    add_event,
    count_event_contents,
    delete_event,
    list_events,
    update_event,
)
from lib.database import transaction
from lib.images import sweep_images
from lib.ui.page import error_boundary
from lib.ui.saying import say_next
from lib.ui.text import plain
from lib.ui.widgets import choose, choose_next
from lib.words import counted

KEY = "event"
# The event in a page's address.
ADDRESS = "event"


def choose_event(events: list[Event]) -> Event:
    """Return the chosen event of `events` (not empty), the latest at first; with buttons to make and change them."""
    by_id = {event.id: event for event in events}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("Event", {id: _title(event) for id, event in by_id.items()}, KEY)
        if st.button("New event", icon=":material/add:", key="new_event"):
            event_dialog()
        if st.button("Edit", icon=":material/edit:", key="edit_event"):
            event_dialog(by_id[chosen])
        if st.button("Delete", icon=":material/delete:", key="delete_event"):
            delete_dialog(by_id[chosen])
    return by_id[chosen]


def event_filter(db_events: list[Event], key: str, *, in_address: bool = False) -> int | None:
    """Return the id of the event to look at, None for all; where wanted it is in the address, `?event=3`."""
    titles = {event.id: _title(event) for event in db_events}
    wanted = st.query_params.get(ADDRESS, "") if in_address and key not in st.session_state else ""
    by_number = {str(id): id for id in titles}
    if wanted in by_number:
        st.session_state[key] = by_number[wanted]
    if st.session_state.get(key) not in (None, *titles):
        # It was deleted meanwhile; the box would say that all are shown, and none would be.
        st.session_state[key] = None
    return st.selectbox(
        "Event",
        [None, *titles],
        format_func=lambda id: titles.get(id, "All events"),
        key=key,
        label_visibility="collapsed",
        required=True,
        on_change=partial(_put_into_address, key) if in_address else None,
    )


def _put_into_address(key: str) -> None:
    # By its id: a name may change, and two events may share one.
    event_id = st.session_state[key]
    if event_id is None:
        st.query_params.pop(ADDRESS, None)
    else:
        st.query_params[ADDRESS] = str(event_id)


@st.dialog("Event", icon=":material/event:")
def event_dialog(event: Event | None = None) -> None:
    """Ask for an event's details and keep them: a new event, or `event` changed."""
    with st.form("event_form", border=False):
        name = st.text_input("Name", event.name if event else "", max_chars=255, key="event_name")
        date = st.date_input("Date", event.date if event else dt.date.today(), key="event_date")
        location = st.text_input("Location", _or_empty(event and event.location), max_chars=255, key="event_location")
        industry = st.text_input("Industry", _or_empty(event and event.industry), max_chars=100, key="event_industry")
        description = st.text_area("Description", _or_empty(event and event.description), key="event_description")
        if not st.form_submit_button("Save", type="primary", key="save_event"):
            return
    with error_boundary():
        details = EventDetails(name=name, date=date, location=location, industry=industry, description=description)
        with transaction() as db:
            if event is None:
                choose_next(KEY, add_event(db, details))
            else:
                update_event(db, event.id, details)
        st.rerun()


@st.dialog("Delete this event?", icon=":material/delete:")
def delete_dialog(event: Event) -> None:
    """Say what goes with the event, and delete it when that is confirmed."""
    with transaction() as db:
        contents = count_event_contents(db, event.id)
    st.text(event.name)
    st.write(
        f"With it go **{counted(contents.contacts, 'contact')}** with their photos and "
        f"**{counted(contents.drafts, 'draft')}**; **{counted(contents.groups, 'group')}** "
        f"{'loses' if contents.groups == 1 else 'lose'} these contacts. This cannot be undone."
    )
    with st.container(horizontal=True):
        if st.button("Delete it all", type="primary", icon=":material/delete:", key="confirm_delete_event"):
            with error_boundary():
                with transaction() as db:
                    delete_event(db, event.id)
                sweep_images()
                say_next(f"{plain(event.name)} is deleted.", icon=":material/delete:")
                st.rerun()
        if st.button("Keep it", key="keep_event"):
            st.rerun()


def all_events() -> list[Event]:
    """Return all events, latest first."""
    with transaction() as db:
        return list_events(db)


def _title(event: Event) -> str:
    return f"{event.name} · {event.date:%d %b %Y} · {counted(event.contact_count, 'contact')}"


def _or_empty(text: object) -> str:
    return str(text) if text else ""
