"""How far the photos are and how fast they go, for the page that shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.database import get_row, list_rows, load_queries

SQL = load_queries("jobs")
# The pace of now: long enough that a slow card does not show, short enough to notice another worker.
WINDOW_S = 120.0
# Fewer readings, or less time, say nothing about the next ones.
ENOUGH_READINGS = 5
ENOUGH_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    """An event's photos by how far they are: `reading` now, or `read` with success."""

    waiting: int
    reading: int
    failed: int
    read: int

    @property
    def total(self) -> int:
        """All photos."""
        return self.unfinished + self.ended

    @property
    def unfinished(self) -> int:
        """Those that will still be read."""
        return self.waiting + self.reading

    @property
    def ended(self) -> int:
        """Those that the reader is done with, with success or without."""
        return self.failed + self.read


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How many readings `ended` in the last `seconds`, and how many are `ahead` until the event's last one ends."""

    ahead: int
    ended: int
    seconds: float

    @property
    def per_minute(self) -> float | None:
        """Readings a minute; None while too few ended to tell."""
        if self.seconds < ENOUGH_S or self.ended < ENOUGH_READINGS:
            return None
        return self.ended / self.seconds * 60

    @property
    def seconds_left(self) -> float | None:
        """How long until the event's photos are read, None where nobody can tell yet."""
        rate = self.per_minute
        return None if rate is None else self.ahead / rate * 60


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A contact's photo with its last job; times are UTC without zone."""

    contact_id: int
    photo_name: str
    back_photo_name: str | None
    full_name: str | None
    company: str | None
    contact_status: str
    job_status: str | None
    error_message: str | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None

    @property
    def seconds(self) -> float | None:
        """How long the last reading took, None while it has not ended."""
        if self.started_at is None or self.completed_at is None:
            return None
        return (self.completed_at - self.started_at).total_seconds()


def count_progress(db: Connection, event_id: int) -> Progress:
    """Return how far the photos of the event are."""
    progress = get_row(db, SQL["count_progress"], Progress, {"event_id": event_id})
    assert progress is not None  # noqa: S101  (an aggregate always has a row)
    return progress


def get_pace(db: Connection, event_id: int) -> Pace:
    """Return how fast photos are read now, and how many are left to be read until the event's are."""
    pace = get_row(db, SQL["get_pace"], Pace, {"event_id": event_id, "window_s": WINDOW_S})
    assert pace is not None  # noqa: S101  (an aggregate always has a row)
    return pace


def list_latest_photos(db: Connection, event_id: int, *, limit: int = 20) -> list[Photo]:
    """Return the event's photos: being read, then read or failed, then waiting; of each the last first."""
    return list_rows(db, SQL["list_latest_photos"], Photo, {"event_id": event_id, "limit": limit})


def list_failed_photos(db: Connection, event_id: int, *, limit: int = 20, offset: int = 0) -> list[Photo]:
    """Return the event's photos that could not be read, in the order of capture."""
    parameters = {"event_id": event_id, "limit": limit, "offset": offset}
    return list_rows(db, SQL["list_failed_photos"], Photo, parameters)
