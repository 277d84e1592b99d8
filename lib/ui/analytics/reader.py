"""Reader: how much of it can be trusted."""

from __future__ import annotations

import streamlit as st

from lib.analytics import figures
from lib.analytics.queries import Answer
from lib.analytics.windows import Window
from lib.analytics.words import UNKNOWN
from lib.ui.analytics.asking import answer
from lib.ui.charts import chart_card, tile
from lib.ui.page import error_boundary


def show_reader(window: Window) -> None:
    """Show what the reader accepted, what people found, what they corrected and how sure it was."""
    with error_boundary():
        matrix = answer("reader_matrix", window)
        show_trust(matrix)
        left, right = st.columns([3, 2])
        with left:
            note = "Wrong: a person changed the name or the e-mail address. Per cent: of the row."
            chart_card(
                figures.reader_matrix(matrix.data), matrix, note=note, is_empty=not matrix.data["contacts"].sum()
            )
        with right, error_boundary():
            fields = answer("corrections_by_field", window)
            is_empty = not fields.data["reviewed"].sum()
            note = "Of the contacts that a person looked at."
            chart_card(figures.corrections_by_field(fields.data), fields, note=note, is_empty=is_empty)
    with error_boundary():
        curve = answer("calibration", window)
        note = "What people kept against how sure the reader was; n at each dot. Under the line it was too sure."
        chart_card(figures.calibration(curve.data), curve, note=note)


def show_trust(matrix: Answer) -> None:
    """Show the four numbers of the matrix that say most, the one to fight first."""
    counts = figures.matrix_counts(matrix.data)
    accepted = sum(counts[True, right] for right in (True, False, None))
    total = sum(counts.values())
    looked_at = {decided: counts[decided, True] + counts[decided, False] for decided in (True, False)}
    with st.grid(4, min_column_width=210):
        found = _part(counts[True, False], looked_at[True], "accepted cards that a person looked at")
        unknown = f" Of {counts[True, None]:,} nobody knows." if counts[True, None] else ""
        _tile(
            "Wrong and accepted",
            counts[True, False],
            looked_at[True],
            f"The number to fight. {found}{unknown}",
            matrix,
        )
        note = _part(accepted, total, "cards that were read")
        _tile("Accepted by itself", accepted, total, note, matrix)
        note = _part(sum(looked_at.values()), total, "cards that were read")
        _tile("Looked at", sum(looked_at.values()), total, note, matrix)
        note = _part(counts[False, False], looked_at[False], "flagged cards that a person looked at")
        _tile("Wrong and flagged", counts[False, False], looked_at[False], note, matrix)


def _tile(label: str, count: int, whole: int, note: str, matrix: Answer) -> None:
    # Of nothing, none is no good news.
    tile(label, f"{count:,}" if whole else UNKNOWN, note, matrix)


def _part(part: int, whole: int, what: str) -> str:
    return f"{figures.percent(part / whole)} of {whole:,} {what}." if whole else f"There are no {what} yet."
