"""Reading contacts once more, with the engine that did not read them: for a second opinion."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from lib.database import load_queries
from lib.jobs.queue import defer_many
from lib.jobs.reading import read_card
from lib.settings import get_settings

SQL = load_queries("jobs")
# Behind every photo that was never read: nobody who captures cards waits for second opinions.
PRIORITY = -1


def reread(db: Connection, contact_ids: Collection[int]) -> int:
    """Return how many of the contacts are queued to be read by the other engine, in the caller's transaction.

    Contacts keep what they have and the state they are in; those that failed are read as if for the first time. Left
    out are those without photo, and those being read.
    """
    parameters = {"contact_ids": list(contact_ids), "own_engine": get_settings().ocr_engine}
    job_ids = list(db.execute(SQL["add_rereadings"], parameters).scalars())
    defer_many(db, read_card, {f"ocr_job/{job_id}": {"job_id": job_id} for job_id in job_ids}, priority=PRIORITY)
    return len(job_ids)
