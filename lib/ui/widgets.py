"""Small pieces that several pages share."""

from __future__ import annotations

import streamlit as st

# Pixels: wide enough for a name, and on a phone the buttons beside it go to the next line.
CHOICE_WIDTH = 520


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
