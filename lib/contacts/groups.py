"""Lead groups: the people one writes to together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.activity import Action, log_activity
from lib.contacts.contacts import Contact, ContactFilter
from lib.database import list_rows, load_queries
from lib.errors import NotFound
from lib.text import clean_name, clean_text

SQL = load_queries("groups")
# An activity names this many contacts; beyond that the count must do.
NAMED_IN_ACTIVITY = 1000


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group, how many contacts it has and how many of them an e-mail can reach."""

    id: int
    name: str
    description: str | None
    created_at: dt.datetime
    contact_count: int
    email_count: int


def list_groups(db: Connection) -> list[Group]:
    """Return all groups, newest first."""
    return list_rows(db, SQL["list_groups"], Group)


def add_group(db: Connection, name: str, description: str | None = None, **metadata: object) -> int:
    """Return the id of the new group. Raises NotValid."""
    values = {"name": clean_name(name, "group"), "description": clean_text(description, "description", 10_000)}
    group_id = int(db.execute(SQL["add_group"], values).scalar_one())
    log_activity(db, "lead_group_created", "lead_group", group_id, name=values["name"], **metadata)
    return group_id


def update_group(db: Connection, group_id: int, name: str, description: str | None) -> None:
    """Rename or describe the group. Raises NotValid, NotFound."""
    values = {"name": clean_name(name, "group"), "description": clean_text(description, "description", 10_000)}
    if db.execute(SQL["update_group"], {"group_id": group_id, **values}).scalar() is None:
        raise NotFound("This group is not there any more.", "It was deleted meanwhile; choose another.")


def delete_group(db: Connection, group_id: int) -> None:
    """Delete the group; its contacts stay, and campaigns made from it keep its name."""
    db.execute(SQL["delete_group"], {"group_id": group_id})


def list_members(db: Connection, group_id: int, *, limit: int = 50, offset: int = 0) -> list[Contact]:
    """Return a page of the group's contacts, by name."""
    return list_rows(db, SQL["list_members"], Contact, {"group_id": group_id, "limit": limit, "offset": offset})


def add_members(db: Connection, group_id: int, contact_ids: Collection[int]) -> int:
    """Return how many contacts joined; those already in the group, or not read yet, do not count."""
    parameters = {"group_id": group_id, "contact_ids": list(contact_ids)}
    joined = sorted(db.execute(SQL["add_members"], parameters).scalars())
    if joined:
        _log_members(db, "contacts_added_to_group", group_id, joined)
    return len(joined)


def add_matching(db: Connection, group_id: int, wanted: ContactFilter) -> int:
    """Return how many joined of all the contacts `wanted` finds."""
    parameters = {**wanted.as_parameters(), "outside_group_id": group_id}
    return add_members(db, group_id, list(db.execute(SQL["list_matching_ids"], parameters).scalars()))


def remove_members(db: Connection, group_id: int, contact_ids: Collection[int]) -> int:
    """Return how many contacts left the group."""
    parameters = {"group_id": group_id, "contact_ids": list(contact_ids)}
    left = sorted(db.execute(SQL["remove_members"], parameters).scalars())
    if left:
        _log_members(db, "contacts_removed_from_group", group_id, left)
    return len(left)


def _log_members(db: Connection, action: Action, group_id: int, contact_ids: list[int]) -> None:
    named = contact_ids[:NAMED_IN_ACTIVITY]
    log_activity(db, action, "lead_group", group_id, count=len(contact_ids), contact_ids=named)
