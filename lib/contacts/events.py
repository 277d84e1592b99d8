"""Events: where the cards come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.database import get_row, list_rows, load_queries
from lib.errors import NotFound
from lib.text import clean_name, clean_text

SQL = load_queries("events")


@dataclass(frozen=True, kw_only=True)
class EventDetails:
    """What a person says about an event. Raises NotValid for what the columns cannot hold."""

    name: str
    date: dt.date
    location: str | None = None
    industry: str | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        """Tidy every text; `frozen` leaves only this way."""
        object.__setattr__(self, "name", clean_name(self.name, "event"))
        for column, limit in (("location", 255), ("industry", 100), ("description", 10_000)):
            object.__setattr__(self, column, clean_text(getattr(self, column), column, limit))


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event and how many contacts it gave."""

    id: int
    name: str
    date: dt.date
    location: str | None
    industry: str | None
    description: str | None
    contact_count: int


@dataclass(frozen=True, kw_only=True)
class EventContents:
    """What goes when the event goes."""

    contacts: int
    drafts: int
    groups: int


def list_events(db: Connection) -> list[Event]:
    """Return all events, latest first."""
    return list_rows(db, SQL["list_events"], Event)


def get_event(db: Connection, event_id: int) -> Event | None:
    """Return the event, or None when there is none of that id."""
    return get_row(db, SQL["get_event"], Event, {"event_id": event_id})


def add_event(db: Connection, details: EventDetails, **metadata: object) -> int:
    """Return the id of the new event. `metadata` joins the name in its activity."""
    event_id = int(db.execute(SQL["add_event"], asdict(details)).scalar_one())
    log_activity(db, "event_created", "event", event_id, name=details.name, **metadata)
    return event_id


def update_event(db: Connection, event_id: int, details: EventDetails) -> None:
    """Change the event. Raises NotFound."""
    before = get_event(db, event_id)
    if before is None:
        raise _gone()
    db.execute(SQL["update_event"], {"event_id": event_id, **asdict(details)})
    changed = [name for name, value in asdict(details).items() if getattr(before, name) != value]
    log_activity(db, "event_updated", "event", event_id, name=details.name, changed=changed)


def count_event_contents(db: Connection, event_id: int) -> EventContents:
    """Return how much deleting the event would take with it."""
    contents = get_row(db, SQL["count_event_contents"], EventContents, {"event_id": event_id})
    assert contents is not None  # noqa: S101  (an aggregate always has a row)
    return contents


def delete_event(db: Connection, event_id: int) -> None:
    """Delete the event and its contacts; their images are swept after the commit. Raises NotFound."""
    db.execute(SQL["lock_event"], {"event_id": event_id})
    contents = count_event_contents(db, event_id)
    name = db.execute(SQL["delete_event"], {"event_id": event_id}).scalar()
    if name is None:
        raise _gone()
    log_activity(db, "event_deleted", "event", event_id, name=name, **asdict(contents))


def _gone() -> NotFound:
    return NotFound("This event is not there any more.", "It was deleted meanwhile; choose another.")
