"""Tables taken along as files."""

from __future__ import annotations

import pandas as pd

from lib.contacts.carrying import is_dangerous


def to_csv(data: pd.DataFrame) -> bytes:
    """Return the table as UTF-8 with BOM, which Excel knows it by; what spreadsheets would calculate is text."""
    harmless = data.copy()
    for name in data.select_dtypes(include=["object", "string"]).columns:
        harmless[name] = data[name].map(_harmless)
    harmless.columns = pd.Index([_harmless(name) for name in data.columns])
    return str(harmless.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and is_dangerous(cell) else cell
