"""What one does with the card one is on: verify, skip, go back, throw out, undo."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from lib.contacts import many
from lib.contacts.contacts import get_contact
from lib.database import transaction
from lib.ui.page import error_boundary
from lib.ui.review.keys import KEYS, is_on_phone
from lib.ui.review.state import CURRENT, LAST, Place, chosen_contacts, forget_refusals, refused_edits
from lib.ui.review.undoing import did, done_things, undo_last


def show_bar(place: Place, save_first: Callable[[], None] | None = None) -> None:
    """Show what can be done with the card one is on, each with its key.

    `save_first` saves what is typed beside the card and perhaps not yet left.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        _button("verify_next", verify_and_next, place, save_first, type="primary", icon=":material/check:")
        _button("back", step, place, -1, disabled=place.is_end(-1))
        _button("skip", step, place, 1, disabled=place.is_end(1))
        _button("not_a_card", throw_out, place)
        _button("undo", undo_last, disabled=not done_things())


def verify_and_next(place: Place, save_first: Callable[[], None] | None = None) -> None:
    """Verify the card one is on, and go on where that could be done."""
    with error_boundary():
        if save_first is not None:
            save_first()
        if verify([place.current]):
            _leave(place)


def step(place: Place, by: int) -> None:
    """Go to the card `by` places on, on the next page or the one before where this one ends."""
    index = place.ids.index(place.current) + by
    if 0 <= index < len(place.ids):
        st.session_state[CURRENT] = place.ids[index]
    elif not place.is_end(by):
        st.session_state["page"] = place.page.number + by
        st.session_state[CURRENT] = LAST if by < 0 else None


def throw_out(place: Place) -> None:
    """Take the photo one is on away: it shows no card."""
    with error_boundary():
        with transaction() as db:
            undo_id = many.mark_not_cards(db, [place.current])
        forget_refusals(place.current)
        chosen_contacts().discard(place.current)
        _leave(place)
        did("Not a card.", undo_id)


def verify(contact_ids: Collection[int]) -> bool:
    """Verify the contacts. Return whether all of them are verified now; say which are not, and why."""
    if any(id in contact_ids for id, _ in refused_edits()):
        st.toast("Not verified: put right what could not be saved first.", icon=":material/error:")
        return False
    with transaction() as db:
        undo_id, verified = many.verify(db, list(contact_ids))
        others = [get_contact(db, id) for id in contact_ids if id not in verified]
        first = get_contact(db, verified[0]) if verified else None
    if first is not None:
        did(f"Verified {first.full_name}." if len(verified) == 1 else f"Verified {len(verified)} contacts.", undo_id)
    nameless = [contact for contact in others if contact and contact.status != "user_verified"]
    if nameless:
        st.toast(f"{len(nameless)} not verified: give the contact a name first.", icon=":material/error:")
    return not nameless


def _leave(place: Place) -> None:
    """Go to the next card of this page; after the last comes the first, for one may have begun in the middle."""
    st.session_state[CURRENT] = place.ids[(place.ids.index(place.current) + 1) % len(place.ids)]


def _button(name: str, act: Callable[..., None], *args: Any, **options: Any) -> None:
    key = KEYS[name]
    # A phone has no keys to show.
    shortcut = None if is_on_phone() else key.shortcut
    # By callback, which runs first: a click is lost when the grid's next message cuts its run off.
    st.button(key.label, shortcut=shortcut, help=key.does, key=name, on_click=act, args=args, **options)
