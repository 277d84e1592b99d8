"""Two sides of one card: which one is shown, and contacts made one or two."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import streamlit as st

from lib.cards.sides import ON_OTHER_SIDE
from lib.contacts import undo
from lib.contacts.contacts import Contact
from lib.database import transaction
from lib.jobs.joining import join_contacts
from lib.jobs.splitting import split_contact
from lib.ui.page import error_boundary
from lib.ui.review.state import chosen_contacts, forget_refusals, go_to
from lib.ui.review.undoing import did

FRONT, BACK = "Front side", "Back side"


def choose_side(contact: Contact, field: dict[str, Any] | None) -> bool:
    """Return whether the back is to be shown; the side that `field` (as stored) was read on at first."""
    if contact.back_image_url is None:
        return False
    default = BACK if is_on_back(field) else FRONT
    key = f"side_{contact.id}"
    side = st.segmented_control(
        "Side", [FRONT, BACK], default=default, required=True, key=key, label_visibility="collapsed"
    )
    return side == BACK


def is_on_back(field: dict[str, Any] | None) -> bool:
    """Return whether a field (as stored) was read on the card's back."""
    return field is not None and ON_OTHER_SIDE in field["evidence"]


def offer_joining(chosen: Collection[int]) -> None:
    """Offer to make the two chosen contacts one."""
    if len(chosen) == 2:
        st.button(
            "Two sides of one card",
            icon=":material/flip:",
            key="join_sides",
            help="Makes them one contact, the other photo the back of its card",
            on_click=_join,
            args=(set(chosen),),
        )


def offer_splitting(contact: Contact) -> None:
    """Offer to make a card with two sides two contacts."""
    if contact.back_image_url is not None:
        st.button(
            "Two cards after all",
            icon=":material/call_split:",
            type="tertiary",
            key="split_sides",
            help="Makes the back a contact of its own and reads it again",
            on_click=_split,
            args=(contact.id,),
        )


def _join(chosen: set[int]) -> None:
    with error_boundary():
        with transaction() as db:
            undo_id = undo.remember(db, sorted(chosen), action="join_sides")
            front_id = join_contacts(db, sorted(chosen))
        for contact_id in chosen - {front_id}:
            forget_refusals(contact_id)
        chosen_contacts().difference_update(chosen)
        go_to(front_id)
        did("One contact with both sides of its card.", undo_id)


def _split(contact_id: int) -> None:
    with error_boundary():
        with transaction() as db:
            split_contact(db, contact_id)
        st.toast("Two contacts again. The back is being read.", icon=":material/check:")
