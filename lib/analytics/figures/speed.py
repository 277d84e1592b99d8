"""How long it takes: spread, course over the days, and side by side."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from lib.analytics.figures.base import (
    HELPING,
    Chart,
    bars_height,
    every_day,
    first_of,
    make_figure,
    show_days,
)
from lib.analytics.words import in_words, unit_for
from lib.words import counted

# What is measured, and from when to when.
STRETCH_WORDS = {
    "queue": "Waiting in the queue",
    "reading": "Reading the card",
    "review": "From read to reviewed",
    "contact": "From photo to contact",
    "draft": "From photo to own first draft",
    "export": "From photo to first export",
}
# Seconds that get a mark on a logarithmic axis: those that have a name.
MARKS = {
    0.01: "0.01 s",
    0.1: "0.1 s",
    1: "1 s",
    10: "10 s",
    60: "1 min",
    600: "10 min",
    3600: "1 h",
    86_400: "1 day",
    604_800: "1 week",
    2_592_000: "30 days",
    31_536_000: "1 year",
}
MOST_MARKS = 8
# More names than this are in the table alone.
MOST_NAMES = 12
NAME_LENGTH = 26


def counts_of(row: object) -> str:
    """Return who is in a median and who is not: “n = 40 · 2 unfinished · 1 failed”, unfinished always."""
    words = {"unfinished": "unfinished", "failed": "failed", "excluded": "without usable times"}
    counts = {word: int(getattr(row, name, 0)) for name, word in words.items()}
    left_out = [f"{count:,} {word}" for word, count in counts.items() if count or word == "unfinished"]
    return " · ".join([f"n\u00a0=\u00a0{int(row.n):,}", *left_out])  # type: ignore[attr-defined]


def histogram(data: pd.DataFrame, median_seconds: float | None) -> Chart:
    """Return bars over a logarithmic axis of seconds, with the median marked. Columns as processing_histogram.sql."""
    edges = [
        (math.log10(row.bucket_from_seconds), math.log10(row.bucket_to_seconds), int(row.n))
        for row in data.itertuples()
        if row.bucket_from_seconds > 0
    ]
    figure = make_figure(showlegend=False, bargap=0)
    figure.add_bar(
        x=[(start + end) / 2 for start, end, _ in edges],
        y=[n for *_, n in edges],
        width=[0.94 * (end - start) for start, end, _ in edges],
        customdata=[f"{in_words(10**start)} to {in_words(10**end)}: {n:,}" for start, end, n in edges],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if edges:
        _mark_seconds(figure, edges[0][0] - 0.1, max(end for _, end, _ in edges) + 0.1)
    if edges and median_seconds is not None and median_seconds > 0:
        _mark_median(figure, median_seconds)
    figure.update_yaxes(tickformat=",d", nticks=5, rangemode="tozero")
    total = sum(n for *_, n in edges)
    most = max(edges, key=lambda edge: edge[2], default=None)
    told = f"; most lie between {in_words(10 ** most[0])} and {in_words(10 ** most[1])}" if most else ""
    description = f"Histogram of {counted(total, 'duration')} on a logarithmic scale{told}."
    return Chart(title="How they spread", figure=figure, description=description)


def processing_trend(data: pd.DataFrame, since: dt.date | None, last: dt.date) -> Chart:
    """Return two lines over the days. Columns: day, p50_seconds, p90_seconds, n. Days without any are gaps."""
    size, unit = unit_for(float(data["p90_seconds"].max()) if len(data) else 0.0)
    figure = make_figure(hovermode="x unified")
    days = every_day(data)
    for name, column in (("median", "p50_seconds"), ("90 of 100 within", "p90_seconds")):
        figure.add_scatter(
            x=list(days.index),
            y=list(days[column] / size),
            name=name,
            mode="lines+markers",
            customdata=[f"{in_words(value)}, n = {n:,.0f}" for value, n in zip(days[column], days["n"], strict=True)],
            hovertemplate="%{customdata}",
        )
    show_days(figure, first_of(since, data["day"], last), last)
    figure.update_yaxes(ticksuffix=f" {unit}", nticks=5, rangemode="tozero")
    description = (
        f"Line chart of the median and the 90th percentile per day, on {counted(len(data), 'day')} with "
        f"{counted(int(data['n'].sum()), 'duration')}; the median lies between {in_words(data['p50_seconds'].min())} "
        f"and {in_words(data['p50_seconds'].max())}."
    )
    return Chart(title="Day by day", figure=figure, description=description)


def compared(data: pd.DataFrame, title: str) -> Chart:
    """Return one bar a name up to its median and on to its 95th percentile. Columns as processing_by.sql."""
    known = data.dropna(subset=["median_seconds"]).nlargest(MOST_NAMES, "n")
    size, unit = unit_for(float(known["p95_seconds"].max()) if len(known) else 0.0)
    # A category is its own place on the axis: two events of one name must not fall on one another.
    places = [str(place) for place in range(len(known))]
    parts = (
        ("median", known["median_seconds"], known["median_seconds"], 1.0),
        ("95 of 100 within", known["p95_seconds"] - known["median_seconds"], known["p95_seconds"], 0.35),
    )
    figure = make_figure(barmode="stack", height=bars_height(len(known)) + 20, bargap=0.35)
    for name, lengths, ends, opacity in parts:
        figure.add_bar(
            y=places, x=list(lengths / size), orientation="h", name=name, opacity=opacity,
            customdata=[in_words(end) for end in ends],
            hovertemplate=name + " %{customdata}<extra></extra>",
        )  # fmt: skip
    labels = [f"{short(row.name_of)}<br>n = {row.n:,}" for row in _named(known)]
    figure.update_xaxes(ticksuffix=f" {unit}", nticks=3, tickangle=0, rangemode="tozero")
    figure.update_yaxes(
        autorange="reversed", showgrid=False, ticklabelstandoff=6, type="category",
        tickmode="array", tickvals=places, ticktext=labels,
    )  # fmt: skip
    told = "; ".join(
        f"{row.name_of}: median {in_words(row.median_seconds)}, 95th percentile {in_words(row.p95_seconds)}, "
        f"n = {row.n:,}"
        for row in _named(known)
    )
    return Chart(title=title, figure=figure, description=f"Bar chart. {told or 'Nothing was measured'}.")


def short(name: object) -> str:
    """Return a name that fits beside its bar, as plain text: Plotly would read tags."""
    text = " ".join(str(name).split())
    text = text if len(text) <= NAME_LENGTH else text[: NAME_LENGTH - 1].rstrip() + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _named(data: pd.DataFrame) -> list[Any]:
    # `name` of a row of pandas is its index.
    found = data.rename(columns={"name": "name_of"})
    return list(found.assign(name_of=found["name_of"].astype(object).fillna("unknown")).itertuples(index=False))


def _mark_seconds(figure: go.Figure, first: float, last: float) -> None:
    marks: dict[float, str] = {}
    for seconds, word in MARKS.items():
        place = math.log10(seconds)
        # Marks that would touch one another on a phone are left out.
        if first <= place <= last and place - max(marks, default=-9) >= (last - first) / MOST_MARKS:
            marks[place] = word
    figure.update_xaxes(
        range=[first, last], tickmode="array", tickvals=list(marks), ticktext=list(marks.values()), showgrid=False,
        zeroline=False,
    )  # fmt: skip


def _mark_median(figure: go.Figure, seconds: float) -> None:
    place = math.log10(seconds)
    first, last = figure.layout.xaxis.range
    figure.add_vline(x=place, line={"color": HELPING, "dash": "dot", "width": 1.5})
    # On the side where there is room for it, above the bars.
    side = "left" if place < (first + last) / 2 else "right"
    text = f"median {in_words(seconds)}"
    figure.add_annotation(
        x=place, y=1, yref="paper", yanchor="bottom", xanchor=side, showarrow=False, text=text
    )  # fmt: skip
    figure.update_layout(margin={"t": 26})
