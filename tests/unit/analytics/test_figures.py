import datetime as dt
import math

import pandas as pd
import pytest

from lib.analytics import figures
from lib.analytics.words import STATUS_WORDS

TODAY = dt.date(2026, 3, 14)
SINCE = dt.date(2026, 3, 8)
CAPTURED = pd.DataFrame(
    [
        (dt.date(2026, 3, 9), "failed", 1),
        (dt.date(2026, 3, 9), "user_verified", 4),
        (dt.date(2026, 3, 12), "user_verified", 2),
    ],
    columns=["day", "status", "contacts"],
)
FUNNEL = pd.DataFrame(
    {
        "step": ["captured", "read", "known", "grouped", "drafted", "exported"],
        "contacts": [2000, 1500, 750, 0, 0, 0],
    }
)
AGEING = pd.DataFrame(
    [("a day", "failed", 2), ("a week", "pending_review", 1300), ("a week", "failed", 1)],
    columns=["bucket", "status", "contacts"],
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
    assert "7 cards captured on 2 days, by what became of them: 6 verified, 1 failed." in chart.description


def test_only_what_happened_is_in_the_legend() -> None:
    chart = figures.captured_per_day(CAPTURED, SINCE, TODAY)
    assert [trace.name for trace in chart.figure.data if trace.showlegend] == ["verified", "failed"]


@pytest.mark.parametrize(("since", "first"), [(SINCE, dt.datetime(2026, 3, 8)), (None, dt.datetime(2026, 3, 9))])
def test_the_axis_shows_the_whole_period(since: dt.date | None, first: dt.datetime) -> None:
    chart = figures.captured_per_day(CAPTURED, since, TODAY)
    half = dt.timedelta(hours=12)
    assert chart.figure.layout.xaxis.range == (first - half, dt.datetime(2026, 3, 14) + half)


def test_a_step_has_its_count_and_its_part_of_the_step_before() -> None:
    bar = figures.funnel(FUNNEL).figure.data[0]
    assert list(bar.x) == [2000, 1500, 750, 0, 0, 0]
    assert list(bar.text) == ["2,000", "1,500 · 75 %", "750 · 50 %", "0 · 0 %", "0", "0"]


def test_a_step_can_be_told_by_what_was_clicked() -> None:
    assert list(figures.funnel(FUNNEL).figure.data[0].customdata) == list(FUNNEL["step"])


def test_an_age_can_be_told_by_what_was_clicked() -> None:
    data = pd.DataFrame({"bucket": ["a day"], "status": ["failed"], "contacts": [3]})
    for trace in figures.ageing(data).figure.data:
        assert list(trace.customdata) == ["under a day", "a day", "two days", "a week"]


def test_the_funnel_is_told_in_words() -> None:
    assert "accepted or reviewed 750 · 50 %" in figures.funnel(FUNNEL).description


def test_what_waits_is_stacked_by_status_in_order_of_age() -> None:
    chart = figures.ageing(AGEING)
    bars = {trace.name: list(trace.x) for trace in chart.figure.data if trace.type == "bar"}
    assert bars["to review"] == [0, 0, 0, 1300]
    assert bars["failed"] == [0, 2, 0, 1]


def test_every_age_has_its_total_beside_the_bar() -> None:
    totals = figures.ageing(AGEING).figure.data[-1]
    assert [text.strip() for text in totals.text] == ["0", "2", "0", "1,301"]


@pytest.mark.parametrize(
    ("part", "words"),
    [(0, "0 %"), (1, "100 %"), (0.5, "50 %"), (0.034, "3.4 %"), (0.00001, "0.1 %"), (0.9999, "99.9 %")],
)
def test_a_share_is_none_or_all_only_when_it_is(part: float, words: str) -> None:
    assert figures.percent(part) == words


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.contacts_by_status(pd.DataFrame({"status": [], "count": []})),
        lambda: figures.captured_per_day(CAPTURED[:0], None, TODAY),
        lambda: figures.funnel(FUNNEL.assign(contacts=0)),
        lambda: figures.ageing(AGEING[:0]),
    ],
)
def test_nothing_can_be_drawn(draw: object) -> None:
    assert "nan" not in draw().description  # type: ignore[operator]


def test_shares_of_nothing_are_not_told() -> None:
    texts = figures.funnel(FUNNEL.assign(contacts=0)).figure.data[0].text
    assert not any("%" in text or math.isnan(float(text)) for text in texts)
