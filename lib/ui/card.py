"""A card's photo and what its reader says about it."""

from __future__ import annotations

import streamlit as st

from lib.cards import PhotoTooLarge, PhotoUnreadable, preview
from lib.cards.apart import preview_apart
from lib.contacts.contacts import Contact, get_raw_data
from lib.contacts.values import LABELS
from lib.database import transaction
from lib.errors import MeishiError
from lib.storage import load_image
from lib.ui.sides import choose_side, show_conflicts
from lib.ui.text import plain

BADGES = {"pending_review": "To review", "failed": "Not read", "completed": "Accepted", "user_verified": "Verified"}


def card_image(contact: Contact) -> None:
    """Show the contact's photo, of two sides the one that is chosen; where it cannot be shown, say why instead."""
    url, shown = choose_side(contact)
    if url is None:
        return
    try:
        photo = _preview(url, is_read=contact.ocr_confidence is not None)
    except MeishiError as error:
        photo = str(error)
    if isinstance(photo, str):
        st.caption(plain(photo))
    else:
        st.image(photo, width="stretch", alt=f"Photo of the {shown} of {contact.full_name or contact.label}")


def reader_notes(contact: Contact) -> None:
    """Show how sure the reader is, and what it wants looked at."""
    with transaction() as db:
        raw = get_raw_data(db, contact.id)
    with st.container(horizontal=True):
        st.badge(_badge(contact.status))
        if contact.ocr_confidence is not None:
            st.badge(f"{contact.ocr_confidence:.0%} sure", color="gray")
    for reason in raw.get("reasons") or []:
        st.text(f"• {reason}")
    unsure = [
        f"{LABELS[name]} {field['confidence']:.0%}"
        for name, field in (raw.get("fields") or {}).items()
        if name in LABELS and field and field["confidence"] < 0.8
    ]
    if unsure:
        st.caption("Least sure: " + ", ".join(unsure))
    show_conflicts(contact, raw)


# Keyed by address: an image never changes under its address, and what cannot be shown is not tried at every click.
@st.cache_data(max_entries=64, show_spinner=False)
def _preview(url: str, *, is_read: bool) -> bytes | str:
    """Return the photo as JPEG, or why it cannot be shown. Raises StorageUnavailable, NotFound."""
    data = load_image(url)
    try:
        # What no reader got through may have killed it: it must not be decoded in the process of all pages.
        return preview(data) if is_read else preview_apart(data)
    except (PhotoUnreadable, PhotoTooLarge) as error:
        return str(error)


def _badge(status: str) -> str:
    return BADGES.get(status, "Being read")
