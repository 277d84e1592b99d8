"""What happened, to be looked through: the activities, and their metadata in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from lib.database import list_rows, load_queries
from lib.words import counted

SQL = load_queries("activity")
# Counted no further: who looks for something that far back filters.
MOST = 10_000
# The schema's actions and entities, in words.
ACTION_WORDS = {
    "contact_uploaded": "Contact uploaded",
    "contact_processed": "Contact processed",
    "contact_reviewed": "Contact reviewed",
    "contact_verified": "Contact verified",
    "event_created": "Event created",
    "event_updated": "Event updated",
    "event_deleted": "Event deleted",
    "lead_group_created": "Group created",
    "contacts_added_to_group": "Contacts added to group",
    "contacts_removed_from_group": "Contacts removed from group",
    "email_campaign_created": "Campaign created",
    "email_drafts_generated": "Drafts generated",
    "email_campaign_exported": "Campaign exported",
}
ENTITY_WORDS = {
    "contact": "Contact",
    "event": "Event",
    "lead_group": "Group",
    "email_campaign": "Campaign",
}
# As many of a list are told one by one.
TOLD = 3


@dataclass(frozen=True, kw_only=True)
class Activity:
    """Something that happened, at a time of UTC without zone. `entity_name` is None for what is gone."""

    id: int
    action: str
    entity_type: str | None
    entity_id: int | None
    entity_name: str | None
    metadata: Mapping[str, Any] | None
    created_at: dt.datetime

    @property
    def entity(self) -> str:
        """What it happened to, by kind, name and number."""
        kind = ENTITY_WORDS.get(self.entity_type or "", self.entity_type or "")
        number = f"#{self.entity_id}" if self.entity_id is not None else ""
        return " ".join(part for part in (kind, number, self.entity_name and f"· {self.entity_name}") if part)


@dataclass(frozen=True, kw_only=True)
class ActivityFilter:
    """Which activities: times (UTC without zone), an event, what was done, and to what; None is any."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    event_id: int | None = None
    actions: tuple[str, ...] | None = None
    entity_type: str | None = None
    entity_id: int | None = None

    def as_parameters(self) -> dict[str, Any]:
        """Return the parameters that the queries take."""
        return {**asdict(self), "actions": list(self.actions) if self.actions else None}


def list_activities(
    db: Connection, wanted: ActivityFilter, *, limit: int = 50, before: Activity | None = None
) -> list[Activity]:
    """Return the newest activities, or the newest of those that are older than `before`."""
    place = {"before_at": before and before.created_at, "before_id": before and before.id}
    return list_rows(db, SQL["list_activities"], Activity, {**wanted.as_parameters(), **place, "limit": limit})


def count_activities(db: Connection, wanted: ActivityFilter) -> int:
    """Return how many there are; `MOST` + 1 stands for all that are more."""
    return int(db.execute(SQL["count_activities"], {**wanted.as_parameters(), "limit": MOST + 1}).scalar_one())


def told(metadata: Mapping[str, Any] | None) -> str:
    """Return metadata as one line: corrections as “email: a → b”, other entries as “bytes 1,204”."""
    known = {key: value for key, value in (metadata or {}).items() if value not in (None, "", [], {})}
    return " · ".join(_told_entry(key, value) for key, value in known.items())


def as_json(metadata: Mapping[str, Any] | None) -> str:
    """Return metadata as it is kept, for programs."""
    return json.dumps(metadata or {}, ensure_ascii=False)


def _told_entry(key: str, value: Any) -> str:
    if key == "corrections":
        return _told_corrections(value)
    # A number that names something is not a count.
    return f"{key.replace('_', ' ')} {value if key.endswith('id') else _told(value)}"


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_told(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list):
        few = ", ".join(_told(item) for item in value[:TOLD])
        return few if len(value) <= TOLD else f"{few} and {counted(len(value) - TOLD, 'more', 'more')}"
    return " ".join(str(value).split())


def _told_corrections(corrections: Any) -> str:
    if not isinstance(corrections, list) or not all(isinstance(found, Mapping) for found in corrections):
        return f"corrections {_told(corrections)}"
    return ", ".join(
        f"{found.get('field')}: {found.get('before') or '–'} → {found.get('after') or '–'}" for found in corrections
    )
