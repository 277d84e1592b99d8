"""Watching photos being taken in and read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from lib.analytics.words import about
from lib.database import transaction
from lib.jobs.progress import (
    Pace,
    Photo,
    Progress,
    count_progress,
    get_pace,
    list_failed_photos,
    list_latest_photos,
)
from lib.jobs.retrying import retry_event, retry_readings
from lib.ui.capture import say_finished
from lib.ui.intake import Intake, get_intake, pop_finished
from lib.ui.page import error_boundary, show_error
from lib.ui.saying import say_kept
from lib.words import counted
from lib.workers import count_workers_alive

# What a photo's contact is, in words.
STATES = {
    "processing": "Waiting",
    "completed": "Read",
    "pending_review": "Read, to review",
    "user_verified": "Verified",
    "failed": "Failed",
}
FAILURES_SHOWN = 5
LATEST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What is to be seen of an event now; `pace` and `worker_count` are None where nothing waits to be read."""

    progress: Progress
    pace: Pace | None
    worker_count: int | None
    latest: list[Photo]
    failed: list[Photo]


def show_progress(event_id: int) -> None:
    """Show how far the event's photos are, moving while any is taken in or waits."""
    with transaction() as db:
        is_busy = count_progress(db, event_id).unfinished > 0
    is_busy = is_busy or get_intake(event_id) is not None
    st.fragment(_progress, run_every="1s" if is_busy else None)(event_id, is_busy)


def _progress(event_id: int, was_busy: bool) -> None:
    with error_boundary():
        _take_note(event_id)
        sight = _look(event_id)
        intake = get_intake(event_id)
        if was_busy != (sight.progress.unfinished > 0 or intake is not None):
            st.rerun()  # the whole page once more, with or without the clock
        if intake is not None:
            _taking_in(intake)
        elif not sight.progress.total:
            st.caption("No cards of this event yet. Drop their photos above, as many as you like at once.")
        if sight.progress.total:
            _summary(sight, has_bar=intake is None)
            _failures(event_id, sight)
            _latest(sight.latest)


def _take_note(event_id: int) -> None:
    """Say it once when all is taken in; the page's other numbers then change too."""
    finished = pop_finished(event_id)
    if finished is not None:
        say_finished(finished)
        if finished.failure is None:
            st.rerun()
        say_kept()
        show_error(finished.failure)


def _look(event_id: int) -> Sight:
    with transaction() as db:
        progress = count_progress(db, event_id)
        is_busy = progress.unfinished > 0
        return Sight(
            progress=progress,
            pace=get_pace(db, event_id) if is_busy else None,
            worker_count=count_workers_alive(db) if is_busy else None,
            latest=list_latest_photos(db, event_id, limit=LATEST_SHOWN),
            failed=_list_page_of_failed(db, event_id, progress.failed) if progress.failed else [],
        )


def _list_page_of_failed(db: Connection, event_id: int, count: int) -> list[Photo]:
    page = min(int(st.session_state.get(_pages_key(event_id)) or 1), _page_count(count))
    return list_failed_photos(db, event_id, limit=FAILURES_SHOWN, offset=(page - 1) * FAILURES_SHOWN)


def _page_count(count: int) -> int:
    return -(-count // FAILURES_SHOWN)


def _pages_key(event_id: int) -> str:
    return f"failures_{event_id}"


def _taking_in(intake: Intake) -> None:
    if intake.failure is None:
        st.progress(intake.done / intake.total, f"Taking in {intake.done:,} of {intake.total:,} …")
        return
    show_error(intake.failure)
    left = counted(intake.total - intake.done, "card is", "cards are")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Try again", icon=":material/refresh:", key="capture_again", on_click=intake.go_on)
        st.button("Leave it out", icon=":material/skip_next:", key="leave_out", on_click=intake.leave_out)
        st.caption(f"{left} not taken in yet.", width="content")


def _summary(sight: Sight, *, has_bar: bool) -> None:
    progress = sight.progress
    if sight.worker_count == 0:
        st.warning(
            "No worker is running, so nothing is read.\n\n"
            "Start the app with WORKERS set to 1 or more, or run `make worker` on any machine with the same "
            "DATABASE_URL and STORAGE_URL.",
            icon=":material/pause_circle:",
        )
    if has_bar and progress.unfinished:
        st.progress(progress.ended / progress.total, headline(progress, sight.pace if sight.worker_count else None))
    with st.grid(4, min_column_width=130, border=True):
        st.metric("Waiting", f"{progress.waiting:,}", icon=":material/hourglass_empty:")
        st.metric("Being read", f"{progress.reading:,}", icon=":material/document_scanner:")
        st.metric("Read", f"{progress.read:,}", icon=":material/check_circle:")
        st.metric("Failed", f"{progress.failed:,}", icon=":material/error:")


def headline(progress: Progress, pace: Pace | None) -> str:
    """Return one line: how many are done, how fast it goes and how long it still takes, as far as that is known."""
    parts = [f"{progress.ended:,} of {progress.total:,} done"]
    if pace is not None and pace.per_minute is not None and pace.seconds_left is not None:
        parts.append(f"{counted(max(1, round(pace.per_minute)), 'card')} a minute")
        parts.append(f"{about(pace.seconds_left)} left")
    return " · ".join(parts)


def _failures(event_id: int, sight: Sight) -> None:
    count = sight.progress.failed
    if not count:
        return
    with st.container(border=True, key="failures"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(
                f":material/error: {counted(count, 'photo')} could not be read", anchor=False, width="content"
            )
            if count > 1:
                _retry_button(f"Try all {count:,} again", retry_event, event_id, key="retry_all")
        for photo in sight.failed:
            _failure(photo)
        if count > FAILURES_SHOWN:
            _pages(event_id, count)


def _failure(photo: Photo) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.text(photo.photo_name)
            st.text(photo.error_message or "")
        _retry_button("Try again", retry_readings, [photo.contact_id], key=f"retry_{photo.contact_id}")


def _pages(event_id: int, count: int) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        page = st.pagination(_page_count(count), key=_pages_key(event_id))
        first = (page - 1) * FAILURES_SHOWN + 1
        last = min(page * FAILURES_SHOWN, count)
        st.caption(f"{first:,}–{last:,} of {count:,}", width="content")


def _retry_button(label: str, retry: Callable[..., int], what: int | list[int], *, key: str) -> None:
    # By callback, which runs first: a click is lost when the clock's next run cuts its own off.
    st.button(label, icon=":material/refresh:", key=key, on_click=_retry, args=(retry, what))


def _retry(retry: Callable[..., int], what: int | list[int]) -> None:
    with error_boundary():
        with transaction() as db:
            count = retry(db, what)
        st.toast(f"{counted(count, 'photo')} will be read again.", icon=":material/refresh:")


def _latest(photos: list[Photo]) -> None:
    if not photos:
        return
    st.subheader("Latest", anchor=False)
    rows = [
        {
            "Photo": ", ".join(name for name in (photo.photo_name, photo.back_photo_name) if name),
            "State": "Being read" if photo.job_status == "processing" else STATES[photo.contact_status],
            "Name": photo.full_name,
            "Company": photo.company,
            "Seconds": photo.seconds,
        }
        for photo in photos
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        placeholder="",
        column_config={"Seconds": st.column_config.NumberColumn("Reading took", format="%.1f s")},
        key="latest",
    )
    st.page_link("pages/2_Review.py", label="Review what is unsure", icon=":material/fact_check:")
