"""Asking the dashboards' queries: answers are kept for a minute, and a query that takes too long says so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st
from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, text

from lib.analytics import refreshing
from lib.analytics.queries import TIME_LIMIT_S, Answer, ask, limit_queries, read_query
from lib.analytics.windows import Window, last_days
from lib.contacts.events import Event
from lib.database import transaction
from lib.errors import DatabaseUnavailable, MeishiError
from lib.ui.events import all_events

KEPT_S = 60
# For all that the database keeps, made anew while somebody waits.
REFRESH_LIMIT_S = 60
PARAMETER = re.compile(r"(?<!:):(\w+)")


class TooSlow(MeishiError):
    """A query was stopped because it took too long."""


def answer(name: str, window: Window | None = None, **parameters: Any) -> Answer:
    """Return what the query says, at most a minute old. Raises TooSlow.

    Of the window's parameters it gets those that it names; without a window it is asked of everything.
    """
    offered: Mapping[str, Any] = {**(window.as_parameters() if window else {}), **parameters}
    named = set(PARAMETER.findall(read_query(name)))
    return _kept_answer(name, tuple(sorted((key, value) for key, value in offered.items() if key in named)))


def ask_anew() -> None:
    """Forget all answers, and have the results that the database keeps made anew. Raises TooSlow."""
    # Also where those take too long: the rest is new then.
    _kept_answer.clear()
    kept_events.clear()
    remedy = "The workers try it again; until then the older numbers are shown."
    with _stopping_after(REFRESH_LIMIT_S, remedy), transaction() as db:
        db.execute(text("select set_config('statement_timeout', :limit, true)"), {"limit": f"{REFRESH_LIMIT_S}s"})
        refreshing.refresh(db, always=True)


@st.cache_data(ttl=KEPT_S, max_entries=100, show_spinner=False)
def kept_events(wanted: str | None) -> list[Event]:
    """Return all events with their counts, which take long; anew where another is wanted, for that may be new."""
    return all_events()


@st.cache_data(ttl=KEPT_S, max_entries=500, show_spinner=False)
def _kept_answer(name: str, parameters: tuple[tuple[str, Any], ...]) -> Answer:
    # What it may take is set by `ask` itself.
    with _stopping_after(TIME_LIMIT_S), transaction() as db:
        return ask(db, name, **dict(parameters))


@contextmanager
def limited_transaction() -> Iterator[Connection]:
    """Give a connection whose queries are stopped when they take too long. Raises TooSlow."""
    with _stopping_after(TIME_LIMIT_S), transaction() as db:
        limit_queries(db)
        yield db


@contextmanager
def _stopping_after(seconds: int, remedy: str = "Choose a shorter period, or one event.") -> Iterator[None]:
    """Say in words that a query was stopped. Raises TooSlow."""
    try:
        yield
    except DatabaseUnavailable as error:
        if isinstance(getattr(error.__cause__, "orig", None), QueryCanceled):
            raise TooSlow(f"This took longer than {seconds} seconds and was stopped.", remedy) from error
        raise


def clock(window: Window, moment: dt.datetime | None, now: dt.datetime | None = None) -> str:
    """Return “As of 14:05.” for a result that was made at the moment (UTC), nothing where it was asked now.

    With the day where that is not today's: without a worker nothing is made anew.
    """
    if moment is None:
        return ""
    made, today = window.in_zone(moment), last_days(1, window.zone, now or dt.datetime.now(dt.UTC)).last
    return f" As of {made:%H:%M}." if made.date() == today else f" As of {made:%H:%M on %-d %b %Y}."
