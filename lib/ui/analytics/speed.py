"""Speed: one stretch of the way from a photo to an e-mail, its spread and its course."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lib.analytics import figures
from lib.analytics.figures import STRETCH_WORDS
from lib.analytics.queries import Answer
from lib.analytics.windows import Window
from lib.analytics.words import in_words
from lib.ui.analytics.asking import answer, clock
from lib.ui.charts import card, chart_card, show_source
from lib.ui.page import error_boundary

# In the address: short names of the stretches.
STRETCHES = {
    "Queue": "queue",
    "Reading": "reading",
    "Review": "review",
    "Contact": "contact",
    "First draft": "draft",
    "Export": "export",
}
FIGURES = {
    "Median": "median_seconds",
    "90 of 100 within": "p90_seconds",
    "95 of 100 within": "p95_seconds",
    "Longest": "max_seconds",
}
NUMBERS = ("n", "Unfinished", "Failed", "No usable times")


def show_speed(window: Window) -> None:
    """Show the chosen stretch: its figures, how they spread, day by day, by event and by engine; and all six."""
    chosen = st.segmented_control(
        "Stretch",
        list(STRETCHES),
        default="Contact",
        required=True,
        key="stretch",
        bind="query-params",
        label_visibility="collapsed",
    )
    stretch = STRETCHES[chosen or "Contact"]
    with error_boundary():
        times = answer("processing_times", window)
        row = next(row for row in times.data.itertuples() if row.stretch == stretch)
        show_figures(row, times, window)
        left, right = st.columns(2)
        with left, error_boundary():
            spread = answer("processing_histogram", window, stretch=stretch)
            median = None if pd.isna(row.median_seconds) else float(row.median_seconds)
            note = "How many took how long; on a logarithmic scale."
            chart_card(figures.histogram(spread.data, median), spread, note=note)
        with right, error_boundary():
            trend = answer("processing_trend", window, stretch=stretch)
            chart_card(
                figures.processing_trend(trend.data, window.first, window.last), trend, note="By the day of capture."
            )
        show_by(window, stretch)
        show_all(times)


def show_figures(row: Any, times: Answer, window: Window) -> None:
    """Show the median first and then the tail, always with how many they are of and who is not in them."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(STRETCH_WORDS[row.stretch], anchor=False, width="content")
            show_source(times, key="source_processing_times")
        with st.grid(4, min_column_width=130):
            for label, column in FIGURES.items():
                st.metric(label, in_words(getattr(row, column)))
        as_of = clock(window, times.as_of)
        st.caption(f"{figures.counts_of(row)}.{as_of}" if as_of else figures.counts_of(row))


def show_by(window: Window, stretch: str) -> None:
    """Show the stretch by event and by engine."""
    left, right = st.columns(2)
    for place, by in ((left, "event"), (right, "engine")):
        with place, error_boundary():
            found = answer("processing_by", window, stretch=stretch, by=by)
            chart = figures.compared(found.data, f"By {by}")
            note = "The twelve with most cards." if len(found.data) > 12 else ""
            chart_card(chart, found, note=note, is_empty=not found.data["n"].sum())


def show_all(times: Answer) -> None:
    """Show all six stretches beside one another."""
    rows = [
        {
            "Stretch": STRETCH_WORDS[row.stretch],
            **{label: in_words(getattr(row, column)) for label, column in FIGURES.items()},
            "n": row.n,
            "Unfinished": row.unfinished,
            "Failed": row.failed,
            "No usable times": row.excluded,
        }
        for row in times.data.itertuples()
    ]
    with card("The whole way", times, note="Unfinished and failed ones are counted, never averaged."):
        numbers = {name: st.column_config.NumberColumn(format="localized") for name in NUMBERS}
        alt = "; ".join(f"{row['Stretch']}: median {row['Median']}, n = {row['n']:,}" for row in rows)
        st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=numbers, alt=alt)
