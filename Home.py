from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from lib import ui
from lib.analytics import figures
from lib.analytics.next_step import State, choose_next_step, read_state
from lib.analytics.queries import period_start, run_query
from lib.contacts.contacts import Contact, ContactFilter, list_contacts
from lib.database import transaction
from lib.ui.backups import show_last_backup
from lib.ui.charts import draw

STEPS = (
    (":material/event:", "Create an event", "Where you got the cards: its name and its day."),
    (
        ":material/photo_camera:",
        "Capture the cards",
        "Drop photos in, or take them with the camera. They are read at once.",
    ),
    (":material/fact_check:", "Review", "Correct what the reader was not sure of, beside the card."),
    (":material/mail:", "Write", "Group people, write one template, download a draft for each."),
)
DAYS_SHOWN = 14
REVIEW_SHOWN = 6


def show_way_in() -> None:
    """Explain the way from a card to an e-mail, before there is anything to show."""
    st.subheader("From a stack of cards to e-mails, in four steps", anchor=False)
    with st.grid(4, min_column_width=210):
        for number, (icon, title, text) in enumerate(STEPS, start=1):
            with st.container(border=True, height="stretch"):
                st.markdown(f"**{icon} {number}. {title}**")
                st.caption(text)
    st.caption(
        "Only looking around? `python -m lib.demo` fills in made-up people and their cards; with `--remove` they are "
        "gone again."
    )


def show_next_step(state: State) -> None:
    """Show the one thing to do next, with the button that leads there."""
    step = choose_next_step(state)
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="next_step"
    ):
        with st.container(width="content", gap="small"):
            st.subheader(step.title, anchor=False)
            st.text(step.reason)
            show_waiting(state)
        if st.button(step.label, type="primary", icon=step.icon):
            st.switch_page(step.page)


def show_waiting(state: State) -> None:
    """Show what waits, for the reader or for a person; nothing that does not."""
    if not (state.to_read or state.to_review or state.failed):
        return
    with st.container(horizontal=True, gap="small"):
        if state.to_read:
            st.badge(f"{state.to_read:,} to read", icon=":material/hourglass_top:", color="blue")
        if state.to_review:
            st.badge(f"{state.to_review:,} to review", icon=":material/fact_check:", color="orange")
        if state.failed:
            st.badge(f"{state.failed:,} failed", icon=":material/error:", color="red")


def show_figures(db: Connection, today: dt.date) -> None:
    """Show the last seven days beside the seven before them."""
    week = next(run_query(db, "home_figures", today=today).itertuples())
    days = run_query(db, "home_days", today=today)
    with st.grid(4, min_column_width=160):
        card(
            "Captured", ":material/photo_camera:", week.captured, week.captured - week.captured_before, days.captured
        )
        card("Verified", ":material/verified:", week.verified, week.verified - week.verified_before, days.verified)
        waiting = days.waiting.iloc[-1]
        card(
            "Waiting for review", ":material/fact_check:", waiting, waiting - days.waiting.iloc[6], days.waiting,
            less_is_better=True,
        )  # fmt: skip
        card(
            "Mean confidence", ":material/troubleshoot:", 100 * week.confidence,
            100 * (week.confidence - week.confidence_before), days.confidence.dropna(), number_format="%.0f%%",
        )  # fmt: skip


def card(
    label: str,
    icon: str,
    value: float,
    change: float,
    days: pd.Series,
    *,
    number_format: str = "localized",
    less_is_better: bool = False,
) -> None:
    """Show one figure, its change against the week before and its days."""
    st.metric(
        label,
        None if pd.isna(value) else value,
        None if pd.isna(change) else change,
        "inverse" if less_is_better else "normal",
        icon=icon,
        border=True,
        height="stretch",
        format=number_format,
        delta_description=None if pd.isna(change) else "vs. last week",
        chart_data=list(days),
        chart_type="area",
    )


def show_captured(db: Connection, today: dt.date) -> None:
    """Show the last days' cards and what became of them."""
    since = period_start(DAYS_SHOWN, today)
    captured = run_query(db, "captured_per_day", since=since)
    chart = figures.captured_per_day(captured, since and since.date(), today)
    with st.container(border=True, height="stretch"):
        st.subheader(chart.title, anchor=False)
        draw(chart, key="captured")


def show_review(contacts: list[Contact]) -> None:
    """Show whom to look at first."""
    with st.container(border=True, height="stretch"):
        st.subheader("Next to review", anchor=False)
        if not contacts:
            st.caption("Nobody waits.")
            return
        rows = [{"Name": c.full_name, "Company": c.company, "Sure": c.ocr_confidence} for c in contacts]
        # Pixels that a phone has room for; where there is more, the columns share it.
        columns = {
            "Name": st.column_config.TextColumn(width=124),
            "Company": st.column_config.TextColumn(width=127),
            "Sure": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=75),
        }
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, column_config=columns, placeholder="–",
            alt="The contacts to review, least certain first",
        )  # fmt: skip
        st.page_link("pages/2_Review.py", label="Open the review queue", icon=":material/arrow_forward:")


with ui.page("Home"), transaction() as db:
    state = read_state(db)
    today = dt.datetime.now(dt.UTC).date()
    show_next_step(state)
    if not state.contacts:
        show_way_in()
    else:
        st.subheader("The last seven days", anchor=False)
        show_figures(db, today)
        left, right = st.columns([3, 2])
        with left:
            show_captured(db, today)
        with right:
            show_review(list_contacts(db, ContactFilter(), limit=REVIEW_SHOWN))
        show_last_backup(db)
