"""What is done to many contacts at once: by a few statements, logged, and undone by the id that each action returns.

Contacts that an action does not fit, or that are gone, are left out; `undo.list_changed` tells which were not.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from lib.activity import log_activities, log_activity
from lib.contacts.groups import NAMED_IN_ACTIVITY
from lib.contacts.undo import remember
from lib.database import load_queries
from lib.errors import NotFound

SQL = load_queries("many")
CONTACTS = load_queries("contacts")
GROUPS = load_queries("groups")


def delete(db: Connection, contact_ids: Collection[int]) -> int:
    """Return the undo's id; the contacts are gone, and their images when it is too late to undo."""
    return _delete(db, contact_ids, action="delete", deleted=True)


def mark_not_cards(db: Connection, contact_ids: Collection[int]) -> int:
    """Return the undo's id; the contacts are gone, and the log says that their photos showed no business card."""
    return _delete(db, contact_ids, action="not_a_card", not_a_card=True)


def set_event(db: Connection, contact_ids: Collection[int], event_id: int) -> int:
    """Return the undo's id; the contacts are those of the event. Raises NotFound for an event that is gone."""
    about = {"contact_ids": list(contact_ids), "event_id": event_id}
    name = db.execute(SQL["hold_event"], about).scalar()
    if name is None:
        raise NotFound("This event is not there any more.", "It was deleted meanwhile; choose another.")
    undo_id = remember(db, contact_ids, action="set_event")
    moved = list(db.execute(SQL["set_event"], about).scalars())
    log_activities(db, "contact_reviewed", "contact", moved, event_id=event_id, undo_id=undo_id)
    return undo_id


def verify(db: Connection, contact_ids: Collection[int]) -> tuple[int, list[int]]:
    """Return the undo's id and the contacts verified now; left out are those being read, nameless or verified."""
    undo_id = remember(db, contact_ids, action="verify")
    verified = sorted(db.execute(CONTACTS["verify_contacts"], {"contact_ids": list(contact_ids)}).scalars())
    log_activities(db, "contact_verified", "contact", verified, undo_id=undo_id)
    return undo_id, verified


def add_to_group(db: Connection, contact_ids: Collection[int], group_id: int) -> int:
    """Return the undo's id; those that are read are in the group. Raises NotFound for a group that is gone."""
    about = {"contact_ids": list(contact_ids), "group_id": group_id}
    if db.execute(SQL["hold_group"], about).scalar() is None:
        raise NotFound("This group is not there any more.", "It was deleted meanwhile; choose another.")
    undo_id = remember(db, contact_ids, action="add_to_group")
    joined = sorted(db.execute(GROUPS["add_members"], about).scalars())
    if joined:
        named = {"count": len(joined), "contact_ids": joined[:NAMED_IN_ACTIVITY]}
        log_activity(db, "contacts_added_to_group", "lead_group", group_id, **named, undo_id=undo_id)
    return undo_id


def _delete(db: Connection, contact_ids: Collection[int], *, action: str, **metadata: bool) -> int:
    undo_id = remember(db, contact_ids, action=action)
    gone = sorted(db.execute(SQL["delete_contacts"], {"contact_ids": list(contact_ids)}).scalars())
    log_activities(db, "contact_reviewed", "contact", gone, **metadata, undo_id=undo_id)
    return undo_id
