"""Many rows at once: without the indexes and triggers that are for rows one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

# Those of constraints stay: they cannot be taken away without their constraint.
INDEXES = """
select indexname, indexdef
from pg_indexes
where schemaname = current_schema() and tablename = any(%s) and indexname not in (select conname from pg_constraint)
"""
REFERENCES = """
select relname, conname, pg_get_constraintdef(pg_constraint.oid)
from pg_constraint
join pg_class on pg_class.oid = conrelid
where contype = 'f' and relnamespace = cast(current_schema() as regnamespace) and relname = any(%s)
order by relname, conname
"""


@contextmanager
def without_indexes(db: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take away the indexes of the tables that are no constraint's, and build them again behind the rows."""
    found = db.execute(INDEXES, [list(tables)]).fetchall()
    for name, _ in found:
        db.execute(SQL("drop index {}").format(Identifier(name)))
    yield
    for _, definition in found:
        db.execute(definition)


@contextmanager
def without_triggers(db: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Let no trigger run, within the transaction: what they would have filled in the caller gives.

    A role that may not switch off the checks of references too leaves them on; they take a minute a million.
    """
    try:
        with db.transaction():
            db.execute("set local session_replication_role = replica")
    except psycopg.errors.InsufficientPrivilege:
        with without_own_triggers(db, tables):
            yield
        return
    yield
    db.execute("set local session_replication_role = origin")


@contextmanager
def without_own_triggers(db: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Let none of the tables' own triggers run; references are checked all the same. Their owner may do this."""
    for table in tables:
        db.execute(SQL("alter table {} disable trigger user").format(Identifier(table)))
    yield
    for table in tables:
        db.execute(SQL("alter table {} enable trigger user").format(Identifier(table)))


@contextmanager
def without_references(db: psycopg.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take away the tables' references to others, and check all at once behind the rows: seconds, not minutes."""
    found = db.execute(REFERENCES, [list(tables)]).fetchall()
    for table, name, _ in found:
        db.execute(SQL("alter table {} drop constraint {}").format(Identifier(table), Identifier(name)))
    yield
    for table, name, definition in found:
        statement = SQL("alter table {} add constraint {} ").format(Identifier(table), Identifier(name))
        db.execute(statement + SQL(definition))


def copy_rows(db: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Copy the rows into the table."""
    names = SQL(", ").join(map(Identifier, columns))
    with db.cursor().copy(SQL("copy {} ({}) from stdin").format(Identifier(table), names)) as copy:
        for row in rows:
            copy.write_row(row)
