"""The queue: Procrastinate on the product's own database, so that work joins the transaction that asks for it."""

from __future__ import annotations

from typing import Any

import procrastinate
from sqlalchemy import URL, Connection

# Without a connection of its own: work is deferred on the caller's, and the worker brings one (`for_worker`).
queue = procrastinate.App(connector=procrastinate.PsycopgConnector())


def defer(db: Connection, task: Any, *, lock: str, **arguments: int) -> None:
    """Queue `task` as part of the caller's transaction: a rollback takes it back. `lock` keeps two from running."""
    task.configure(connection=db.connection.driver_connection, lock=lock).defer(**arguments)


def for_worker(url: URL) -> procrastinate.App:
    """Return the queue with connections to `url`, as a worker needs them."""
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, kwargs={"prepare_threshold": None, "connect_timeout": 10}, min_size=1, max_size=4
    )
    return queue.with_connector(connector)
