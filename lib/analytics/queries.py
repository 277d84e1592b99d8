"""The dashboards' SQL, one query a file: the text that runs is the text that is shown beside its chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from lib.database import statement
from lib.settings import ROOT

FOLDER = ROOT / "sql" / "dashboard"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a query gave, with what is needed to ask it again elsewhere."""

    name: str
    sql: str
    parameters: Mapping[str, Any]
    data: pd.DataFrame


def read_query(name: str) -> str:
    """Return the text of `sql/dashboard/<name>.sql` as it stands in the file."""
    return (FOLDER / f"{name}.sql").read_text()


def run_query(db: Connection, name: str, **parameters: Any) -> pd.DataFrame:
    """Return the rows of the query. Times are UTC without zone; a missing value is NaN or NaT."""
    data = pd.read_sql(statement(read_query(name)), db, params=parameters)
    # pandas cannot tell the type of a column that holds nothing but nulls; figures reckon with numbers.
    unknown = [column for column in data if data[column].isna().all()]
    return data.astype(dict.fromkeys(unknown, float))


def ask(db: Connection, name: str, **parameters: Any) -> Answer:
    """Return the rows of the query together with its text and parameters."""
    data = run_query(db, name, **parameters)
    return Answer(name=name, sql=read_query(name), parameters=parameters, data=data)


def period_start(days: int, today: dt.date) -> dt.datetime | None:
    """Return the first moment (UTC) of the `days` that end with `today`; None for 0, which means ever."""
    return dt.datetime.combine(today - dt.timedelta(days=days - 1), dt.time()) if days else None
