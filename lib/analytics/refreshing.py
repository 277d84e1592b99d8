"""Results of dashboard queries that are kept because asking takes too long: made anew by the workers, with their age.

With few contacts the query itself is asked: what is quick to ask is never old.
"""

from __future__ import annotations

import datetime as dt
import time

from sqlalchemy import Connection

from lib.database import load_queries

SQL = load_queries("refreshing")
# What is kept: names in sql/dashboard, asked of everything. In sql/refreshing.sql the same names ask for the result.
KEPT = ("upload_to_email_time", "first_draft_time", "processing_times", "funnel")
# What takes long to make stays longer: see lock_changed_view.
FRESH_S = 180
# From how long on the kept result is shown instead of asking.
WORTH_KEEPING_S = 0.1


def as_of(db: Connection, name: str) -> dt.datetime | None:
    """Return when (UTC) the kept result of the query was made; None where the query itself is asked."""
    if name not in KEPT:
        return None
    view = db.execute(SQL["get_view"], {"name": name}).one()
    return view.as_of if view.seconds >= WORTH_KEEPING_S else None


def refresh(db: Connection, *, always: bool = False) -> list[str]:
    """Return the names whose kept result was made anew: those whose tables have changed and that are
    older than `FRESH_S`, or (`always`, for somebody who waits) all that take seconds.

    What somebody else is making anew is left to them.
    """
    return [name for name in KEPT if _refresh(db, name, always)]


def _refresh(db: Connection, name: str, always: bool) -> bool:
    wanted = {"name": name, "always": always, "seconds": FRESH_S}
    found = db.execute(SQL["lock_changed_view"], wanted).one_or_none()
    if found is None:
        return False
    db.execute(SQL["hasten_refresh"])
    began = time.perf_counter()
    db.execute(SQL[f"refresh_{name}"])
    seconds = time.perf_counter() - began
    db.execute(SQL["note_refresh"], {"name": name, "changes": found.changes, "seconds": seconds})
    return True
