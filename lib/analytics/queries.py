"""The dashboards' SQL, one query a file: the text that runs is the text that is shown beside its chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, TextClause, text

from lib.analytics import refreshing
from lib.database import statement
from lib.settings import ROOT

FOLDER = ROOT / "sql" / "dashboard"
# What a query that takes a parameter gets where its caller says nothing: everything, in days of UTC.
OPEN: Mapping[str, Any] = {"since": None, "until": None, "event_id": None, "zone": "UTC", "now": None}
TIME_LIMIT_S = 10
# For this transaction. Compiling takes longer than it saves here, percentiles are sorted in memory, and what is asked
# often is in memory too: there is no arm to move between pages.
LIMITS = text(
    "select set_config('statement_timeout', :limit, true), set_config('jit', 'off', true),"
    " set_config('work_mem', '64MB', true), set_config('random_page_cost', '1.1', true)"
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query gave, with what is needed to ask it again elsewhere.

    `as_of` is when (UTC) the result was made that was shown instead of asking; None where the query was asked now.
    """

    name: str
    sql: str
    parameters: Mapping[str, Any]
    data: pd.DataFrame
    as_of: dt.datetime | None = None


def read_query(name: str) -> str:
    """Return the text of `sql/dashboard/<name>.sql` as it stands in the file."""
    return (FOLDER / f"{name}.sql").read_text()


def run_query(db: Connection, name: str, **parameters: Any) -> pd.DataFrame:
    """Return the rows of the query. Times are UTC without zone; a missing value is NaN or NaT."""
    query = statement(read_query(name))
    return _read(db, query, _chosen(query, parameters))


def limit_queries(db: Connection) -> None:
    """Have this transaction's queries stopped after `TIME_LIMIT_S`."""
    db.execute(LIMITS, {"limit": f"{TIME_LIMIT_S * 1000:.0f}"})


def ask(db: Connection, name: str, **parameters: Any) -> Answer:
    """Return the rows of the query together with its text and the parameters that it takes.

    A parameter that is left out is open: all times, all events, days of UTC. Raises DatabaseUnavailable, from the
    transaction, for a query that takes longer than `TIME_LIMIT_S`.
    """
    limit_queries(db)
    sql = read_query(name)
    query = statement(sql)
    chosen = _chosen(query, parameters)
    is_limited = any(value is not None for value in chosen.values())
    as_of = None if is_limited else refreshing.as_of(db, name)
    data = _read(db, refreshing.SQL[name] if as_of else query, chosen)
    return Answer(name=name, sql=sql, parameters=chosen, data=data, as_of=as_of)


def _chosen(query: TextClause, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the query takes, in the order of its text."""
    given = {**OPEN, **parameters}
    return {name: given[name] for name in query.compile().params if name in given}


def _read(db: Connection, query: TextClause, parameters: Mapping[str, Any]) -> pd.DataFrame:
    # Not by pandas' own function: it would hide the driver's error in one of its own.
    rows = db.execute(query, parameters)
    data = pd.DataFrame.from_records(rows.all(), columns=list(rows.keys()), coerce_float=True)
    # pandas cannot tell the type of a column that holds nothing but nulls; figures reckon with numbers.
    unknown = [column for column in data if data[column].isna().all()]
    return data.astype(dict.fromkeys(unknown, float))


def period_start(days: int, today: dt.date) -> dt.datetime | None:
    """Return the first moment (UTC) of the `days` that end with `today`; None for 0, which means ever."""
    return dt.datetime.combine(today - dt.timedelta(days=days - 1), dt.time()) if days else None
