"""The notebook's chart: a guess that suits, and names that are only names."""

import pandas as pd
import pytest

from lib.analytics.notebook.charting import Choice, draw_choice, guess_choice, usable_choice

DAYS = pd.to_datetime(["2025-01-01", "2025-01-02"])


@pytest.mark.parametrize(
    ("data", "choice"),
    [
        ({"status": ["a", "b"], "n": [1, 2]}, Choice(kind="bar", x="status", y="n")),
        (
            {"event": ["x", "y"], "status": ["a", "b"], "n": [1, 2]},
            Choice(kind="bar", x="event", y="n", colour="status"),
        ),
        ({"day": DAYS, "n": [1, 2]}, Choice(kind="line", x="day", y="n")),
        ({"day": DAYS, "status": ["a", "b"], "n": [1, 2]}, Choice(kind="line", x="day", y="n", colour="status")),
        ({"n": [3, 1]}, Choice(kind="histogram", x="n")),
        ({"a": [3, 1], "b": [1, 2]}, Choice(kind="scatter", x="a", y="b")),
        ({"event_id": [7, 8], "name": ["x", "y"], "n": [1, 2]}, Choice(kind="bar", x="name", y="n")),
    ],
)
def test_the_guess_follows_from_the_columns(data: dict[str, list[object]], choice: Choice) -> None:
    assert guess_choice(pd.DataFrame(data)) == choice


@pytest.mark.parametrize("data", [{}, {"name": ["x"]}, {"n": pd.Series([], dtype="Int64")}])
def test_without_numbers_or_rows_there_is_no_chart(data: dict[str, object]) -> None:
    assert guess_choice(pd.DataFrame(data)) is None


def test_a_saved_choice_is_kept_while_its_columns_are_there() -> None:
    data = pd.DataFrame({"day": DAYS, "n": [1, 2]})
    saved = Choice(kind="area", x="n", y="n").as_mapping()
    assert usable_choice(data, saved) == Choice(kind="area", x="n", y="n")
    assert usable_choice(data[["day", "n"]].rename(columns={"n": "m"}), saved) == Choice(kind="line", x="day", y="m")


def test_names_that_look_like_tags_are_text() -> None:
    data = pd.DataFrame({"name": ["<a href='https://example.com'>x</a>"], "kind": ["<b>k</b>"], "n": [1]})
    figure, _ = draw_choice(data, Choice(kind="bar", x="name", y="n", colour="kind"))
    assert "<" not in figure.data[0].x[0]
    assert "<" not in figure.data[0].name


def test_rare_names_share_a_colour() -> None:
    data = pd.DataFrame({"name": [f"n{number:02}" for number in range(40)], "n": range(40)})
    figure, _ = draw_choice(data, Choice(kind="scatter", x="n", y="n", colour="name"))
    assert len(figure.data) == 10
    assert figure.data[-1].name == "others"
    assert sum(len(trace.x) for trace in figure.data) == 40


def test_missing_values_are_gaps() -> None:
    data = pd.DataFrame({"day": [DAYS[0], pd.NaT], "n": pd.array([1, None], dtype="Int64")})
    figure, _ = draw_choice(data, Choice(kind="line", x="day", y="n"))
    assert figure.data[0].y[1] is None
