"""Exporting a campaign: one CSV that sending tools import, and a record of what left in it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.database import load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import lock_campaign
from lib.outreach.drafts import Draft, list_drafts
from lib.outreach.names import split_name

SQL = load_queries("exports")
HEADER = (
    "email",
    "firstName",
    "lastName",
    "fullName",
    "company",
    "title",
    "phone",
    "linkedinUrl",
    "eventName",
    "subject",
    "body",
)
# What makes a spreadsheet run a cell (OWASP), full-width forms included.
DANGEROUS = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# The one exemption: `+1-1` would be calculated, +4930901820 is only a number.
PHONE = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True)
class HeldBack:
    """A draft that stays out of the file until somebody confirms it, with the reason in words."""

    draft: Draft
    reason: str
    can_be_included: bool = True


def list_held_back(db: Connection, campaign_id: int) -> list[HeldBack]:
    """Return the drafts that an export leaves out unless told otherwise, by the contact's name."""
    return _choose(list_drafts(db, campaign_id), False)[1]


def count_exportable(db: Connection, campaign_id: int, *, include_held_back: bool = False) -> int:
    """Return how many rows an export would have."""
    return len(_choose(list_drafts(db, campaign_id), include_held_back)[0])


def export_campaign(db: Connection, campaign_id: int, *, include_held_back: bool = False) -> bytes:
    """Return the CSV (UTF-8 without BOM, RFC 4180) and record the export; an unchanged campaign gives the same bytes.

    Raises NotFound, NotValid where no row is left or drafts are still being written.
    """
    status = lock_campaign(db, campaign_id)
    if status is None:
        raise NotFound("This campaign is not there any more.", "It was deleted meanwhile; choose another.")
    if status == "generating":
        raise NotValid("The drafts are still being written.", "Download them when they are ready.")
    drafts, held_back = _choose(list_drafts(db, campaign_id), include_held_back)
    if not drafts:
        raise NotValid("There is no draft to export.", "Generate drafts, or look at those that are held back.")
    data = write_csv(to_row(draft) for draft in drafts)
    db.execute(SQL["mark_campaign"], {"campaign_id": campaign_id})
    db.execute(SQL["mark_drafts"], {"draft_ids": [draft.id for draft in drafts]})
    log_activity(
        db,
        "email_campaign_exported",
        "email_campaign",
        campaign_id,
        rows=len(drafts),
        held_back=[{"contact_id": held.draft.contact_id, "reason": held.reason} for held in held_back],
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return data


def to_row(draft: Draft) -> tuple[str, ...]:
    """Return the draft's cells in the header's order; unknown values are empty."""
    name = split_name(draft.full_name)
    cells = (
        draft.email,
        name.first,
        name.last,
        draft.full_name,
        draft.company,
        draft.title,
        draft.phone,
        draft.linkedin_url,
        draft.event_name,
        draft.subject,
        draft.body,
    )
    return tuple(cell or "" for cell in cells)


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return header and rows as RFC 4180 has it: CRLF, quotes where needed, no BOM."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return buffer.getvalue().encode()


def is_dangerous(cell: str) -> bool:
    """Whether a spreadsheet might calculate the cell instead of showing it."""
    return bool(DANGEROUS.match(cell)) and not PHONE.fullmatch(cell)


def _choose(drafts: list[Draft], include_held_back: bool) -> tuple[list[Draft], list[HeldBack]]:
    """Return the drafts in the file and those left out of it, both in the given order. An address is in it once."""
    reasons = {draft.id: _find_reason(draft) for draft in drafts}
    held_back: dict[int, HeldBack] = {}
    seen: set[str] = set()
    # Those without fault first: of two drafts to one address the better one is sent.
    for draft in sorted(drafts, key=lambda draft: bool(reasons[draft.id])):
        address = (draft.email or "").lower()
        if not address:
            held_back[draft.id] = HeldBack(draft, "Has no e-mail address any more.", can_be_included=False)
        elif address in seen:
            held_back[draft.id] = HeldBack(draft, f"{draft.email} is in the file already.", can_be_included=False)
        elif reasons[draft.id] and not include_held_back:
            held_back[draft.id] = HeldBack(draft, reasons[draft.id])
        else:
            seen.add(address)
    chosen = [draft for draft in drafts if draft.id not in held_back]
    return chosen, [held_back[draft.id] for draft in drafts if draft.id in held_back]


def _find_reason(draft: Draft) -> str:
    """Return why the draft needs a look before it is sent, nothing where it does not."""
    if not draft.is_member:
        return "Is not in the group any more."
    if draft.missing:
        return f"No value for {', '.join(f'[{name}?]' for name in draft.missing)} in the text."
    dangerous = [name for name, cell in zip(HEADER, to_row(draft), strict=True) if is_dangerous(cell)]
    if dangerous:
        return f"A spreadsheet could take {', '.join(dangerous)} for a formula."
    return ""
