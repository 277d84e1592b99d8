"""The process's one engine, and transactions on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import InterfaceError, OperationalError

from lib.database.address import connect_options, parse_url
from lib.database.migrations import MigrationRefused, migrate
from lib.database.refusals import as_unavailable, first_line
from lib.errors import DatabaseUnavailable, SettingsError
from lib.settings import Settings

if TYPE_CHECKING:
    from lib.database.embedded import EmbeddedServer

# The schema's timestamps have no zone, so sessions must agree on one. libpq sends this at the start of each
# connection, which also holds behind a connection pooler.
os.environ["PGTZ"] = "UTC"

OLDEST = (15,)
# What is said of a database that is not reached, by SQLAlchemy and by its driver asked directly.
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)

_lock = threading.Lock()
_engine: Engine | None = None
# The embedded server, where we use it.
_server: EmbeddedServer | None = None


def make_engine(url: URL) -> Engine:
    """Return an engine that also works behind a transaction pooler and comes back after the server's restart."""
    # What a failed statement was given, which would stand in its error and so in the log, is people's.
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=connect_options(url))


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
            _bring_up_to_date(engine)
        except BaseException:
            engine.dispose()
            raise
        _engine = engine


def _bring_up_to_date(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            version = connection.dialect.server_version_info or OLDEST
            if version < OLDEST:
                raise DatabaseUnavailable(f"PostgreSQL {version[0]} is too old.", f"Use {OLDEST[0]} or newer.")
            migrate(connection)
    except AWAY as error:
        raise as_unavailable(error, engine.url) from error
    except psycopg.Error as error:
        raise MigrationRefused(
            f"The database refuses the tables: {first_line(error)}.",
            "Let its role create tables: grant create on schema public to that role.",
        ) from error


def close_database() -> None:
    """Let go of the database, so that `open_database` connects anew; the embedded server stops with its last user."""
    global _engine, _server
    with _lock:
        if _engine is not None:
            _engine.dispose()
            _engine = None
        if _server is not None:
            _server.stop()
            _server = None


@contextmanager
def other_database(settings: Settings) -> Iterator[Engine]:
    """Give an engine of the settings' database, brought up to date, beside the process's own one.

    Raises what `open_database` raises, and DatabaseUnavailable where the database goes away meanwhile.
    """
    server = None if settings.database_url else _embedded_server(settings)
    engine = make_engine(server.url() if server else parse_url(settings.database_url or ""))
    try:
        _bring_up_to_date(engine)
        yield engine
    except AWAY as error:
        raise as_unavailable(error, engine.url) from error
    finally:
        engine.dispose()
        if server is not None:
            server.stop()


@contextmanager
def transaction() -> Iterator[Connection]:
    """Give a connection inside one transaction, committed at the end. Raises DatabaseUnavailable."""
    engine = current_engine()
    try:
        with _connect(engine) as connection, connection.begin():
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise as_unavailable(error, engine.url) from error


def _connect(engine: Engine) -> Connection:
    """Return a connection; where the embedded server has died, once it is there again."""
    try:
        return engine.connect()
    except (OperationalError, InterfaceError):
        if _server is None:
            raise
        # It comes back by itself where only one of its children was killed, perhaps in this moment.
        if not _server.answers():
            _server.start()
        return engine.connect()


def current_engine() -> Engine:
    """Return this process's engine. Raises DatabaseUnavailable before `open_database`."""
    if _engine is None:
        raise DatabaseUnavailable("The database is not open yet.", "Reload the page in a moment.")
    return _engine


def _embedded(settings: Settings) -> URL:
    global _server
    _server = _embedded_server(settings)
    return _server.url()


def _embedded_server(settings: Settings) -> EmbeddedServer:
    if os.name == "nt":
        raise SettingsError(
            "The embedded database does not run on Windows.",
            "Use WSL, or set DATABASE_URL to a PostgreSQL server.",
        )
    from lib.database.embedded import EmbeddedServer  # Unix only

    try:
        server = EmbeddedServer(settings.meishi_home)
        server.start()
    except OSError as error:
        raise SettingsError(
            f"The folder {settings.meishi_home} cannot be used: {error.strerror}.",
            "Set MEISHI_HOME to a folder you may write to.",
        ) from error
    return server
