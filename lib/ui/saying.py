"""What the next run of a page says of what this one did: a toast of a run that is cut off may never be seen."""

from __future__ import annotations

from typing import Literal

import streamlit as st

KEPT = "to_say"
Duration = Literal["short", "long"]


def say_next(text: str, *, icon: str, duration: Duration = "short") -> None:
    """Have the next run of the whole page say it; for what is followed by `st.rerun`."""
    st.session_state.setdefault(KEPT, []).append((text, icon, duration))


def say_kept() -> None:
    """Say what earlier runs left, once."""
    for text, icon, duration in st.session_state.pop(KEPT, []):
        st.toast(text, icon=icon, duration=duration)
