"""Whether the reader can be trusted: what it accepted against what people kept."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lib.analytics.figures.base import BEHIND, HELPING, Chart, bars_height, make_figure, show_bars
from lib.analytics.figures.overview import percent
from lib.words import counted

JUDGED = {True: "right", False: "wrong", None: "not looked at"}
DECIDED = {True: "accepted by the reader", False: "sent to review"}
FIELD_WORDS = {
    "full_name": "name", "email": "e-mail", "company": "company", "title": "title", "phone": "phone",
    "linkedin_url": "LinkedIn",
}  # fmt: skip


def matrix_counts(data: pd.DataFrame) -> dict[tuple[bool, bool | None], int]:
    """Return the contacts by (accepted, right), all six, right None where nobody looked. Columns: is_accepted,
    is_right, contacts.
    """
    counts = dict.fromkeys(((accepted, right) for accepted in DECIDED for right in JUDGED), 0)
    for row in data.itertuples():
        counts[bool(row.is_accepted), None if pd.isna(row.is_right) else bool(row.is_right)] += int(row.contacts)
    return counts


def reader_matrix(data: pd.DataFrame) -> Chart:
    """Return the matrix of what the reader decided against what people found. Columns as `matrix_counts`."""
    counts = matrix_counts(data)
    rows = [[counts[accepted, right] for right in JUDGED] for accepted in DECIDED]
    totals = [sum(row) or 1 for row in rows]
    shares = [[count / total for count in row] for row, total in zip(rows, totals, strict=True)]
    texts = [
        [f"<b>{count:,}</b><br>{percent(share) if count else '–'}" for count, share in zip(row, parts, strict=True)]
        for row, parts in zip(rows, shares, strict=True)
    ]
    figure = make_figure(showlegend=False, height=260)
    figure.add_heatmap(
        z=shares, x=list(JUDGED.values()), y=[word.replace(" ", "<br>", 1) for word in DECIDED.values()], text=texts,
        texttemplate="%{text}", zmin=0, zmax=2, showscale=False, xgap=4, ygap=4, hoverinfo="skip",
    )  # fmt: skip
    figure.update_xaxes(side="top", showgrid=False, fixedrange=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, ticklabelstandoff=6)
    told = "; ".join(
        f"{word}: " + ", ".join(f"{counts[accepted, right]:,} {judged}" for right, judged in JUDGED.items())
        for accepted, word in DECIDED.items()
    )
    return Chart(title="What people found", figure=figure, description=f"Table of contacts. {told}.")


def corrections_by_field(data: pd.DataFrame) -> Chart:
    """Return one bar a field: what part of those that people saw they changed. Columns: field, reviewed, corrected,
    share.
    """
    ordered = data.sort_values("share", ascending=False, na_position="last")
    words = [FIELD_WORDS.get(field, str(field)) for field in ordered["field"]]
    shares = [0.0 if pd.isna(share) else float(share) for share in ordered["share"]]
    told = [_of(corrected, seen) for corrected, seen in zip(ordered["corrected"], ordered["reviewed"], strict=True)]
    figure = make_figure(showlegend=False, height=bars_height(len(words)) - 30, bargap=0.3)
    figure.add_bar(
        y=words, x=shares, orientation="h", text=told, textposition="outside",
        hovertemplate="%{y}: %{text}<extra></extra>",
    )  # fmt: skip
    show_bars(figure, 1)
    figure.update_xaxes(range=[0, max([*shares, 0.01]) * BEHIND * 1.4])
    fields = "; ".join(f"{word} {text}" for word, text in zip(words, told, strict=True))
    return Chart(
        title="Corrected by field", figure=figure, description=f"Bar chart of corrected values: {fields or 'none'}."
    )


def calibration(data: pd.DataFrame) -> Chart:
    """Return kept share over confidence, with the diagonal where both agree. Columns: bucket, mean_confidence,
    kept_share, n.
    """
    seen = data[data["n"] > 0]
    figure = make_figure(showlegend=False, hovermode="closest")
    figure.add_scatter(
        x=[100 * value for value in seen["mean_confidence"]],
        y=[100 * value for value in seen["kept_share"]],
        mode="lines+markers+text",
        text=[f"{int(n):,}" for n in seen["n"]],
        textposition="bottom center",
        textfont={"size": 11},
        marker={"size": _sizes(seen["n"], lambda n: n**0.5)},
        line={"width": 1.5},
        cliponaxis=False,
        customdata=[
            f"{percent(row.mean_confidence)} sure, {percent(row.kept_share)} kept" for row in seen.itertuples()
        ],
        hovertemplate="%{customdata}, n = %{text}<extra></extra>",
    )
    figure.add_shape(type="line", x0=0, y0=0, x1=100, y1=100, line={"color": HELPING, "dash": "dot", "width": 1.5})
    lowest = float(min([*seen["mean_confidence"], *seen["kept_share"]], default=0))
    edges = [max(0, 100 * lowest - 12), 104]
    figure.update_xaxes(range=edges, ticksuffix=" %", nticks=6, title="the reader was sure by", showgrid=False)
    figure.update_yaxes(range=edges, ticksuffix=" %", nticks=6, title="people kept")
    told = "; ".join(
        f"{percent(row.mean_confidence)} sure, {percent(row.kept_share)} kept, n = {int(row.n):,}"
        for row in seen.itertuples()
    )
    total = counted(int(seen["n"].sum()), "value")
    return Chart(
        title="Is it as sure as it is right?",
        figure=figure,
        description=f"Line chart of confidence against the share that people kept, of {total}. {told or 'None yet'}.",
    )


def _of(corrected: int, seen: int) -> str:
    return f"{percent(corrected / seen)} · {int(corrected):,} of {int(seen):,}" if seen else "nobody looked yet"


def _sizes(counts: pd.Series, area: Callable[[float], float]) -> list[float]:
    """Return diameters of 7 to 22 pixels, so that the dots' area stands for their count."""
    most = max(counts, default=1)
    return [7 + 15 * area(n / most) for n in counts]
