"""Undoing: what an action changed on contacts, and on all that hangs on them, kept for a while and put back.

    with transaction() as db:
        undo_id = remember(db, [7], action="delete")
        delete_contacts(db, [7])
    …
    with transaction() as db:
        undo(db, undo_id)

Contacts, their jobs, memberships and drafts are remembered whole before the action. When its transaction commits, a
trigger keeps of them only what it changed (see sql/migrations/0009_undo.sql), and the images that are nobody's now.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from lib.activity import log_activities
from lib.database import load_queries
from lib.errors import NotFound, NotValid

SQL = load_queries("undo")
HOUR_S, DAY_S = 3600.0, 86400.0
# How long an action can be undone, in seconds: what was deleted is soon to be gone, what was merged is seen late.
KEPT_S = {"delete": HOUR_S, "not_a_card": HOUR_S, "merge": 30 * DAY_S}
KEPT_ELSE_S = DAY_S


def remember(db: Connection, contact_ids: Collection[int], *, action: str) -> int:
    """Return the id by which the caller's transaction can be undone, as far as it changes these contacts.

    They are held until it ends.
    """
    # What an earlier action of this transaction did is not this one's doing.
    db.execute(SQL["settle_memories"])
    about = {"action": action, "contact_ids": sorted(contact_ids), "kept_s": KEPT_S.get(action, KEPT_ELSE_S)}
    db.execute(SQL["lock_contacts"], about)
    undo_id = int(db.execute(SQL["add_memory"], about).scalar_one())
    db.execute(SQL["remember_rows"], {"undo_id": undo_id, **about})
    return undo_id


def undo(db: Connection, undo_id: int) -> list[int]:
    """Return the contacts that are as they were before the action, deleted ones with the ids they had.

    What was deleted meanwhile (an event, a group, a campaign) stays so. Raises NotFound when it is too late or undone
    already, NotValid when one of the contacts was changed since.
    """
    about = {"undo_id": undo_id}
    db.execute(SQL["settle_memories"])
    # Contacts before anything else, as everybody takes them: another order could lock both out.
    db.execute(SQL["lock_contacts_of_memory"], about)
    action = db.execute(SQL["lock_memory"], about).scalar()
    if action is None:
        raise NotFound("This cannot be undone any more.", "It was undone already, or too long ago.")
    if changed := db.execute(SQL["list_changed_since"], about).all():
        count = "One of the contacts was" if len(changed) == 1 else f"{len(changed)} of the contacts were"
        raise NotValid(f"{count} changed since, so this cannot be undone.", "Nothing was done; correct them by hand.")
    _put_back(db, undo_id)
    undone = list(db.execute(SQL["list_undone"], about).scalars())
    db.execute(SQL["forget_memory"], about)
    log_activities(db, "contact_reviewed", "contact", undone, undone=action, undo_id=undo_id)
    return undone


def list_changed(db: Connection, undo_id: int) -> list[int]:
    """Return the contacts that the action changed, or took away, or in whose groups, jobs or drafts it did."""
    db.execute(SQL["settle_memories"])
    return list(db.execute(SQL["list_changed"], {"undo_id": undo_id}).scalars())


def forget_expired(db: Connection) -> int:
    """Return how many actions can be undone no more, their time being over; what was kept for it is gone.

    The images they held go with the next sweep.
    """
    return len(db.execute(SQL["forget_expired"]).all())


def _put_back(db: Connection, undo_id: int) -> None:
    about = {"undo_id": undo_id}
    for query in ("drop_lost_events", "drop_lost_members", "drop_lost_drafts"):
        db.execute(SQL[query], about)
    for query in ("remove_added_members", "remove_added_jobs", "remove_added_drafts"):
        db.execute(SQL[query], about)
    db.execute(SQL["complete_rows"], about)
    # Contacts first: the others refer to them.
    for table in ("contacts", "ocr_jobs", "lead_group_contacts", "email_drafts"):
        db.execute(SQL["put_back_rows"], {**about, "table_name": table})
    for table in ("contacts", "ocr_jobs", "email_drafts"):
        db.execute(SQL["put_back_values"], {**about, "table_name": table})
