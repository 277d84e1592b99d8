"""Who is dead among the workers."""

import datetime as dt

import pytest

from lib.jobs.upkeep import SILENCE_S, Lookout

NOON = dt.datetime(2026, 4, 20, 12)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lookout(clock: Clock) -> Lookout:
    return Lookout(clock)


def test_a_worker_whose_heart_beats_lives(lookout: Lookout, clock: Clock) -> None:
    for beat in range(20):
        assert lookout.dead({1: NOON + dt.timedelta(seconds=5 * beat)}) == []
        clock.seconds += 5


def test_a_worker_silent_for_long_is_dead(lookout: Lookout, clock: Clock) -> None:
    lookout.dead({1: NOON, 2: NOON})
    clock.seconds += SILENCE_S
    assert lookout.dead({1: NOON, 2: NOON + dt.timedelta(seconds=5)}) == [1]


def test_nobody_is_dead_at_first_sight(lookout: Lookout) -> None:
    # Its last heartbeat may be hours old: the machine slept, and it wakes with us.
    assert lookout.dead({1: NOON - dt.timedelta(hours=9)}) == []


@pytest.mark.parametrize("jump", [dt.timedelta(hours=3), -dt.timedelta(hours=3)], ids=["on", "back"])
def test_a_clock_that_is_set_kills_nobody(lookout: Lookout, clock: Clock, jump: dt.timedelta) -> None:
    lookout.dead({1: NOON})
    clock.seconds += 5
    assert lookout.dead({1: NOON + jump}) == []


def test_a_clock_that_is_set_back_brings_nobody_to_life(lookout: Lookout, clock: Clock) -> None:
    in_three_hours = NOON + dt.timedelta(hours=3)
    lookout.dead({1: in_three_hours})
    clock.seconds += SILENCE_S
    assert lookout.dead({1: in_three_hours}) == [1]
