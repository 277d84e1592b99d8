"""Between contacts and the correction grid: rows out, edits back. No streamlit here, so it is tested alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from lib.contacts.contacts import Contact
from lib.contacts.values import EDITABLE

SELECT = "is_selected"
SHOW = "show"
# A cell that was refused: (contact's id, column) -> what was typed.
Refused = Mapping[tuple[int, str], str]


def to_grid(contacts: Sequence[Contact], selected: Collection[int], refused: Refused) -> pd.DataFrame:
    """Return one row a contact, by id; what was typed and refused stands where it was typed."""
    rows = [
        {
            SHOW: ":material/visibility:",
            SELECT: contact.id in selected,
            **{field: refused.get((contact.id, field), getattr(contact, field)) for field in EDITABLE},
            "confidence": contact.ocr_confidence,
            "event": contact.event_name,
        }
        for contact in contacts
    ]
    frame = pd.DataFrame(rows, columns=[SHOW, SELECT, *EDITABLE, "confidence", "event"])
    frame.index = pd.Index([contact.id for contact in contacts], name="id")
    return frame


def read_edits(edited_rows: Mapping[Any, Mapping[str, Any]], ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what was edited by contact id and column; `edited_rows` counts rows as the grid was given them."""
    return {ids[int(row)]: dict(cells) for row, cells in edited_rows.items() if cells}
