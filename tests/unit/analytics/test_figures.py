import datetime as dt

import pandas as pd
import pytest

from lib.analytics import figures
from lib.analytics.words import STATUS_WORDS

TODAY = dt.date(2026, 3, 14)
SINCE = dt.datetime(2026, 3, 8)
CAPTURED = pd.DataFrame(
    [
        (dt.date(2026, 3, 9), "failed", 1),
        (dt.date(2026, 3, 9), "user_verified", 4),
        (dt.date(2026, 3, 12), "user_verified", 2),
    ],
    columns=["day", "status", "contacts"],
)
TREND = pd.DataFrame(
    [(dt.date(2026, 3, 9), 2.0, 8.0, 5), (dt.date(2026, 3, 12), 3.0, 9.0, 2)],
    columns=["day", "p50_seconds", "p95_seconds", "n"],
)
TIMES = pd.DataFrame(
    [("queue", 1.0, 4.0), ("reading", 2.0, 3.0), ("total", None, None)],
    columns=["stretch", "median_seconds", "p95_seconds"],
)


def test_a_status_keeps_its_place_among_the_colours_when_others_are_missing() -> None:
    chart = figures.contacts_by_status(pd.DataFrame({"status": ["failed"], "count": [3]}))
    assert [trace.name for trace in chart.figure.data] == list(STATUS_WORDS.values())
    assert [trace.x[0] for trace in chart.figure.data] == [0, 0, 0, 3, 0]


def test_the_description_says_what_the_bars_show() -> None:
    chart = figures.contacts_by_status(pd.DataFrame({"status": ["failed"], "count": [3]}))
    assert "0 verified" in chart.description
    assert "3 failed" in chart.description


def test_days_are_stacked_by_what_became_of_their_cards() -> None:
    chart = figures.captured_per_day(CAPTURED, SINCE, TODAY)
    verified, failed = (next(t for t in chart.figure.data if t.name == name) for name in ("verified", "failed"))
    assert (list(verified.y), list(failed.y)) == ([4, 2], [1, 0])
    assert "7 cards captured on 2 days" in chart.description


def test_only_what_happened_is_in_the_legend() -> None:
    chart = figures.captured_per_day(CAPTURED, SINCE, TODAY)
    assert [trace.name for trace in chart.figure.data if trace.showlegend] == ["verified", "failed"]


@pytest.mark.parametrize(("since", "first"), [(SINCE, SINCE), (None, dt.datetime(2026, 3, 9))])
def test_the_axis_shows_the_whole_period(since: dt.datetime | None, first: dt.datetime) -> None:
    chart = figures.captured_per_day(CAPTURED, since, TODAY)
    half = dt.timedelta(hours=12)
    assert chart.figure.layout.xaxis.range == (first - half, dt.datetime(2026, 3, 14) + half)


def test_a_day_without_cards_is_a_gap_in_the_line() -> None:
    median = figures.processing_trend(TREND, SINCE, TODAY).figure.data[0]
    assert [None if pd.isna(value) else value for value in median.y] == [2.0, None, None, 3.0]
    assert median.customdata[0] == "2.0 s, n = 5"


def test_the_axis_has_the_unit_of_the_longest_time() -> None:
    slow = TREND.assign(p95_seconds=[600.0, 1200.0])
    figure = figures.processing_trend(slow, SINCE, TODAY).figure
    assert figure.layout.yaxis.ticksuffix == " min"
    assert figure.data[1].y[0] == 10.0


def test_waiting_and_reading_are_two_lines_of_medians() -> None:
    rows = [(dt.date(2026, 3, 9), 600.0, 900.0, 2.0, 3.0, 40), (dt.date(2026, 3, 12), 5.0, 6.0, 2.4, 4.0, 2)]
    columns = ["queue_p50_seconds", "queue_p95_seconds", "reading_p50_seconds", "reading_p95_seconds", "n"]
    chart = figures.queue_and_reading(pd.DataFrame(rows, columns=["day", *columns]), SINCE, TODAY)
    queue, reading = chart.figure.data
    assert (queue.name, reading.name) == ("in the queue", "reading")
    assert (queue.y[0], chart.figure.layout.yaxis.ticksuffix) == (10.0, " min")
    assert queue.customdata[0] == "10 min, 95 of 100 within 15 min, n = 40"
    assert "reading the card between 2.0 s and 2.4 s" in chart.description


def test_days_without_any_reading_have_no_lines() -> None:
    columns = ["day", "queue_p50_seconds", "queue_p95_seconds", "reading_p50_seconds", "reading_p95_seconds", "n"]
    chart = figures.queue_and_reading(
        pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[1:], float)), SINCE, TODAY
    )
    assert [list(line.y) for line in chart.figure.data] == [[], []]


def test_a_stretch_without_measurements_has_no_bar() -> None:
    chart = figures.processing_times(TIMES)
    assert list(chart.figure.data[0].y) == ["in the queue", "reading"]
    assert [median + rest for median, rest in zip(chart.figure.data[0].x, chart.figure.data[1].x, strict=True)] == [
        4,
        3,
    ]
    assert "Reading the card: median 2.0 s, 95th percentile 3.0 s" in chart.description


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.contacts_by_status(pd.DataFrame({"status": [], "count": []})),
        lambda: figures.captured_per_day(CAPTURED[:0], None, TODAY),
        lambda: figures.processing_trend(TREND[:0], None, TODAY),
        lambda: figures.processing_times(TIMES[:0]),
    ],
)
def test_nothing_can_be_drawn(draw: object) -> None:
    assert draw().description  # type: ignore[operator]
