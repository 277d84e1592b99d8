"""Contacts that are to go: taken away, which can be undone, or erased, which cannot."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from lib.contacts import many
from lib.contacts.contacts import Contact, get_contact
from lib.contacts.erasing import erase
from lib.database import transaction
from lib.images import sweep_images
from lib.outreach.exports.history import sweep_copies
from lib.ui.page import error_boundary
from lib.ui.review.consent import offer_opting_out
from lib.ui.review.sides import offer_splitting
from lib.ui.review.state import ask_later, chosen_contacts, forget_refusals
from lib.ui.review.undoing import did
from lib.ui.saying import say_next


def offer_more(contact: Contact) -> None:
    """Offer what is seldom wanted of the contact whose card is shown."""
    with st.container(horizontal=True, key="more"):
        offer_splitting(contact)
        offer_opting_out(contact)
        for label, icon, key, act in (
            ("Delete", ":material/delete:", "delete_contact", delete),
            ("Erase the person", ":material/person_remove:", "erase_contact", ask_to_erase),
        ):
            st.button(label, icon=icon, key=key, type="tertiary", on_click=act, args=([contact.id],))


def delete(contact_ids: Sequence[int]) -> None:
    """Delete the contacts; it can be undone while it is remembered."""
    with error_boundary():
        with transaction() as db:
            undo_id = many.delete(db, contact_ids)
        _forget(contact_ids)
        did("Deleted a contact." if len(contact_ids) == 1 else f"Deleted {len(contact_ids)} contacts.", undo_id)


def ask_to_erase(contact_ids: Sequence[int]) -> None:
    """Ask before anybody is erased."""
    ask_later("erase", tuple(contact_ids))


@st.dialog("Erase for good?", icon=":material/person_remove:")
def erase_dialog(contact_ids: Sequence[int]) -> None:
    """Erase the people when that is confirmed."""
    if len(contact_ids) == 1:
        with transaction() as db:
            contact = get_contact(db, contact_ids[0])
        whose = (contact.full_name or contact.label) if contact else "This contact"
    else:
        whose = f"{len(contact_ids):,} people"
    st.text(whose)
    st.write(
        "Contact, photos, drafts and all that was read go, and what the log says of the person. "
        "Only that somebody was erased is kept. **This cannot be undone.**"
    )
    with st.container(horizontal=True):
        if st.button("Erase for good", type="primary", icon=":material/person_remove:", key="confirm_erase"):
            with error_boundary():
                with transaction() as db:
                    erase(db, contact_ids)
                _forget(contact_ids)
                sweep_copies(older_than_s=0)
                sweep_images()
                say_next("Erased.", icon=":material/check:")
                st.rerun()
        if st.button("Keep", key="keep_contact"):
            st.rerun()


def _forget(contact_ids: Collection[int]) -> None:
    for contact_id in contact_ids:
        forget_refusals(contact_id)
    chosen_contacts().difference_update(contact_ids)
