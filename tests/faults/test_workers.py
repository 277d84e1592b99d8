"""Workers that are killed, and owners that are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import psutil
import pytest

from lib.jobs.supervisor import LONGEST_PAUSE_S, RESTART_AFTER_S, Place, Supervisor
from lib.settings import ROOT

SLEEPER = (sys.executable, "-c", "import sys; sys.stdin.read()")
DYING_AT_ONCE = (sys.executable, "-c", "raise SystemExit(1)")
OWNER = """
from lib.jobs.supervisor import Supervisor
import sys, time
supervisor = Supervisor(2, (sys.executable, "-c", "import sys; sys.stdin.read()"))
print(*supervisor.pids, flush=True); time.sleep(600)
"""


def wait_for(condition: Callable[[], bool], limit_s: float = 30) -> bool:
    deadline = time.monotonic() + limit_s
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr("lib.jobs.supervisor.LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("lib.jobs.supervisor.RESTART_AFTER_S", 0.05)
    running = Supervisor(2, SLEEPER)
    yield running
    running.stop()


def test_a_killed_worker_is_replaced(supervisor: Supervisor) -> None:
    first = supervisor.pids
    os.kill(first[0], signal.SIGKILL)
    assert wait_for(lambda: len(set(supervisor.pids) - {first[0]}) == 2)


def test_one_that_is_replaced_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("lib.jobs.supervisor.LOOK_EVERY_S", 0.05)
    monkeypatch.setattr("lib.jobs.supervisor.time", SimpleNamespace(monotonic=lambda: now[0]))
    supervisor = Supervisor(3, SLEEPER)
    try:
        for pid in supervisor.pids:
            os.kill(pid, signal.SIGKILL)
        # All are found dead while the clock stands still: no pause has to pass before the next one's begins.
        assert wait_for(lambda: all(place._due is not None for place in supervisor._places))
        assert not supervisor.pids
        now[0] += RESTART_AFTER_S
        assert wait_for(lambda: len(supervisor.pids) == 3)
    finally:
        supervisor.stop()


def pause_s(place: Place) -> int:
    """How many whole seconds after its worker's death a place is filled again."""
    assert place.worker is not None
    dead = place.worker
    dead.wait()
    died = time.monotonic()
    return next(second for second in range(100) if place.look(died + second) or place.worker is not dead)


def test_a_worker_that_dies_at_once_is_started_less_and_less_often() -> None:
    place = Place(DYING_AT_ONCE)
    assert [pause_s(place) for _ in range(4)] == [RESTART_AFTER_S, 10, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_a_worker_that_was_well_is_replaced_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(DYING_AT_ONCE)
    assert [pause_s(place), pause_s(place)] == [RESTART_AFTER_S, 10]
    monkeypatch.setattr("lib.jobs.supervisor.WELL_AFTER_S", 0.0)
    assert pause_s(place) == RESTART_AFTER_S


def test_a_machine_that_starts_nothing_now_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing_machine(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    with monkeypatch.context() as full:
        full.setattr("subprocess.Popen", refusing_machine)
        place = Place(DYING_AT_ONCE)
    assert place.worker is None
    now = time.monotonic()
    place.look(now)
    place.look(now + RESTART_AFTER_S)
    assert place.worker is not None
    assert place.worker.wait() == 1


def test_workers_end_with_the_supervisor(supervisor: Supervisor) -> None:
    pids = supervisor.pids
    supervisor.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_workers_end_when_their_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert owner.stdout is not None
    pids = [int(pid) for pid in owner.stdout.readline().split()]
    owner.kill()
    owner.wait()
    # Orphans are handed to init, which may be slow to bury them: a zombie has ended.
    assert wait_for(lambda: all(has_ended(pid) for pid in pids))


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
