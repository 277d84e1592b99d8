"""Two sides of one card on the review page: which one is shown, what they contradict each other in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.cards.sides import OTHER_SIDE
from lib.contacts.contacts import Contact
from lib.contacts.values import LABELS
from lib.database import transaction
from lib.jobs.joining import join_contacts
from lib.jobs.splitting import split_contact
from lib.ui.corrections import CURRENT, chosen_contacts, forget_refusals, take_value
from lib.ui.page import error_boundary

FRONT, BACK = "Front side", "Back side"


def choose_side(contact: Contact) -> tuple[str | None, str]:
    """Return the address of the photo to show and what it shows, with the choice where the card has two sides."""
    if contact.back_image_url is None:
        return contact.business_card_url, "card"
    key = f"side_{contact.id}"
    side = st.segmented_control(
        "Side", [FRONT, BACK], default=FRONT, required=True, key=key, label_visibility="collapsed"
    )
    return (contact.back_image_url, "card's back") if side == BACK else (contact.business_card_url, "card's front")


def show_conflicts(contact: Contact, raw: Mapping[str, Any]) -> None:
    """Show what a code, the other side or a model says otherwise, each with the means to take it."""
    extra = raw.get("extra") or {}
    other_script = [value for value in (extra.get("other_script") or {}).values() if value]
    if other_script:
        st.text("Also printed: " + " · ".join(other_script))
    if contact.status == "user_verified":
        return
    for number, (field, value, source) in enumerate(_other_values(contact, raw)):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.caption(f"{LABELS[field].capitalize()} · {source}")
                st.text(value)
            # By callback, which runs first: a click is lost when the grid's next message cuts its run off.
            st.button(
                "Take this",
                key=f"take_{number}_{field}",
                icon=":material/swap_horiz:",
                help=f"Instead of “{getattr(contact, field) or 'nothing'}”",
                on_click=take_value,
                args=(contact.id, field, value),
            )


def _other_values(contact: Contact, raw: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return field, value and where it stands, of every value that was read and that the contact does not have."""
    others = {
        (conflict["field"], conflict[place]): _place_of(conflict, place, raw)
        for conflict in (raw.get("extra") or {}).get("conflicts") or ()
        for place in ("other", "kept")
        if conflict["field"] in LABELS and conflict[place] != getattr(contact, conflict["field"])
    }
    return [(field, value, source) for (field, value), source in others.items()]


def _place_of(conflict: Mapping[str, str], place: str, raw: Mapping[str, Any]) -> str:
    """Return where a value stands: the print and a code or a model, or the two sides, contradict each other."""
    field, value, source = conflict["field"], conflict[place], conflict["source"]
    if source == OTHER_SIDE:
        sides = raw["extra"].get("sides") or {}
        said = {
            name: (sides.get(name) or {}).get("fields", {}).get(field, {}).get("value") for name in ("front", "back")
        }
        return "the front side" if said["front"] == value else "the back side"
    evidence = ((raw.get("fields") or {}).get(field) or {}).get("evidence") or ()
    is_told = bool({f"from {source}", f"read by {source}"} & {*evidence})
    return source if is_told == (place == "kept") else "the print"


def offer_joining(chosen: set[int]) -> None:
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
            key="split_sides",
            help="Makes the back a contact of its own and reads it again",
            on_click=_split,
            args=(contact.id,),
        )


def _join(chosen: set[int]) -> None:
    with error_boundary():
        with transaction() as db:
            front_id = join_contacts(db, sorted(chosen))
        for contact_id in chosen - {front_id}:
            forget_refusals(contact_id)
        chosen_contacts().difference_update(chosen)
        st.session_state[CURRENT] = front_id
        st.toast("One contact with both sides of its card.", icon=":material/check:")


def _split(contact_id: int) -> None:
    with error_boundary():
        with transaction() as db:
            split_contact(db, contact_id)
        st.toast("Two contacts again. The back is being read.", icon=":material/check:")
