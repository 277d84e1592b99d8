"""Cards of a dashboard: a number or a chart, and under it the SQL and the rows it was made from."""

from __future__ import annotations

import streamlit as st

from lib.analytics.figures import Chart
from lib.analytics.queries import Answer

# No toolbar over the chart, and no zooming by accident: on a phone it would keep the page from being scrolled.
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def tile(label: str, value: str, note: str, answer: Answer) -> None:
    """Show one number, what it means and where it comes from."""
    with st.container(border=True, height="stretch", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.metric(label, value, width="content")
            show_source(answer, key=f"source_{answer.name}_{label}")
        st.caption(note)


def chart_card(chart: Chart, answer: Answer, *, note: str = "") -> None:
    """Show a chart, what to know about it and where it comes from."""
    with st.container(border=True, height="stretch", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(chart.title, anchor=False, width="content")
            show_source(answer, key=f"source_{answer.name}_chart")
        if note:
            st.caption(note)
        if answer.data.empty:
            st.caption("Nothing in this period.")
        else:
            draw(chart, key=f"chart_{answer.name}")


def draw(chart: Chart, *, key: str) -> None:
    """Draw the figure, with its description for those who do not see it."""
    st.plotly_chart(chart.figure, config=CONFIG, alt=chart.description, key=key)


def show_source(answer: Answer, *, key: str) -> None:
    """Show, on demand, the SQL as it ran, its parameters, its rows and the rows as CSV."""
    with st.popover("SQL", icon=":material/code:", type="tertiary", key=key):
        st.code(answer.sql.strip(), language="sql", wrap_lines=True)
        for name, value in answer.parameters.items():
            st.text(f":{name} = {value if value is not None else 'null'}")
        st.dataframe(answer.data, hide_index=True)
        st.download_button(
            "Download CSV",
            answer.data.to_csv(index=False).encode(),
            f"{answer.name}.csv",
            "text/csv",
            key=f"{key}_csv",
            icon=":material/download:",
            on_click="ignore",
        )
