"""From a query's rows to a figure with its title and a description for those who do not see it.

Colours are left to the theme, which gives them out by the order of traces: a status keeps its colour only if its
trace is always there, so traces are drawn for statuses that nobody has, and kept out of the legend.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from lib.analytics.words import STATUS_WORDS, counted, in_words, unit_for

HEIGHT = 300
DAY_MS = 86_400_000
STRETCH_WORDS = {"queue": "Waiting in the queue", "reading": "Reading the card", "total": "From photo to contact"}
STRETCH_LABELS = {"queue": "in the queue", "reading": "reading", "total": "in all"}


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure, its title with the unit where it has one, and what it shows in words."""

    title: str
    figure: go.Figure
    description: str


def contacts_by_status(data: pd.DataFrame) -> Chart:
    """Return one bar per status. Columns: status, count."""
    counts = dict(zip(data["status"], data["count"], strict=True))
    figure = _figure(barmode="stack", showlegend=False, height=HEIGHT - 20)
    for status, word in STATUS_WORDS.items():
        count = counts.get(status, 0)
        figure.add_bar(y=[word], x=[count], orientation="h", text=[f"{count:,}"], textposition="outside", name=word)
    figure.update_traces(cliponaxis=False, hovertemplate="%{y}: %{x:,}<extra></extra>")
    figure.update_xaxes(visible=False, range=[0, max([*counts.values(), 1]) * 1.15])
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    told = ", ".join(f"{counts.get(status, 0):,} {word}" for status, word in STATUS_WORDS.items())
    return Chart(title="Contacts by status", figure=figure, description=f"Bar chart of contacts by status: {told}.")


def captured_per_day(data: pd.DataFrame, since: dt.datetime | None, today: dt.date) -> Chart:
    """Return stacked bars of the days from `since` (None: the first) to `today`. Columns: day, status, contacts."""
    table = data.pivot_table(index="day", columns="status", values="contacts", aggfunc="sum", fill_value=0)
    figure = _figure(barmode="stack", hovermode="x unified", bargap=0.25)
    for status, word in STATUS_WORDS.items():
        has_some = status in table
        counts = table[status] if has_some else [0] * len(table)
        figure.add_bar(x=list(table.index), y=list(counts), name=word, showlegend=has_some)
    figure.update_traces(hovertemplate="%{y:,}")
    _show_days(figure, since.date() if since else min(table.index, default=today), today)
    figure.update_yaxes(tickformat=",d", nticks=5, rangemode="tozero")
    total = counted(int(data["contacts"].sum()), "card")
    description = f"Stacked bar chart of {total} captured on {counted(len(table), 'day')}, by what became of them."
    return Chart(title="Captured per day", figure=figure, description=description)


def processing_trend(data: pd.DataFrame, since: dt.datetime | None, today: dt.date) -> Chart:
    """Return two lines over the days. Columns: day, p50_seconds, p95_seconds, n. Days without cards are gaps."""
    size, unit = unit_for(float(data["p95_seconds"].max()) if len(data) else 0.0)
    figure = _figure(hovermode="x unified")
    days = _every_day(data)
    for name, column in (("median", "p50_seconds"), ("95th percentile", "p95_seconds")):
        figure.add_scatter(
            x=list(days.index),
            y=list(days[column] / size),
            name=name,
            mode="lines+markers",
            customdata=[f"{in_words(value)}, n = {n:.0f}" for value, n in zip(days[column], days["n"], strict=True)],
            hovertemplate="%{customdata}",
        )
    _show_days(figure, since.date() if since else min(data["day"], default=today), today)
    figure.update_yaxes(ticksuffix=f" {unit}", nticks=5, rangemode="tozero")
    description = (
        f"Line chart of the median and the 95th percentile per day, from photo to contact, on "
        f"{counted(len(data), 'day')} with cards; the median lies between {in_words(data['p50_seconds'].min())} and "
        f"{in_words(data['p50_seconds'].max())}."
    )
    return Chart(title="From photo to contact, per day", figure=figure, description=description)


def queue_and_reading(data: pd.DataFrame, since: dt.datetime | None, today: dt.date) -> Chart:
    """Return two lines over the days, the medians of waiting and of being read. Columns as queue_and_reading.sql."""
    medians = {"queue": "queue_p50_seconds", "reading": "reading_p50_seconds"}
    size, unit = unit_for(float(data[[*medians.values()]].max().max()) if len(data) else 0.0)
    figure = _figure(hovermode="x unified")
    days = _every_day(data)
    for stretch, column in medians.items():
        tails = zip(days[column], days[column.replace("p50", "p95")], days["n"], strict=True)
        figure.add_scatter(
            x=list(days.index),
            y=list(days[column] / size),
            name=STRETCH_LABELS[stretch],
            mode="lines+markers",
            customdata=[f"{in_words(p50)}, 95 of 100 within {in_words(p95)}, n = {n:.0f}" for p50, p95, n in tails],
            hovertemplate="%{customdata}",
        )
    _show_days(figure, since.date() if since else min(data["day"], default=today), today)
    figure.update_yaxes(ticksuffix=f" {unit}", nticks=5, rangemode="tozero")
    told = " and ".join(
        f"{STRETCH_WORDS[stretch].lower()} between {in_words(data[column].min())} and {in_words(data[column].max())}"
        for stretch, column in medians.items()
    )
    description = f"Line chart of medians per day, on {counted(len(data), 'day')} with cards: {told}."
    return Chart(title="Waiting and reading, per day", figure=figure, description=description)


def processing_times(data: pd.DataFrame) -> Chart:
    """Return one bar per stretch up to its median and on to its 95th percentile. Columns as processing_times.sql."""
    known = data.dropna(subset=["median_seconds"])
    size, unit = unit_for(float(known["p95_seconds"].max()) if len(known) else 0.0)
    names = [STRETCH_LABELS[stretch] for stretch in known["stretch"]]
    parts = (
        ("median", known["median_seconds"], known["median_seconds"], 1.0),
        ("up to the 95th percentile", known["p95_seconds"] - known["median_seconds"], known["p95_seconds"], 0.5),
    )
    figure = _figure(barmode="stack")
    for name, lengths, ends, opacity in parts:
        figure.add_bar(
            y=names,
            x=list(lengths / size),
            orientation="h",
            name=name,
            opacity=opacity,
            customdata=[in_words(end) for end in ends],
            hovertemplate="%{y}: %{customdata}<extra></extra>",
        )
    figure.update_xaxes(ticksuffix=f" {unit}", nticks=6, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    told = "; ".join(
        f"{STRETCH_WORDS[row.stretch]}: median {in_words(row.median_seconds)}, 95th percentile "
        f"{in_words(row.p95_seconds)}"
        for row in known.itertuples()
    )
    description = f"Bar chart of how long cards take. {told or 'Nothing was measured'}."
    return Chart(title="Where the time goes", figure=figure, description=description)


def _figure(**layout: object) -> go.Figure:
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
    margin = {"l": 0, "r": 24, "t": 8, "b": 0}
    return go.Figure(layout={"height": HEIGHT, "margin": margin, "legend": legend, "dragmode": False, **layout})


def _every_day(data: pd.DataFrame) -> pd.DataFrame:
    """Return `data` by day with the days in between, so that a line breaks where there is nothing to connect."""
    if data.empty:
        return data.set_index("day")
    days = data.set_index(pd.to_datetime(data["day"])).drop(columns="day")
    return days.asfreq("D")


def _show_days(figure: go.Figure, first: dt.date, last: dt.date) -> None:
    """Show all days from `first` to `last`, also empty ones, and never hours on the axis."""
    half = dt.timedelta(hours=12)
    midnight = dt.time()
    edges = [dt.datetime.combine(first, midnight) - half, dt.datetime.combine(last, midnight) + half]
    steps = max(1, round(((last - first).days + 1) / 7))
    figure.update_xaxes(range=edges, dtick=steps * DAY_MS, tick0=str(last), tickformat="%-d %b", showgrid=False)
