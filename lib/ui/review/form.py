"""One card at a time as a form: what fits a phone, and who likes it calm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.contacts.contacts import Contact
from lib.contacts.values import EDITABLE, LIMITS
from lib.ui.review.doubts import confidences, named
from lib.ui.review.saving import remember_seen, save_typed, save_value, show_refusals
from lib.ui.review.state import refused_edits
from lib.ui.text import plain


def show_form(contact: Contact, raw: Mapping[str, Any]) -> None:
    """Show every field to be typed into, each saved when it is left, with how sure the reader was."""
    known = confidences(contact, raw)
    fields = raw.get("fields") or {}
    for field in EDITABLE:
        evidence = (fields.get(field) or {}).get("evidence") or ()
        key = _key(contact, field)
        st.text_input(
            named(field, known.get(field)),
            _shown(contact, field),
            key=key,
            max_chars=LIMITS[field],
            help=plain("; ".join(evidence)) if field in known and evidence else None,
            on_change=save_typed,
            args=(contact.id, field, key, _shown(contact, field)),
        )
    remember_seen([contact])
    show_refusals([contact])


def save_form(contact: Contact) -> None:
    """Save what stands in the fields and was not saved yet: a key may be quicker than leaving the field."""
    for field in EDITABLE:
        typed = st.session_state.get(_key(contact, field))
        if typed is not None and typed != _shown(contact, field) and (contact.id, field) not in refused_edits():
            save_value(contact.id, field, typed)


def _shown(contact: Contact, field: str) -> str:
    refusal = refused_edits().get((contact.id, field))
    return refusal.typed if refusal else getattr(contact, field) or ""


def _key(contact: Contact, field: str) -> str:
    # A new value is a new input: what is being typed into it is never replaced under the hand.
    return f"form_{contact.id}_{field}_{_shown(contact, field)}"
