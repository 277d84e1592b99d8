"""What the review page remembers between two clicks: where one is, what is ticked, what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

# The contact whose card is shown; `LAST` is the last one of the page, whoever that is.
CURRENT = "current"
LAST = -1
PAGE_SIZE = 50
# The key of the grid that was edited last, while nothing else changed what it shows.
EDITED = "edited_grid"


@dataclass(frozen=True)
class Refusal:
    """What was typed into a cell and could not be saved, and why; `theirs` is what somebody else saved meanwhile."""

    typed: str
    message: str
    theirs: str | None = None
    is_conflict: bool = False


@dataclass(frozen=True)
class Page:
    """A page of contacts, counted from 1, of so many."""

    number: int
    count: int = 1

    @property
    def offset(self) -> int:
        """How many contacts stand before it."""
        return (self.number - 1) * PAGE_SIZE


@dataclass(frozen=True)
class Place:
    """Where one is: the contacts of this page, in order, and the one whose card is shown."""

    ids: tuple[int, ...]
    current: int
    page: Page

    def is_end(self, step: int) -> bool:
        """Return whether there is nobody `step` contacts on, on no page."""
        index = self.ids.index(self.current) + step
        return (index < 0 and self.page.number == 1) or (
            index >= len(self.ids) and self.page.number == self.page.count
        )


def place_among(ids: Sequence[int], page: Page) -> Place:
    """Return where one is: at the contact one was at where it is on this page, else at the first."""
    wanted: int | None = st.session_state.get(CURRENT)
    if wanted is None or wanted not in ids:
        wanted = ids[-1] if wanted == LAST else ids[0]
    st.session_state[CURRENT] = wanted
    return Place(tuple(ids), wanted, page)


def go_to(contact_id: int) -> None:
    """Show this contact's card."""
    st.session_state[CURRENT] = contact_id


def chosen_contacts() -> set[int]:
    """Return the ids of the contacts that are ticked, on whatever page; the set may be changed."""
    chosen: set[int] = st.session_state.setdefault("chosen_contacts", set())
    return chosen


def forget_choice() -> None:
    """Take all ticks away."""
    chosen_contacts().clear()
    show_anew()


def show_anew() -> None:
    """Have the grid show what is stored now: something else than typing into it changed that."""
    st.session_state.pop(EDITED, None)


def refused_edits() -> dict[tuple[int, str], Refusal]:
    """Return the refusals by contact's id and column; the dict may be changed."""
    refused: dict[tuple[int, str], Refusal] = st.session_state.setdefault("refused_edits", {})
    return refused


def forget_refusals(contact_id: int) -> None:
    """Drop what was refused for a contact that is gone."""
    for place in [place for place in refused_edits() if place[0] == contact_id]:
        del refused_edits()[place]


def seen_values() -> dict[tuple[int, str], str | None]:
    """Return what the person saw last in each cell, by contact's id and column; the dict may be changed."""
    seen: dict[tuple[int, str], str | None] = st.session_state.setdefault("seen_values", {})
    return seen


def field_key(contact_id: int) -> str:
    """Return the key of the choice of the field one is on, of this contact."""
    return f"field_{contact_id}"


def go_to_field(contact_id: int, field: str) -> None:
    """Make this the field one is on."""
    st.session_state[field_key(contact_id)] = field


def ask_later(question: str, *about: Any) -> None:
    """Have the page open a dialog at its end: in a callback none can be."""
    st.session_state["question"] = (question, about)


def asked() -> tuple[str, tuple[Any, ...]] | None:
    """Return the dialog that is to be opened now and what it is about, once."""
    question: tuple[str, tuple[Any, ...]] | None = st.session_state.pop("question", None)
    return question
