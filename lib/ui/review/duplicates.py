"""Two contacts that may be one person: said beside the card, compared side by side, merged or told apart."""

from __future__ import annotations

import streamlit as st

from lib.contacts.contacts import Contact, get_contact
from lib.contacts.duplicates import Duplicate, find, list_pairs, mark_different
from lib.contacts.merging import merge, suggest
from lib.contacts.values import EDITABLE, LABELS
from lib.database import transaction
from lib.ui.page import error_boundary
from lib.ui.review.picture import plain_picture
from lib.ui.review.state import ask_later, chosen_contacts, forget_refusals, go_to
from lib.ui.review.undoing import did
from lib.ui.saying import say_next
from lib.ui.text import plain

PAIRS_SHOWN = 50


def show_duplicates(contact: Contact) -> None:
    """Say who may be the same person as the contact, each with the way to compare them."""
    with transaction() as db:
        found = find(db, contact.id, limit=3)
        others = {duplicate.contact_id: get_contact(db, duplicate.contact_id) for duplicate in found}
    for duplicate in found:
        other = others[duplicate.contact_id]
        if other is not None:
            _show_duplicate(contact, other, duplicate)


def _show_duplicate(contact: Contact, other: Contact, duplicate: Duplicate) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        certainty = "The same person" if duplicate.is_exact else "Possible duplicate"
        st.text(f"{certainty}: {_title(other)} ({', '.join(duplicate.reasons)})")
        st.button(
            "Compare",
            icon=":material/compare:",
            key=f"compare_{other.id}",
            on_click=ask_later,
            args=("compare", contact.id, other.id),
        )


def offer_pairs() -> None:
    """Offer to look through all that may be the same person twice."""
    st.button(
        "Duplicates",
        icon=":material/group_remove:",
        type="tertiary",
        key="pairs",
        on_click=ask_later,
        args=("pairs",),
    )


@st.dialog("Possible duplicates", width="large", icon=":material/group_remove:")
def pairs_dialog() -> None:
    """List the pairs that may be one person, the surest first."""
    with transaction() as db:
        pairs = list_pairs(db, limit=PAIRS_SHOWN)
        contacts = {id: get_contact(db, id) for pair in pairs for id in (pair.contact_id, pair.other_id)}
    if not pairs:
        st.text("Nobody seems to be here twice.")
    for number, pair in enumerate(pairs):
        first, second = contacts[pair.contact_id], contacts[pair.other_id]
        if first is None or second is None:
            continue
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{_title(first)}  ·  {_title(second)}  ({', '.join(pair.reasons)})")
            if st.button("Compare", key=f"compare_pair_{number}"):
                ask_later("compare", first.id, second.id)
                st.rerun()


@st.dialog("The same person?", width="large", icon=":material/compare:")
def compare_dialog(first_id: int, second_id: int) -> None:
    """Show both cards and, field by field, both values; merge them as chosen, or tell them apart."""
    with transaction() as db:
        first, second = get_contact(db, first_id), get_contact(db, second_id)
    if first is None or second is None:
        st.info("One of the two is not there any more.", icon=":material/info:")
        return
    left, right = st.columns(2)
    for column, contact in ((left, first), (right, second)):
        with column:
            st.text(_title(contact))
            plain_picture(contact)
    values = _choose_values(first, second)
    with st.container(horizontal=True):
        if st.button("Merge", type="primary", icon=":material/merge:", key="merge"):
            _merge(first, second, values)
        if st.button("Not a duplicate", icon=":material/call_split:", key="not_a_duplicate"):
            _tell_apart(first, second)
        if st.button("Cancel", key="cancel_compare"):
            st.rerun()


def _choose_values(first: Contact, second: Contact) -> dict[str, str | None]:
    """Return the value of each field, chosen where the two differ; the better one is chosen already."""
    values, proposed = {}, suggest(first, second)
    for field in EDITABLE:
        options = _different(getattr(first, field), getattr(second, field))
        if len(options) < 2:
            values[field] = options[0] if options else None
            if options:
                st.caption(LABELS[field].capitalize())
                st.text(options[0])
            continue
        wanted = proposed.get(field)
        values[field] = st.radio(
            LABELS[field].capitalize(),
            options,
            index=options.index(wanted) if wanted in options else 0,
            format_func=plain,
            horizontal=True,
            key=f"merge_{first.id}_{second.id}_{field}",
        )
    return values


def _different(*values: str | None) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _merge(first: Contact, second: Contact, values: dict[str, str | None]) -> None:
    with error_boundary():
        with transaction() as db:
            undo_id = merge(db, first.id, second.id, values)
        forget_refusals(second.id)
        chosen_contacts().discard(second.id)
        go_to(first.id)
        did(f"Merged two contacts into {_title(first)}.", undo_id, is_rerun=True)
        st.rerun()


def _tell_apart(first: Contact, second: Contact) -> None:
    with error_boundary():
        with transaction() as db:
            mark_different(db, first.id, second.id)
        say_next("Remembered: two people.", icon=":material/check:")
        st.rerun()


def _title(contact: Contact) -> str:
    return " · ".join(part for part in (contact.full_name or contact.label, contact.company) if part)
