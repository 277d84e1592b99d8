"""What was done on this page while it is open, the last thing first, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.contacts import undo
from lib.database import transaction
from lib.errors import MeishiError
from lib.ui.page import error_boundary
from lib.ui.review.state import chosen_contacts, forget_refusals, go_to, show_anew
from lib.ui.saying import say_next
from lib.ui.text import plain

# Beyond this nobody counts back any more.
KEPT = 100


@dataclass(frozen=True)
class Done:
    """A sentence that says what was done, and the id to take it back by."""

    what: str
    undo_id: int


def done_things() -> list[Done]:
    """Return what can be undone, the last thing last; the list may be changed."""
    done: list[Done] = st.session_state.setdefault("done_things", [])
    return done


def did(what: str, undo_id: int, *, is_told: bool = True, is_rerun: bool = False) -> None:
    """Remember what was done and say so. `is_told`: False where one sees it anyway; `is_rerun`: a rerun follows."""
    things = done_things()
    things.append(Done(what, undo_id))
    del things[:-KEPT]
    show_anew()
    if is_told:
        say = say_next if is_rerun else st.toast
        say(f"{plain(what)} Undo takes it back.", icon=":material/check:")


def undo_last() -> None:
    """Take back what was done last, and go there; what cannot be taken back any more is said and dropped."""
    things = done_things()
    if not things:
        return
    last = things.pop()
    show_anew()
    with error_boundary():
        try:
            with transaction() as db:
                contact_ids = undo.undo(db, last.undo_id)
        except MeishiError as error:
            st.toast(plain(f"{error}"), icon=":material/error:")
            return
        for contact_id in contact_ids:
            forget_refusals(contact_id)
        chosen_contacts().intersection_update(chosen_contacts() - set(contact_ids))
        if contact_ids:
            go_to(contact_ids[0])
        st.toast(f"Undone: {plain(last.what)}", icon=":material/undo:")
