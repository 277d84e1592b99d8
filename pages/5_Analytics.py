from __future__ import annotations

import datetime as dt

import streamlit as st
from sqlalchemy import Connection

from lib import ui
from lib.analytics import figures
from lib.analytics.queries import Answer, ask, period_start
from lib.analytics.words import as_seconds, counted, in_words, spread
from lib.database import transaction
from lib.ui.charts import chart_card, tile

PERIODS = {7: "7 days", 14: "14 days", 42: "42 days", 0: "All time"}


def show_totals(db: Connection, by_status: Answer) -> None:
    """Show the schema document's four figures, of all contacts, and beside the third the one that counts people."""
    numbers, statuses = st.columns([3, 2])
    with numbers, st.grid(2, min_column_width=240, height="stretch"):
        review = ask(db, "contacts_needing_review")
        tile("Needing review", f"{review.data.iat[0, 0]:,}", "Contacts that the reader was not sure of.", review)
        average = ask(db, "average_processing_time")
        note = "Mean over every contact with an end, failed ones too, as the schema document counts."
        tile("Average processing time", in_words(as_seconds(average.data.iat[0, 0])), note, average)
        upload = ask(db, "upload_to_email_time")
        note = "Mean, as the schema document counts: over joined rows, once for each campaign of each group."
        tile("Upload to e-mail", in_words(as_seconds(upload.data.iat[0, 0])), note, upload)
        show_first_draft(db)
    with statuses:
        total = counted(int(by_status.data["count"].sum()), "contact")
        chart_card(figures.contacts_by_status(by_status.data), by_status, note=f"{total} in all.")


def show_first_draft(db: Connection) -> None:
    """Show how long it really takes until a person has a draft."""
    answer = ask(db, "first_draft_time", since=None)
    found = next(answer.data.itertuples())
    note = (
        f"Median of {counted(found.n, 'person', 'people')} with a draft, each counted once from photo to own first "
        f"draft; {found.without_draft:,} have none yet. The figure beside it averages joined rows, not people."
    )
    tile("Photo to own first draft", in_words(found.median_seconds), note, answer)


def show_period(db: Connection, days: int) -> None:
    """Show what came in since the period began, and how long it took."""
    today = dt.datetime.now(dt.UTC).date()
    since = period_start(days, today)
    times = ask(db, "processing_times", since=since)
    with st.grid(3, min_column_width=240):
        for row in times.data.itertuples():
            tile(figures.STRETCH_WORDS[row.stretch], in_words(row.median_seconds), spread(row), times)
    trend = ask(db, "processing_trend", since=since)
    stretches = ask(db, "queue_and_reading", since=since)
    captured = ask(db, "captured_per_day", since=since)
    left, right = st.columns([3, 2])
    with left:
        chart_card(figures.processing_trend(trend.data, since, today), trend)
    with right:
        chart_card(figures.processing_times(times.data), times)
    left, right = st.columns(2)
    with left:
        chart_card(figures.queue_and_reading(stretches.data, since, today), stretches)
    with right:
        chart_card(figures.captured_per_day(captured.data, since, today), captured)


def choose_period() -> int:
    """Return the chosen days, 0 for all; the choice is part of the page's address."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Over time", anchor=False)
        return st.segmented_control(
            "Period",
            list(PERIODS),
            default=14,
            required=True,
            format_func=PERIODS.__getitem__,
            key="period",
            bind="query-params",
            label_visibility="collapsed",
        )


with ui.page("Analytics", ":material/bar_chart:"), transaction() as db:
    by_status = ask(db, "contacts_by_status")
    if by_status.data.empty:
        ui.empty_state(
            ":material/bar_chart:",
            "Nothing to measure yet",
            "As soon as a card is captured, this page shows how fast it is read and what becomes of it.",
            page="pages/1_Capture.py",
            label="Capture cards",
        )
    else:
        st.subheader("All contacts", anchor=False)
        show_totals(db, by_status)
        show_period(db, choose_period())
