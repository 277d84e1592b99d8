"""SQL from files: `-- name: list_contacts` begins a query, the comment below it is its documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, TextClause, text

from lib.settings import ROOT

FOLDER = ROOT / "sql"
NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)

Row = TypeVar("Row")
Parameters = Mapping[str, Any]


@cache
def load_queries(topic: str) -> dict[str, TextClause]:
    """Return the queries of `sql/<topic>.sql` by name."""
    parts = NAME.split((FOLDER / f"{topic}.sql").read_text())
    return {name: statement(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def statement(sql: str) -> TextClause:
    """Return `sql` ready to run. Comments go: SQLAlchemy would take `:word` in one for a parameter."""
    return text(COMMENT.sub("", sql).strip().rstrip(";"))


def list_rows(db: Connection, query: TextClause, row: type[Row], parameters: Parameters | None = None) -> list[Row]:
    """Return all rows as `row`s: the one place where columns become a dataclass."""
    return [row(**found) for found in db.execute(query, parameters).mappings()]


def get_row(db: Connection, query: TextClause, row: type[Row], parameters: Parameters | None = None) -> Row | None:
    """Return the first row as a `row`, or None."""
    found = db.execute(query, parameters).mappings().first()
    return row(**found) if found is not None else None


def sql_files() -> list[Path]:
    """Return the files of named queries, one a topic."""
    return sorted(FOLDER.glob("*.sql"))
