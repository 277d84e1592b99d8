"""What is known of a contact's consent: where and when its card was taken, and whether it wants no e-mail."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from lib.contacts.contacts import Contact
from lib.contacts.origins import get_origin
from lib.contacts.suppressions import SuppressionKeyLost, add_suppression, is_suppressed, list_matches
from lib.database import transaction
from lib.ui.page import error_boundary
from lib.ui.review.state import ask_later
from lib.ui.text import plain

KEY_LOST = "Opt-outs cannot be read, see Campaigns"


def show_consent(contact: Contact) -> None:
    """Show where and when the card was taken, and that the person wants no e-mail where that is so."""
    with transaction() as db:
        origin = get_origin(db, contact.id)
    if origin is not None:
        st.caption(plain(origin.as_words(_zone())))
    if contact.email:
        is_out = _is_opted_out(contact.email)
        if is_out is None:
            st.badge(KEY_LOST, icon=":material/key_off:", color="orange")
        elif is_out:
            st.badge("Opted out: gets no e-mail", icon=":material/block:", color="red")


def offer_opting_out(contact: Contact) -> None:
    """Offer to put the contact's address on the list of opt-outs, or to take it off."""
    if not contact.email:
        return
    if _is_opted_out(contact.email):
        label, icon, act = "Take off the opt-outs", ":material/undo:", _ask_to_take_off
    else:
        label, icon, act = "Opt out", ":material/block:", _opt_out
    st.button(label, icon=icon, key="opt_out", type="tertiary", on_click=act, args=(contact.email,))


def _opt_out(email: str) -> None:
    with error_boundary():
        with transaction() as db:
            add_suppression(db, email, source="contact")
        st.toast("Opted out: gets no draft and stands in no file.", icon=":material/block:")


def _ask_to_take_off(email: str) -> None:
    with error_boundary():
        with transaction() as db:
            ids = tuple(match.id for match in list_matches(db, email))
        ask_later("take_off", ids)


def _is_opted_out(email: str) -> bool | None:
    """Return whether the address is on the list, None where the list cannot be read."""
    try:
        with transaction() as db:
            return is_suppressed(db, email)
    except SuppressionKeyLost:
        # Correcting cards does not depend on it.
        return None


def _zone() -> dt.tzinfo:
    """Return the time zone of the person's browser, UTC where it does not tell."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
