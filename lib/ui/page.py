"""The frame of every page: sidebar, title, and one place where errors are shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib import app
from lib.errors import MeishiError
from lib.logs import refer
from lib.settings import ROOT
from lib.sign_in import Visitor
from lib.ui.saying import say_kept
from lib.ui.sign_in import guard, show_visitor
from lib.ui.text import plain

log = logging.getLogger(__name__)
LOGO = ROOT / "static" / "logo.svg"
# A picture of our own: for `:material/…:` the browser asks a server of Google's at each page.
ICON = ROOT / "static" / "icon.svg"
# Which page was shown last.
SHOWN = "page_shown"

# Sections of the sidebar; each entry: file, label, icon.
PAGES = {
    "": (
        ("Home.py", "Home", ":material/home:"),
        ("pages/1_Capture.py", "Capture", ":material/photo_camera:"),
        ("pages/2_Review.py", "Review", ":material/fact_check:"),
    ),
    "Outreach": (
        ("pages/3_Groups.py", "Groups", ":material/group:"),
        ("pages/4_Campaigns.py", "Campaigns", ":material/mail:"),
    ),
    "Insight": (("pages/5_Analytics.py", "Analytics", ":material/bar_chart:"),),
}


@contextmanager
def page(title: str) -> Iterator[None]:
    """Frame a page: see who asks, start what runs behind it, and show what goes wrong, once, with its remedy."""
    st.set_page_config(page_title=f"{title} · Meishi", page_icon=ICON, layout="wide")
    visitor = guard()
    _begin(title)
    _sidebar(visitor)
    st.title(title)
    _start()
    say_kept()
    with error_boundary():
        yield


@contextmanager
def error_boundary() -> Iterator[None]:
    """Show an error in words instead of a traceback; what nobody can put right is logged under a reference.

    For the body of a fragment or a callback too: those run outside the page's own frame.
    """
    try:
        yield
    except MeishiError as error:
        show_error(error)
    except Exception:
        reference = refer(log, "page failed")
        st.error(
            f"Something went wrong that is not your doing. Reload the page; if it comes back, look for the "
            f"reference {reference} in the log.",
            icon=":material/error:",
        )


def show_error(error: MeishiError) -> None:
    """Show what happened and, under it, what to do."""
    st.error(f"{plain(error.message)}\n\n{plain(error.remedy)}", icon=":material/error:")


def _begin(title: str) -> None:
    """Forget the view of the page one comes from: pages share its name in the address, and each has its own views."""
    if st.session_state.get(SHOWN) != title:
        st.session_state.pop("view", None)
        st.session_state[SHOWN] = title


def _start() -> None:
    """Start what runs behind the pages, or say why it does not and end the page there."""
    with error_boundary():
        with st.spinner("Starting…"):
            app.start()
        return
    st.button("Try again", icon=":material/refresh:")
    st.stop()


def _sidebar(visitor: Visitor | None) -> None:
    st.logo(LOGO, size="large")
    with st.sidebar:
        for section, links in PAGES.items():
            if section:
                st.caption(section)
            for path, label, icon in links:
                st.page_link(path, label=label, icon=icon)
        if visitor is not None:
            show_visitor(visitor)
