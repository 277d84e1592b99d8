"""What the person wants to see: a view, a search, an event, a reason, and as a table or card by card."""

from __future__ import annotations

import streamlit as st

from lib.contacts.contacts import ContactFilter
from lib.contacts.finding import REASONS
from lib.ui.events import all_events, event_filter
from lib.ui.review.duplicates import offer_pairs
from lib.ui.review.keys import is_on_phone, show_keys
from lib.ui.review.state import PAGE_SIZE, Page
from lib.words import counted

# What can be looked at: label in the URL -> statuses.
VIEWS = {
    "Waiting": ("pending_review", "failed"),
    "Accepted": ("completed",),
    "Verified": ("user_verified",),
    "All": ("pending_review", "failed", "completed", "user_verified"),
}
# How a link from another page names the view.
ARRIVING = "show"
TABLE, CARDS = "Table", "Cards"
# Counted no further, and turned no further: who looks for somebody that far back searches.
MOST = 10_000


def choose_view() -> tuple[ContactFilter, str]:
    """Return which contacts are wanted, and whether as a table or as cards."""
    _arrive()
    with st.container(horizontal=True, vertical_alignment="center"):
        view = st.segmented_control(
            "View",
            list(VIEWS),
            default="Waiting",
            required=True,
            key="view",
            bind="query-params",
            on_change=_forget_link,
            label_visibility="collapsed",
        )
        search = st.text_input(
            "Search",
            key="search",
            live="150ms",
            type="search",
            icon=":material/search:",
            placeholder="Name, company or e-mail",
            label_visibility="collapsed",
            width=260,
        )
        event_id, reason = _choose_more()
        layout = _choose_layout()
        show_keys()
    statuses = VIEWS[view or "Waiting"]
    return ContactFilter(statuses=statuses, event_id=event_id, search=search, reason=reason), layout


def _arrive() -> None:
    """Begin with the view that a link from another page asks for.

    It cannot ask by `view`: what stands there belongs to the page one comes from, and is dropped on the way.
    """
    wanted = st.query_params.get(ARRIVING)
    if wanted in VIEWS and "view" not in st.session_state and "view" not in st.query_params:
        st.session_state["view"] = wanted


def _forget_link() -> None:
    st.query_params.pop(ARRIVING, None)


def _choose_more() -> tuple[int | None, str | None]:
    """Return the event and the reason to look at, None for all; the button says how many are chosen."""
    chosen = sum(st.session_state.get(key) is not None for key in ("review_event", "reason"))
    label = f"Filter · {chosen}" if chosen else "Filter"
    with st.popover(label, icon=":material/filter_list:", key="filter"):
        event_id = event_filter(all_events(), key="review_event", in_address=True)
        reason = st.selectbox(
            "Reason",
            [None, *REASONS],
            format_func=lambda reason: reason or "Any reason to look",
            key="reason",
            label_visibility="collapsed",
            required=True,
            width=440,
        )
    return event_id, reason


def _choose_layout() -> str:
    """Return how contacts are shown: on a phone card by card at first, for a table is no good there."""
    layout = st.segmented_control(
        "Layout",
        [TABLE, CARDS],
        default=CARDS if is_on_phone() else TABLE,
        required=True,
        key="layout",
        bind="query-params",
        label_visibility="collapsed",
    )
    return layout or TABLE


def turn_pages(count: int) -> Page:
    """Return the page to show of `count` contacts, with the means to turn it where there are several."""
    pages = max(1, -(-min(count, MOST) // PAGE_SIZE))
    with st.container(horizontal=True, vertical_alignment="center"):
        number = min(st.pagination(pages, key="page"), pages) if pages > 1 else 1
        st.caption(_counted(count), width="content")
        offer_pairs()
    return Page(number=number, count=pages)


def _counted(count: int) -> str:
    if count > MOST:
        return f"{MOST:,}+ contacts"
    return counted(count, "contact")
