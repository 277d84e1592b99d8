"""How many there are, how far they are, and how long they wait already."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd

from lib.analytics.figures.base import (
    BEHIND,
    DAY_BAR_MS,
    HEIGHT,
    Chart,
    bars_height,
    first_of,
    make_figure,
    show_bars,
    show_days,
)
from lib.analytics.words import STATUS_WORDS
from lib.words import counted

STEP_WORDS = {
    "captured": "captured",
    "read": "read",
    "known": "accepted or reviewed",
    "grouped": "in a group",
    "drafted": "with a draft",
    "exported": "exported",
}
AGE_WORDS = {
    "under a day": "under a day",
    "a day": "for a day",
    "two days": "for two days",
    "a week": "for a week or more",
}


def contacts_by_status(data: pd.DataFrame) -> Chart:
    """Return one bar per status. Columns: status, count."""
    counts = dict(zip(data["status"], data["count"], strict=True))
    figure = make_figure(barmode="stack", showlegend=False, height=HEIGHT - 20)
    for status, word in STATUS_WORDS.items():
        count = counts.get(status, 0)
        figure.add_bar(y=[word], x=[count], orientation="h", text=[f"{count:,}"], textposition="outside", name=word)
    figure.update_traces(hovertemplate="%{y}: %{x:,}<extra></extra>")
    show_bars(figure, max([*counts.values(), 1]) / BEHIND * 1.2)
    told = ", ".join(f"{counts.get(status, 0):,} {word}" for status, word in STATUS_WORDS.items())
    return Chart(title="Contacts by status", figure=figure, description=f"Bar chart of contacts by status: {told}.")


def funnel(data: pd.DataFrame) -> Chart:
    """Return one bar a step with its count and what part of the step before it is. Columns: step, contacts."""
    counts = [int(count) for count in data["contacts"]]
    words = [STEP_WORDS[step] for step in data["step"]]
    parts = [None, *(after / before if before else None for before, after in itertools.pairwise(counts))]
    told = [_with_part(count, part) for count, part in zip(counts, parts, strict=True)]
    figure = make_figure(showlegend=False, height=bars_height(len(counts)) - 30, bargap=0.28)
    figure.add_bar(
        y=words, x=counts, orientation="h", text=told, textposition="outside", customdata=list(data["step"]),
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    show_bars(figure, max([*counts, 1]))
    steps = ", ".join(f"{word} {text}" for word, text in zip(words, told, strict=True))
    description = f"Funnel of contacts, each step with its share of the step before: {steps}."
    return Chart(title="From card to e-mail", figure=figure, description=description)


def captured_per_day(data: pd.DataFrame, since: dt.date | None, last: dt.date) -> Chart:
    """Return stacked bars of the days from `since` (None: the first) to `last`. Columns: day, status, contacts."""
    table = data.pivot_table(index="day", columns="status", values="contacts", aggfunc="sum", fill_value=0)
    figure = make_figure(barmode="stack", hovermode="x unified", bargap=0.25)
    for status, word in STATUS_WORDS.items():
        has_some = status in table
        counts = table[status] if has_some else [0] * len(table)
        figure.add_bar(x=list(table.index), y=list(counts), width=DAY_BAR_MS, name=word, showlegend=has_some)
    figure.update_traces(hovertemplate="%{y:,}")
    show_days(figure, first_of(since, table.index, last), last)
    figure.update_yaxes(tickformat=",d", nticks=5, rangemode="tozero")
    total = counted(int(data["contacts"].sum()), "card")
    description = f"Stacked bar chart of {total} captured on {counted(len(table), 'day')}, by what became of them"
    by_status = [f"{int(table[status].sum()):,} {word}" for status, word in STATUS_WORDS.items() if status in table]
    description += f": {', '.join(by_status)}." if by_status else "."
    return Chart(title="Captured per day", figure=figure, description=description)


def ageing(data: pd.DataFrame) -> Chart:
    """Return one bar an age of what nobody has touched yet, by status. Columns: bucket, status, contacts."""
    table = data.pivot_table(index="bucket", columns="status", values="contacts", aggfunc="sum", fill_value=0)
    table = table.reindex(list(AGE_WORDS), fill_value=0)
    totals = [int(total) for total in table.sum(axis=1)]
    words = list(AGE_WORDS.values())
    figure = make_figure(barmode="stack", height=bars_height(len(words)) - 10)
    for status, word in STATUS_WORDS.items():
        has_some = status in table and table[status].sum() > 0
        counts = list(table[status]) if has_some else [0] * len(words)
        figure.add_bar(
            y=words, x=counts, orientation="h", name=word, showlegend=bool(has_some), customdata=list(AGE_WORDS),
            hovertemplate="%{y}, " + word + ": %{x:,}<extra></extra>",
        )  # fmt: skip
    # The totals stand behind the bars, whatever these are made of; their trace comes last, so it takes no colour.
    figure.add_scatter(
        y=words, x=totals, mode="text", text=[f" {total:,}" for total in totals], textposition="middle right",
        showlegend=False, hoverinfo="skip", customdata=list(AGE_WORDS),
    )  # fmt: skip
    show_bars(figure, max([*totals, 1]) / BEHIND * 1.2)
    told = ", ".join(f"{total:,} {word}" for total, word in zip(totals, words, strict=True))
    description = f"Bar chart of how long cards wait untouched: {told}."
    return Chart(title="Waiting untouched", figure=figure, description=description)


def _with_part(count: int, part: float | None) -> str:
    return f"{count:,}" if part is None else f"{count:,} · {percent(part)}"


def percent(part: float) -> str:
    """Return a share as “87 %”, “3.4 %” below ten; never 0 or 100 for what is neither."""
    value = 100 * part
    if 99 < value < 100 or 0 < value < 9.95:
        return f"{max(min(value, 99.9), 0.1):.1f} %"
    return f"{value:.0f} %"
