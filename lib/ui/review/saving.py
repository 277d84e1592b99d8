"""What a person types, saved as it is made; what cannot be saved is kept with the reason until it is put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lib.contacts import undo
from lib.contacts.contacts import Contact, update_contact
from lib.contacts.values import EDITABLE, LABELS
from lib.database import transaction
from lib.errors import ChangedMeanwhile, MeishiError
from lib.settings import get_settings
from lib.ui.page import error_boundary
from lib.ui.review.grid import SELECT, read_edits
from lib.ui.review.state import (
    EDITED,
    Refusal,
    chosen_contacts,
    go_to,
    go_to_field,
    refused_edits,
    seen_values,
    show_anew,
)
from lib.ui.review.undoing import did
from lib.ui.text import plain


def save_edits(key: str, ids: Sequence[int]) -> None:
    """Save what was just edited in the grid `key`, whose rows are the contacts `ids`."""
    edited: dict[Any, dict[str, Any]] = st.session_state[key]["edited_rows"]
    # The grid repeats earlier edits while its data stays as it was; they are done and not to be done again.
    before = st.session_state.get(f"{key}_done", {})
    done = {
        row: {field: value for field, value in before.get(row, {}).items() if field in edited[row]} for row in edited
    }
    st.session_state[f"{key}_done"] = done
    for contact_id, cells in read_edits(edited, ids, done=done).items():
        for field, value in cells.items():
            if field == SELECT:
                (chosen_contacts().add if value else chosen_contacts().discard)(contact_id)
            else:
                save_value(contact_id, field, value)
            # Only now: the next edit may cut this run off anywhere, and then repeats what was not done.
            done.setdefault(ids.index(contact_id), {})[field] = value
        go_to(contact_id)
    st.session_state[EDITED] = key


def save_value(contact_id: int, field: str, value: str | None) -> None:
    """Save one value and go to its field; what cannot be saved stays where it was typed, with the reason."""
    refused_edits().pop((contact_id, field), None)
    seen = seen_values()
    if (contact_id, field) in seen and (value or None) == seen[contact_id, field]:
        return
    shown = {field: seen[contact_id, field]} if (contact_id, field) in seen else None
    with error_boundary():
        try:
            seen[contact_id, field] = _save(contact_id, field, value, shown)
        except ChangedMeanwhile as error:
            refused_edits()[contact_id, field] = Refusal(value or "", str(error), error.theirs, is_conflict=True)
        except MeishiError as error:
            refused_edits()[contact_id, field] = Refusal(value or "", str(error))
    go_to(contact_id)
    go_to_field(contact_id, field)
    show_anew()


def save_typed(contact_id: int, field: str, key: str, shown: str) -> None:
    """Save what was typed into the text input `key`, which showed `shown` until then."""
    # A browser sends an input that is gone once more, as it was: that is no edit.
    if st.session_state[key] != shown:
        save_value(contact_id, field, st.session_state[key])


def remember_seen(contacts: Sequence[Contact]) -> None:
    """Note what the person sees of these contacts from now on: an edit may replace that and nothing else."""
    seen_values().update({(contact.id, field): getattr(contact, field) for contact in contacts for field in EDITABLE})


def show_refusals(contacts: Sequence[Contact]) -> None:
    """Say what could not be saved of these contacts, and whose it is; of two values offer both."""
    names = {contact.id: contact.full_name or contact.label for contact in contacts}
    for (contact_id, field), refusal in list(refused_edits().items()):
        if contact_id not in names:
            continue
        whose = f"{names[contact_id]}: "
        if refusal.is_conflict:
            _show_conflict(contact_id, field, refusal, whose)
        else:
            st.error(plain(whose + refusal.message), icon=":material/error:")


def _show_conflict(contact_id: int, field: str, refusal: Refusal, whose: str) -> None:
    with st.container(border=True, key=f"conflict_{contact_id}_{field}"):
        st.text(f"{whose}the {LABELS[field]} was changed by somebody else meanwhile.")
        theirs, mine = st.columns(2, vertical_alignment="bottom")
        for column, label, value, keep in (
            (theirs, "Keep theirs", refusal.theirs, keep_theirs),
            (mine, "Use mine", refusal.typed, use_mine),
        ):
            with column:
                st.code(value or "(empty)", language=None, wrap_lines=True)
                name = keep.__name__
                st.button(label, key=f"{name}_{contact_id}_{field}", on_click=keep, args=(contact_id, field))


def keep_theirs(contact_id: int, field: str) -> None:
    """Drop what was typed."""
    refused_edits().pop((contact_id, field), None)
    show_anew()


def use_mine(contact_id: int, field: str) -> None:
    """Save what was typed over what somebody else saved, unless that changed once more."""
    refusal = refused_edits().get((contact_id, field))
    if refusal is not None:
        seen_values()[contact_id, field] = refusal.theirs
        save_value(contact_id, field, refusal.typed)


def _save(contact_id: int, field: str, value: str | None, shown: Mapping[str, str | None] | None) -> str | None:
    """Return what is stored now. Raises NotValid, NotFound, ChangedMeanwhile."""
    with transaction() as db:
        undo_id = undo.remember(db, [contact_id], action="contact_reviewed")
        saved = update_contact(db, contact_id, {field: value}, region=get_settings().default_region, shown=shown)
    did(f"Changed the {LABELS[field]} of {saved.full_name or saved.label}.", undo_id, is_told=False)
    stored: str | None = getattr(saved, field)
    return stored
