"""How fast photos are read, in words."""

import pytest

from lib.jobs.progress import Pace, Progress
from lib.ui.progress import headline

PROGRESS = Progress(waiting=780, reading=2, failed=5, read=1213)


@pytest.mark.parametrize(
    "pace",
    [
        pytest.param(Pace(ahead=782, ended=4, seconds=60), id="too few"),
        pytest.param(Pace(ahead=782, ended=5, seconds=2), id="too soon"),
        None,
    ],
)
def test_nothing_is_guessed_from_little(pace: Pace | None) -> None:
    assert headline(PROGRESS, pace) == "1,218 of 2,000 done"


def test_the_line_says_how_fast_it_goes_and_how_long_it_still_takes() -> None:
    pace = Pace(ahead=782, ended=120, seconds=120)
    assert headline(PROGRESS, pace) == "1,218 of 2,000 done · 60 cards a minute · about 13 minutes left"


def test_what_others_captured_before_takes_its_time_too() -> None:
    assert Pace(ahead=3600, ended=120, seconds=120).seconds_left == 3600


def test_less_than_one_card_a_minute_is_not_none() -> None:
    slow = Pace(ahead=10, ended=5, seconds=600)
    assert "1 card a minute" in headline(PROGRESS, slow)
