"""Rows from elsewhere into a place, all of them or none: one transaction, in which the place's own indexes, triggers
and references are set aside and built again behind the rows.

No right is needed but to own the tables.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from lib.backup.errors import BackupDamaged, PlaceNotEmpty
from lib.backup.place import Place
from lib.backup.tables import SQL, Columns, at_home, driver, has_addresses, list_tables, read_ids, set_ids, write_rows
from lib.database import load_queries
from lib.database.bulk import without_indexes, without_own_triggers, without_references
from lib.database.migrations import known, migrate
from lib.errors import DatabaseUnavailable
from lib.words import counted

LOADING = load_queries("backup/loading")
# Of these a place may hold rows and be empty all the same: what a contact leaves when it goes.
TRACES = ("loose_images", "suppression_key_checks")
NAMES = {
    "contacts": "contact", "events": "event", "lead_groups": "group", "email_templates": "template",
    "email_campaigns": "campaign", "suppressions": "opt-out", "saved_queries": "saved query",
}  # fmt: skip


class Incoming(Protocol):
    """What rows come from."""

    @property
    def migrations(self) -> tuple[tuple[str, str], ...]:
        """Those that made the tables that the rows are of: name and SHA-256."""

    @property
    def tables(self) -> Mapping[str, tuple[Columns, int]]:
        """The tables by name, with the number of their rows."""

    @property
    def ids(self) -> dict[str, int]:
        """The last number that each column gave, by table and column."""

    def rows(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Yield each table that has rows, and those: whole lines in each piece where it has addresses."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What became of the rows. `returned`: contacts that had been deleted or erased in the place before."""

    rows: int
    contacts: int
    returned: int


def refuse_data(place: Place, *, remedy: str) -> None:
    """Raise PlaceNotEmpty where the place holds anything."""
    with place.engine.connect() as db:
        if there := what_is_there(db):
            raise PlaceNotEmpty(f"There are data in {place.name} already: {there}.", remedy)


def what_is_there(db: Connection) -> str:
    """Return in words what data a database holds; nothing where it is empty."""
    counts = {table.name: _count(db, table.name) for table in list_tables(db) if table.name not in TRACES}
    words = [counted(counts[table], name) for table, name in NAMES.items() if counts.get(table)]
    return ", ".join(words) or (counted(sum(counts.values()), "row") if any(counts.values()) else "")


def load(
    place: Place, incoming: Incoming, *, replace: bool = False, check: Callable[[Connection], None] | None = None
) -> Loaded:
    """Return what was loaded; `check` may still refuse it before it counts.

    Raises PlaceNotEmpty unless told to `replace`, BackupDamaged, DatabaseUnavailable.
    """
    try:
        with place.engine.connect() as db, db.begin():
            db.execute(SQL["read_as_written"])
            loaded = _load(db, place, incoming, replace)
            if check is not None:
                check(db)
        return loaded
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseUnavailable(
            f"The database does not let its role do this: {error.diag.message_primary}.",
            "The role must own the tables, and for a backup of an older Meishi be allowed to make a schema: "
            "grant create on database … to …",
        ) from error
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise BackupDamaged(
            f"The rows do not fit the tables: {error.diag.message_primary}.", "Nothing was changed."
        ) from error


def _load(db: Connection, place: Place, incoming: Incoming, replace: bool) -> Loaded:
    tables = {table.name: table for table in list_tables(db)}
    # Nobody adds anything from here on; who reads waits for the end.
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    driver(db).execute(sql.SQL("lock table {} in access exclusive mode").format(names))
    if not replace and (there := what_is_there(db)):
        raise PlaceNotEmpty(f"There are data in {place.name} already: {there}.", "")
    # Indexes are built behind the rows.
    db.exec_driver_sql("set local maintenance_work_mem = '256MB'")
    for name in LOADING:
        if name.startswith("keep_"):
            db.execute(LOADING[name])
    driver(db).execute(sql.SQL("truncate {}").format(names))
    with _set_aside(db, list(tables)):
        if len(incoming.migrations) < len(known()):
            set_ids(db, _load_older(db, incoming, tables, place.pictures.base))
        else:
            _write(db, incoming, place.pictures.base)
        set_ids(db, incoming.ids)
        for name in LOADING:
            if name.startswith(("put_back_", "note_", "release_", "forget_")):
                db.execute(LOADING[name])
    returned = int(db.execute(LOADING["count_returned"]).scalar_one())
    rows = sum(count for _, count in incoming.tables.values())
    return Loaded(rows=rows, contacts=_count(db, "contacts"), returned=returned)


@contextmanager
def _set_aside(db: Connection, tables: list[str]) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(without_references(driver(db), tables))
        stack.enter_context(without_indexes(driver(db), tables))
        stack.enter_context(without_own_triggers(driver(db), tables))
        yield


def _write(db: Connection, incoming: Incoming, base: str) -> None:
    """Add the rows to the tables as they stand. Raises BackupDamaged where there are not as many as was said."""
    there = {table.name: set(table.columns) for table in list_tables(db)}
    written = dict.fromkeys(incoming.tables, 0)
    for name, rows in incoming.rows():
        table, _ = incoming.tables[name]
        if not set(table.columns) <= there.get(name, set()):
            raise BackupDamaged(f"There is no table {name} with these columns.", "Nothing was changed.")
        rows = at_home(table, rows, base) if has_addresses(name) else rows
        written[name] = write_rows(db, table, rows)
    for name, (_, said) in incoming.tables.items():
        if written[name] != said:
            raise BackupDamaged(f"Of {name} {written[name]:,} rows came and not {said:,}.", "Nothing was changed.")


def _load_older(db: Connection, incoming: Incoming, tables: dict[str, Columns], base: str) -> dict[str, int]:
    """Make the tables of that time beside ours, bring them up to date with the rows in them, and take the rows over.

    Return the last number that each column gave by then.
    """
    home = str(db.exec_driver_sql("select current_schema()").scalar_one())
    beside = f"restore_{uuid.uuid4().hex[:12]}"
    driver(db).execute(sql.SQL("create schema {}").format(sql.Identifier(beside)))
    _look_in(db, beside)
    migrate(db, up_to=incoming.migrations[-1][0])
    older = [table.name for table in list_tables(db)]
    with _set_aside(db, older):
        _write(db, incoming, base)
        set_ids(db, incoming.ids)
    migrate(db)
    now, ids = {table.name: table for table in list_tables(db)}, read_ids(db)
    _look_in(db, home)
    for name, table in tables.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, now[name].columns))
        driver(db).execute(
            sql.SQL("insert into {} ({}) overriding system value select {} from {}").format(
                sql.Identifier(table.name), columns, columns, sql.Identifier(beside, name)
            )
        )
    driver(db).execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(beside)))
    return ids


def _look_in(db: Connection, schema: str) -> None:
    db.exec_driver_sql("select set_config('search_path', %s, true)", (schema,))


def _count(db: Connection, table: str) -> int:
    found = driver(db).execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0
