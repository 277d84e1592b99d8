"""The notebook: one query, its table and its chart."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from lib.analytics.notebook import (
    RESULT_BYTES,
    ROW_LIMIT,
    SQL_LIMIT,
    NotebookUnavailable,
    QueryError,
    Result,
    Run,
    SavedQuery,
    find_parameters,
    list_saved_queries,
    open_reader,
    update_saved_query,
)
from lib.analytics.queries import FOLDER, OPEN, read_query
from lib.database import transaction
from lib.ui.notebook_parts import delete_dialog, rename_dialog, save_dialog, show_chart, show_schema
from lib.ui.page import error_boundary
from lib.ui.tables import to_csv
from lib.ui.text import plain
from lib.words import counted

SQL, OPENED, RESULT, CHART = "notebook_sql", "notebook_opened", "notebook_result", "notebook_chart"
ASKED_FOR = "notebook_asked_for"
VALUE = "notebook_value_"
FIRST_QUERY = "select status, count(*) as contacts\nfrom contacts\ngroup by status\norder by contacts desc"
# The one thing that no theme key says: SQL stands in columns. Nothing but this text ever goes there.
MONOSPACE = "<style>.st-key-notebook_sql textarea {font-family: ui-monospace, monospace; font-size: 0.9rem}</style>"
# Seconds before a running query is shown as such.
PATIENCE_S = 0.6


def open_in_notebook(sql: str, parameters: Mapping[str, object] | None = None) -> None:
    """Put a query and its parameters' values into the editor and go there. To be called by a widget's callback."""
    _put(sql, {name: None if value is None else str(value) for name, value in (parameters or {}).items()}, {})
    st.session_state[OPENED] = None
    st.session_state["view"] = "Notebook"


def show_notebook() -> None:
    """Show the editor beside the tables, and what the query gave."""
    with error_boundary():
        try:
            reader, _ = open_reader()
        except NotebookUnavailable as error:
            _say_unavailable(error)
            return
        with transaction() as db:
            saved = {f"saved/{query.id}": query for query in list_saved_queries(db)}
        opened = _choose(saved)
        editor, schema = st.columns([3, 2], gap="medium")
        with editor:
            is_asked = _edit(opened)
        with schema:
            show_schema(reader)
        if is_asked:
            _ask()
        _show_answer()


def _say_unavailable(error: NotebookUnavailable) -> None:
    st.warning(f"{plain(error.message)}\n\n{plain(error.remedy)}", icon=":material/lock:")
    if error.allow:
        st.code(error.allow, language="sql", wrap_lines=True)
    st.button("Try again", icon=":material/refresh:", key="notebook_again")


def _choose(saved: Mapping[str, SavedQuery]) -> SavedQuery | None:
    """Return the saved query that is open; with what is done to it as a whole."""
    titles = {key: query.name for key, query in saved.items()}
    titles |= {f"dashboard/{path.stem}": f"Dashboard: {path.stem}" for path in sorted(FOLDER.glob("*.sql"))}
    # A widget's own key cannot be set once it is on the page, as it is when a query gets its name.
    wanted = st.session_state.pop("notebook_next", st.session_state.get(OPENED))
    st.session_state[OPENED] = wanted if wanted in titles else None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Open",
            list(titles),
            format_func=titles.__getitem__,
            key=OPENED,
            on_change=_open,
            args=(saved,),
            placeholder="A saved query, or one of the dashboard's",
            width=420,
            persist_state="session",
        )
        query = saved.get(chosen or "")
        if query and st.button("Rename", icon=":material/edit:", key="rename_query"):
            rename_dialog(query)
        if query and st.button("Delete", icon=":material/delete:", key="delete_query"):
            delete_dialog(query)
    return query


def _open(saved: Mapping[str, SavedQuery]) -> None:
    """Put what was chosen into the editor."""
    kind, _, name = (st.session_state[OPENED] or "").partition("/")
    if kind == "dashboard":
        _put(read_query(name), {key: value for key, value in OPEN.items() if value is not None}, {})
    elif kind == "saved":
        query = saved[st.session_state[OPENED]]
        _put(query.sql, query.parameters, query.chart)


def _put(sql: str, values: Mapping[str, str | None], chart: Mapping[str, str | None]) -> None:
    st.session_state[SQL] = sql
    st.session_state[CHART] = dict(chart)
    st.session_state[RESULT] = None
    for name in find_parameters(sql):
        st.session_state[VALUE + name] = values.get(name) or ""
    st.session_state[ASKED_FOR] = find_parameters(sql)


def _edit(opened: SavedQuery | None) -> bool:
    """Show the editor. Return whether the query is to be run: by its button or by Ctrl+Enter."""
    st.session_state.setdefault(SQL, FIRST_QUERY)
    st.html(MONOSPACE)
    with st.form("notebook_form"):
        st.text_area(
            "SQL",
            key=SQL,
            height=280,
            max_chars=SQL_LIMIT,
            label_visibility="collapsed",
            persist_state="session",
        )
        names = find_parameters(st.session_state[SQL] or "")
        if names:
            with st.grid(3, min_column_width=160):
                for name in names:
                    st.text_input(f":{name}", key=VALUE + name, placeholder="null", persist_state="session")
        with st.container(horizontal=True, vertical_alignment="center"):
            is_asked = st.form_submit_button("Run", type="primary", icon=":material/play_arrow:", key="run_query")
            is_saved = opened and st.form_submit_button("Save", icon=":material/save:", key="save_query")
            is_named = st.form_submit_button("Save as…", icon=":material/bookmark_add:", key="save_query_as")
            st.caption("Ctrl+Enter runs it.")
    if is_saved and opened:
        with transaction() as db:
            update_saved_query(db, opened.id, *_content())
        st.toast("Query saved.", icon=":material/check:")
    if is_named:
        save_dialog(*_content())
    return bool(is_asked) and not _lacks_values(names)


def _lacks_values(names: list[str]) -> bool:
    """Whether the query has parameters that nobody was asked for yet; say so."""
    new = [name for name in names if name not in st.session_state.get(ASKED_FOR, [])]
    st.session_state[ASKED_FOR] = names
    if new:
        st.info(plain(f"Give {', '.join(f':{name}' for name in new)} a value, or leave it null, then run it."))
    return bool(new)


def _content() -> tuple[str, dict[str, str | None], dict[str, str | None]]:
    """Return the query as it is kept: its text, its parameters' values, its chart."""
    sql = st.session_state[SQL] or ""
    return sql, _values(sql), st.session_state.get(CHART) or {}


def _values(sql: str) -> dict[str, str | None]:
    return {name: st.session_state.get(VALUE + name) or None for name in find_parameters(sql)}


def _ask() -> None:
    """Run the query until it ends. Whatever is done on the page meanwhile stops it, and so does leaving the page."""
    sql = st.session_state[SQL] or ""
    st.session_state[RESULT] = None
    began, clock = time.monotonic(), None
    place = st.empty()
    run = Run(sql, _values(sql))
    try:
        while run.is_running:
            seconds = time.monotonic() - began
            if seconds > PATIENCE_S:
                clock = clock or _show_stop(place)
                # Drawing is where Streamlit ends this run for another one.
                clock.caption(f"Running for {seconds:.0f} s")
            time.sleep(0.05)
        st.session_state[RESULT] = run.finish()
    finally:
        run.stop()
    place.empty()


def _show_stop(place: st.delta_generator.DeltaGenerator) -> st.delta_generator.DeltaGenerator:
    """Show the button that stops the query. Return the place beside it for how long it has run."""
    with place.container(horizontal=True, vertical_alignment="center"):
        st.button("Stop", icon=":material/stop:", key="stop_query", on_click=_note_stop)
        return st.empty()


def _note_stop() -> None:
    st.session_state[RESULT] = "You stopped the query."


def _show_answer() -> None:
    answer = st.session_state.get(RESULT)
    if isinstance(answer, QueryError):
        _show_error(answer)
    elif isinstance(answer, Result):
        _show_result(answer)
    elif answer:
        st.caption(answer)


def _show_error(error: QueryError) -> None:
    where = f"Line {error.place.line}, column {error.place.column}: " if error.place else ""
    st.error(plain(where + error.message), icon=":material/error:")
    if error.place:
        st.code(error.place.excerpt, language=None)
    if error.advice:
        st.text(error.advice)


def _show_result(result: Result) -> None:
    with st.container(border=True, key="notebook_answer"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.caption(_size(result))
            st.download_button(
                "Download CSV",
                lambda: to_csv(result.data),
                "query.csv",
                "text/csv",
                key="notebook_csv",
                icon=":material/download:",
                on_click="ignore",
            )
        table, chart = st.tabs(["Table", "Chart"])
        with table:
            _show_table(result.data)
        with chart:
            st.session_state[CHART] = show_chart(result.data, st.session_state.get(CHART) or {})


def _show_table(data: pd.DataFrame) -> None:
    if data.empty:
        st.caption("No rows.")
    st.dataframe(data, hide_index=True, height="auto")


def _size(result: Result) -> str:
    said = f"{counted(len(result.data), 'row')} in {max(result.seconds, 0.01):.2f} s."
    reasons = {
        "rows": f" There are more: only the first {ROW_LIMIT:,} are shown.",
        "bytes": f" There are more, but the result would be larger than {RESULT_BYTES // 1_000_000} MB.",
    }
    return said + reasons.get(result.cut or "", "")
