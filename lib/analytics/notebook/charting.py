"""A chart of any table: a guess by the columns' types, and the figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pandas as pd
import plotly.graph_objects as go
from pandas.api import types

HEIGHT = 380
KINDS = {"bar": "Bars", "line": "Lines", "area": "Areas", "scatter": "Points", "histogram": "Histogram"}
# More colours than these nobody tells apart; more bars than those do not fit.
COLOUR_LIMIT = 10
BAR_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How a table is drawn: the kind (a key of KINDS) and its columns; None for no such column."""

    kind: str
    x: str
    y: str | None = None
    colour: str | None = None

    def as_mapping(self) -> Mapping[str, str | None]:
        """Return it as it is saved."""
        return asdict(self)


def guess_choice(data: pd.DataFrame) -> Choice | None:
    """Return what suits the columns: lines over time, bars by name, points of two numbers; None without numbers."""
    numbers = [name for name in data if is_number(data[name])]
    times = [name for name in data if types.is_datetime64_any_dtype(data[name])]
    words = [name for name in data if name not in numbers and name not in times]
    if not numbers or len(data) == 0:
        return None
    # A number's name is not a measure.
    measures = [name for name in numbers if name != "id" and not name.endswith("_id")] or numbers
    few = [name for name in words if data[name].nunique() <= COLOUR_LIMIT]
    if times:
        return Choice(kind="line", x=times[0], y=measures[0], colour=few[0] if few else None)
    if words:
        others = [name for name in few if name != words[0]]
        return Choice(kind="bar", x=words[0], y=measures[0], colour=others[0] if others else None)
    if len(numbers) == 1:
        return Choice(kind="histogram", x=numbers[0])
    x, y = numbers[0], next((name for name in measures if name != numbers[0]), numbers[1])
    return Choice(kind="line" if data[x].is_monotonic_increasing else "scatter", x=x, y=y)


def usable_choice(data: pd.DataFrame, wanted: Mapping[str, str | None]) -> Choice | None:
    """Return the saved choice if the table still has its columns, else a guess."""
    columns = [wanted.get("x"), wanted.get("y"), wanted.get("colour")]
    if wanted.get("kind") in KINDS and wanted.get("x") and all(name is None or name in data for name in columns):
        return Choice(kind=str(wanted["kind"]), x=str(columns[0]), y=columns[1], colour=columns[2])
    return guess_choice(data)


def is_number(column: pd.Series) -> bool:
    """Whether it holds numbers; true and false are none."""
    return bool(types.is_numeric_dtype(column) and not types.is_bool_dtype(column))


def draw_choice(data: pd.DataFrame, choice: Choice) -> tuple[go.Figure, str]:
    """Return the figure and what it shows in words. What is in the table is text: Plotly reads no tags in it."""
    figure = go.Figure(
        layout={
            "height": HEIGHT,
            "margin": {"l": 0, "r": 16, "t": 8, "b": 0},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "dragmode": False,
            "barmode": "stack",
            "showlegend": choice.colour is not None,
        }
    )
    groups = _groups(data, choice.colour)
    for name, rows in groups:
        _add_trace(figure, choice, name, rows)
    figure.update_xaxes(title=_text(choice.x), showgrid=False)
    if choice.kind != "histogram":
        figure.update_yaxes(title=_text(choice.y or "rows"))
    if choice.kind == "bar" and not is_number(data[choice.x]) and not _is_time(data[choice.x]):
        # In the order of the query, also where names look like numbers or dates.
        figure.update_xaxes(type="category")
    told = f"{KINDS[choice.kind]} of {choice.y or 'rows'} by {choice.x}"
    coloured = f", one colour per {choice.colour}" if choice.colour else ""
    return figure, f"{told}{coloured}; {len(data):,} rows."


def _groups(data: pd.DataFrame, colour: str | None) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows by colour, the most frequent first; the rare ones together."""
    if colour is None:
        return [("", data)]
    names = data[colour].astype("str").fillna("null")
    kept = list(names.value_counts().index[: COLOUR_LIMIT - 1 if names.nunique() > COLOUR_LIMIT else COLOUR_LIMIT])
    found = [(name, data[names == name]) for name in kept]
    rest = data[~names.isin(kept)]
    return [*found, ("others", rest)] if len(rest) else found


def _add_trace(figure: go.Figure, choice: Choice, name: str, rows: pd.DataFrame) -> None:
    x = _values(rows[choice.x])
    if choice.kind == "histogram":
        figure.add_histogram(x=x, name=_text(name))
        return
    y = _values(rows[choice.y]) if choice.y else None
    if choice.kind == "bar":
        figure.add_bar(x=x[:BAR_LIMIT], y=(y or [1] * len(x))[:BAR_LIMIT], name=_text(name))
        return
    mode = "markers" if choice.kind == "scatter" else "lines+markers" if len(rows) <= 60 else "lines"
    stack = {"stackgroup": "all"} if choice.kind == "area" else {}
    figure.add_scatter(x=x, y=y or list(range(1, len(x) + 1)), mode=mode, name=_text(name), **stack)


def _values(column: pd.Series) -> list[object]:
    if is_number(column):
        return [None if pd.isna(value) else float(value) for value in column]
    if _is_time(column):
        return [None if pd.isna(value) else value.to_pydatetime() for value in column]
    return ["null" if pd.isna(value) else _text(str(value)) for value in column]


def _is_time(column: pd.Series) -> bool:
    return bool(types.is_datetime64_any_dtype(column))


def _text(words: str, limit: int = 60) -> str:
    """Return words that Plotly shows as they are: it takes tags and links for its own, wherever a name stands."""
    short = words if len(words) <= limit else f"{words[: limit - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
