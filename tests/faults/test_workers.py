"""Workers that are killed, and owners that are killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from lib.jobs.supervisor import Supervisor
from lib.settings import ROOT

SLEEPER = (sys.executable, "-c", "import sys; sys.stdin.read()")
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
