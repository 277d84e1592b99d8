"""Erasing people: nothing stays that says who they were, and nothing can be undone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from lib.activity import log_activities
from lib.database import load_queries

SQL = load_queries("erasing")
UNDO = load_queries("undo")


def erase(db: Connection, contact_ids: Collection[int]) -> None:
    """Erase the contacts, with photos, raw text, drafts and memberships, from undo memories and from the log too.

    So it is with contacts that were merged into them, with deleted ones that could still be had back, and with
    exported files that they are in. The log keeps what happened and when, the list of opt-outs whom nobody may write
    to. Photos and files go with the next sweep: call `sweep_images` after the commit.
    """
    db.execute(UNDO["settle_memories"])
    db.execute(UNDO["lock_contacts"], {"contact_ids": list(contact_ids)})
    selves = {"contact_ids": list(db.execute(SQL["list_selves"], {"contact_ids": list(contact_ids)}).scalars())}
    urls = list(db.execute(SQL["list_images"], selves).scalars())
    for query in ("forget_remembered", "forget_empty_memories", "delete_contacts"):
        db.execute(SQL[query], selves)
    db.execute(SQL["hasten_sweep"], {"urls": urls})
    log_activities(db, "contact_reviewed", "contact", contact_ids)
    for query in ("erase_activity", "erase_exports", "erase_from_manifests", "erase_from_export_log"):
        db.execute(SQL[query], selves)
