"""Pieces of the notebook: the tables at hand, the chart with its choices, the dialogs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from lib.analytics.notebook import (
    SavedQuery,
    add_saved_query,
    delete_saved_query,
    list_tables,
    rename_saved_query,
)
from lib.analytics.notebook.charting import KINDS, Choice, draw_choice, usable_choice
from lib.database import transaction
from lib.ui.page import error_boundary

Chart = Mapping[str, str | None]
CONFIG = {"displayModeBar": False, "scrollZoom": False}
NO_COLUMN = "–"


def show_schema(reader: str) -> None:
    """Show the columns of one table after the other, with what they mean."""
    with transaction() as db:
        tables = list_tables(db, reader)
    with st.container(border=True):
        names = list(tables)
        first = names.index("contacts") if "contacts" in names else 0
        name = st.selectbox("Table", names, index=first, key="notebook_table", persist_state="session")
        if not name:
            st.caption("There are no tables.")
            return
        columns = tables[name]
        if columns[0].table_comment:
            st.caption(columns[0].table_comment)
        rows = [(column.column_name, column.type, column.column_comment or "") for column in columns]
        st.dataframe(
            pd.DataFrame(rows, columns=["Column", "Type", "Meaning"]),
            hide_index=True,
            height=262,
            column_config={
                "Column": st.column_config.TextColumn(width=110),
                "Type": st.column_config.TextColumn(width=90),
            },
        )


def show_chart(data: pd.DataFrame, wanted: Chart) -> dict[str, str | None]:
    """Show the chart and what can be chosen of it. Return the choice as it is saved."""
    choice = usable_choice(data, wanted)
    if choice is None:
        st.caption("A chart needs rows, and a column of numbers.")
        return dict(wanted)
    choice = _choose(data, choice)
    figure, description = draw_choice(data, choice)
    st.plotly_chart(figure, config=CONFIG, alt=description, key="notebook_figure")
    return dict(choice.as_mapping())


def _choose(data: pd.DataFrame, choice: Choice) -> Choice:
    # Other columns, other widgets: a choice of the last table means nothing in this one.
    mark = hash(tuple(data.columns))
    columns = list(data.columns)
    others = [NO_COLUMN, *columns]
    with st.grid(4, min_column_width=140):
        kind = st.selectbox(
            "Kind",
            list(KINDS),
            index=list(KINDS).index(choice.kind),
            format_func=KINDS.__getitem__,
            key=f"notebook_kind_{mark}",
        )
        x = st.selectbox("x", columns, index=columns.index(choice.x), key=f"notebook_x_{mark}")
        y = st.selectbox("y", others, index=others.index(choice.y or NO_COLUMN), key=f"notebook_y_{mark}")
        colour = st.selectbox(
            "Colour", others, index=others.index(choice.colour or NO_COLUMN), key=f"notebook_colour_{mark}"
        )
    return Choice(kind=kind, x=x, y=None if y == NO_COLUMN else y, colour=None if colour == NO_COLUMN else colour)


@st.dialog("Save the query", icon=":material/bookmark_add:")
def save_dialog(sql: str, values: Chart, chart: Chart) -> None:
    """Ask for a name and keep the query under it."""
    with st.form("save_query_form", border=False):
        name = st.text_input("Name", max_chars=255, key="saved_query_name")
        if not st.form_submit_button("Save", type="primary", key="confirm_save_query"):
            return
    with error_boundary():
        with transaction() as db:
            id = add_saved_query(db, name or "", sql, values, chart)
        st.session_state["notebook_next"] = f"saved/{id}"
        st.rerun()


@st.dialog("Rename the query", icon=":material/edit:")
def rename_dialog(query: SavedQuery) -> None:
    """Ask for another name."""
    with st.form("rename_query_form", border=False):
        name = st.text_input("Name", query.name, max_chars=255, key=f"rename_query_{query.id}")
        if not st.form_submit_button("Rename", type="primary", key="confirm_rename_query"):
            return
    with error_boundary():
        with transaction() as db:
            rename_saved_query(db, query.id, name or "")
        st.rerun()


@st.dialog("Delete this query?", icon=":material/delete:")
def delete_dialog(query: SavedQuery) -> None:
    """Delete the query once that is confirmed; its text stays in the editor."""
    st.text(query.name)
    if st.button("Delete the query", type="primary", icon=":material/delete:", key="confirm_delete_query"):
        with error_boundary():
            with transaction() as db:
                delete_saved_query(db, query.id)
            st.rerun()
