"""What a file would hold, and what stays out of it and why: the same judgement for pages and for the export."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from lib.contacts.carrying import is_dangerous
from lib.contacts.suppressions import list_opted_out
from lib.database import load_queries
from lib.errors import NotFound
from lib.outreach.exports.profiles import PROFILES, SOURCES, Profile
from lib.outreach.exports.records import Counts, HeldBack

SQL = load_queries("exports")


def get_profile(key: str) -> Profile:
    """Return the profile of that key. Raises NotFound."""
    if key not in PROFILES:
        raise NotFound("There is no file of this kind.", "Choose another.")
    return PROFILES[key]


def count_export(
    db: Connection, campaign_id: int, profile_key: str = "generic", *, approved_only: bool = False
) -> Counts:
    """Return how many rows the file would have. Raises NotFound, SuppressionKeyLost."""
    question = to_question(db, campaign_id, get_profile(profile_key), approved_only)
    found = db.execute(SQL["count_rows"], question).all()
    held_back: Counter[str] = Counter()
    for row in found:
        held_back.update(dict.fromkeys(row.reasons, row.drafts))
    rows = sum(row.drafts for row in found if not row.reasons)
    return Counts(rows=rows, held_back=dict(held_back), drafts=sum(row.drafts for row in found))


def list_held_back(
    db: Connection,
    campaign_id: int,
    profile_key: str = "generic",
    *,
    approved_only: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> list[HeldBack]:
    """Return the drafts that stay out of the file, by the contact's name. Raises NotFound, SuppressionKeyLost."""
    profile = get_profile(profile_key)
    question = to_question(db, campaign_id, profile, approved_only)
    found = db.execute(SQL["list_held_back"], {**question, "limit": limit, "offset": offset})
    return [_to_held_back(profile, row) for row in found.mappings()]


def to_question(db: Connection, campaign_id: int, profile: Profile, approved_only: bool) -> dict[str, Any]:
    """Return what the queries of this file ask for. Raises SuppressionKeyLost."""
    return {
        "campaign_id": campaign_id,
        "opted_out": list_opted_out(db, campaign_id),
        "approved_only": approved_only,
        "with_text": profile.for_drafts,
        "checked": profile.checked,
        "rules": list(profile.rules),
    }


def find_dangerous(profile: Profile, cells: tuple[str, ...]) -> list[str]:
    """Return the headers of the cells that a spreadsheet might calculate."""
    return [header for header, cell in zip(profile.header, cells, strict=True) if is_dangerous(cell)]


def _to_held_back(profile: Profile, row: Any) -> HeldBack:
    cells = profile.cells(tuple(row[source] or "" for source in SOURCES))
    return HeldBack(
        draft_id=row["draft_id"],
        contact_id=row["contact_id"],
        full_name=row["full_name"],
        email=row["email"],
        reasons=tuple(row["reasons"]),
        cells=tuple(find_dangerous(profile, cells)) if "formula" in row["reasons"] else (),
    )
