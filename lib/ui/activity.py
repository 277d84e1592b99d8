"""Activity: looking through everything that was done, and taking it along as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import partial

import pandas as pd
import streamlit as st

from lib.analytics.activities import (
    ACTION_WORDS,
    ENTITY_WORDS,
    MOST,
    Activity,
    ActivityFilter,
    as_json,
    count_activities,
    list_activities,
    told,
)
from lib.analytics.windows import Window
from lib.contacts.carrying import is_dangerous
from lib.ui.analytics.asking import limited_transaction
from lib.ui.page import error_boundary

PAGE_SIZE = 50
HEADER = ("time_utc", "action", "entity_type", "entity_id", "entity_name", "metadata")
# Where one is: the last activity of each page before this one, and for which filter.
PLACE = "activity_place"


@st.fragment
def show_activity(window: Window) -> None:
    """Show the activities of the window, newest first, a page at a time."""
    with error_boundary():
        wanted = choose_activities(window)
        passed = _passed(wanted)
        with limited_transaction() as db:
            found = list_activities(db, wanted, limit=PAGE_SIZE + 1, before=passed[-1] if passed else None)
            count = count_activities(db, wanted)
        if not count:
            st.info(
                "Nothing was done that fits. Choose a longer period, or fewer filters.", icon=":material/search_off:"
            )
            return
        show_list(found[:PAGE_SIZE], window)
        turn(found, passed, count, wanted)


def choose_activities(window: Window) -> ActivityFilter:
    """Return what is looked for: what was done, and to what."""
    with st.container(horizontal=True, vertical_alignment="center"):
        actions = st.multiselect(
            "What was done",
            list(ACTION_WORDS),
            format_func=_action_word,
            placeholder="Anything that was done",
            key="actions",
            bind="query-params",
            label_visibility="collapsed",
            width=420,
        )
        kind = st.selectbox(
            "To what",
            [None, *ENTITY_WORDS],
            format_func=_entity_word,
            required=True,
            key="entity",
            bind="query-params",
            label_visibility="collapsed",
            width=160,
        )
        number = _choose_number()
    return ActivityFilter(
        since=window.since,
        until=window.until,
        event_id=window.event_id,
        actions=tuple(actions) or None,
        entity_type=kind,
        entity_id=number,
    )


def _choose_number() -> int | None:
    # A float: of whole ones in an address Streamlit stumbles over those that no number can hold.
    number = st.number_input(
        "Its number",
        min_value=1.0,
        max_value=2.0**31 - 1,
        value=None,
        step=1.0,
        format="%.0f",
        placeholder="Its number",
        key="number",
        bind="query-params",
        label_visibility="collapsed",
        width=180,
    )
    return None if number is None else int(number)


def show_list(activities: list[Activity], window: Window) -> None:
    """Show one row an activity, at the viewer's time."""
    rows = [
        {
            "Time": f"{window.in_zone(activity.created_at):%Y-%m-%d %H:%M:%S}",
            "What was done": _action_word(activity.action),
            "To what": activity.entity,
            "Details": told(activity.metadata),
        }
        for activity in activities
    ]
    columns = {
        "To what": st.column_config.TextColumn(width="medium"),
        "Details": st.column_config.TextColumn(width="large"),
    }
    first, last = rows[0]["Time"], rows[-1]["Time"]
    alt = f"{len(rows)} activities, from {first} back to {last}"
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=columns, height=560, alt=alt)


def turn(found: list[Activity], passed: list[Activity], count: int, wanted: ActivityFilter) -> None:
    """Show where one is, with the means to go on, to go back and to take all of it along."""
    first = PAGE_SIZE * len(passed) + 1
    last = first + min(len(found), PAGE_SIZE) - 1
    total = f"{MOST:,}+" if count > MOST else f"{count:,}"
    back, on = (wanted, passed[:-1]), (wanted, [*passed, *found[PAGE_SIZE - 1 : PAGE_SIZE]])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Newer", icon=":material/chevron_left:", key="newer", disabled=not passed, on_click=_go, args=(back,)
        )  # fmt: skip
        st.button(
            "Older", icon=":material/chevron_right:", key="older", disabled=len(found) <= PAGE_SIZE,
            on_click=_go, args=(on,),
        )  # fmt: skip
        st.caption(f"{first:,} to {last:,} of {total}", width="content")
        st.download_button(
            "Download CSV",
            partial(_download, wanted),
            "activity.csv",
            "text/csv",
            key="activity_csv",
            icon=":material/download:",
            on_click="ignore",
            help=f"What the filters leave, the newest {MOST:,} at most.",
        )


def to_csv(activities: Iterable[Activity]) -> bytes:
    """Return a header and one row an activity: UTF-8 with BOM, by which Excel knows it.

    A cell that a spreadsheet might calculate begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    for activity in activities:
        cells = (
            activity.created_at.isoformat(sep=" "),
            activity.action,
            activity.entity_type or "",
            str(activity.entity_id or ""),
            activity.entity_name or "",
            as_json(activity.metadata),
        )
        writer.writerow(f"'{cell}" if is_dangerous(cell) else cell for cell in cells)
    return buffer.getvalue().encode("utf-8-sig")


def _go(place: tuple[ActivityFilter, list[Activity]]) -> None:
    st.session_state[PLACE] = place


def _download(wanted: ActivityFilter) -> bytes:
    with limited_transaction() as db:
        return to_csv(list_activities(db, wanted, limit=MOST))


def _passed(wanted: ActivityFilter) -> list[Activity]:
    """Return the last activity of each page before this one; another filter begins at its newest."""
    asked, passed = st.session_state.get(PLACE, (None, []))
    return passed if asked == wanted else []


def _action_word(action: str) -> str:
    return ACTION_WORDS.get(action, action)


def _entity_word(entity: str | None) -> str:
    return ENTITY_WORDS[entity] if entity else "To anything"
