"""The tables that are data, and their rows as COPY writes them: the same text on every PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine

from lib.database import load_queries

SQL = load_queries("backup")
# What is no data: which migrations were applied, what workers keep of the dashboards, where backups lie, and the
# queue, whose jobs are found again by what the other tables say.
NOT_DATA = re.compile(r"schema_migrations|dashboard_views|backups|procrastinate_\w+")
# Columns that hold addresses of images and exported files.
ADDRESSES = {
    "contacts": ("business_card_url", "back_image_url", "more_image_urls"),
    "email_exports": ("url",),
    "loose_images": ("url",),
    "undo_rows": ("before", "after"),
}
# Alone, in an array or in JSON.
ADDRESS = re.compile(rb'(?:file|s3)://[^\s"\\]*?/((?:cards/[0-9]+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5})(?=[",}\]]|$)')


@dataclass(frozen=True)
class Columns:
    """A table and those of its columns that can be written."""

    name: str
    columns: tuple[str, ...]


def driver(db: Connection) -> psycopg.Connection:
    """Return psycopg's connection, in the same transaction."""
    connection = db.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101  (the only driver there is)
    return connection


def as_snapshot(engine: Engine) -> Connection:
    """Return a connection on which everything is as it was at one moment, until it is closed."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    db = engine.connect().execution_options(**options)
    db.execute(SQL["read_as_written"])
    return db


def list_tables(db: Connection) -> list[Columns]:
    """Return the tables that are data, by name: all that the schema has, but for those named above."""
    found = (Columns(row.name, tuple(row.columns)) for row in db.execute(SQL["list_tables"]))
    return [table for table in found if not NOT_DATA.fullmatch(table.name)]


def read_rows(db: Connection, table: Columns) -> Iterator[bytes]:
    """Yield the table's rows, each a line."""
    with driver(db).cursor().copy(_copy(table.name, table.columns, "to stdout")) as copy:
        for row in copy:
            yield bytes(row)


def write_rows(db: Connection, table: Columns, chunks: Iterable[bytes]) -> int:
    """Return how many rows were added to the table."""
    cursor = driver(db).cursor()
    with cursor.copy(_copy(table.name, table.columns, "from stdin")) as copy:
        for chunk in chunks:
            copy.write(chunk)
    return cursor.rowcount


def has_addresses(table: str) -> bool:
    """Whether any of the table's columns holds addresses."""
    return table in ADDRESSES


def at_home(table: Columns, rows: Iterable[bytes], base: str) -> Iterator[bytes]:
    """Yield the rows with the addresses of their images in the store whose addresses begin with `base`."""
    places = [place for place, column in enumerate(table.columns) if column in ADDRESSES.get(table.name, ())]
    if not places:
        yield from rows
        return
    home = base.encode() + rb"/\1"
    for row in rows:
        # What is within a value is never a tab or a line's end: COPY writes those as \t and \n.
        values = row.rstrip(b"\n").split(b"\t")
        for place in places:
            if place < len(values) and b"://" in values[place]:
                values[place] = ADDRESS.sub(home, values[place])
        yield b"\t".join(values) + b"\n"


def read_ids(db: Connection) -> dict[str, int]:
    """Return the last number that each column of the tables gave, by table and column; none where it gave none."""
    found: dict[str, int] = {}
    for row in db.execute(SQL["list_counters"]).all():
        if NOT_DATA.fullmatch(row.table_name):
            continue
        about = db.exec_driver_sql(f"select last_value, is_called from {row.sequence}").one()  # noqa: S608 (quoted)
        if about.is_called:
            found[f"{row.table_name}.{row.column_name}"] = about.last_value
    return found


def set_ids(db: Connection, ids: dict[str, int]) -> None:
    """Let the columns count on behind these numbers, and behind those they gave here: no id is given twice."""
    known = read_ids(db)
    for row in db.execute(SQL["list_counters"]).all():
        name = f"{row.table_name}.{row.column_name}"
        if last := max(ids.get(name, 0), known.get(name, 0)):
            driver(db).execute("select setval(%s::regclass, %s)", [row.sequence, last])


def _copy(table: str, columns: Iterable[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy {} ({}) " + direction).format(sql.Identifier(table), names)
