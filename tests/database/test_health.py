"""What is told about the database's health, whatever the database does."""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lib import app
from lib.database import current_engine
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.errors import DatabaseUnavailable
from lib.health import LIMIT_S, NO_ANSWER, PATIENCE_S, Health, Probe, database_health, look_at_database
from lib.jobs import health as workers_health
from lib.jobs.health import SQL
from lib.ui.health_middleware import HealthCheck

WELL = Health(is_ok=True)


@contextmanager
def hanging(server: EmbeddedServer) -> Iterator[None]:
    """The server is there, takes connections, and says nothing."""
    postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(postmaster, signal.SIGCONT)


@pytest.fixture
def client(opened: URL, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The health check before an app that says hello."""
    monkeypatch.setattr("lib.health.KEPT_S", 0.0)
    monkeypatch.setattr(app, "_supervisor", object())
    hello = Starlette(routes=[Route("/", lambda _: PlainTextResponse("hello"))])
    return TestClient(HealthCheck(hello))


def test_a_database_that_answers_is_well(client: TestClient) -> None:
    answer = client.get("/_meishi/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert 0 < answer.json()["database_ms"] < 1000 * LIMIT_S


def test_everything_else_passes(client: TestClient) -> None:
    assert client.get("/").text == "hello"
    assert client.post("/_meishi/health").status_code == 405


def test_a_database_that_hangs_is_failing_within_seconds_and_well_again_afterwards(
    client: TestClient, server: EmbeddedServer
) -> None:
    assert LIMIT_S < PATIENCE_S < 5
    with hanging(server):  # until it has answered
        answer = client.get("/_meishi/health")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "database_ms": None})
    deadline = time.monotonic() + 60
    while client.get("/_meishi/health").status_code != 200:
        assert time.monotonic() < deadline


def test_a_query_that_hangs_is_given_up(opened: URL) -> None:
    with current_engine().connect() as holder:
        holder.execute(text("lock table procrastinate_workers in access exclusive mode"))
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            look_at_database(opened, SQL["count_own_workers_alive"], {"worker_ids": [1], "silence_s": 20})


def test_a_server_that_is_not_there_is_failing_and_its_address_is_not_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = URL.create("postgresql+psycopg", "jane", "s3cret", "127.0.0.1", 9, "meishi")
    monkeypatch.setattr("lib.ui.health_middleware.look", lambda: database_health(away))
    answer = TestClient(HealthCheck(Starlette())).get("/_meishi/health")
    assert answer.status_code == 503
    assert json.loads(answer.text) == {"status": "failing", "database_ms": None}


def test_it_needs_no_connection_of_the_pages(client: TestClient) -> None:
    taken: list[Connection] = []
    try:
        taken.extend(current_engine().connect() for _ in range(15))
        assert client.get("/_meishi/health").status_code == 200
    finally:
        for connection in taken:
            connection.close()


def test_many_who_ask_at_once_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.health.KEPT_S", 3600.0)
    looks, may_end = [], threading.Event()

    def look() -> Health:
        looks.append(1)
        may_end.wait()
        return WELL

    async def ask_often() -> list[Health]:
        asked = [asyncio.create_task(probe.ask_async()) for _ in range(200)]
        await asyncio.sleep(0.1)
        may_end.set()
        return await asyncio.gather(*asked)

    probe = Probe(look)
    assert asyncio.run(ask_often()) == [WELL] * 200
    assert probe.ask() is WELL
    assert len(looks) == 1


def test_the_event_loop_goes_on_while_the_look_hangs() -> None:
    may_end = threading.Event()

    def hanging_look() -> Health:
        may_end.wait()
        return WELL

    async def ask() -> Health:
        asked = asyncio.create_task(probe.ask_async())
        for _ in range(100):
            await asyncio.sleep(0)
        # Whoever keeps the loop comes back with an answer only.
        assert not asked.done()
        may_end.set()
        return await asked

    probe = Probe(hanging_look)
    assert asyncio.run(ask()) == WELL


def test_a_look_that_hangs_is_given_up_by_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.health.PATIENCE_S", 0.3)
    may_end = threading.Event()

    def hanging_look() -> Health:
        may_end.wait()
        return WELL

    probe = Probe(hanging_look)
    try:
        assert asyncio.run(probe.ask_async()) == NO_ANSWER
        assert probe.ask() == NO_ANSWER
        _, patience_s = probe._current()
        assert patience_s == 0.0, "who asks later does not begin to wait anew"
    finally:
        may_end.set()


def test_what_fails_and_recovers_is_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    found = iter([WELL, Health(is_ok=False, reason="gone"), Health(is_ok=False, reason="gone"), WELL])
    probe = Probe(lambda: next(found))
    for _ in range(4):
        probe._ended = -100.0
        probe.ask()
    assert [record.message for record in caplog.records] == ["health: gone", "health: well again"]


class ThreeWorkers:
    """A supervisor of three workers, one of whom has not told its id."""

    count = 3

    def __init__(self, worker_ids: list[int]) -> None:
        self.worker_ids = worker_ids


def test_only_the_machines_own_workers_count_and_only_those_with_a_young_heartbeat(opened: URL) -> None:
    beat = "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => :silent)) returning id"
    with current_engine().begin() as db:
        ids = [db.execute(text(beat), {"silent": silent}).scalar_one() for silent in (0, 0, 60, 0)]
    own = ThreeWorkers(ids[:3])
    health = workers_health.look(own, opened)
    assert (health.is_ok, health.told["workers"], health.told["workers_alive"]) == (False, 3, 2)
    with current_engine().begin() as db:
        db.execute(text("update procrastinate_workers set last_heartbeat = now()"))
    assert workers_health.look(own, opened).is_ok
    assert not workers_health.look(ThreeWorkers([]), opened).is_ok


def test_what_a_failed_statement_was_given_does_not_get_into_the_log(database_url: URL) -> None:
    engine = make_engine(database_url)
    with engine.connect() as db, pytest.raises(DBAPIError) as failed:
        db.execute(text("select cast(:email as integer) / 0, :email"), {"email": "jane@example.com"})
    engine.dispose()
    assert "parameters hidden" in str(failed.value)
