"""What the checks are given, and what they find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from lib.database import load_queries
from lib.database.refusals import as_unavailable
from lib.errors import MeishiError
from lib.settings import Settings

SQL = load_queries("doctor")
Status = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How one thing is; a `remedy` says what to do where it is not well."""

    status: Status
    message: str
    remedy: str = ""


def ok(message: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(status="ok", message=message)


def warning(message: str, remedy: str) -> Finding:
    """Return that something works, and should be looked at."""
    return Finding(status="warning", message=message, remedy=remedy)


def wrong(message: str, remedy: str) -> Finding:
    """Return that something does not work."""
    return Finding(status="wrong", message=message, remedy=remedy)


class NotLookedAt(MeishiError):
    """What a check needs is missing, which another one has said."""


@dataclass
class Case:
    """An installation, looked at one check after the other; what one opens, later ones use."""

    settings: Settings
    # The database, once it was reached, and whether our tables are in it as this program knows them.
    engine: Engine | None = None
    has_tables: bool = False

    @contextmanager
    def database(self, *, with_tables: bool = True) -> Iterator[Connection]:
        """Give a connection that can only read and waits ten seconds at most. Raises NotLookedAt."""
        if self.engine is None:
            raise NotLookedAt("Not looked at: the database is not reached.")
        if with_tables and not self.has_tables:
            raise NotLookedAt("Not looked at: the database's tables are not those of this program.")
        try:
            with self.engine.connect() as connection:
                reading = connection.execution_options(postgresql_readonly=True)
                reading.execute(SQL["limit_time"])
                yield reading
        except (OperationalError, InterfaceError) as error:
            raise as_unavailable(error, self.engine.url) from error
