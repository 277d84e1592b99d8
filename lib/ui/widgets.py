"""Small pieces that several pages share."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

# Pixels: wide enough for a name, and on a phone the buttons beside it go to the next line.
CHOICE_WIDTH = 520

# In place of a name that no card has given yet; a photo's file name is nobody's name.
NAMELESS = "No name yet"


def choose(label: str, titles: Mapping[int, str], key: str) -> int:
    """Return the id that is chosen of `titles` (by id, not empty), the first one at first."""
    wanted = st.session_state.pop(f"next_{key}", st.session_state.get(key))
    st.session_state[key] = wanted if wanted in titles else next(iter(titles))
    return int(st.selectbox(label, list(titles), format_func=titles.__getitem__, key=key, width=CHOICE_WIDTH))


def choose_next(key: str, id: int) -> None:
    """Have the next run choose `id`: a widget's own key cannot be set once it is on the page."""
    st.session_state[f"next_{key}"] = id


def empty_state(
    icon: str, title: str, advice: str, *, page: str | None = None, label: str = "", button: str | None = None
) -> bool:
    """Say that there is nothing yet and what to do: a link to the page where it is done, or a button.

    Return whether the button (its key is `empty_state`) was pressed.
    """
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.subheader(f"{icon} {title}", anchor=False, text_alignment="center")
        st.caption(advice, text_alignment="center")
        if page:
            st.page_link(page, label=label, icon=":material/arrow_forward:")
        pressed = button is not None and st.button(button, type="primary", icon=":material/add:", key="empty_state")
        st.space("small")
    return pressed
