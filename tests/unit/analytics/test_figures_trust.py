import datetime as dt
import math

import pandas as pd
import pytest

from lib.analytics import figures

MATRIX = pd.DataFrame(
    [
        (True, True, 90),
        (True, False, 10),
        (True, None, 300),
        (False, True, 60),
        (False, False, 1040),
        (False, None, 0),
    ],
    columns=["is_accepted", "is_right", "contacts"],
)
FIELDS = pd.DataFrame(
    [("email", 1000, 12, 0.012), ("title", 1000, 150, 0.15), ("phone", 0, 0, math.nan)],
    columns=["field", "reviewed", "corrected", "share"],
)
CURVE = pd.DataFrame(
    [(0.5, 0.55, 0.4, 20), (0.9, 0.96, 0.99, 1400)], columns=["bucket", "mean_confidence", "kept_share", "n"]
)
DRAFTS = pd.DataFrame(
    [("model", 1200, 30, 4, 100, 90, 5000, 900), ("template", 10, 1, 0, 2, 1, 0, 0)],
    columns=["source", "drafts", "edited", "flagged", "approved", "exported", "tokens_in", "tokens_out"],
)
EXPORTS = pd.DataFrame([(dt.date(2026, 3, 9), 2, 1500)], columns=["day", "exports", "rows"])
TODAY = dt.date(2026, 3, 14)


def test_the_matrix_shows_all_six_numbers_and_their_part_of_the_row() -> None:
    texts = figures.reader_matrix(MATRIX).figure.data[0].text
    assert [[cell.split("<br>")[0] for cell in row] for row in texts] == [
        ["<b>90</b>", "<b>10</b>", "<b>300</b>"],
        ["<b>60</b>", "<b>1,040</b>", "<b>0</b>"],
    ]
    assert texts[0][2].endswith("75 %")


def test_what_nobody_looked_at_is_unknown_and_not_right() -> None:
    counts = figures.matrix_counts(MATRIX)
    assert (counts[True, True], counts[True, None]) == (90, 300)


def test_a_matrix_in_which_nobody_looked_at_anything_has_all_six_numbers() -> None:
    unseen = pd.DataFrame({"is_accepted": [True], "is_right": [math.nan], "contacts": [3]})
    assert sorted(figures.matrix_counts(unseen).values()) == [0, 0, 0, 0, 0, 3]


def test_the_matrix_is_told_in_words() -> None:
    assert (
        "accepted by the reader: 90 right, 10 wrong, 300 not looked at" in figures.reader_matrix(MATRIX).description
    )


def test_the_field_that_is_corrected_most_comes_first_with_its_numbers() -> None:
    bar = figures.corrections_by_field(FIELDS).figure.data[0]
    assert list(bar.y) == ["title", "e-mail", "phone"]
    assert list(bar.x) == [0.15, 0.012, 0.0]
    assert list(bar.text) == ["15 % · 150 of 1,000", "1.2 % · 12 of 1,000", "nobody looked yet"]


def test_the_curve_shows_confidence_against_what_was_kept_with_its_n() -> None:
    line = figures.calibration(CURVE).figure.data[0]
    assert list(line.x) == pytest.approx([55, 96])
    assert list(line.y) == pytest.approx([40, 99])
    assert list(line.text) == ["20", "1,400"]


def test_a_reader_as_sure_as_it_is_right_would_lie_on_the_diagonal() -> None:
    (diagonal,) = figures.calibration(CURVE).figure.layout.shapes
    assert (diagonal.x0, diagonal.x1) == (diagonal.y0, diagonal.y1) == (0, 100)


def test_both_axes_of_the_curve_are_the_same() -> None:
    layout = figures.calibration(CURVE).figure.layout
    assert layout.xaxis.range == layout.yaxis.range


def test_drafts_are_stacked_by_who_wrote_them() -> None:
    model, template, totals = figures.drafts_overview(DRAFTS).figure.data
    assert (list(model.x), list(template.x)) == ([1200, 30, 4, 100, 90], [10, 1, 0, 2, 1])
    assert [text.strip() for text in totals.text] == ["1,210", "31", "4", "102", "91"]


def test_exports_are_counted_in_rows_and_told_with_their_files() -> None:
    chart = figures.exports_per_day(EXPORTS, None, TODAY)
    assert list(chart.figure.data[0].y) == [1500]
    assert "1,500 e-mails exported in 2 files" in chart.description


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.reader_matrix(MATRIX[:0]),
        lambda: figures.corrections_by_field(FIELDS[:0]),
        lambda: figures.calibration(CURVE[:0]),
        lambda: figures.drafts_overview(DRAFTS[:0]),
        lambda: figures.exports_per_day(EXPORTS[:0], None, TODAY),
    ],
)
def test_nothing_can_be_drawn(draw: object) -> None:
    assert "nan" not in draw().description  # type: ignore[operator]
