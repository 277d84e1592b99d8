"""The card's photo with the field one is on framed, and that place alone under it, magnified."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from PIL import Image

from lib.cards import PhotoTooLarge, PhotoUnreadable
from lib.cards.apart import preview_apart
from lib.cards.engines.clean import to_box
from lib.cards.model import Box
from lib.contacts.contacts import Contact
from lib.contacts.values import EXTENSION
from lib.errors import MeishiError, StorageUnavailable
from lib.settings import get_settings
from lib.storage import LINK_S, load_image, signed_url
from lib.ui.review.drawing import Picture, cut_strip, draw_frame, make_picture, turn
from lib.ui.review.sides import choose_side, is_on_back
from lib.ui.text import plain

BADGES = {"pending_review": "To review", "failed": "Not read", "completed": "Accepted", "user_verified": "Verified"}
# A store that hangs costs a page ten seconds; what else it shows within the next ones need not wait for it as well.
HANGS_S = 2.0
AWAY_S = 15.0

# By store: until when it is not asked again, and what it said.
_away: dict[str, tuple[float, StorageUnavailable]] = {}


@dataclass(frozen=True)
class Spot:
    """A field's box (pixels of the photo as stored) on the photo of this address."""

    url: str
    box: Box


def show_photo(contact: Contact, raw: Mapping[str, Any], field: str) -> Spot | None:
    """Show the contact's photo with the place of `field` framed; return that where the photo has it."""
    read = (raw.get("fields") or {}).get(field)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        is_back = choose_side(contact, read)
        url = contact.back_image_url if is_back else contact.business_card_url
        _badges(contact)
        with st.container(horizontal=True, gap="xsmall", width="content"):
            turns = _turns(contact.id)
            if url is not None:
                _offer_photo(contact, url)
    if url is None:
        st.caption("No photo of this card.")
        return None
    box = to_box(read["box"]) if read and is_on_back(read) == is_back else None
    shown = "card" if contact.back_image_url is None else "card's back" if is_back else "card's front"
    try:
        is_read = contact.ocr_confidence is not None
        # Drawn here and not loaded from the store by the browser: it is turned, HEIC is no browser's, and the frame
        # is drawn into it.
        photo = _framed(url, box, turns) if is_read else _unread(url, turns)
    except MeishiError as error:
        st.caption(plain(str(error)))
        return None
    st.image(photo, width="stretch", alt=f"Photo of the {shown} of {contact.full_name or contact.label}")
    return Spot(url, box) if box and is_read else None


def show_strip(spot: Spot | None) -> None:
    """Show a field's place alone and magnified, so that letters can be compared."""
    strip = _strip(spot.url, spot.box) if spot else None
    if strip:
        st.image(strip, width="stretch", alt="The line that the field was read from")


def _offer_photo(contact: Contact, url: str) -> None:
    """Offer the photo as it was taken: by a signed address of the bucket, or from here."""
    try:
        address = signed_url(url)
    except MeishiError:
        return  # the picture says why
    if address is None:
        name = re.sub(r"[^\w -]", "", EXTENSION.sub("", contact.full_name or contact.label)).strip() or "card"
        with st.container(width="content"):
            st.fragment(_save)(url, f"{name}.{url.rpartition('.')[2]}")
    else:
        with st.container(width="content"):
            # A card may stay on the screen for longer than an address is good for.
            st.fragment(_link, run_every=LINK_S * 0.8)(url)


def _save(url: str, file_name: str) -> None:
    is_chosen = st.download_button(
        "Save photo",
        data=lambda: load_image(url),
        file_name=file_name,
        mime="application/octet-stream",
        icon=":material/download:",
        type="tertiary",
        key=f"save_photo_{url}",
        help="As it was taken",
    )
    if not is_chosen:
        return
    # Of what is loaded upon a click Streamlit says only that it failed; why, and what to do, takes a second look.
    try:
        _load(url)
    except MeishiError as error:
        st.toast(plain(str(error)), icon=":material/error:", duration="long")


def _link(url: str) -> None:
    address = signed_url(url)
    if address is not None:
        st.link_button("Open photo", address, icon=":material/open_in_new:", type="tertiary", help="As it was taken")


def _load(url: str) -> bytes:
    """Return the photo. Raises what `load_image` raises, at once while the store hangs."""
    store = get_settings().storage
    until, said = _away.get(store, (0.0, None))
    began = time.monotonic()
    if said is not None and began < until:
        raise StorageUnavailable(said.message, said.remedy)
    try:
        return load_image(url)
    except StorageUnavailable as error:
        if time.monotonic() - began > HANGS_S:
            _away[store] = (time.monotonic() + AWAY_S, error)
        raise


def _badges(contact: Contact) -> None:
    with st.container(horizontal=True, width="content"):
        st.badge(BADGES.get(contact.status, "Being read"))
        if contact.ocr_confidence is not None:
            st.badge(f"{contact.ocr_confidence:.0%} sure", color="gray")


def _turns(contact_id: int) -> int:
    """Return by how many quarters this card is turned, with the button that turns it; another card lies as it was."""
    key = "turned"
    turned = st.session_state.get(key, (0, 0))
    turns = turned[1] if turned[0] == contact_id else 0
    st.button(
        "Rotate",
        icon=":material/rotate_right:",
        type="tertiary",
        key="rotate",
        on_click=_turn,
        args=(contact_id, turns + 1),
    )
    return turns


def _turn(contact_id: int, turns: int) -> None:
    st.session_state["turned"] = (contact_id, turns % 4)


# Keyed by address: an image never changes under its address, and what cannot be shown is not tried at every click.
@st.cache_data(max_entries=32, show_spinner=False)
def _picture(url: str) -> Picture | str:
    try:
        return make_picture(_load(url))
    except (PhotoUnreadable, PhotoTooLarge) as error:
        return str(error)


@st.cache_data(max_entries=256, show_spinner=False)
def _framed(url: str, place: Box | None, turns: int) -> bytes:
    """Return the photo as JPEG. Raises StorageUnavailable, NotFound, PhotoUnreadable."""
    return draw_frame(_known(url), place, turns)


@st.cache_data(max_entries=256, show_spinner=False)
def _strip(url: str, place: Box) -> bytes | None:
    return cut_strip(_known(url), place)


def _known(url: str) -> Picture:
    picture = _picture(url)
    if isinstance(picture, str):
        raise PhotoUnreadable(picture)
    return picture


def _unread(url: str, turns: int) -> bytes:
    """Return a photo that no reader got through, as JPEG. Raises as `_framed` does."""
    shown = _apart(url)
    if isinstance(shown, str):
        raise PhotoUnreadable(shown)
    return turn(Image.open(io.BytesIO(shown)), turns) if turns else shown


# What no reader got through may have killed it: it must not be decoded in the process of all pages.
@st.cache_data(max_entries=64, show_spinner=False)
def _apart(url: str) -> bytes | str:
    try:
        return preview_apart(_load(url))
    except (PhotoUnreadable, PhotoTooLarge) as error:
        return str(error)


def plain_picture(contact: Contact) -> None:
    """Show the front of the contact's card as it is."""
    if contact.business_card_url is None:
        st.caption("No photo of this card.")
        return
    try:
        is_read = contact.ocr_confidence is not None
        url = contact.business_card_url
        st.image(_framed(url, None, 0) if is_read else _unread(url, 0), width="stretch", alt="Photo of the card")
    except MeishiError as error:
        st.caption(plain(str(error)))
