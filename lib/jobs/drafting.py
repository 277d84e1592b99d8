"""Writing a campaign's drafts as a job."""

from __future__ import annotations

from collections.abc import Collection

import procrastinate
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.errors import DatabaseUnavailable
from lib.jobs.queue import defer, queue
from lib.outreach.generation import begin_generation, generate_drafts, resume_generation
from lib.settings import get_settings


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
    """Write what the run still lacks; a run that nobody wants any more writes nothing."""
    generate_drafts(campaign_id, get_settings(), generation=generation)
