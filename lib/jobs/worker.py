"""A worker: one process that takes one job at a time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading

import procrastinate
from procrastinate import JobContext
from procrastinate.jobs import DeleteJobCondition

from lib.database import close_database, current_engine, open_database
from lib.jobs import drafting, reading  # noqa: F401  (drafting registers its task)
from lib.jobs.queue import queue, worker_connector
from lib.settings import get_settings

HEARTBEAT_S = 10
# A worker that was silent for so long is dead; its job is given to another at the next look, within 60 s in all.
SILENCE_S = 30
FINISH_LIMIT_S = 20

log = logging.getLogger(__name__)


@queue.periodic(cron="* * * * * */10")
@queue.task(name="retry_stalled", pass_context=True, queueing_lock="retry_stalled", priority=100)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of dead workers to the living. Their own attempts are capped where they start."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE_S):
        log.warning("taking up job %s of a worker that is gone", job.id)
        await manager.retry_job(job)


def work(*, is_owned: bool) -> None:
    """Take jobs until told to stop; an owned worker stops when its owner's end of standard input closes."""
    # Until the queue has its own handler: the default one would skip the exit hook that leaves the database's server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if is_owned:
        threading.Thread(target=_stop_with_owner, daemon=True).start()
    open_database(get_settings())
    with queue.replace_connector(worker_connector(current_engine().url)) as connected:
        asyncio.run(_take_jobs(connected))


async def _take_jobs(app: procrastinate.App) -> None:
    async with app.open_async():
        # The first card need not wait for the models: they load while nothing is asked yet.
        warming = asyncio.create_task(asyncio.to_thread(reading.open_worker_reader))
        await app.run_worker_async(
            concurrency=1,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=SILENCE_S,
            shutdown_graceful_timeout=FINISH_LIMIT_S,
            # ocr_jobs and email_campaigns are the record; the queue keeps only what is still to do.
            delete_jobs=DeleteJobCondition.ALWAYS,
        )
        await warming


def _stop_with_owner() -> None:
    # Even kill -9 of the owner closes the pipe; a signal or an exit hook would not be sure.
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(FINISH_LIMIT_S + 10)
    close_database()
    os._exit(1)
