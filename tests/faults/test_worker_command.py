"""`make worker`: a machine that only reads."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from lib.settings import ROOT

COMMAND = [sys.executable, "-m", "lib.jobs"]


@pytest.fixture
def machine(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A machine whose one worker is up."""
    running = subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert running.stdout is not None
    assert (
        running.stdout.readline()
        == f"1 worker takes jobs from the embedded database in {folder} until you press Ctrl+C.\n"
    )
    yield running
    if running.poll() is None:
        running.terminate()
    running.communicate(timeout=60)


def workers(machine: subprocess.Popen[str]) -> list[psutil.Process]:
    return [child for child in psutil.Process(machine.pid).children() if is_worker(child)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return "lib.jobs" in process.cmdline()
    except psutil.NoSuchProcess:  # gone, or a zombie, since it was found
        return False


def test_a_worker_that_was_killed_is_replaced_on_this_machine_too(machine: subprocess.Popen[str]) -> None:
    (killed,) = workers(machine)
    os.kill(killed.pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while not [worker for worker in workers(machine) if worker.pid != killed.pid]:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_its_workers_and_itself_when_told_to(machine: subprocess.Popen[str], number: signal.Signals) -> None:
    (worker,) = workers(machine)
    machine.send_signal(number)
    output, _ = machine.communicate(timeout=60)
    assert (machine.returncode, output) == (0, "Finishing the cards in hand …\n")
    assert not worker.is_running()


def test_a_database_that_does_not_answer_is_said_once_without_its_password() -> None:
    address = "postgresql://jane:s3cret@127.0.0.1:9/meishi?password=s3cret"
    refused = subprocess.run(
        COMMAND, cwd=ROOT, env={**os.environ, "DATABASE_URL": address}, capture_output=True, text=True, timeout=60
    )
    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "127.0.0.1:9 does not answer" in refused.stderr
    assert "s3cret" not in refused.stdout + refused.stderr
