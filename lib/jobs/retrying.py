"""Reading once more what could not be read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from lib.database import load_queries
from lib.jobs.queue import defer_many
from lib.jobs.reading import read_card

SQL = load_queries("jobs")


def retry_readings(db: Connection, contact_ids: Collection[int]) -> int:
    """Return how many of the contacts' failed readings are queued again, in the caller's transaction."""
    job_ids = list(db.execute(SQL["retry_jobs"], {"contact_ids": list(contact_ids)}).scalars())
    defer_many(db, read_card, {f"ocr_job/{job_id}": {"job_id": job_id} for job_id in job_ids})
    return len(job_ids)


def retry_event(db: Connection, event_id: int) -> int:
    """Return how many readings are queued again: all that failed at the event."""
    return retry_readings(db, list(db.execute(SQL["list_failed_contacts"], {"event_id": event_id}).scalars()))
