"""The gate, by a clock that stands still until it is moved."""

import pytest

from lib.outreach.gate import Gate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_as_many_enter_as_the_ceiling_says(clock: Clock) -> None:
    gate = Gate(2, clock)
    gate.enter()
    assert gate.wait_s() == 0
    gate.enter()
    assert gate.wait_s() is None
    gate.leave()
    assert gate.wait_s() == 0


def test_no_more_than_32_enter_whatever_is_asked_for(clock: Clock) -> None:
    assert Gate(500, clock).limit == 32


def test_all_refusals_of_one_round_halve_once(clock: Clock) -> None:
    gate = Gate(32, clock)
    entered = [gate.enter() for _ in range(32)]
    clock.now = 0.1
    for at in entered:
        gate.refused(at, 1.0)
    assert gate.limit == 16


def test_a_refusal_of_the_next_round_halves_again(clock: Clock) -> None:
    gate = Gate(32, clock)
    gate.refused(gate.enter(), 0.0)
    clock.now = 1.0
    gate.refused(gate.enter(), 0.0)
    assert gate.limit == 8


def test_nobody_enters_before_the_server_wants_to_be_asked(clock: Clock) -> None:
    gate = Gate(32, clock)
    gate.refused(gate.enter(), 3.0)
    gate.leave()
    clock.now = 2.0
    assert gate.wait_s() == pytest.approx(1.0)
    clock.now = 3.0
    assert gate.wait_s() == 0


def test_the_latest_time_that_the_server_names_counts(clock: Clock) -> None:
    gate = Gate(32, clock)
    at = gate.enter()
    gate.refused(at, 5.0)
    gate.refused(at, 1.0)
    assert gate.wait_s() == pytest.approx(5.0)


def test_without_a_time_it_waits_longer_each_round(clock: Clock) -> None:
    gate, waits = Gate(32, clock), []
    for _ in range(3):
        gate.refused(gate.enter(), None)
        waits.append(gate.wait_s() or 0)
        clock.now += waits[-1]
    assert waits == sorted(set(waits))


def test_at_least_one_may_always_enter(clock: Clock) -> None:
    gate = Gate(4, clock)
    for _ in range(10):
        gate.refused(gate.enter(), 0.0)
        gate.leave()
        clock.now += 1
    assert gate.limit == 1
    assert gate.wait_s() == 0


def test_it_grows_back_by_the_same_step_each_round_up_to_the_ceiling(clock: Clock) -> None:
    gate = Gate(8, clock)
    gate.refused(gate.enter(), 0.0)
    limits = []
    for _ in range(4):
        for _ in range(gate.limit):
            gate.accepted()
        limits.append(gate.limit)
    assert limits[0] in (5, 6)
    assert limits[-1] == 8


def test_how_long_it_was_only_refused_is_known(clock: Clock) -> None:
    gate = Gate(8, clock)
    clock.now = 40.0
    gate.accepted()
    clock.now = 100.0
    gate.refused(gate.enter(), 1.0)
    assert gate.silent_s == 60.0


def test_a_limited_server_is_used_to_nine_tenths(clock: Clock) -> None:
    """Twenty a second, as many at once, half a second each, as in the bench: event after event."""
    gate, tokens, filled_at, done, refusals = Gate(32, clock), 20.0, 0.0, 0, 0
    ends: list[tuple[float, float | None, float]] = []  # when, to be asked again after, entered
    while done < 400:
        while gate.wait_s() == 0 and done + len(ends) < 400:
            tokens, filled_at = min(20.0, tokens + (clock.now - filled_at) * 20), clock.now
            is_taken = tokens >= 1
            ends.append(
                (clock.now + (0.5 if is_taken else 0.005), None if is_taken else (1 - tokens) / 20, gate.enter())
            )
            tokens -= is_taken
        wait_s = gate.wait_s()
        due = min(ends)[0] if ends else float("inf")
        if wait_s and clock.now + wait_s < due:
            clock.now += wait_s
            continue
        end = min(ends)
        ends.remove(end)
        clock.now, again_s, entered = end
        if again_s is None:
            gate.accepted()
            done += 1
        else:
            gate.refused(entered, again_s)
            refusals += 1
        gate.leave()
    assert clock.now < 1.1 * 19.5
    assert refusals < 100
