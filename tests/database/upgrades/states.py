"""Make a database of an earlier state, and look at all that is in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import URL

from lib.database.engine import make_engine
from lib.database.migrations import FOLDER, migrate

FILLS = Path(__file__).parent
STATES = [path.name[:4] for path in sorted(FOLDER.glob("*.sql"))]
# With it the opt-outs of 0014.sql were hashed.
KEY = "key of the made-up upgrades"
# By table and then by what a row is known by: the row's values.
Content = dict[str, dict[str, dict[str, Any]]]


@contextmanager
def migrations_until(state: str) -> Iterator[Path]:
    """Give a folder with the migrations up to `state` alone, as the program of that time had them."""
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(FOLDER.glob("*.sql")):
            if path.name[:4] <= state:
                shutil.copy(path, folder)
        yield Path(folder)


def bring_to(url: URL, state: str) -> list[str]:
    """Return the migrations that were applied to come to `state`."""
    engine = make_engine(url)
    with migrations_until(state) as folder, engine.connect() as connection:
        applied = migrate(connection, folder)
    engine.dispose()
    return applied


def fill(url: URL, state: str, *, alone: bool = False) -> None:
    """Run the fills up to `state`, or its own alone."""
    with connect(url) as db:
        for path in sorted(FILLS.glob("*.sql")):
            if path.stem == state or (path.stem < state and not alone):
                db.execute(path.read_bytes())
        _move_sequences(db)


def connect(url: URL) -> psycopg.Connection[Any]:
    """Return a connection by the driver itself, each statement on its own."""
    # Not as an address: a password with a space would not survive it.
    arguments = url.translate_connect_args(username="user", database="dbname")
    return psycopg.connect(**arguments, **url.query, autocommit=True, row_factory=dict_row, prepare_threshold=None)


def _move_sequences(db: psycopg.Connection[Any]) -> None:
    """Let ids go on behind those of the fills, as if the tables had counted them."""
    for owned in db.execute(
        "select attrelid::regclass::text as name, attname, pg_get_serial_sequence(attrelid::regclass::text, attname) as seq"
        " from pg_attribute join pg_class on pg_class.oid = attrelid where relkind = 'r' and attnum > 0"
        " and relnamespace = 'public'::regnamespace and pg_get_serial_sequence(attrelid::regclass::text, attname) is not null"
    ).fetchall():
        db.execute(
            f"select setval('{owned['seq']}', coalesce((select max({owned['attname']}) from {owned['name']}), 1))"
        )


def list_columns(url: URL) -> dict[str, list[str]]:
    """Return the columns of every table."""
    columns: dict[str, list[str]] = {}
    with connect(url) as db:
        for found in db.execute(
            "select relname, attname from pg_attribute join pg_class on pg_class.oid = attrelid where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped order by relname, attnum"
        ):
            columns.setdefault(found["relname"], []).append(found["attname"])
    return columns


def read_content(url: URL) -> Content:
    """Return every row of every table, values as JSON has them, by the table's key."""
    content: Content = {}
    with connect(url) as db:
        for table in list_columns(url):
            key = [
                found["attname"]
                for found in db.execute(
                    "select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)"
                    " where indisprimary and indrelid = %s::regclass order by attnum",
                    [table],
                )
            ]
            rows = [found["row"] for found in db.execute(f'select to_jsonb(t) as row from "{table}" as t')]
            content[table] = {"/".join(str(row[column]) for column in key): row for row in rows}
    return content
