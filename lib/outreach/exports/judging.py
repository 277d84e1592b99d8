"""What a file would hold, and what stays out of it and why: the same judgement for pages and for the export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from lib.contacts.carrying import is_dangerous
from lib.contacts.suppressions import list_opted_out, recall_opted_out
from lib.database import load_queries
from lib.errors import NotFound
from lib.outreach.exports.profiles import PROFILES, SOURCES, Profile
from lib.outreach.exports.records import Counts, HeldBack, Preview

SQL = load_queries("exports")


def get_profile(key: str) -> Profile:
    """Return the profile of that key. Raises NotFound."""
    if key not in PROFILES:
        raise NotFound("There is no file of this kind.", "Choose another.")
    return PROFILES[key]


def preview_export(
    db: Connection,
    campaign_id: int,
    profile_key: str = "generic",
    *,
    approved_only: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> Preview:
    """Return how many rows the file would have, and a page of the drafts that stay out of it, by the contact's name.

    Past the end it is the last page. Raises NotFound, SuppressionKeyLost.
    """
    profile = get_profile(profile_key)
    question = to_question(profile, campaign_id, recall_opted_out(db, campaign_id), approved_only)
    found = db.execute(SQL["preview_rows"], {**question, "limit": limit, "offset": offset}).mappings().all()
    held_back = [_to_held_back(profile, row) for row in found if row["draft_id"] is not None]
    return Preview(counts=_to_counts(found[0]["counts"] or []), held_back=held_back)


def _to_counts(found: Sequence[Mapping[str, Any]]) -> Counts:
    held_back: Counter[str] = Counter()
    for kind in found:
        held_back.update(dict.fromkeys(kind["reasons"], kind["drafts"]))
    rows = sum(kind["drafts"] for kind in found if not kind["reasons"])
    return Counts(rows=rows, held_back=dict(held_back), drafts=sum(kind["drafts"] for kind in found))


def question_for_file(db: Connection, campaign_id: int, profile: Profile, approved_only: bool) -> dict[str, Any]:
    """Return what the query of this file asks for; who opted out is looked up anew. Raises SuppressionKeyLost."""
    return to_question(profile, campaign_id, list_opted_out(db, campaign_id), approved_only)


def to_question(profile: Profile, campaign_id: int, opted_out: Sequence[int], approved_only: bool) -> dict[str, Any]:
    """Return what the queries of this file ask for."""
    return {
        "campaign_id": campaign_id,
        "opted_out": list(opted_out),
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
