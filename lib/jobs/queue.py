"""The queue: Procrastinate on the product's own database, so that work joins the transaction that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import procrastinate
from sqlalchemy import URL, Connection

from lib.database.address import as_conninfo, connect_options

# Without a connection of its own: work is deferred on the caller's, and a worker brings its own.
queue = procrastinate.App(connector=procrastinate.PsycopgConnector())


def defer(db: Connection, task: Any, *, lock: str, **arguments: int) -> None:
    """Queue `task` as part of the caller's transaction: a rollback takes it back. `lock` keeps two from running."""
    task.configure(connection=db.connection.driver_connection, lock=lock).defer(**arguments)


def defer_many(db: Connection, task: Any, jobs: Mapping[str, Mapping[str, int]], *, priority: int = 0) -> None:
    """Queue `task` once for each lock with its arguments, all by one statement; else as `defer`.

    What has a higher `priority` is done first.
    """
    if jobs:
        queue.job_manager.batch_defer_jobs(
            [
                task.configure(lock=lock, priority=priority).make_new_job(**arguments)
                for lock, arguments in jobs.items()
            ],
            connection=db.connection.driver_connection,
        )


def worker_connector(url: URL) -> procrastinate.PsycopgConnector:
    """Return the connections to `url` that a worker takes its jobs by."""
    return procrastinate.PsycopgConnector(
        conninfo=as_conninfo(url),
        kwargs=connect_options(url),
        min_size=1,
        # One job at a time: its heart beats on the one while the other fetches or ends a job.
        max_size=2,
    )
