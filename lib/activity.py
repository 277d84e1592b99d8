"""The standard actions, written in the caller's transaction: what happened and its record stand or fall together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import Connection

from lib.database import load_queries
from lib.text import to_json

Action = Literal[
    "contact_uploaded",
    "contact_processed",
    "contact_reviewed",
    "contact_verified",
    "event_created",
    "event_updated",
    "event_deleted",
    "lead_group_created",
    "contacts_added_to_group",
    "contacts_removed_from_group",
    "email_campaign_created",
    "email_drafts_generated",
    "email_campaign_exported",
]
Entity = Literal["contact", "event", "lead_group", "email_campaign"]


def log_activity(db: Connection, action: Action, entity: Entity, entity_id: int, **metadata: Any) -> None:
    """Record that `action` happened to the entity; `metadata` must be JSON."""
    db.execute(
        load_queries("activity")["add_activity"],
        {"action": action, "entity_type": entity, "entity_id": entity_id, "metadata": to_json(metadata)},
    )


def log_activities(
    db: Connection, action: Action, entity: Entity, entity_ids: Collection[int], **metadata: Any
) -> None:
    """Record that `action` happened to each of the entities, all by one statement; else as `log_activity`."""
    db.execute(
        load_queries("activity")["add_activities"],
        {"action": action, "entity_type": entity, "entity_ids": list(entity_ids), "metadata": to_json(metadata)},
    )
