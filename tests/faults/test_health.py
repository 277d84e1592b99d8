"""The health of the real app and of real workers, while what they need is killed or stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT
from tests.faults.meishi import wait_until
from tests.hosting.app import RunningApp, running_app
from tests.hosting.ports import free_port

# Not the server's own: it cleans up in a database when it likes.
TAKEN = "select count(*) from pg_stat_activity where datname = 'meishi' and backend_type = 'client backend'"


def health(port: int) -> tuple[int, dict]:
    """The answer; (0, {}) while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_meishi/health", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
    except OSError:
        return 0, {}


def query(home: Path, sql: str) -> int:
    server = EmbeddedServer(home)
    with psycopg.connect(host=str(server.socket_folder), user="postgres", dbname="meishi", autocommit=True) as db:
        found = db.execute(sql.encode())
        return int(found.fetchall()[0][0]) if found.description else found.rowcount


@pytest.fixture(scope="module")
def app() -> Iterator[RunningApp]:
    with running_app({}) as running:
        yield running


@pytest.fixture
def postmaster(app: RunningApp) -> int:
    return int((EmbeddedServer(app.home).data / "postmaster.pid").read_text().split()[0])


def test_an_app_whose_database_hangs_says_so_and_lives(app: RunningApp, postmaster: int) -> None:
    wait_until(lambda: health(app.port)[0] == 200)
    os.kill(postmaster, signal.SIGSTOP)
    try:
        wait_until(lambda: health(app.port) == (503, {"status": "failing", "database_ms": None}), 15)
        with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=1) as alive:
            assert alive.status == 200
    finally:
        os.kill(postmaster, signal.SIGCONT)
    wait_until(lambda: health(app.port)[0] == 200, 15)


def test_a_hundred_who_ask_take_one_connection(app: RunningApp) -> None:
    with ThreadPoolExecutor(20) as crowd:
        answers = crowd.map(lambda _: health(app.port)[0], range(100))
        taken = max(query(app.home, TAKEN) for _ in "abc")
        assert set(answers) == {200}
    assert taken <= 4


def test_an_app_whose_database_was_killed_says_so_and_is_well_again_when_it_is_back(
    app: RunningApp, postmaster: int
) -> None:
    os.kill(postmaster, signal.SIGKILL)
    wait_until(lambda: health(app.port)[0] == 503, 15)
    # As who opens a page does; the other tests find it running.
    again = EmbeddedServer(app.home)
    again.start()
    again.stop()
    wait_until(lambda: health(app.port)[0] == 200, 15)


@pytest.fixture
def machine(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A machine that only reads, with one worker and a port to ask at."""
    port = free_port()
    environment = {**os.environ, "WORKER_HEALTH_PORT": str(port), "LOG_FORMAT": "json"}
    with (folder / "worker.log").open("wb") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "lib.jobs"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    yield port, running
    if running.poll() is None:
        running.terminate()
    running.wait(60)


def test_workers_are_well_only_while_they_live_and_give_signs_of_it(
    machine: tuple[int, subprocess.Popen[bytes]], folder: Path
) -> None:
    port, running = machine
    wait_until(lambda: health(port)[0] == 200)
    assert health(port)[1]["workers_alive"] == 1
    (worker,) = psutil.Process(running.pid).children()
    worker.suspend()
    # What twenty seconds of silence would come to.
    query(folder, "update procrastinate_workers set last_heartbeat = now() - interval '1 minute'")
    wait_until(lambda: health(port)[0] == 503, 10)
    worker.resume()
    wait_until(lambda: health(port)[0] == 200, 30)
    worker.kill()
    wait_until(lambda: (health(port)[0], health(port)[1].get("workers_alive")) == (503, 0), 10)
    wait_until(lambda: health(port)[0] == 200, 40)
    server = int((EmbeddedServer(folder).data / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGSTOP)
    try:
        wait_until(lambda: health(port)[0] == 503, 10)
    finally:
        os.kill(server, signal.SIGCONT)
    wait_until(lambda: health(port)[0] == 200, 30)
    assert all(json.loads(line)["message"] for line in (folder / "worker.log").read_text().splitlines())


def test_the_workers_health_is_told_to_this_machine_alone(
    machine: tuple[int, subprocess.Popen[bytes]],
) -> None:
    port, running = machine
    wait_until(lambda: health(port)[0] != 0)
    listening = [found.laddr for found in psutil.Process(running.pid).net_connections("inet")]
    assert ("127.0.0.1", port) in listening
    assert not [address for address in listening if address.ip != "127.0.0.1"]


def test_a_port_that_is_taken_is_said_at_start(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, "WORKER_HEALTH_PORT": str(taken.getsockname()[1])}
        refused = subprocess.run(
            [sys.executable, "-m", "lib.jobs"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
        )
    assert refused.returncode == 1
    assert "WORKER_HEALTH_PORT" in refused.stderr
    assert "Traceback" not in refused.stderr
