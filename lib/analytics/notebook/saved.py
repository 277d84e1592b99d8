"""Queries that a person keeps, and the schema they are written against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lib.analytics.notebook.running import SQL_LIMIT
from lib.database import list_rows, load_queries
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.text import clean_name, storable, to_json


@dataclass(frozen=True, kw_only=True)
class SavedQuery:
    """A query with a name, its parameters' values, and how its chart is drawn: kind, x, y, colour."""

    id: int
    name: str
    sql: str
    parameters: Mapping[str, str | None] = field(default_factory=dict)
    chart: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that the reader may read, of its table."""

    table_name: str
    table_comment: str | None
    column_name: str
    type: str
    column_comment: str | None


def list_tables(db: Connection, reader: str) -> dict[str, list[Column]]:
    """Return the columns that `reader` may read, by table."""
    columns = list_rows(db, load_queries("notebook")["list_columns"], Column, {"reader": reader})
    return {name: list(found) for name, found in groupby(columns, lambda column: column.table_name)}


def list_saved_queries(db: Connection) -> list[SavedQuery]:
    """Return all saved queries by name."""
    return list_rows(db, load_queries("notebook")["list_saved_queries"], SavedQuery)


def add_saved_query(
    db: Connection, name: str, sql: str, parameters: Mapping[str, Any], chart: Mapping[str, Any]
) -> int:
    """Return the id of the new query. Raises NotValid, and AlreadyThere for a name that another has."""
    values = {"name": clean_name(name, "query"), **_content(sql, parameters, chart)}
    return int(_write(db, "add_saved_query", values))


def update_saved_query(
    db: Connection, id: int, sql: str, parameters: Mapping[str, Any], chart: Mapping[str, Any]
) -> None:
    """Keep another text under the same name. Raises NotValid, NotFound."""
    _write(db, "update_saved_query", {"id": id, **_content(sql, parameters, chart)})


def rename_saved_query(db: Connection, id: int, name: str) -> None:
    """Give the query another name. Raises NotValid, NotFound, AlreadyThere."""
    _write(db, "rename_saved_query", {"id": id, "name": clean_name(name, "query")})


def delete_saved_query(db: Connection, id: int) -> None:
    """Delete the query, if it is still there."""
    db.execute(load_queries("notebook")["delete_saved_query"], {"id": id})


def _content(sql: str, parameters: Mapping[str, Any], chart: Mapping[str, Any]) -> dict[str, str]:
    if not sql.strip():
        raise NotValid("There is no query to save.", "Write one.")
    if sql != storable(sql):
        raise NotValid("The query holds characters that cannot be kept.", "Write it again by hand.")
    if len(sql) > SQL_LIMIT:
        raise NotValid(f"The query is {len(sql):,} characters long; {SQL_LIMIT:,} fit.", "Shorten it.")
    return {"sql": sql, "parameters": to_json(dict(parameters)), "chart": to_json(dict(chart))}


def _write(db: Connection, name: str, values: Mapping[str, Any]) -> int:
    try:
        with db.begin_nested():
            id = db.execute(load_queries("notebook")[name], values).scalar()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != "23505":
            raise
        raise AlreadyThere("Another query has this name.", "Choose another one.") from None
    if id is None:
        raise NotFound("This query was deleted meanwhile.", "Save it under a new name.")
    return int(id)
