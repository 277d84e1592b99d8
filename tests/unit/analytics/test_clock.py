"""How old a kept result is, said so that nobody takes last week's for today's."""

import datetime as dt

from lib.analytics.windows import last_days
from lib.ui.analytics.asking import clock

NOW = dt.datetime(2026, 3, 14, 23, 30, tzinfo=dt.UTC)
BERLIN = last_days(14, "Europe/Berlin", NOW)


def test_a_result_of_today_has_its_time_on_the_viewers_clock() -> None:
    assert clock(BERLIN, dt.datetime(2026, 3, 14, 23, 10), NOW) == " As of 00:10."


def test_an_older_result_has_its_day_too() -> None:
    assert clock(BERLIN, dt.datetime(2026, 3, 11, 13, 5), NOW) == " As of 14:05 on 11 Mar 2026."


def test_what_was_asked_now_has_no_age() -> None:
    assert clock(BERLIN, None, NOW) == ""
