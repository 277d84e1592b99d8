import math

import pandas as pd
import pytest

from lib.analytics.words import about, as_seconds, in_words
from lib.words import counted


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.238, "0.24 s"),
        (1.84, "1.8 s"),
        (9.96, "10 s"),
        (119.4, "119 s"),
        (180, "3 min"),
        (9000, "2.5 h"),
        (7200 * 24, "2 days"),
        (-3, "−3.0 s"),
    ],
)
def test_a_duration_is_told_in_the_unit_a_person_would_use(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize("unknown", [None, math.nan])
def test_an_unknown_duration_is_a_dash(unknown: float | None) -> None:
    assert in_words(unknown) == "–"


def test_an_average_interval_becomes_seconds() -> None:
    assert as_seconds(pd.Timedelta(minutes=1, milliseconds=500)) == 60.5


@pytest.mark.parametrize("nothing", [None, pd.NaT, math.nan])
def test_the_average_of_nothing_is_unknown(nothing: object) -> None:
    assert as_seconds(nothing) is None


def test_one_is_not_many() -> None:
    assert [counted(1, "card"), counted(1204, "card"), counted(2, "person is", "people are")] == [
        "1 card",
        "1,204 cards",
        "2 people are",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (55, "about a minute"),
        (130, "about 2 minutes"),
        (740, "about 12 minutes"),
        (1400, "about 25 minutes"),
        (3590, "about an hour"),
        (5400, "about 1½ hours"),
        (7300, "about 2 hours"),
        (200_000, "about 2 days"),
    ],
)
def test_a_time_that_nobody_knows_exactly_is_told_in_round_words(seconds: float, words: str) -> None:
    assert about(seconds) == words
