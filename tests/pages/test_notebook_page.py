"""The notebook: write, run, keep, open, and what it says when something goes wrong."""

from collections.abc import Callable

import pytest
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.analytics.notebook import reader
from lib.analytics.notebook.saved import add_saved_query, list_saved_queries
from lib.database import transaction
from lib.ui.tables import to_csv

ADD_CONTACTS = """insert into contacts (full_name, company, status, created_at)
select 'Ada Example ' || number, '=1+1', 'completed', timestamp '2025-01-01' + number * interval '1 day'
from generate_series(1, 30) as number"""
DRAW = "import streamlit as st\nfrom lib.ui.notebook import show_notebook\nst.session_state.setdefault('view', '')\nshow_notebook()"


@pytest.fixture
def notebook(opened: URL) -> Callable[..., AppTest]:
    with transaction() as db:
        db.execute(text(ADD_CONTACTS))

    def draw() -> AppTest:
        return AppTest.from_string(DRAW, default_timeout=60).run()

    return draw


def ask(at: AppTest, sql: str) -> AppTest:
    at.text_area(key="notebook_sql").set_value(sql)
    return press(at, "run_query")


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def table(at: AppTest) -> list[list[object]]:
    return at.dataframe[-1].value.to_numpy().tolist()


def test_a_query_gives_its_table_and_a_chart(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), "select status, count(*) as contacts from contacts group by status")
    assert not at.exception
    assert table(at) == [["completed", 30]]
    assert len(at.get("plotly_chart")) == 1
    assert any("1 row in" in caption.value for caption in at.caption)


def test_nothing_runs_before_it_is_asked(notebook: Callable[..., AppTest]) -> None:
    at = notebook()
    assert len(at.dataframe) == 1  # the columns of a table
    assert not at.get("plotly_chart")


def test_a_query_that_takes_long_still_gives_its_table(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), "select 5 as n from pg_sleep(1)")
    assert not at.exception
    assert table(at) == [[5]]
    assert not [button for button in at.button if button.key == "stop_query"]
    assert table(ask(at, "select 6 as n from pg_sleep(1)")) == [[6]]


def test_an_error_stands_at_its_place(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), "select status,\n  nam\nfrom contacts")
    assert "Line 2, column 3" in at.error[0].value.replace("\\", "")
    assert at.code[0].value == "  nam\n  ^"


def test_what_an_error_quotes_is_shown_and_not_interpreted(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), "select cast('![x](https://tracker.example.com/a.png)' as integer)")
    assert "![" not in at.error[0].value
    assert "://" not in at.error[0].value


def test_values_are_asked_for_before_a_query_runs_with_them(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), "select count(*) as n from contacts where created_at < cast(:until as timestamp)")
    assert "until" in at.info[0].value
    assert len(at.dataframe) == 1
    at.text_input(key="notebook_value_until").set_value("2025-01-11")
    assert table(press(at, "run_query")) == [[9]]


def test_a_query_is_kept_under_its_name_and_opened_again(notebook: Callable[..., AppTest]) -> None:
    with transaction() as db:
        id = add_saved_query(db, "By company", "select 7 as n where :x = '1'", {"x": "1"}, {})
    at = notebook()
    at.selectbox(key="notebook_opened").set_value(f"saved/{id}").run()
    assert at.text_area(key="notebook_sql").value == "select 7 as n where :x = '1'"
    assert table(press(at, "run_query")) == [[7]]


def test_a_change_is_saved_under_the_same_name(notebook: Callable[..., AppTest]) -> None:
    with transaction() as db:
        id = add_saved_query(db, "Mine", "select 1", {}, {})
    at = notebook()
    at.selectbox(key="notebook_opened").set_value(f"saved/{id}").run()
    at.text_area(key="notebook_sql").set_value("select 2")
    press(at, "save_query")
    with transaction() as db:
        assert [query.sql for query in list_saved_queries(db)] == ["select 2"]


def test_a_query_of_the_dashboard_is_opened_with_its_values(notebook: Callable[..., AppTest]) -> None:
    at = notebook()
    at.selectbox(key="notebook_opened").set_value("dashboard/captured_per_day").run()
    assert ":since" in at.text_area(key="notebook_sql").value
    at = press(at, "run_query")
    assert not at.error
    assert len(table(at)) == 30


def test_a_name_that_is_taken_is_refused(show_dialog: Callable[[str], AppTest]) -> None:
    with transaction() as db:
        add_saved_query(db, "Mine", "select 1", {}, {})
    at = show_dialog("from lib.ui.notebook_parts import save_dialog\nsave_dialog('select 2', {}, {})")
    at.text_input(key="saved_query_name").set_value("MINE")
    at.button(key="confirm_save_query").click().run()
    assert "Another query has this name" in at.error[0].value.replace("\\", "")


def test_without_a_reader_it_says_what_an_administrator_can_run(
    notebook: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise reader.NotebookUnavailable("There is no reader.", "Allow it.", "alter role owner createrole;")

    monkeypatch.setattr("lib.ui.notebook.open_reader", refuse)
    at = notebook()
    assert "There is no reader" in at.warning[0].value
    assert at.code[0].value == "alter role owner createrole;"
    assert not at.text_area


def test_a_cell_that_a_spreadsheet_would_calculate_is_text(notebook: Callable[..., AppTest]) -> None:
    at = ask(notebook(), 'select company, -1 as number, null as "=nothing" from contacts limit 1')
    assert to_csv(at.session_state["notebook_result"].data).decode("utf-8-sig") == (
        "company,number,'=nothing\r\n'=1+1,-1,\r\n"
    )
