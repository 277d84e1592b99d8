"""Where a contact comes from: facts to answer "how do you come by my address?"; what they allow is not decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.database import get_row, load_queries

SQL = load_queries("origins")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The event where a card was taken, None where there is none, and when it was handed over (UTC without zone)."""

    event_name: str | None
    event_location: str | None
    event_date: dt.date | None
    added_at: dt.datetime
    is_photo: bool

    def as_words(self, zone: dt.tzinfo = dt.UTC) -> str:
        """Return `Taken at Spring Fair, Berlin, 20 April 2026 · photo handed in 21 April 2026, 10:32`."""
        added_at = self.added_at.replace(tzinfo=dt.UTC).astimezone(zone)
        how = "photo handed in" if self.is_photo else "added"
        added = f"{how} {_as_date(added_at)}, {added_at:%H:%M}"
        if self.event_name is None:
            return f"No event known · {added}"
        date = _as_date(self.event_date) if self.event_date else None
        place = ", ".join(part for part in (self.event_name, self.event_location, date) if part)
        return f"Taken at {place} · {added}"


def get_origin(db: Connection, contact_id: int) -> Origin | None:
    """Return where the contact comes from, None where it is gone."""
    return get_row(db, SQL["get_origin"], Origin, {"contact_id": contact_id})


def _as_date(date: dt.date) -> str:
    return f"{date.day} {date:%B} {date.year}"
