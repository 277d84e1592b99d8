"""Running one query as the reader, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg

from lib.analytics.notebook.reader import forget_reader, open_reader
from lib.analytics.notebook.results import QueryError, Result, as_error, as_result
from lib.analytics.notebook.sql import CURSOR, DECLARE, as_statement

CHILD = Path(__file__).with_name("child.py")
TIMEOUT_S = 15
ROW_LIMIT = 10_000
RESULT_BYTES = 10_000_000
SQL_LIMIT = 50_000
# The child reads single rows: it needs twice the longest one, and the result.
CHILD_BYTES = 400_000_000
SERVER_BYTES = 600_000_000
# Queries at once, of everybody who uses this process: what each may take adds up.
MOST_AT_ONCE = 3
TOO_MANY = {"sqlstate": "53300"}  # as the server says it of connections
# Where connecting takes its time as well.
ALARM_S = TIMEOUT_S + 10
SETTINGS = {
    "statement_timeout": f"{TIMEOUT_S}s",
    "transaction_timeout": f"{TIMEOUT_S + 5}s",  # PostgreSQL 17
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": f"{TIMEOUT_S}s",
    # How soon the server notices that we were stopped.
    "client_connection_check_interval": "1s",
    # The limit on the server's memory holds for one process.
    "max_parallel_workers_per_gather": "0",
    "search_path": "public",
    "timezone": "UTC",
    "datestyle": "ISO",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
}
# Nothing of ours reaches the child but what connecting may need.
PASSED_ON = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH")

_processes: list[subprocess.Popen[bytes]] = []
_starting = threading.Lock()


class Run:
    """A query that runs. `is_running` tells whether it still does, `stop` ends it, `finish` gives what it gave.

    Raises NotebookUnavailable when there is no reader.
    """

    def __init__(self, sql: str, values: Mapping[str, str | None] | None = None, *, rows: int = ROW_LIMIT) -> None:
        self._sql = sql
        self._statement = as_statement(sql, values or {})
        _, address = open_reader()
        self._deadline = time.monotonic() + ALARM_S + 5
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `finish`)
        self._process = _start_child(self._output)
        if self._process is None:
            return
        assert self._process.stdin is not None  # noqa: S101  (a pipe was asked for)
        try:
            with self._process.stdin as task:
                task.write(json.dumps(self._task(address, rows)).encode())
        except BrokenPipeError:
            pass  # it died; `finish` says so

    def _task(self, address: dict[str, Any], rows: int) -> dict[str, Any]:
        return {
            "connect": address,
            "settings": SETTINGS,
            "cursor": CURSOR,
            "declare": DECLARE + self._statement.text,
            "query": self._statement.text,
            "values": self._statement.values,
            "rows": rows,
            "bytes": RESULT_BYTES,
            "memory_bytes": CHILD_BYTES,
            "server_bytes": SERVER_BYTES,
            "alarm_s": ALARM_S,
        }

    @property
    def is_running(self) -> bool:
        """Whether it still runs; one that outlives all its limits is stopped."""
        if self._process is None:
            return False
        if self._process.poll() is None and time.monotonic() > self._deadline:
            self.stop()
        return self._process.poll() is None

    def stop(self) -> None:
        """End the query, if it still runs. The server notices within a second."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def finish(self) -> Result | QueryError:
        """Wait for the end and return what the query gave."""
        while self.is_running:
            time.sleep(0.02)
        with self._output as output:
            output.seek(0)
            text = output.read()
        if self._process is None:
            return as_error(TOO_MANY, self._sql, self._statement, TIMEOUT_S)
        try:
            answer = json.loads(text)
        except ValueError:
            return QueryError(
                message="The query was stopped.", advice="It took too long, or its result is too large."
            )
        if said := answer.get("error"):
            if said.get("is_connection"):
                forget_reader()
            return as_error(said, self._sql, self._statement, TIMEOUT_S)
        return as_result(answer, _type_names())


def run_query(
    sql: str, values: Mapping[str, str | None] | None = None, *, rows: int = ROW_LIMIT
) -> Result | QueryError:
    """Return what the query gives. Raises NotebookUnavailable."""
    return Run(sql, values, rows=rows).finish()


def _start_child(output: IO[bytes]) -> subprocess.Popen[bytes] | None:
    """Return a process that waits for its task, None where as many as may are running."""
    with _starting:
        # Whoever was forgotten by those who began it ends by its own alarm, and counts no longer.
        _processes[:] = [process for process in _processes if process.poll() is None]
        if len(_processes) >= MOST_AT_ONCE:
            return None
        process = subprocess.Popen(
            [sys.executable, "-I", CHILD],
            stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if _is_passed_on(name)},
        )  # fmt: skip
        _processes.append(process)
    return process


def _is_passed_on(name: str) -> bool:
    # libpq's own settings are, such as certificates, but no password that is not the reader's.
    return name in PASSED_ON or (name.startswith("PG") and name not in ("PGPASSWORD", "PGPASSFILE", "PGOPTIONS"))


@cache
def _type_names() -> dict[int, str]:
    return {known.oid: known.name for known in psycopg.adapters.types}
