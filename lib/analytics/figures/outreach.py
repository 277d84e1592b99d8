"""What was written and what went out."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lib.analytics.figures.base import DAY_BAR_MS, Chart, bars_height, first_of, make_figure, show_bars, show_days
from lib.words import counted

SOURCE_WORDS = {
    "model": "by the model",
    "template": "by the template",
    "person": "by a person",
    "merge": "by the template",
}
PARTS = {
    "drafts": "written",
    "edited": "edited",
    "flagged": "flagged",
    "approved": "approved",
    "exported": "exported",
}


def drafts_overview(data: pd.DataFrame) -> Chart:
    """Return bars of what became of the drafts, a colour a source. Columns as drafts_overview.sql."""
    figure = make_figure(barmode="stack", height=bars_height(len(PARTS)) - 10, bargap=0.3)
    words = list(PARTS.values())
    for row in data.itertuples():
        figure.add_bar(
            y=words, x=[int(getattr(row, part)) for part in PARTS], orientation="h", name=source_word(row.source),
            hovertemplate="%{y} " + source_word(row.source) + ": %{x:,}<extra></extra>",
        )  # fmt: skip
    totals = [int(data[part].sum()) for part in PARTS]
    figure.add_scatter(
        y=words, x=totals, mode="text", text=[f" {total:,}" for total in totals], textposition="middle right",
        showlegend=False, hoverinfo="skip",
    )  # fmt: skip
    show_bars(figure, max([*totals, 1]) / 1.3 * 1.2)
    told = "; ".join(
        f"{source_word(row.source)}: "
        + ", ".join(f"{int(getattr(row, part)):,} {word}" for part, word in PARTS.items())
        for row in data.itertuples()
    )
    return Chart(
        title="Drafts", figure=figure, description=f"Bar chart of drafts by who wrote them. {told or 'None'}."
    )


def exports_per_day(data: pd.DataFrame, since: dt.date | None, last: dt.date) -> Chart:
    """Return a bar a day of the rows exported. Columns: day, exports, rows."""
    figure = make_figure(showlegend=False, bargap=0.25)
    files = [counted(int(exports), "file") for exports in data["exports"]]
    figure.add_bar(
        x=list(data["day"]), y=list(data["rows"]), width=DAY_BAR_MS, customdata=files,
        hovertemplate="%{y:,} e-mails in %{customdata}<extra></extra>",
    )  # fmt: skip
    show_days(figure, first_of(since, data["day"], last), last)
    figure.update_yaxes(tickformat=",d", nticks=5, rangemode="tozero")
    rows, exports = counted(int(data["rows"].sum()), "e-mail"), counted(int(data["exports"].sum()), "file")
    description = f"Bar chart of {rows} exported in {exports} on {counted(len(data), 'day')}."
    return Chart(title="E-mails exported per day", figure=figure, description=description)


def source_word(source: object) -> str:
    """Return who wrote a draft, in words; a source nobody knows by its own name."""
    return (
        SOURCE_WORDS.get(str(source), str(source)) if isinstance(source, str) and source else "by an earlier version"
    )
