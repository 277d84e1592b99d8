"""The correction grid and the card beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from lib.contacts.contacts import (
    Contact,
    ContactFilter,
    delete_contacts,
    get_contact,
)
from lib.contacts.values import LIMITS
from lib.database import transaction
from lib.images import sweep_images
from lib.ui.card import card_image, reader_notes
from lib.ui.corrections import (
    CURRENT,
    chosen_contacts,
    forget_refusals,
    refused_edits,
    save_edits,
    say_refusals,
    verify,
)
from lib.ui.events import all_events, event_filter
from lib.ui.grid import SELECT, SHOW, to_grid
from lib.ui.page import error_boundary
from lib.ui.sides import offer_joining, offer_splitting
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS

PAGE_SIZE = 50
# What can be looked at: label in the URL -> statuses.
VIEWS = {
    "Waiting": ("pending_review", "failed"),
    "Accepted": ("completed",),
    "Verified": ("user_verified",),
    "All": ("pending_review", "failed", "completed", "user_verified"),
}
COLUMNS = {
    SELECT: st.column_config.CheckboxColumn(
        "", width=40, pinned=True, help="Choose contacts to verify together, or two sides of one card"
    ),
    "full_name": st.column_config.TextColumn("Name", pinned=True, max_chars=LIMITS["full_name"]),
    "email": st.column_config.TextColumn("E-mail", max_chars=LIMITS["email"]),
    "company": st.column_config.TextColumn("Company", max_chars=LIMITS["company"]),
    "title": st.column_config.TextColumn("Title", max_chars=LIMITS["title"]),
    "phone": st.column_config.TextColumn("Phone", max_chars=LIMITS["phone"]),
    "linkedin_url": st.column_config.TextColumn("LinkedIn", max_chars=LIMITS["linkedin_url"]),
    "notes": st.column_config.TextColumn("Notes", max_chars=LIMITS["notes"]),
    "confidence": st.column_config.ProgressColumn("Sure", format="percent", min_value=0, max_value=1, width=90),
    "event": st.column_config.TextColumn("Event"),
}


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the grid, counted from 1."""

    number: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """How many contacts stand before it."""
        return (self.number - 1) * self.size


def choose_view() -> ContactFilter:
    """Return what the person wants to see: a view, an event, a text."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View",
            list(VIEWS),
            default="Waiting",
            required=True,
            key="view",
            bind="query-params",
            label_visibility="collapsed",
        )
        search = st.text_input(
            "Search",
            key="search",
            live="300ms",
            type="search",
            icon=":material/search:",
            placeholder="Name, company or e-mail",
            label_visibility="collapsed",
            width=260,
        )
        with st.container(width=240):
            event_id = event_filter(all_events(), key="review_event")
    return ContactFilter(statuses=VIEWS[view or "Waiting"], event_id=event_id, search=search)


def turn_pages(count: int) -> Page:
    """Return the page to show of `count` contacts, with the means to turn it where there are several."""
    pages = max(1, -(-count // PAGE_SIZE))
    with st.container(horizontal=True, vertical_alignment="center"):
        number = min(st.pagination(pages, key="page"), pages) if pages > 1 else 1
        st.caption(f"{count:,} contact{'' if count == 1 else 's'}", width="content")
    return Page(number=number)


def show_grid(contacts: Sequence[Contact], wanted: ContactFilter, page: int) -> int:
    """Show the grid, saving each edit as it is made; return the id of the contact whose card is to be shown."""
    ids = [contact.id for contact in contacts]
    key = f"grid_{'-'.join(wanted.statuses)}_{wanted.event_id}_{wanted.search}_{page}"
    refused = {place: refusal.typed for place, refusal in refused_edits().items()}
    st.data_editor(
        to_grid(contacts, chosen_contacts(), refused),
        key=key,
        on_change=save_edits,
        args=(key, ids),
        num_rows="fixed",
        placeholder="",
        hide_index=True,
        height=min(560, 37 * (len(ids) + 1)),
        disabled=["confidence", "event"],
        column_config={
            **COLUMNS,
            SHOW: st.column_config.ButtonColumn(
                "", width=45, pinned=True, type="tertiary", key="show_card", on_click=_show_row, args=(ids,)
            ),
        },
    )
    # Below the grid, so that it does not move under the hand that types.
    for message in say_refusals(contacts):
        st.error(plain(message), icon=":material/error:")
    _offer_verifying(ids)
    if st.session_state.get(CURRENT) not in ids:
        st.session_state[CURRENT] = ids[0]
    return int(st.session_state[CURRENT])


def show_card(contact_id: int, ids: list[int]) -> None:
    """Show the contact's photo, what the reader says of it, and the way to the next."""
    with transaction() as db:
        contact = get_contact(db, contact_id)
    if contact is None:
        st.info("This contact was deleted meanwhile.", icon=":material/info:")
        return
    with st.container(border=True, key="card"):
        card_image(contact)
        st.subheader(plain(contact.full_name or NAMELESS), anchor=False)
        if contact.full_name is None:
            st.caption(plain(contact.label))
        st.text(" · ".join(part for part in (contact.title, contact.company) if part))
        reader_notes(contact)
        _card_buttons(contact, ids)


def _card_buttons(contact: Contact, ids: list[int]) -> None:
    place = ids.index(contact.id)
    with st.container(horizontal=True):
        st.button(
            "Verify and next",
            type="primary",
            icon=":material/check:",
            key="verify_next",
            shortcut="Alt+Enter",
            on_click=_verify_and_next,
            args=(ids, place),
        )
        _go_button("Back", ids, place - 1, icon=":material/arrow_back:", shortcut="Alt+Up")
        _go_button("Skip", ids, place + 1, icon=":material/arrow_forward:", shortcut="Alt+Down")
        offer_splitting(contact)
        if st.button("Delete", icon=":material/delete:", key="delete_contact"):
            delete_dialog(contact)


def _go_button(label: str, ids: list[int], place: int, *, icon: str, shortcut: str) -> None:
    is_end = not 0 <= place < len(ids)
    key = label.lower()
    st.button(label, icon=icon, key=key, shortcut=shortcut, disabled=is_end, on_click=_go, args=(ids, place))


@st.dialog("Delete this contact?", icon=":material/delete:")
def delete_dialog(contact: Contact) -> None:
    """Delete the contact, its photos and its drafts when that is confirmed."""
    st.text(contact.full_name or contact.label)
    st.write("Its photo and its drafts go with it. This cannot be undone.")
    if st.button("Delete the contact", type="primary", icon=":material/delete:", key="confirm_delete_contact"):
        with error_boundary():
            with transaction() as db:
                delete_contacts(db, [contact.id])
            forget_refusals(contact.id)
            sweep_images()
            st.rerun()


def _verify_and_next(ids: list[int], place: int) -> None:
    with error_boundary():
        if verify([ids[place]]):
            # After the last comes the first: one may have begun in the middle.
            _go(ids, (place + 1) % len(ids))


def _offer_verifying(ids: list[int]) -> None:
    chosen = chosen_contacts() & set(ids)
    if chosen:
        label = f"Verify {len(chosen)} chosen"
        with st.container(horizontal=True):
            # By callback, which runs first: a click is lost when the grid's next message cuts its run off.
            st.button(
                label, icon=":material/done_all:", key="verify_selected", on_click=_verify_chosen, args=(chosen,)
            )
            offer_joining(chosen)


def _verify_chosen(chosen: set[int]) -> None:
    with error_boundary():
        if verify(chosen):
            chosen_contacts().difference_update(chosen)


def _show_row(ids: list[int]) -> None:
    st.session_state[CURRENT] = ids[st.session_state["show_card"]["row"]]


def _go(ids: list[int], place: int) -> None:
    st.session_state[CURRENT] = ids[place]
