"""The card beside the grid: what the reader doubts, its photo, and for the field one is on all that may help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.cards.model import CONTACT_FIELDS
from lib.contacts.contacts import Contact
from lib.contacts.values import LABELS, LIMITS
from lib.settings import get_settings
from lib.ui.page import error_boundary
from lib.ui.review.consent import show_consent
from lib.ui.review.doubts import SHORT, confidences, least_sure, named
from lib.ui.review.keys import KEYS
from lib.ui.review.picture import show_photo, show_strip
from lib.ui.review.saving import save_typed, save_value
from lib.ui.review.sides import BACK, FRONT, is_on_back
from lib.ui.review.state import field_key, refused_edits
from lib.ui.review.suggestions import Suggestion, from_line, suggest
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS

# Lines offered to pick from; a page of print is no card.
MOST_LINES = 24


def show_head(contact: Contact, raw: Mapping[str, Any]) -> None:
    """Show whose card it is, what the reader wants looked at, and what is known of consent."""
    st.subheader(plain(contact.full_name or NAMELESS), anchor=False)
    if contact.full_name is None:
        st.caption(plain(contact.label))
    if contact.status != "user_verified":
        reasons = raw.get("reasons") or []
        if reasons:
            st.text("\n".join(f"• {reason}" for reason in reasons))
    other_script = [value for value in ((raw.get("extra") or {}).get("other_script") or {}).values() if value]
    if other_script:
        st.text("Also printed: " + " · ".join(other_script))
    show_consent(contact)


@st.fragment
def show_card(contact: Contact, raw: dict[str, Any], *, has_inputs: bool = False) -> None:
    """Show the photo and the field one is on; a click here does not rebuild the grid unless it changed a value.

    `has_inputs` says that the fields stand beside it, to be typed into there.
    """
    if st.session_state.pop("is_changed", False):
        st.rerun()
    with error_boundary():
        # The photo stands above the choice that decides what is framed on it.
        photo = st.container()
        field = _choose_field(contact, raw)
        with photo:
            place = show_photo(contact, raw, field)
        show_strip(place)
        if not has_inputs:
            _value_input(contact, field)
        _suggestions(suggest(contact, raw, field), contact)
        _lines(contact, raw, field)


def _choose_field(contact: Contact, raw: Mapping[str, Any]) -> str:
    """Return the field one is on, the least sure one at first."""
    known = confidences(contact, raw)
    key = field_key(contact.id)
    if st.session_state.get(key) not in CONTACT_FIELDS:
        st.session_state[key] = least_sure(contact, raw)
    fields = raw.get("fields") or {}
    on_back = {name for name in CONTACT_FIELDS if is_on_back(fields.get(name))}
    field = st.pills(
        "Field",
        CONTACT_FIELDS,
        required=True,
        format_func=lambda name: named(name, known.get(name)),
        key=key,
        on_change=_show_its_side,
        args=(contact.id, on_back),
        label_visibility="collapsed",
    )
    return field or CONTACT_FIELDS[0]


def _show_its_side(contact_id: int, on_back: set[str]) -> None:
    """Show the side that the chosen field was read on."""
    key = f"side_{contact_id}"
    if key in st.session_state:
        st.session_state[key] = BACK if st.session_state[field_key(contact_id)] in on_back else FRONT


def _value_input(contact: Contact, field: str) -> None:
    """Let the field be typed right below its place on the photo, where letters can be compared."""
    value = getattr(contact, field)
    refusal = refused_edits().get((contact.id, field))
    shown = refusal.typed if refusal else value or ""
    # A new value is a new input: what is being typed into it is never replaced under the hand.
    key = f"value_{contact.id}_{field}_{shown}"
    st.text_input(
        SHORT[field],
        shown,
        key=key,
        max_chars=LIMITS[field],
        on_change=_changing(save_typed),
        args=(contact.id, field, key, shown),
        label_visibility="collapsed",
        placeholder=f"No {LABELS[field]}",
    )


def _suggestions(suggestions: list[Suggestion], contact: Contact) -> None:
    """Offer other values, the first of them one keystroke away."""
    for number, suggestion in enumerate(suggestions):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap=None, width="content"):
                st.caption(f"{LABELS[suggestion.field].capitalize()} · {suggestion.source}")
                st.text(suggestion.value)
            # By callback, which runs first: a click is lost when the grid's next message cuts its run off.
            st.button(
                "Take this",
                key=f"take_{number}_{suggestion.field}",
                shortcut=KEYS["take"].shortcut if number == 0 else None,
                help=f"Instead of “{plain(getattr(contact, suggestion.field)) or 'nothing'}”",
                on_click=_changing(save_value),
                args=(contact.id, suggestion.field, suggestion.value),
            )


def _lines(contact: Contact, raw: Mapping[str, Any], field: str) -> None:
    """Offer the lines that were read: a click puts one into the field."""
    sides = (raw.get("extra") or {}).get("sides") or {}
    read = [*(raw.get("lines") or ()), *((sides.get("back") or {}).get("lines") or ())]
    lines = list(dict.fromkeys(line["text"] for line in read))[:MOST_LINES]
    if not lines:
        return
    key = f"line_{contact.id}_{field}"
    st.pills(
        f"Put a line into {SHORT[field]}",
        range(len(lines)),
        format_func=lambda index: plain(lines[index]),
        key=key,
        on_change=_changing(_take_line),
        args=(contact.id, field, key, lines),
    )


def _take_line(contact_id: int, field: str, key: str, lines: list[str]) -> None:
    index = st.session_state[key]
    if index is not None:
        save_value(contact_id, field, from_line(field, lines[index], get_settings().default_region))
        # It is a button in all but look: chosen, it could not be clicked again.
        st.session_state[key] = None


def _changing(save: Any) -> Any:
    """Return a callback that saves, and has the grid shown anew."""

    def callback(*args: Any) -> None:
        save(*args)
        st.session_state["is_changed"] = True

    return callback
