"""How far the photos are, for the page that shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.database import get_row, list_rows, load_queries

SQL = load_queries("jobs")
ANY_STATUS = ("processing", "completed", "failed", "pending_review", "user_verified")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Photos by how far they are."""

    waiting: int
    failed: int
    read: int

    @property
    def total(self) -> int:
        """All photos."""
        return self.waiting + self.failed + self.read


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A contact's photo with its last job; times are UTC without zone."""

    contact_id: int
    photo_name: str
    back_photo_name: str | None
    full_name: str | None
    company: str | None
    contact_status: str
    job_status: str
    error_message: str | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None

    @property
    def seconds(self) -> float | None:
        """How long the last reading took, None while it has not ended."""
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()


def count_progress(db: Connection, event_id: int | None = None) -> Progress:
    """Return how far the photos of the event, or of all events, are."""
    progress = get_row(db, SQL["count_progress"], Progress, {"event_id": event_id})
    assert progress is not None  # noqa: S101  (an aggregate always has a row)
    return progress


def list_latest_photos(
    db: Connection, event_id: int, *, statuses: Collection[str] = ANY_STATUS, limit: int = 20
) -> list[Photo]:
    """Return the event's photos, the one that moved last first."""
    parameters = {"event_id": event_id, "statuses": list(statuses), "limit": limit}
    return list_rows(db, SQL["list_latest_photos"], Photo, parameters)
