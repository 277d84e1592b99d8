"""Whether the database answers, asked in a way that can neither hang nor pile up."""

from __future__ import annotations

import asyncio
import json
import logging
import selectors
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from sqlalchemy import URL, TextClause

from lib.database import statement
from lib.database.address import as_conninfo, connect_options
from lib.database.refusals import as_unavailable
from lib.errors import DatabaseUnavailable, MeishiError

PATH = "/_meishi/health"
LIMIT_S = 2
# A little longer than the look itself, which can say more than that there was no answer.
PATIENCE_S = 2.5
# However often it is asked for, the database is looked at no more often.
KEPT_S = 1.0
HERE = statement("select 1")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a look found: `told` to everybody who asks, `reason` to the log alone."""

    is_ok: bool
    told: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""

    @property
    def status(self) -> int:
        """The HTTP status that says it."""
        return 200 if self.is_ok else 503

    def as_json(self) -> bytes:
        """Return the answer's body."""
        return json.dumps({"status": "ok" if self.is_ok else "failing", **self.told}).encode()


NO_ANSWER = Health(is_ok=False, told={"database_ms": None}, reason="no answer in time")


def look_at_database(
    url: URL, query: TextClause = HERE, parameters: Mapping[str, Any] | None = None
) -> tuple[str, float]:
    """Return the first value of `query` as text, and the milliseconds it took with connecting.

    By a connection of its own: where all others are taken, or wait for a server that says nothing, this one is ended
    after `LIMIT_S`. Raises DatabaseUnavailable.
    """
    dialect = url.get_dialect()()
    options = {**connect_options(url), "connect_timeout": LIMIT_S}
    began = time.monotonic()
    try:
        with closing(psycopg.connect(as_conninfo(url), **options)) as connection:
            compiled = query.compile(dialect=dialect)
            sql = psycopg.ClientCursor(connection).mogrify(str(compiled), compiled.construct_params(parameters))
            value = _first_value(connection.pgconn, sql.encode(), began + LIMIT_S)
    except psycopg.Error as error:
        raise as_unavailable(error, url) from error
    return value, (time.monotonic() - began) * 1000


def _first_value(server: psycopg.pq.abc.PGconn, sql: bytes, deadline: float) -> str:
    """Return what the server answers before the deadline; psycopg's own cursors would wait for ever."""
    server.send_query(sql)
    server.flush()
    with selectors.DefaultSelector() as selector:
        selector.register(server.socket, selectors.EVENT_READ)
        while server.is_busy():
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise DatabaseUnavailable(
                    "The database took the question and does not answer.", "Look at its server."
                )
            server.consume_input()
    result = server.get_result()
    if result is None or result.status != ExecStatus.TUPLES_OK:
        said = result.error_message.decode(errors="replace") if result else "nothing"
        raise psycopg.OperationalError(said)
    return (result.get_value(0, 0) or b"").decode()


def database_health(url: URL) -> Health:
    """Return whether the database answers."""
    _, took_ms = look_at_database(url)
    return Health(is_ok=True, told={"database_ms": round(took_ms, 1)})


class Probe:
    """Looks once at a time, in a thread of its own, and not again while the last look is young."""

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._future: Future[Health] | None = None
        self._began = self._ended = 0.0
        self._was_ok = True

    def ask(self) -> Health:
        """Return what the look that is under way, or the last one, found; `NO_ANSWER` where it takes too long."""
        future, patience_s = self._current()
        try:
            return future.result(patience_s)
        except TimeoutError:
            return NO_ANSWER

    async def ask_async(self) -> Health:
        """Return the same without keeping the event loop."""
        future, patience_s = self._current()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), patience_s)
        except TimeoutError:
            return NO_ANSWER

    def _current(self) -> tuple[Future[Health], float]:
        """Return the look to wait for, begun now where need be, and the seconds to wait."""
        with self._lock:
            now = time.monotonic()
            if self._future is None or (self._future.done() and now - self._ended >= KEPT_S):
                self._future, self._began = Future(), now
                self._future.set_running_or_notify_cancel()  # who stops waiting does not take it from the others
                threading.Thread(target=self._run, args=[self._future], daemon=True, name="health").start()
            return self._future, max(0.0, self._began + PATIENCE_S - now)

    def _run(self, future: Future[Health]) -> None:
        try:
            found = self._look()
        except MeishiError as error:
            found = Health(is_ok=False, told={"database_ms": None}, reason=str(error))
        except Exception as error:
            log.exception("the look at the database failed")
            found = Health(is_ok=False, told={"database_ms": None}, reason=type(error).__name__)
        if found.is_ok != self._was_ok:
            log.warning("health: %s", "well again" if found.is_ok else found.reason)
        self._was_ok, self._ended = found.is_ok, time.monotonic()
        future.set_result(found)
