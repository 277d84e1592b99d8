"""Which stretch of time and which event are looked at, in the viewer's own days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection, text

PERIODS = {"7 days": 7, "14 days": 14, "42 days": 42, "90 days": 90, "365 days": 365, "All time": 0}
CUSTOM = "Custom"
SERVER_ZONES = text("select name from pg_timezone_names")


@dataclass(frozen=True, kw_only=True)
class Window:
    """From the first to the last day, both included, of a zone; None is open. `event_id` None is all events."""

    first: dt.date | None
    last: dt.date
    is_open: bool
    zone: str
    event_id: int | None = None

    @property
    def since(self) -> dt.datetime | None:
        """The first moment, UTC without zone; None for ever."""
        return self._midnight(self.first) if self.first else None

    @property
    def until(self) -> dt.datetime | None:
        """The first moment that is not in it any more; None for a window that goes on until now."""
        return None if self.is_open else self._midnight(self.last + dt.timedelta(days=1))

    def as_parameters(self) -> dict[str, object]:
        """Return the parameters that dashboard queries take."""
        return {"since": self.since, "until": self.until, "event_id": self.event_id, "zone": self.zone}

    def in_zone(self, moment: dt.datetime) -> dt.datetime:
        """Return a moment of the database (UTC without zone) as the viewer's clock shows it."""
        return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self.zone))

    def _midnight(self, day: dt.date) -> dt.datetime:
        local = dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone))
        return local.astimezone(dt.UTC).replace(tzinfo=None)


def known_zone(name: str | None, servers: Collection[str]) -> str:
    """Return the zone a browser named, UTC where it named none or one that is not in ours and the `servers`."""
    return name if name in available_timezones() and name in servers else "UTC"


def server_zones(db: Connection) -> frozenset[str]:
    """Return the zones that the database knows. Its list may be older than a browser's, and takes a while."""
    return frozenset(db.execute(SERVER_ZONES).scalars())


def last_days(days: int, zone: str, now: dt.datetime, event_id: int | None = None) -> Window:
    """Return the window of the `days` that end with today, 0 for all; `now` has a zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    first = today - dt.timedelta(days=days - 1) if days else None
    return Window(first=first, last=today, is_open=True, zone=zone, event_id=event_id)


def between(first: dt.date, last: dt.date, zone: str, event_id: int | None = None) -> Window:
    """Return the window of the days from `first` to `last`."""
    return Window(first=first, last=last, is_open=False, zone=zone, event_id=event_id)
