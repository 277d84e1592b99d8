"""The rehearsed migration, and what the program would do with it: say at each transaction's begin as whom it works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import Connection, Engine, event

from lib.database.queries import NAME, statement

FOLDER = Path(__file__).parent
STEPS = sorted(FOLDER.glob("[1-5]_*.sql"))
LEAKPROOF = FOLDER / "leakproof.sql"
LOCKS = """
select cast(relation as regclass), mode from pg_locks
where pid = pg_backend_pid() and relation is not null and mode = 'AccessExclusiveLock'"""
# As whom a transaction works, told to the server before anything else is. The address is for those signing in.
SAY = """
select set_config('meishi.org_id', %s, true), set_config('meishi.user_id', %s, true),
  set_config('meishi.email', %s, true)"""
# What has to change in sql/, by topic and name.
CHANGED = {
    ("refreshing", name): statement(body)
    for parts in [NAME.split((FOLDER / "refreshing.sql").read_text())]
    for name, body in zip(parts[1::2], parts[2::2], strict=True)
}


@dataclass
class Actor:
    """As whom this process works: a thread's own would not do, as AppTest runs a page in another."""

    org_id: int | None = None
    user_id: int | None = None
    email: str | None = None


actor = Actor()


def rehearse(db: psycopg.Connection, *, default_email: str = "owner@example.com") -> dict[str, float]:
    """Return the seconds that each step took; all of them or none are done."""
    took = {}
    with db.transaction():
        db.execute("select set_config('meishi.default_email', %s, true)", [default_email])
        for path in STEPS:
            began = time.perf_counter()
            db.execute(path.read_text().encode())
            took[path.stem] = time.perf_counter() - began
    return took


def listen(engine: Engine) -> None:
    """Have each of the engine's transactions begin with as whom it works."""
    event.listen(engine, "begin", _say)


def _say(db: Connection) -> None:
    said = [str(value or "") for value in (actor.org_id, actor.user_id, actor.email)]
    cast(psycopg.Connection, db.connection.driver_connection).execute(SAY, said)


@contextmanager
def acting(org_id: int | None = None, user_id: int | None = None, email: str | None = None) -> Iterator[None]:
    """Work as this organisation and user; as nobody where nothing is said."""
    before = vars(actor).copy()
    vars(actor).update(org_id=org_id, user_id=user_id, email=email)
    try:
        yield
    finally:
        vars(actor).update(before)
