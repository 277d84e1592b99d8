"""Between contacts and the correction grid: rows out, edits back. No streamlit here, so it is tested alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from lib.contacts.contacts import Contact
from lib.contacts.finding import Doubts
from lib.contacts.values import EDITABLE
from lib.ui.review.doubts import to_check

SELECT = "is_selected"
SHOW = "show"
CHECK = "check"
COLUMNS = [SHOW, SELECT, "full_name", CHECK, *EDITABLE[1:], "confidence", "event"]
# A cell that was refused: (contact's id, column) -> what was typed.
Refused = Mapping[tuple[int, str], str]
# The grid's own account of its edits: row -> column -> value.
Cells = Mapping[Any, Mapping[str, Any]]


def to_grid(
    contacts: Sequence[Contact], selected: Collection[int], refused: Refused, doubts: Mapping[int, Doubts]
) -> pd.DataFrame:
    """Return one row a contact, by id; what was typed and refused stands where it was typed."""
    rows = [
        {
            SHOW: ":material/visibility:",
            SELECT: contact.id in selected,
            CHECK: to_check(contact, doubts.get(contact.id)),
            **{field: refused.get((contact.id, field), getattr(contact, field)) for field in EDITABLE},
            "confidence": contact.ocr_confidence,
            "event": contact.event_name,
        }
        for contact in contacts
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame.index = pd.Index([contact.id for contact in contacts], name="id")
    return frame


def read_edits(edited_rows: Cells, ids: Sequence[int], *, done: Cells) -> dict[int, dict[str, Any]]:
    """Return what was edited by contact id and column, without what stands in `done` already.

    Both count rows as the grid was given them.
    """
    edits = {}
    for row, cells in edited_rows.items():
        new = {field: value for field, value in cells.items() if (field, value) not in done.get(row, {}).items()}
        if new:
            edits[ids[int(row)]] = new
    return edits
