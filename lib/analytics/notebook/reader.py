"""The notebook's own way into the database: a role that can only read, and proof that it can do no more.

It signs in by itself: after `set role` in a session of ours, a query's `select set_config('role', …)` is us again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, TextClause
from sqlalchemy.exc import DBAPIError

from lib.database import current_engine, load_queries, transaction
from lib.database.address import parse_url
from lib.database.engine import make_engine
from lib.database.migrations import LOCK
from lib.database.refusals import first_line
from lib.errors import MeishiError
from lib.settings import get_settings

Address = dict[str, Any]
CONNECT_TIMEOUT_S = 10
# What the role itself answers. One row per thing that it may do beyond reading.
POWERS = """
select 'it is a superuser' from pg_roles where rolname = current_user and rolsuper
union all
select 'it may make roles or databases' from pg_roles
where rolname = current_user and (rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
union all
select 'it belongs to the role ' || roles.rolname from pg_roles as roles
where roles.rolname <> current_user and pg_has_role(current_user, roles.oid, 'member')
union all
select 'it may write to ' || tables.relname from pg_class as tables
where tables.relkind in ('r', 'p', 'v') and tables.relnamespace not in (
    select oid from pg_namespace where nspname in ('pg_catalog', 'information_schema') or nspname like 'pg_temp%')
  and (has_table_privilege(tables.oid, 'insert, update, delete, truncate')
    or has_any_column_privilege(tables.oid, 'insert, update'))
union all
select 'it may read ' || tables.relname from pg_class as tables
where tables.relkind = 'r' and obj_description(tables.oid, 'pg_class') ilike 'private%'
  and has_any_column_privilege(tables.oid, 'select')
limit 3"""
HOW_TO_ALLOW = """-- As an administrator of the server, either:
alter role {owner} createrole;
-- or, with a password of yours, and then NOTEBOOK_DATABASE_URL set to this role's address:
create role meishi_notebook login noinherit connection limit 8 password '…';"""


class NotebookUnavailable(MeishiError):
    """There is no role that can only read; `allow` is what an administrator can run, empty where nothing helps."""

    def __init__(self, message: str, remedy: str, allow: str = "") -> None:
        super().__init__(message, remedy)
        self.allow = allow


_opened: tuple[Engine, str, Address] | None = None


def open_reader() -> tuple[str, Address]:
    """Return the reader's name and how to connect as it, made and given its rights where need be.

    Raises NotebookUnavailable.
    """
    global _opened
    engine = current_engine()
    if _opened is None or _opened[0] is not engine:
        _opened = (engine, *(_given_reader() or _own_reader(engine)))
    return _opened[1], _opened[2]


def forget_reader() -> None:
    """Have the next `open_reader` look anew: the role did not get in."""
    global _opened
    _opened = None


def address_of(engine: Engine) -> Address:
    """Return what psycopg connects by where the engine does."""
    _, address = engine.dialect.create_connect_args(engine.url)
    # What is not text is SQLAlchemy's own.
    known = {name: value for name, value in address.items() if isinstance(value, (str, int))}
    return {**known, "connect_timeout": CONNECT_TIMEOUT_S}


def password_for(reader: str, owners: str) -> str:
    """Return the reader's password: it follows from the owner's, which it does not tell, and is stored nowhere."""
    digest = hmac.digest(owners.encode(), f"Meishi notebook {reader}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()


def _given_reader() -> tuple[str, Address] | None:
    """Return the reader of NOTEBOOK_DATABASE_URL with the rights it needs, None where none is set."""
    url = get_settings().notebook_database_url
    if url is None:
        return None
    address = address_of(make_engine(parse_url(url)))
    try:
        with _connect(address) as connection:
            reader, mark = connection.execute("select cast(current_user as text), notebook_reader()").fetchall()[0]
    except psycopg.Error as error:
        raise NotebookUnavailable(
            f"The address in NOTEBOOK_DATABASE_URL does not work: {first_line(error)}",
            "Check its host, port, user, password and name.",
        ) from None
    with transaction() as db:
        if mark != _run(db, "get_reader_state").reader:
            raise NotebookUnavailable(
                "NOTEBOOK_DATABASE_URL leads to another database than DATABASE_URL.", "Give both the same one."
            )
        if reader != _run(db, "get_reader_state").owner:
            _grant(db, reader)
    _prove_harmless(address, reader, "Give it a role of its own, made by: " + HOW_TO_ALLOW.splitlines()[-1])
    return reader, address


def _own_reader(engine: Engine) -> tuple[str, Address]:
    """Return the reader that this database has of its own, made where it is missing."""
    ours = address_of(engine)
    with transaction() as db:
        state = _run(db, "get_reader_state")
        if not state.is_made:
            _make(db, state.owner, None)
        _grant(db, state.reader)
    # Poolers that serve many servers know a user by a longer name: owner.project.
    suffix = str(ours.get("user", "")).removeprefix(state.owner)
    address = {**ours, "user": state.reader + (suffix if suffix.startswith(".") else "")}
    if ours.get("password"):
        address["password"] = password_for(state.reader, str(ours["password"]))
    try:
        _prove_harmless(address, state.reader, "Take those rights away from it.")
    except psycopg.Error:
        _set_password(ours, state.owner, state.reader, address)
    return state.reader, address


def _set_password(ours: Address, owner: str, reader: str, address: Address) -> None:
    """Give the reader its password, which it has not yet or which followed from an older one of ours."""
    try:
        if "password" in address:
            # The server gets a verifier, so that the password stands in no log.
            with _connect(ours) as connection:
                encoded = connection.pgconn.encrypt_password(
                    address["password"].encode(), reader.encode(), b"scram-sha-256"
                )
            with transaction() as db:
                _make(db, owner, encoded.decode())
        _prove_harmless(address, reader, "Take those rights away from it.")
    except psycopg.Error as error:
        raise NotebookUnavailable(
            f"The role {reader} cannot sign in: {first_line(error)}",
            "Make a role for the notebook and set NOTEBOOK_DATABASE_URL to its address.",
            _how_to_allow(owner),
        ) from None


def _make(db: Connection, owner: str, verifier: str | None) -> None:
    try:
        with db.begin_nested():
            _run(db, "lock_schema", lock=LOCK)
            _run(db, "make_reader", verifier=verifier)
    except DBAPIError as error:
        raise NotebookUnavailable(
            "The notebook needs a role that can only read, and this database's owner may not make one: "
            f"{first_line(error.orig)}",
            "An administrator of the server can allow it.",
            _how_to_allow(owner),
        ) from None


def _grant(db: Connection, reader: str) -> None:
    _run(db, "lock_schema", lock=LOCK)
    _run(db, "grant_reader", reader=reader)


def _prove_harmless(address: Address, reader: str, remedy: str) -> None:
    """Raise NotebookUnavailable if the role may do more than read, psycopg.Error if it does not get in."""
    with _connect(address) as connection:
        powers = [power for (power,) in connection.execute(POWERS)]
    if powers:
        raise NotebookUnavailable(f"The role {reader} can do more than read: {', '.join(powers)}.", remedy)


def _connect(address: Address) -> psycopg.Connection[Any]:
    return psycopg.connect(**{**address, "autocommit": True, "prepare_threshold": None})


def _run(db: Connection, name: str, **parameters: object) -> Any:
    query: TextClause = load_queries("notebook")[name]
    return db.execute(query, parameters).one()


def _how_to_allow(owner: str) -> str:
    return HOW_TO_ALLOW.format(owner=sql.Identifier(owner).as_string(None))
