"""Cards of a dashboard: a number, a chart or a table, and under it the SQL and the rows it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st
from streamlit.typing import PlotlyState

from lib.analytics.figures import Chart
from lib.analytics.queries import Answer
from lib.ui.page import error_boundary
from lib.ui.tables import to_csv

# No toolbar over the chart, and no zooming by accident: on a phone it would keep the page from being scrolled.
CONFIG = {"displayModeBar": False, "scrollZoom": False}


@contextmanager
def card(title: str, answer: Answer, *, note: str = "") -> Iterator[None]:
    """Frame a chart or a table: its title, what to know about it, where it comes from, and what goes wrong in it."""
    with st.container(border=True, height="stretch", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(title, anchor=False, width="content")
            show_source(answer, key=f"source_{answer.name}_{title}")
        if note:
            st.caption(note)
        with error_boundary():
            yield


def tile(label: str, value: str, note: str, answer: Answer) -> None:
    """Show one number, what it means and where it comes from."""
    with st.container(border=True, height="stretch", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.metric(label, value, width="content")
            show_source(answer, key=f"source_{answer.name}_{label}")
        st.caption(note)


def chart_card(chart: Chart, answer: Answer, *, note: str = "", is_empty: bool | None = None) -> None:
    """Show a chart, what to know about it and where it comes from."""
    with card(chart.title, answer, note=note):
        if answer.data.empty if is_empty is None else is_empty:
            st.caption("Nothing in this period.")
        else:
            draw(chart, key=f"chart_{answer.name}_{chart.title}")


def draw(chart: Chart, *, key: str) -> None:
    """Draw the figure, with its description for those who do not see it."""
    st.plotly_chart(chart.figure, config=CONFIG, alt=chart.description, key=key)


def draw_clickable(chart: Chart, *, key: str) -> str | None:
    """Draw the figure and return the `customdata` of what was clicked, None before."""
    # What can be clicked is given dragging too, which on a phone would keep the page from being scrolled.
    chart.figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    found = st.plotly_chart(
        chart.figure, config=CONFIG, alt=chart.description, key=key, on_select="rerun", selection_mode="points"
    )
    return _clicked(found)


def show_source(answer: Answer, *, key: str) -> None:
    """Show, on demand, the SQL as it ran, its parameters, its rows and the rows as CSV; and lead to the notebook."""
    # Made when somebody opens it: a page has a dozen of these, and all their rows would go to the browser.
    with st.popover("SQL", icon=":material/code:", type="tertiary", key=key, on_change="rerun") as opened:
        if opened.open:
            _show_how(answer, key)


def _show_how(answer: Answer, key: str) -> None:
    st.code(answer.sql.strip(), language="sql", wrap_lines=True)
    for name, value in answer.parameters.items():
        st.text(f":{name} = {value if value is not None else 'null'}")
    st.dataframe(answer.data, hide_index=True, alt=f"The rows of {answer.name}")
    with st.container(horizontal=True):
        st.download_button(
            "Download CSV",
            partial(to_csv, answer.data),
            f"{answer.name}.csv",
            "text/csv",
            key=f"{key}_csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            "Open in notebook",
            icon=":material/edit_note:",
            key=f"{key}_notebook",
            on_click=_open_in_notebook,
            args=(answer,),
        )


def _open_in_notebook(answer: Answer) -> None:
    from lib.ui.notebook import open_in_notebook  # only where somebody wants it

    open_in_notebook(answer.sql, answer.parameters)


def _clicked(found: PlotlyState) -> str | None:
    points = found["selection"]["points"] if found else []
    if not points:
        return None
    chosen = points[0].get("customdata")
    if isinstance(chosen, list):
        chosen = chosen[0] if chosen else None
    return None if chosen is None else str(chosen)
