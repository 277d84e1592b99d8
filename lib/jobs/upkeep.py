"""What each worker sees to beside its jobs: dead workers' jobs taken up, lost work found, what is over swept."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping

from lib.analytics.refreshing import refresh
from lib.contacts.undo import forget_expired
from lib.database import load_queries, transaction
from lib.errors import MeishiError
from lib.images import sweep_images
from lib.jobs.backing_up import back_up_when_due
from lib.jobs.drafting import requeue_lost_writing
from lib.jobs.queue import defer
from lib.jobs.reading import read_card
from lib.outreach.exports.history import sweep_copies
from lib.workers import SILENCE_S

SQL = load_queries("upkeep")
# A dead worker's job is with another within 60 s.
LOOK_EVERY_S = 5.0
TIDY_EVERY_S = 30.0

log = logging.getLogger(__name__)


class Lookout:
    """Tells the dead from the living by how long the same heartbeat was seen.

    By this process's own clock, which stands still while a laptop sleeps, and not by comparing the heartbeat with the
    time of day: neither a clock that is set nor a lid that is closed makes the living look dead, or the dead alive.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, tuple[dt.datetime, float]] = {}

    def dead(self, heartbeats: Mapping[int, dt.datetime]) -> list[int]:
        """Return the workers whose heartbeat has not moved for `SILENCE_S` seconds of looking."""
        now = self._clock()
        before, self._seen = self._seen, {}
        for worker_id, heartbeat in heartbeats.items():
            seen = before.get(worker_id)
            self._seen[worker_id] = seen if seen and seen[0] == heartbeat else (heartbeat, now)
        return [worker_id for worker_id, (_, since) in self._seen.items() if now - since >= SILENCE_S]


def start_upkeep() -> threading.Event:
    """Look after the queue and the images in the background, until what is returned is set."""
    lookout, ended = Lookout(), threading.Event()
    _begin("upkeep", lambda: take_up_jobs(lookout), LOOK_EVERY_S, ended)
    # Beside it, as what is kept of the dashboards takes seconds to make anew: no dead worker's job waits for that.
    _begin("tidying", _tidy, TIDY_EVERY_S, ended)
    return ended


def _begin(name: str, chore: Callable[[], object], every_s: float, ended: threading.Event) -> None:
    def repeat() -> None:
        while not ended.is_set():
            try:
                chore()
            except MeishiError as error:
                log.warning("%s: %s", name, error)
            except Exception:
                log.exception("%s failed; it goes on", name)
            ended.wait(every_s)

    threading.Thread(target=repeat, daemon=True, name=name).start()


def _tidy() -> None:
    back_up_when_due()
    requeue_lost_readings()
    requeue_lost_writing()
    with transaction() as db:
        forget_expired(db)
    sweep_copies()
    sweep_images()
    with transaction() as db:
        refresh(db)


def take_up_jobs(lookout: Lookout) -> list[int]:
    """Return the queue's jobs that wait again because their worker is dead. Attempts are capped where they start."""
    with transaction() as db:
        heartbeats = {row.id: row.last_heartbeat for row in db.execute(SQL["list_heartbeats"])}
        if dead := lookout.dead(heartbeats):
            db.execute(SQL["forget_workers"], {"worker_ids": dead})
        taken = list(db.execute(SQL["requeue_jobs_of_nobody"]).scalars())
        db.execute(SQL["hasten_jobs"])
    for job_id in taken:
        log.warning("taking up job %s of a worker that is gone", job_id)
    return taken


def requeue_lost_readings() -> list[int]:
    """Return the readings that nobody had in hand any more; they wait in the queue again."""
    with transaction() as db:
        job_ids = list(db.execute(SQL["lock_unqueued_jobs"]).scalars())
        for job_id in job_ids:
            defer(db, read_card, lock=f"ocr_job/{job_id}", job_id=job_id)
    return job_ids
