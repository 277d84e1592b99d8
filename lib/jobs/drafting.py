"""Writing a campaign's drafts as a job."""

from __future__ import annotations

import procrastinate
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.errors import DatabaseUnavailable
from lib.jobs.queue import defer, queue
from lib.outreach.generation import begin_generation, generate_drafts
from lib.settings import get_settings


def enqueue_drafts(db: Connection, campaign_id: int) -> None:
    """Set the campaign to generating and queue the writing, both in the caller's transaction."""
    begin_generation(db, campaign_id)
    defer(db, write_drafts, lock=f"email_campaign/{campaign_id}", campaign_id=campaign_id)


@queue.task(
    name="write_drafts",
    retry=procrastinate.RetryStrategy(
        max_attempts=3, wait=5, retry_exceptions=(DatabaseUnavailable, OperationalError)
    ),
)
def write_drafts(campaign_id: int) -> None:
    """Write the drafts that the campaign still lacks."""
    generate_drafts(campaign_id, get_settings())
