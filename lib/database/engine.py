"""The process's one engine, and transactions on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError

from lib.database.migrations import migrate
from lib.errors import DatabaseUnavailable, SettingsError
from lib.settings import Settings

# The schema's timestamps have no zone, so sessions must agree on one. libpq sends this at the start of each
# connection, which also holds behind a connection pooler.
os.environ["PGTZ"] = "UTC"

_lock = threading.Lock()
_engine: Engine | None = None
# What ends our use of the embedded server, where we use it.
_leave_server: Callable[[], None] | None = None


def parse_url(address: str) -> URL:
    """Return DATABASE_URL as SQLAlchemy wants it: any of PostgreSQL's usual schemes, always psycopg 3."""
    try:
        return make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise SettingsError(
            "The setting DATABASE_URL cannot be read as an address.",
            "Write it as postgresql://user:password@host:5432/name, with special characters in the password as %xx.",
        ) from None


def make_engine(url: URL) -> Engine:
    """Return an engine that also works behind a transaction pooler and comes back after the server's restart."""
    return create_engine(
        url,
        pool_pre_ping=True,
        # A pooler hands each transaction to another server process, which has not seen our prepared statements.
        connect_args={"prepare_threshold": None, "connect_timeout": 10},
    )


def open_database(settings: Settings) -> None:
    """Connect this process to its database, the embedded one where none is set, and bring its schema up to date.

    Further calls do nothing. Raises DatabaseUnavailable, SettingsError, MigrationRefused.
    """
    global _engine
    with _lock:
        if _engine is not None:
            return
        engine = make_engine(parse_url(settings.database_url) if settings.database_url else _embedded(settings))
        try:
            with engine.connect() as connection:
                migrate(connection)
        except (OperationalError, InterfaceError) as error:
            engine.dispose()
            raise _unavailable(error, engine.url) from error
        _engine = engine


def close_database() -> None:
    """Let go of the database, so that `open_database` connects anew; the embedded server stops with its last user."""
    global _engine, _leave_server
    with _lock:
        if _engine is not None:
            _engine.dispose()
            _engine = None
        if _leave_server is not None:
            _leave_server()
            _leave_server = None


@contextmanager
def transaction() -> Iterator[Connection]:
    """Give a connection inside one transaction, committed at the end. Raises DatabaseUnavailable."""
    engine = current_engine()
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise _unavailable(error, engine.url) from error


def current_engine() -> Engine:
    """Return this process's engine. Raises DatabaseUnavailable before `open_database`."""
    if _engine is None:
        raise DatabaseUnavailable("The database is not open yet.", "Reload the page in a moment.")
    return _engine


def _embedded(settings: Settings) -> URL:
    if os.name == "nt":
        raise SettingsError(
            "The embedded database does not run on Windows.",
            "Use WSL, or set DATABASE_URL to a PostgreSQL server.",
        )
    from lib.database.embedded import EmbeddedServer  # Unix only

    global _leave_server
    server = EmbeddedServer(settings.meishi_home)
    url = server.start()
    _leave_server = server.stop
    return url


def _unavailable(error: Exception, url: URL) -> DatabaseUnavailable:
    # The driver's first line ends with the cause (refused, unknown host, wrong password); it never holds the password.
    cause = str(getattr(error, "orig", error)).strip().splitlines()[0].rsplit("failed: ", 1)[-1]
    where = f"{url.host}:{url.port or 5432}" if url.host else "of this machine"
    return DatabaseUnavailable(
        f"The database {where} does not answer: {cause}",
        "Check that the server runs and that DATABASE_URL has the right host, port, user, password and name.",
    )
