"""The keys of the review page, and the bar of buttons that shows them.

Alt with a letter opens the cell one is on and types that letter over it; Ctrl+Enter and Alt+Down never leave a cell.
These reach their buttons while a cell is chosen, and while one is being typed into they do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Key:
    """A button: what it says, its shortcut, and what it does, in a sentence."""

    label: str
    shortcut: str
    does: str


KEYS = {
    "verify_next": Key("Verify and next", "Alt+Enter", "The card is right as it stands"),
    "back": Key("Back", "Alt+PageUp", "To the card before"),
    "skip": Key("Skip", "Alt+PageDown", "To the next card, changing nothing"),
    "not_a_card": Key("Not a card", "Alt+Delete", "Takes this photo away"),
    "undo": Key("Undo", "Alt+Backspace", "Takes back what was done last"),
    "take": Key("Take this", "Alt+Shift+Enter", "Takes the first suggestion"),
}
# What the grid itself does.
GRID_KEYS = {
    "↑ ↓ ← →": "From cell to cell",
    "Enter": "Opens a cell, and saves it",
    "Esc": "Leaves a cell as it was",
}


def show_keys() -> None:
    """List all keys once, for who wants to learn them; a phone has none."""
    if not is_on_phone():
        with st.popover("Keys", icon=":material/keyboard:", type="tertiary", key="keys"):
            rows = {key.shortcut: key.does for key in KEYS.values()} | GRID_KEYS
            st.table({"Key": list(rows), "What it does": list(rows.values())}, border="horizontal", hide_index=True)


def is_on_phone() -> bool:
    """Return whether the page is looked at on a phone."""
    return is_phone(st.context.headers.get("User-Agent", ""))


def is_phone(user_agent: str) -> bool:
    """Return whether a browser says that it is a phone's."""
    return "Mobi" in user_agent
