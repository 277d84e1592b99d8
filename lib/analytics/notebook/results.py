"""What a query gave, or why it gave nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.analytics.notebook.sql import Place, Statement, find_place

# By the type's name in PostgreSQL. Others stay text as the server writes them.
TYPES: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "bool": lambda texts: texts.map({"t": True, "f": False}).astype("boolean"),
    "int2": lambda texts: _numbers(texts, "Int64"),
    "int4": lambda texts: _numbers(texts, "Int64"),
    "int8": lambda texts: _numbers(texts, "Int64"),
    "oid": lambda texts: _numbers(texts, "Int64"),
    "float4": lambda texts: _numbers(texts, "float64"),
    "float8": lambda texts: _numbers(texts, "float64"),
    "numeric": lambda texts: _numbers(texts, "float64"),
    "date": lambda texts: pd.to_datetime(texts, format="ISO8601"),
    "timestamp": lambda texts: pd.to_datetime(texts, format="ISO8601"),
    "timestamptz": lambda texts: pd.to_datetime(texts, format="ISO8601", utc=True),
}
# What is said in place of the server's own words, by SQLSTATE (appendix A), with what to do.
WORDS = {
    "57014": ("It took longer than {timeout_s} seconds and was stopped.", "Ask for less, or for a shorter period."),
    "55P03": ("A table is being changed right now.", "Run it again in a moment."),
    "53200": ("It needs too much memory.", "Ask for fewer or shorter values."),
    "53400": ("It needs too much room on the disk.", "Ask for less at once."),
    "53300": ("Too many queries are running.", "Run it again in a moment."),
    "42P18": ("It cannot be told of which type this value is.", "Say so, as in cast(:since as timestamp)."),
    "25006": ("The notebook only reads.", ""),
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """Rows and columns; `cut` says why there are no more: 'rows', 'bytes' or None. `seconds` is the query's."""

    data: pd.DataFrame
    cut: str | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class QueryError:
    """Why a query gave nothing: what happened, what to do, and where in its text. Plain text, from anywhere."""

    message: str
    advice: str = ""
    place: Place | None = None


def as_result(answer: Mapping[str, Any], type_names: Mapping[int, str]) -> Result:
    """Return the child's answer as a table, its columns by their types; names that come twice are numbered."""
    columns: dict[str, pd.Series] = {}
    for number, (name, type_code) in enumerate(answer["columns"]):
        texts = pd.Series([row[number] for row in answer["rows"]], dtype=object)
        columns[_unused(name, columns)] = _typed(texts, type_names.get(type_code, ""))
    return Result(data=pd.DataFrame(columns), cut=answer["cut"], seconds=answer["seconds"])


def as_error(said: Mapping[str, Any], sql: str, statement: Statement, timeout_s: int) -> QueryError:
    """Return the child's error in words, at its place in `sql` where the server names one."""
    known = WORDS.get(said.get("sqlstate") or "")
    position = said.get("position")
    place = find_place(sql, statement.typed_offset(position - 1)) if position else None
    if known:
        return QueryError(message=known[0].format(timeout_s=timeout_s), advice=known[1], place=place)
    if said.get("sqlstate") == "42601" and "multiple commands" in said["message"]:
        return QueryError(message="One query at a time.", advice="Take away what stands behind the first semicolon.")
    if place and place.line == 1 and place.column == 1 and said.get("sqlstate") == "42601":
        return QueryError(
            message=said["message"], advice="A query begins with select, with, values or table.", place=place
        )
    parts = [said.get("detail"), said.get("hint")]
    return QueryError(message=said["message"], advice=" ".join(part for part in parts if part), place=place)


def _typed(texts: pd.Series, type_name: str) -> pd.Series:
    convert = TYPES.get(type_name)
    if convert is None:
        return texts.astype("str")
    try:
        return convert(texts)
    except (ValueError, OverflowError):
        # A year before Christ, infinity, a number beyond what pandas holds: as the server wrote it.
        return texts.astype("str")


def _numbers(texts: pd.Series, kind: str) -> pd.Series:
    return texts.map(float if kind == "float64" else int, na_action="ignore").astype(kind)


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, wanted = 1, name or "column"
    while wanted in taken:
        number += 1
        wanted = f"{name} ({number})"
    return wanted
