import datetime as dt

import pytest

from lib.analytics.windows import between, known_zone, last_days

NOW = dt.datetime(2026, 3, 14, 23, 30, tzinfo=dt.UTC)


def test_a_day_is_the_viewers_day() -> None:
    window = last_days(1, "Asia/Tokyo", NOW)
    assert (window.first, window.since) == (dt.date(2026, 3, 15), dt.datetime(2026, 3, 14, 15))


def test_the_days_end_with_today_and_go_on_until_now() -> None:
    window = last_days(7, "UTC", NOW)
    assert (window.since, window.until) == (dt.datetime(2026, 3, 8), None)


def test_all_time_has_no_beginning() -> None:
    assert last_days(0, "UTC", NOW).since is None


def test_the_last_day_of_a_chosen_period_belongs_to_it() -> None:
    window = between(dt.date(2026, 3, 1), dt.date(2026, 3, 2), "UTC")
    assert (window.since, window.until) == (dt.datetime(2026, 3, 1), dt.datetime(2026, 3, 3))


def test_a_day_on_which_the_clocks_change_is_an_hour_shorter() -> None:
    window = between(dt.date(2026, 3, 29), dt.date(2026, 3, 29), "Europe/Berlin")
    assert window.until - window.since == dt.timedelta(hours=23)


def test_a_moment_is_told_by_the_viewers_clock() -> None:
    assert last_days(7, "Europe/Berlin", NOW).in_zone(dt.datetime(2026, 3, 14, 12)).hour == 13


@pytest.mark.parametrize(("name", "zone"), [("Europe/Berlin", "Europe/Berlin"), (None, "UTC"), ("Mars/Base", "UTC")])
def test_a_zone_that_nobody_knows_is_utc(name: str | None, zone: str) -> None:
    assert known_zone(name, {"Europe/Berlin", "Mars/Base"}) == zone


def test_a_zone_that_the_database_does_not_know_is_utc() -> None:
    assert known_zone("Europe/Kyiv", {"Europe/Berlin", "Europe/Kiev"}) == "UTC"
