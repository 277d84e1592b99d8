"""What a person does in the correction grid: edits saved as they are made, contacts chosen and verified."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lib.contacts.contacts import Contact, get_contact, update_contact, verify_contacts
from lib.database import transaction
from lib.errors import MeishiError
from lib.settings import get_settings
from lib.ui.grid import SELECT, read_edits
from lib.ui.page import error_boundary

# The contact whose card is shown beside the grid.
CURRENT = "current"


@dataclass(frozen=True)
class Refusal:
    """What was typed into a cell and could not be saved, and why."""

    typed: str
    message: str


def chosen_contacts() -> set[int]:
    """Return the ids of the contacts that are ticked; the set may be changed."""
    chosen: set[int] = st.session_state.setdefault("chosen_contacts", set())
    return chosen


def refused_edits() -> dict[tuple[int, str], Refusal]:
    """Return the refusals by contact's id and column; the dict may be changed."""
    refused: dict[tuple[int, str], Refusal] = st.session_state.setdefault("refused_edits", {})
    return refused


def say_refusals(contacts: Sequence[Contact]) -> list[str]:
    """Return a sentence for each refusal of these contacts, with whose it is."""
    names = {contact.id: contact.full_name or contact.label for contact in contacts}
    return [f"{names[id]}: {refusal.message}" for (id, _), refusal in refused_edits().items() if id in names]


def forget_refusals(contact_id: int) -> None:
    """Drop what was refused for a contact that is gone."""
    for place in [place for place in refused_edits() if place[0] == contact_id]:
        del refused_edits()[place]


def save_edits(key: str, ids: list[int]) -> None:
    """Save what was just edited in the grid `key`, whose rows are the contacts `ids`."""
    edited: dict[Any, dict[str, Any]] = st.session_state[key]["edited_rows"]
    # The grid repeats earlier edits while its data stays as it was; they are done and not to be done again.
    done = st.session_state.get(f"{key}_done", {})
    st.session_state[f"{key}_done"] = {row: dict(cells) for row, cells in edited.items()}
    for contact_id, cells in read_edits(edited, ids, done=done).items():
        for field, value in cells.items():
            if field == SELECT:
                (chosen_contacts().add if value else chosen_contacts().discard)(contact_id)
            else:
                _save_cell(contact_id, field, value)
        st.session_state[CURRENT] = contact_id


def take_value(contact_id: int, field: str, value: str) -> None:
    """Give the contact another value that was read, as if it were typed into the grid."""
    _save_cell(contact_id, field, value)
    st.session_state[CURRENT] = contact_id


def verify(contact_ids: Collection[int]) -> bool:
    """Verify the contacts. Return whether all of them are verified now; say which are not, and why."""
    if any(id in contact_ids for id, _ in refused_edits()):
        st.toast("Not verified: put right what could not be saved first.", icon=":material/error:")
        return False
    with transaction() as db:
        verified = verify_contacts(db, contact_ids)
        others = [get_contact(db, id) for id in contact_ids if id not in verified]
    nameless = [contact for contact in others if contact and contact.status != "user_verified"]
    if nameless:
        st.toast(f"{len(nameless)} not verified: give the contact a name first.", icon=":material/error:")
    return not nameless


def _save_cell(contact_id: int, field: str, value: str | None) -> None:
    """Save one cell; what cannot be saved stays in the grid with the reason, until it is put right."""
    refused_edits().pop((contact_id, field), None)
    with error_boundary():
        try:
            with transaction() as db:
                update_contact(db, contact_id, {field: value}, region=get_settings().default_region)
        except MeishiError as error:
            refused_edits()[contact_id, field] = Refusal(value or "", str(error))
