"""Many photos from disk into one event, one at a time; one that cannot be taken in keeps no other out."""

from __future__ import annotations

import datetime as dt
import difflib
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from lib.capture.files import read_photo
from lib.capture.photos import capture_photo
from lib.cards import fingerprint
from lib.contacts.events import Event, EventDetails, add_event, list_events
from lib.database import list_rows, load_queries, transaction
from lib.errors import AlreadyThere, DatabaseUnavailable, MeishiError, NotFound, StorageUnavailable
from lib.logs import refer
from lib.text import clean_name

SQL = load_queries("batch")
# What would happen to every other photo as well.
ENDING = (StorageUnavailable, DatabaseUnavailable, NotFound)
# "Sprnig Fair" is like "Spring Fair", "Autumn Fair" is not.
ALIKE = 0.8

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a file: taken in, there already, or failed. `contact_id` is the contact its photo is."""

    path: Path
    kind: Literal["taken", "there", "failed"]
    contact_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A contact whose photo could not be read."""

    contact_id: int
    reason: str | None


def choose_event(db: Connection, name: str, date: dt.date | None) -> tuple[int, str]:
    """Return the id of the event of that name, and a sentence on which it is; made where there is none.

    The name counts as written, then in small or capital letters; of several the newest. Raises NotValid.
    """
    name = clean_name(name, "event")
    events = list_events(db)
    same = [event for event in events if event.name == name]
    same = same or [event for event in events if event.name.casefold() == name.casefold()]
    if not same:
        return _add_event(db, name, date or dt.date.today(), events)
    if len(same) > 1:
        return same[0].id, f"{len(same)} events are called {name}; the photos go to the newest, of {same[0].date}."
    return same[0].id, f"The photos go to {same[0].name} of {same[0].date}."


def capture_files(event_id: int, paths: Iterable[Path]) -> Iterator[Outcome]:
    """Yield what became of each file, one file in memory at a time.

    Raises StorageUnavailable, DatabaseUnavailable, and NotFound when the event is gone: they end it for all.
    """
    for path in paths:
        yield _capture_file(event_id, path)


def list_unread(db: Connection, contact_ids: Collection[int]) -> list[int]:
    """Return those of the contacts that are still to be read."""
    return list(db.execute(SQL["list_unread"], {"contact_ids": list(contact_ids)}).scalars())


def list_unreadable(db: Connection, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return as failed those whose photo could not be read, with the reader's reason."""
    by_contact = {outcome.contact_id: outcome.path for outcome in outcomes if outcome.contact_id is not None}
    rows = list_rows(db, SQL["list_unreadable"], Unreadable, {"contact_ids": list(by_contact)})
    reasons = {row.contact_id: row.reason or "It could not be read." for row in rows}
    return [
        Outcome(path=path, kind="failed", contact_id=contact_id, reason=reasons[contact_id])
        for contact_id, path in by_contact.items()
        if contact_id in reasons
    ]


def _add_event(db: Connection, name: str, date: dt.date, events: Collection[Event]) -> tuple[int, str]:
    names = {event.name.casefold(): event.name for event in events}
    said = f"There was no event called {name}: it was made, dated {date}."
    for alike in difflib.get_close_matches(name.casefold(), names, n=1, cutoff=ALIKE):
        said += f" There is one called {names[alike]}."
    return add_event(db, EventDetails(name=name, date=date)), said


def _capture_file(event_id: int, path: Path) -> Outcome:
    try:
        data = read_photo(path)
        try:
            return Outcome(path=path, kind="taken", contact_id=capture_photo(event_id, path.name, data))
        except AlreadyThere as error:
            contact_id = _find_captured(event_id, data)
            return Outcome(path=path, kind="there", contact_id=contact_id, reason=error.message)
    except ENDING:
        raise
    except MeishiError as error:
        return Outcome(path=path, kind="failed", reason=str(error))
    except Exception:
        # One photo must not keep the others out.
        reference = refer(log, "taking in a photo failed")
        return Outcome(path=path, kind="failed", reason=f"It could not be taken in (reference {reference}).")


def _find_captured(event_id: int, data: bytes) -> int | None:
    """Return the contact that the event has of this photo; None when it was deleted just now."""
    with transaction() as db:
        parameters = {"event_id": event_id, "photo_fingerprint": fingerprint(data)}
        return db.execute(SQL["find_captured"], parameters).scalar()
