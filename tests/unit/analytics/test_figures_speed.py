import datetime as dt
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from lib.analytics import figures

TODAY = dt.date(2026, 3, 14)
SINCE = dt.date(2026, 3, 8)
TREND = pd.DataFrame(
    [(dt.date(2026, 3, 9), 2.0, 8.0, 5), (dt.date(2026, 3, 12), 3.0, 9.0, 1200)],
    columns=["day", "p50_seconds", "p90_seconds", "n"],
)
BUCKETS = pd.DataFrame(
    [(1.0, 10**0.2, 4), (10**0.2, 10**0.4, 0), (10**0.4, 10**0.6, 1200)],
    columns=["bucket_from_seconds", "bucket_to_seconds", "n"],
)
EVENTS = pd.DataFrame(
    [("Spring Fair", 40, 2, 60.0, 120.0, 180.0, 600.0), ("Spring Fair", 3, 0, 30.0, 40.0, 45.0, 50.0)],
    columns=["name", "n", "unfinished", "median_seconds", "p90_seconds", "p95_seconds", "max_seconds"],
)


def test_a_day_without_cards_is_a_gap_in_the_line() -> None:
    median = figures.processing_trend(TREND, SINCE, TODAY).figure.data[0]
    assert [None if pd.isna(value) else value for value in median.y] == [2.0, None, None, 3.0]
    assert [median.customdata[0], median.customdata[-1]] == ["2.0 s, n = 5", "3.0 s, n = 1,200"]


def test_the_second_line_is_the_ninetieth_percentile() -> None:
    line = figures.processing_trend(TREND, SINCE, TODAY).figure.data[1]
    assert (line.name, line.y[0], line.y[-1]) == ("90 of 100 within", 8.0, 9.0)


def test_both_lines_have_the_unit_of_the_longest_time() -> None:
    slow = TREND.assign(p90_seconds=[600.0, 1200.0])
    figure = figures.processing_trend(slow, SINCE, TODAY).figure
    assert figure.layout.yaxis.ticksuffix == " min"
    assert figure.data[1].y[0] == 10.0
    assert figure.data[0].y[0] == pytest.approx(2 / 60)


def test_the_trend_says_how_many_durations_it_is_of() -> None:
    assert "1,205 durations" in figures.processing_trend(TREND, SINCE, TODAY).description


def test_buckets_stand_where_their_logarithm_is() -> None:
    bar = figures.histogram(BUCKETS, None).figure.data[0]
    assert list(bar.y) == [4, 0, 1200]
    assert list(bar.x) == pytest.approx([0.1, 0.3, 0.5])


def test_the_median_stands_on_the_same_scale() -> None:
    figure = figures.histogram(BUCKETS, 3.0).figure
    assert figure.layout.shapes[0].x0 == pytest.approx(math.log10(3.0))
    assert figure.layout.annotations[0].text == "median 3.0 s"


def test_the_logarithmic_axis_is_marked_in_units_that_have_a_name() -> None:
    wide = pd.DataFrame([(0.1, 0.158, 1), (100_000.0, 158_000.0, 1)], columns=BUCKETS.columns)
    marks = figures.histogram(wide, None).figure.layout.xaxis
    assert "1 day" in marks.ticktext
    assert marks.tickvals[marks.ticktext.index("1 day")] == pytest.approx(math.log10(86_400))


def test_marks_do_not_touch_one_another() -> None:
    wide = pd.DataFrame([(0.01, 0.0158, 1), (1e8, 1.58e8, 1)], columns=BUCKETS.columns)
    axis = figures.histogram(wide, None).figure.layout.xaxis
    gaps = [after - before for before, after in zip(axis.tickvals, axis.tickvals[1:], strict=False)]
    assert min(gaps) >= (axis.range[1] - axis.range[0]) / 8


def test_the_histogram_says_where_most_are() -> None:
    assert "1,204 durations" in figures.histogram(BUCKETS, None).description
    assert "most lie between 2.5 s and 4.0 s" in figures.histogram(BUCKETS, None).description


def test_two_events_of_one_name_are_two_bars() -> None:
    figure = figures.compared(EVENTS, "By event").figure
    median, rest = figure.data
    assert list(median.x) == [60.0 / 60, 30.0 / 60]
    assert [a + b for a, b in zip(median.x, rest.x, strict=True)] == [3.0, 0.75]
    assert list(figure.layout.yaxis.ticktext) == ["Spring Fair<br>n = 40", "Spring Fair<br>n = 3"]


def test_a_name_cannot_bring_tags_into_a_chart() -> None:
    hostile = EVENTS.assign(name='<a href="https://example.com">x</a>')
    assert not any("<a" in label for label in figures.compared(hostile, "By event").figure.layout.yaxis.ticktext)


def test_who_was_read_by_nobody_knows_what_is_called_unknown() -> None:
    nameless = EVENTS.assign(name=None)
    assert figures.compared(nameless, "By engine").figure.layout.yaxis.ticktext[0].startswith("unknown")


def test_who_is_not_in_a_median_is_told_beside_it() -> None:
    row = SimpleNamespace(n=1204, unfinished=0, failed=3, excluded=1)
    told = figures.counts_of(row).replace("\u00a0", " ")
    assert told == "n = 1,204 · 0 unfinished · 3 failed · 1 without usable times"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.processing_trend(TREND[:0], None, TODAY),
        lambda: figures.histogram(BUCKETS[:0], None),
        lambda: figures.compared(EVENTS[:0], "By event"),
        lambda: figures.compared(EVENTS.assign(median_seconds=math.nan, n=0), "By event"),
    ],
)
def test_nothing_can_be_drawn(draw: object) -> None:
    assert "nan" not in draw().description  # type: ignore[operator]
