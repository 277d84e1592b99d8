"""A worker: one process that takes one job at a time."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from psycopg_pool import PoolTimeout

from lib.database import close_database, current_engine, open_database
from lib.database.refusals import as_unavailable
from lib.jobs import drafting, reading  # noqa: F401  (drafting registers its task)
from lib.jobs.queue import queue, worker_connector
from lib.jobs.upkeep import start_upkeep
from lib.settings import get_settings

HEARTBEAT_S = 5
# How often a worker asks for jobs: beside being told of them, and where it is not. Behind a pooler that gives each
# transaction another session nobody is told of anything, and whether there is one cannot be asked.
POLL_WHEN_TOLD_S, POLL_S = 5.0, 1.0
# The queue's own way of telling the dead compares clocks; `lib.jobs.upkeep` does it, and this only clears up.
FORGET_AFTER_S = 7 * 24 * 3600
FINISH_LIMIT_S = 20


def work() -> None:
    """Take jobs until the owner's end of standard input closes, or until told to stop."""
    # Until the queue has its own handler: the default one would skip the exit hook that leaves the database's server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=_stop_with_owner, daemon=True).start()
    settings = get_settings()
    open_database(settings)
    start_upkeep()
    with queue.replace_connector(worker_connector(current_engine().url)) as connected:
        try:
            asyncio.run(_take_jobs(connected, is_told=settings.database_url is None))
        except (ConnectorException, PoolTimeout) as error:
            raise as_unavailable(error.__cause__ or error, current_engine().url) from error


async def _take_jobs(app: procrastinate.App, *, is_told: bool) -> None:
    _tell_owner_the_id(app)
    _end_jobs_through_outages(app)
    async with app.open_async():
        # The first card need not wait for the models: they load while nothing is asked yet.
        warming = asyncio.create_task(asyncio.to_thread(reading.open_worker_reader))
        await app.run_worker_async(
            concurrency=1,
            listen_notify=is_told,
            fetch_job_polling_interval=POLL_WHEN_TOLD_S if is_told else POLL_S,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=FORGET_AFTER_S,
            shutdown_graceful_timeout=FINISH_LIMIT_S,
            # ocr_jobs and email_campaigns are the record; the queue keeps only what is still to do.
            delete_jobs=DeleteJobCondition.ALWAYS,
        )
        await warming


def _end_jobs_through_outages(app: procrastinate.App) -> None:
    """Have the queue hear of a job's end once the database is back: else a living worker would keep it for ever."""

    def patient(end_job: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def ended(**about: object) -> None:
            has_failed = False
            while True:
                try:
                    return await end_job(**about)
                except ConnectorException as error:
                    if not isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError)):
                        if has_failed:  # it had heard, and only its answer was lost
                            return None
                        raise
                has_failed = True
                await asyncio.sleep(reading.OUTAGE_LOOK_S)

        return ended

    app.job_manager.finish_job = patient(app.job_manager.finish_job)  # type: ignore[method-assign,assignment]
    app.job_manager.retry_job = patient(app.job_manager.retry_job)  # type: ignore[method-assign,assignment]


def _tell_owner_the_id(app: procrastinate.App) -> None:
    """Have the owner hear, by the leash, under which id the queue knows this worker: its heartbeats can be found."""
    register = app.job_manager.register_worker

    async def told() -> int:
        worker_id = await register()
        with suppress(OSError):
            os.write(sys.stdin.fileno(), f"{worker_id}\n".encode())
        return worker_id

    app.job_manager.register_worker = told  # type: ignore[method-assign]


def _stop_with_owner() -> None:
    # Even kill -9 of the owner closes the pipe; a signal or an exit hook would not be sure.
    with suppress(OSError):  # an owner that was killed before it heard our id
        # Past Python's buffer, whose lock a process that ends by itself could not take.
        while os.read(sys.stdin.fileno(), 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(FINISH_LIMIT_S + 10)
    close_database()
    os._exit(1)
