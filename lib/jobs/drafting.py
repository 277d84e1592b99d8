"""Writing a campaign's drafts as a job."""

from __future__ import annotations

import time
from collections.abc import Collection

import procrastinate
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.database import load_queries, transaction
from lib.errors import DatabaseUnavailable
from lib.jobs.queue import defer, queue
from lib.outreach.generation import begin_generation, generate_drafts, resume_generation
from lib.settings import get_settings

SQL = load_queries("upkeep")
# So long the writing keeps a worker that others wait for, and so long it stays away then.
SLICE_S, AWAY_S = 15.0, 5


def enqueue_drafts(
    db: Connection, campaign_id: int, *, contact_ids: Collection[int] | None = None, rewrite: bool = False
) -> None:
    """Begin the writing (see `begin_generation`) and queue it, both in the caller's transaction."""
    defer_writing(db, campaign_id, begin_generation(db, campaign_id, contact_ids=contact_ids, rewrite=rewrite))


def resume_drafts(db: Connection, campaign_id: int) -> None:
    """Go on with the writing after a pause or a stop, in the caller's transaction."""
    defer_writing(db, campaign_id, resume_generation(db, campaign_id))


def defer_writing(db: Connection, campaign_id: int, generation: int) -> None:
    """Queue the run in the caller's transaction; of one campaign only one job writes at a time."""
    defer(db, write_drafts, lock=f"email_campaign/{campaign_id}", campaign_id=campaign_id, generation=generation)


@queue.task(
    name="write_drafts",
    retry=procrastinate.RetryStrategy(
        max_attempts=3, wait=5, retry_exceptions=(DatabaseUnavailable, OperationalError)
    ),
)
def write_drafts(campaign_id: int, generation: int | None = None) -> None:
    """Write what the run still lacks; a run that nobody wants any more writes nothing.

    While cards wait to be read it makes room for them after some seconds and comes back a little later.
    """
    started = time.monotonic()

    def must_yield() -> bool:
        return time.monotonic() - started > SLICE_S and _others_wait()

    if not generate_drafts(campaign_id, get_settings(), generation=generation, must_yield=must_yield):
        with transaction() as db:
            lock = f"email_campaign/{campaign_id}"
            # Before the cards that wait by then, so that neither waits for all of the other.
            again = write_drafts.configure(
                connection=db.connection.driver_connection, lock=lock, priority=1, schedule_in={"seconds": AWAY_S}
            )
            again.defer(campaign_id=campaign_id, generation=generation)


def requeue_lost_writing() -> list[int]:
    """Return the campaigns whose writing the queue had lost; it waits there again."""
    with transaction() as db:
        lost = db.execute(SQL["lock_unqueued_campaigns"]).all()
        for row in lost:
            defer_writing(db, row.id, row.generation)
    return [row.id for row in lost]


def _others_wait() -> bool:
    """Return whether a card waits to be read."""
    with transaction() as db:
        return bool(db.execute(SQL["do_cards_wait"]).scalar())
