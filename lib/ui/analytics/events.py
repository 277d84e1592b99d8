"""Events: which was worth it, what was written to its people and what went out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.analytics import figures
from lib.analytics.windows import Window
from lib.analytics.words import in_words
from lib.ui.analytics.asking import answer
from lib.ui.charts import card, chart_card, draw
from lib.ui.page import error_boundary
from lib.words import counted

COUNTS = {
    "cards": "Cards",
    "emails": "E-mails",
    "phones": "Phones",
    "verified": "Verified",
    "drafted": "Drafted",
    "exported": "Exported",
}


def show_events(window: Window) -> None:
    """Show a row an event, then drafts and exports."""
    with error_boundary():
        show_table(window)
    left, right = st.columns([3, 2])
    with left, error_boundary():
        show_drafts(window)
    with right, error_boundary():
        exports = answer("exports_per_day", window)
        note = "By the day of export."
        if window.event_id is not None:
            note += " Files that hold somebody of this event, with all their e-mails."
        chart_card(figures.exports_per_day(exports.data, window.first, window.last), exports, note=note)


def show_table(window: Window) -> None:
    """Show the events with their contacts, how soon the first was written to, and their last days."""
    found = answer("events_overview", window)
    with card("Events", found, note="Contacts captured in this period, the latest event first."):
        if found.data.empty:
            st.caption("Nothing in this period.")
            return
        shown = pd.DataFrame(
            {
                "Event": found.data["name"],
                "Date": found.data["date"],
                **{label: found.data[column] for column, label in COUNTS.items()},
                "First export after": [in_words(seconds) for seconds in found.data["first_export_seconds"]],
                "Days with cards": [list(days) for days in found.data["daily"]],
            }
        )
        numbers = {label: st.column_config.NumberColumn(format="localized") for label in COUNTS.values()}
        columns = {
            **numbers,
            "Event": st.column_config.TextColumn(pinned=True, width="medium"),
            "Date": st.column_config.DateColumn(format="D MMM YYYY"),
            "First export after": st.column_config.TextColumn(
                help="From the event's first card to its first export."
            ),
            "Days with cards": st.column_config.BarChartColumn(
                help="Cards on the last fourteen days that had any.", y_min=0, width="medium"
            ),
        }
        best = found.data.loc[found.data["cards"].idxmax()]
        alt = f"{counted(len(found.data), 'event')}; the most cards, {best['cards']:,}, came from {best['name']}"
        st.dataframe(shown, hide_index=True, column_config=columns, alt=alt)


def show_drafts(window: Window) -> None:
    """Show what became of the drafts, by who wrote them, and what the model took for it."""
    found = answer("drafts_overview", window)
    chart = figures.drafts_overview(found.data)
    tokens_in, tokens_out = (int(found.data[name].sum()) for name in ("tokens_in", "tokens_out"))
    with card(chart.title, found, note="To contacts captured in this period."):
        if found.data.empty:
            st.caption("Nothing in this period.")
            return
        draw(chart, key="chart_drafts")
        if tokens_in or tokens_out:
            st.caption(f"The model read {tokens_in:,} tokens and wrote {tokens_out:,}.")
