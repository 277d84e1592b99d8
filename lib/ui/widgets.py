"""Small pieces that several pages share."""

from __future__ import annotations

import streamlit as st


def empty_state(icon: str, title: str, advice: str, *, page: str | None = None, label: str = "") -> None:
    """Say that there is nothing yet and what to do, with a link to the page where it is done."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.subheader(f"{icon} {title}", anchor=False, text_alignment="center")
        st.caption(advice, text_alignment="center")
        if page:
            st.page_link(page, label=label, icon=":material/arrow_forward:")
        st.space("small")
