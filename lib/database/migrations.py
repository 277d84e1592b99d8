"""Numbered SQL files, each applied once, in order."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import Connection

from lib.errors import MeishiError
from lib.settings import ROOT

FOLDER = ROOT / "sql" / "migrations"
# Any number no other program of this database uses.
LOCK = 0x6D656973
TABLE = """
create table if not exists schema_migrations (
  name text primary key, sha256 text not null, applied_at timestamp not null default now()
)"""


# No row for a database without our tables.
OWNER = """
select
  cast(current_user as text), cast(pg_get_userbyid(relowner) as text), pg_has_role(relowner, 'usage'),
  has_function_privilege('pg_catalog.pg_advisory_xact_lock(bigint)', 'execute')
from pg_class
where oid = to_regclass('schema_migrations')"""


class MigrationRefused(MeishiError):
    """The database and the files in sql/migrations do not belong together."""


def migrate(connection: Connection, folder: Path = FOLDER, *, up_to: str | None = None) -> list[str]:
    """Return the names of the files applied now, the last one being `up_to`; all of them or none.

    Holds an advisory lock for the transaction, so that processes starting together take turns. Raises
    MigrationRefused for a file edited after it was applied, for a database that knows files we do not, and for a role
    that has not the rights of those tables' owner.
    """
    # The driver's own connection takes files of several statements, and leaves `%` and `:` in them alone.
    driver = cast(psycopg.Connection, connection.connection.driver_connection)
    files = {path.name: path.read_text() for path in sorted(folder.glob("*.sql"))}
    with driver.transaction():
        _refuse_guests(driver)
        driver.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        driver.execute(TABLE)
        applied: dict[str, str] = dict(driver.execute("select name, sha256 from schema_migrations").fetchall())
        _refuse_strangers(files, applied)
        pending = [name for name in files if name not in applied and (up_to is None or name <= up_to)]
        for name in pending:
            driver.execute(files[name].encode())
            driver.execute(
                "insert into schema_migrations (name, sha256) values (%s, %s)", [name, _sha256(files[name])]
            )
    return pending


def _refuse_guests(driver: psycopg.Connection) -> None:
    """Refuse a role that could not work with all of it: only an owner's may change tables or refresh views."""
    for role, owner, has_rights, may_lock in driver.execute(OWNER).fetchall():
        if not (has_rights and may_lock):
            raise MigrationRefused(
                f"The tables belong to the role {owner}, and {role} has not all the rights that it needs."
                if not has_rights
                else f"The role {role} may not take the locks that it needs.",
                "An administrator of the server can give them to it: "
                f"psql -v role={role} -f sql/admin/hand_over.sql, with the database's address.",
            )


def known(folder: Path = FOLDER) -> dict[str, str]:
    """Return the SHA-256 of each file by its name, in order."""
    return {path.name: _sha256(path.read_text()) for path in sorted(folder.glob("*.sql"))}


def _refuse_strangers(files: dict[str, str], applied: dict[str, str]) -> None:
    for name, sha256 in applied.items():
        if name not in files:
            raise MigrationRefused(
                f"The database was changed by a newer Meishi ({name}).",
                "Update this program, then start it again.",
            )
        if sha256 != _sha256(files[name]):
            raise MigrationRefused(
                f"sql/migrations/{name} was edited after it was applied to this database.",
                "Put the file back as it was, and write the change as a new migration.",
            )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
