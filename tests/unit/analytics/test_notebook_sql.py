"""Parameters of a query, and places in it."""

import time

import pytest

from lib.analytics.notebook.sql import as_statement, find_parameters, find_place


@pytest.mark.parametrize(
    "sql",
    [
        "select ':no'",
        "select 'it''s :no'",
        r"select e'\' :no'",
        'select ":no"',
        "select $$ :no $$",
        "select $tag$ $$ :no $tag$",
        "select 1 -- :no",
        "select /* /* :no */ :no */ 1",
        "select 1::no",
        "select /* never closed :no",
        "select $body$ never closed :no",
        "select a[1:2]",
    ],
)
def test_a_colon_that_is_no_parameter_is_left_alone(sql: str) -> None:
    assert find_parameters(sql) == []
    assert as_statement(sql, {}).text == sql


def test_quotes_that_never_close_are_passed_quickly() -> None:
    sql = " ".join(f"$tag{number}$" for number in range(5_000))
    began = time.process_time()
    assert find_parameters(sql) == []
    assert time.process_time() - began < 0.5


def test_a_parameter_is_a_number_wherever_it_stands() -> None:
    sql = "select cast(:since as date), :event_id, /* :no */ :since -- 'x"
    statement = as_statement(sql, {"since": "2025-01-01", "event_id": ""})
    assert statement.text == "select cast($1 as date), $2, /* :no */ $1 -- 'x"
    assert statement.values == ("2025-01-01", None)


@pytest.mark.parametrize("word", ["first", ":event_id", "middle", "last"])
def test_a_place_behind_parameters_is_found_in_what_was_typed(word: str) -> None:
    sql = "select first, :since, :event_id, middle, :since + last"
    statement = as_statement(sql, {})
    sent = statement.text.index("$2" if word == ":event_id" else word)
    assert statement.typed_offset(sent) == sql.index(word)


def test_a_place_is_a_line_a_column_and_a_caret() -> None:
    place = find_place("select 1,\n\tnam\nfrom contacts", 11)
    assert (place.line, place.column) == (2, 2)
    assert place.excerpt == " nam\n ^"


def test_of_a_long_line_only_the_place_is_shown() -> None:
    place = find_place("x" * 5_000 + "!" + "x" * 5_000, 5_000)
    line, caret = place.excerpt.split("\n")
    assert len(line) == 120
    assert line[len(caret) - 1] == "!"


def test_the_end_of_a_query_is_a_place_too() -> None:
    assert find_place("select", 99).column == 7
