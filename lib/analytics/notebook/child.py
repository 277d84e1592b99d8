"""Run one query and write what it gives, as JSON: a program of its own, started by running.py.

In a process of its own a query that returns gigabytes ends that process and not the app, and to end it is to stop
the query. It knows the reader's address alone, and imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.types.string import TextLoader

# What a cell weighs besides its text: Python's string and its place in a list.
CELL_BYTES = 64
UNDONE = "savepoint before_query"


def main() -> None:
    """Read the task from standard input, write the answer to standard output."""
    task = json.load(sys.stdin)
    # Whatever happens to those who wait for us: no query outlives its time.
    signal.alarm(task["alarm_s"])
    _limit_memory(os.getpid(), task["memory_bytes"])
    try:
        answer = _answer(task)
    except psycopg.Error as error:
        answer = {"error": _error(error, task.get("before", 0))}
    except (MemoryError, RecursionError):
        answer = {"error": {"sqlstate": "53200", "message": "The result needs too much memory."}}
    json.dump(answer, sys.stdout)


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    with psycopg.connect(**task["connect"], autocommit=True, prepare_threshold=None) as connection:
        _limit_server(connection, task["server_bytes"])
        for known in connection.adapters.types:
            for oid in (known.oid, known.array_oid):
                connection.adapters.register_loader(oid, TextLoader)
        cursor = psycopg.RawCursor(connection)
        # One transaction, never committed: a pooler gives it one connection, and settings do not outlive it.
        cursor.execute("begin read only")
        cursor.execute(
            "select set_config(name, wanted ->> name, true) from pg_settings, cast($1 as jsonb) as wanted "
            "where wanted ? name",
            [json.dumps(task["settings"])],
        )
        cursor.execute(UNDONE)
        try:
            columns = _describe(connection, task)
            return {"columns": columns, **_read(cursor, task)}
        finally:
            with contextlib.suppress(psycopg.Error):
                cursor.execute("rollback to before_query")
                # A pooler's connection would keep them beyond the transaction.
                cursor.execute("select pg_advisory_unlock_all()")
                cursor.execute("rollback")


def _describe(connection: psycopg.Connection[Any], task: dict[str, Any]) -> list[tuple[str, int]]:
    """Return names and types of the query's columns. Raises psycopg.Error unless it is one query that only reads.

    A cursor is declared for it and closed: for one the server takes only a select, values or table, without `into`
    and without writing in a `with`. The extended protocol takes one statement at a time.
    """
    server = connection.pgconn
    values = [None if value is None else value.encode() for value in task["values"]]
    declared = server.exec_params(task["declare"].encode(), values)
    if declared.status != ExecStatus.COMMAND_OK:
        # Where it names a place, that counts from the beginning of `declare`.
        task["before"] = len(task["declare"]) - len(task["query"])
        raise error_from_result(declared)
    described = server.describe_portal(task["cursor"].encode())
    names = [(described.fname(place) or b"").decode() for place in range(described.nfields)]
    columns = list(zip(names, map(described.ftype, range(described.nfields)), strict=True))
    server.exec_params(f"close {task['cursor']}".encode(), None)
    return columns


def _read(cursor: psycopg.RawCursor[Any], task: dict[str, Any]) -> dict[str, Any]:
    """Return the rows as far as they fit. They come by one statement, so that one time limit holds for all."""
    began = time.monotonic()
    rows: list[tuple[str | None, ...]] = []
    size, cut = 0, None
    # Row by row and always by the extended protocol; closing it cancels what is left.
    stream = cast(Generator[tuple[str | None, ...], None, None], cursor.stream(task["query"], task["values"]))
    with contextlib.closing(stream):
        for row in stream:
            size += sum(CELL_BYTES + len(cell or "") for cell in row)
            if len(rows) == task["rows"] or size > task["bytes"]:
                cut = "rows" if len(rows) == task["rows"] else "bytes"
                break
            rows.append(row)
    return {"rows": rows, "cut": cut, "seconds": time.monotonic() - began}


def _error(error: psycopg.Error, before: int) -> dict[str, Any]:
    said = error.diag
    return {
        "sqlstate": error.sqlstate,
        "message": said.message_primary or str(error),
        "detail": said.message_detail,
        "hint": said.message_hint,
        "position": int(said.statement_position) - before if said.statement_position else None,
        "is_connection": error.sqlstate is None or error.sqlstate.startswith(("08", "28", "3D")),
    }


def _limit_server(connection: psycopg.Connection[Any], limit: int) -> None:
    """Keep the server's process for us from using up the machine, where it runs on this one and Linux lets us.

    Its parent must be who listens on our socket: in a container the same number may be somebody else's.
    """
    pid = connection.info.backend_pid
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            listener, _, _ = struct.unpack("3i", ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        if parent == listener:
            _limit_as_its_owner(pid, limit)


def _limit_as_its_owner(pid: int, limit: int) -> None:
    """Limit a process of another account, as which root's server runs: its own account may, root perhaps not."""
    owner = Path(f"/proc/{pid}").stat()
    helper = os.fork()
    if helper:
        os.waitpid(helper, 0)
        return
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(owner.st_gid, owner.st_gid, owner.st_gid)
            os.setresuid(owner.st_uid, owner.st_uid, owner.st_uid)
        _limit_memory(pid, limit)
    finally:
        os._exit(0)


def _limit_memory(pid: int, limit: int) -> None:
    """Limit what the process may take of its own. Its stack is not counted: a stack that cannot grow kills."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
