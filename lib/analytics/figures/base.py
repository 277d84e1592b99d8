"""What all figures share.

Colours are left to the theme, which gives them out by the order of traces: a status keeps its colour only if its
trace is always there, so traces are drawn for statuses that nobody has, and kept out of the legend.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

HEIGHT = 300
ROW_HEIGHT = 38
DAY_MS = 86_400_000
# A bar of one day; Plotly would make it as thin as an hour where other days are empty.
DAY_BAR_MS = 0.75 * DAY_MS
# Lines that help to read the others: visible on light and on dark.
HELPING = "rgba(128, 140, 136, 0.75)"
# Room for a number behind the longest bar, as a part of the bar's length.
BEHIND = 1.3


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure, its title with the unit where it has one, and what it shows in words."""

    title: str
    figure: go.Figure
    description: str


def make_figure(**layout: object) -> go.Figure:
    """Return an empty figure: legend above, no room wasted round it, nothing dragged by accident."""
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
    margin = {"l": 0, "r": 24, "t": 8, "b": 0}
    return go.Figure(layout={"height": HEIGHT, "margin": margin, "legend": legend, "dragmode": False, **layout})


def bars_height(count: int) -> int:
    """Return the height of `count` horizontal bars with an axis under them."""
    return 70 + ROW_HEIGHT * count


def show_bars(figure: go.Figure, longest: float) -> None:
    """Show horizontal bars from top to bottom, with their numbers instead of an axis."""
    figure.update_traces(cliponaxis=False)
    figure.update_xaxes(visible=False, range=[0, max(longest, 1) * BEHIND])
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6, type="category")


def every_day(data: pd.DataFrame) -> pd.DataFrame:
    """Return `data` by day with the days in between, so that a line breaks where there is nothing to connect."""
    if data.empty:
        return data.set_index("day")
    days = data.set_index(pd.to_datetime(data["day"])).drop(columns="day")
    return days.asfreq("D")


def show_days(figure: go.Figure, first: dt.date, last: dt.date) -> None:
    """Show all days from `first` to `last`, also empty ones, and never hours on the axis."""
    half = dt.timedelta(hours=12)
    midnight = dt.time()
    edges = [dt.datetime.combine(first, midnight) - half, dt.datetime.combine(last, midnight) + half]
    days = (last - first).days + 1
    steps = max(1, round(days / 5))
    form = "%-d %b" if days <= 365 else "%b %Y"
    figure.update_xaxes(
        range=edges, dtick=steps * DAY_MS, tick0=str(last), tickformat=form, tickangle=0, showgrid=False
    )


def first_of(since: dt.date | None, days: Iterable[dt.date], last: dt.date) -> dt.date:
    """Return the first day to show: `since`, or where it is None the first that has something."""
    return since or min(days, default=last)
