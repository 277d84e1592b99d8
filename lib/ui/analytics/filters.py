"""What is looked at: the view, the period and the event, all of it in the page's address."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from lib.analytics.windows import CUSTOM, PERIODS, Window, between, known_zone, last_days, server_zones
from lib.database import transaction
from lib.ui.analytics.asking import kept_events
from lib.ui.events import ADDRESS, event_filter
from lib.ui.text import plain

VIEWS = ("Overview", "Speed", "Reader", "Events", "Activity", "Notebook")


def choose_view() -> str:
    """Return the chosen view."""
    view = st.segmented_control(
        "View",
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    # An address may name none.
    return view or VIEWS[0]


def choose_window() -> Window:
    """Return the chosen days and event, and say whose days these are."""
    named = st.context.timezone
    zone = known_zone(named, _server_zones())
    with st.container(horizontal=True, vertical_alignment="center"):
        period = st.selectbox(
            "Period",
            [*PERIODS, CUSTOM],
            index=1,
            required=True,
            key="period",
            bind="query-params",
            label_visibility="collapsed",
            width=150,
        )
        days = _choose_days(zone) if period == CUSTOM else ()
        with st.container(width=330):
            event_id = event_filter(kept_events(st.query_params.get(ADDRESS)), "analytics_event", in_address=True)
        unknown = "" if named in (None, zone) else f" The database does not know {plain(named)}."
        st.caption(f"Days and times in {zone}.{unknown}", width="content")
    if len(days) == 2:
        # An address may name the later one first.
        return between(min(days), max(days), zone, event_id)
    # Until both days are chosen there is nothing to show but the usual.
    return last_days(PERIODS.get(period or "", 14), zone, dt.datetime.now(dt.UTC), event_id)


@st.cache_resource(show_spinner=False)
def _server_zones() -> frozenset[str]:
    with transaction() as db:
        return server_zones(db)


def _choose_days(zone: str) -> tuple[dt.date, ...]:
    today = last_days(1, zone, dt.datetime.now(dt.UTC)).last
    days = st.date_input(
        "From and to",
        value=(today - dt.timedelta(days=13), today),
        key="days",
        bind="query-params",
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        width=240,
    )
    return days if isinstance(days, tuple) else (days,)
