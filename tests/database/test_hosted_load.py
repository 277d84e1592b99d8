"""A hoster's server under load, restarted meanwhile, or with few connections to give: nothing is lost or stands still."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import product
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib import app
from lib import settings as settings_module
from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import close_database, open_database, transaction
from lib.errors import AlreadyThere, DatabaseUnavailable
from lib.jobs import supervisor
from lib.settings import ROOT, get_settings
from tests.hosting import quick_worker
from tests.hosting.app import running_app
from tests.hosting.pgbouncer import Pooler, pgbouncer
from tests.hosting.postgres import PASSWORD, HostedPostgres, hosted_postgres

# Each waits for servers that go and come.
pytestmark = pytest.mark.slow

PEOPLE = [
    f"{first} {last}"
    for first, last in product(
        ("Ada", "Ben", "Cleo", "Dora", "Emil", "Finn"), ("Miller", "Baker", "Hughes", "Warren")
    )
]
LIMIT_S = 60
# Not the server's own: it cleans up in a database when it likes.
OURS = "select count(*) from pg_stat_activity where datname = 'meishi' and backend_type = 'client backend'"


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    settings = {"max_connections": "40"}
    with hosted_postgres(tmp_path_factory.mktemp("hosted"), settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def pooler(hosted: HostedPostgres) -> Iterator[Pooler]:
    with pgbouncer(hosted, default_pool_size=3, query_wait_timeout=10) as pooler:
        yield pooler


@pytest.fixture(autouse=True)
def emptied(hosted: HostedPostgres, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No data from another test, and a supervisor that does not wait long."""
    monkeypatch.setattr(supervisor, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(supervisor, "RESTART_AFTER_S", 0.3)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 1.0)
    monkeypatch.setattr(app, "_supervisor", None)
    close_database()
    yield
    close_database()
    hosted.run("drop database meishi with (force)")
    hosted.add_database("meishi")


@contextmanager
def workers(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[supervisor.Supervisor]:
    """Run two workers on the database at `url`, where this process is too, as an app with its workers."""
    open_by(url, monkeypatch)
    running = supervisor.Supervisor(2, quick_worker.COMMAND)
    try:
        wait_until(lambda: scalar("select count(*) from procrastinate_workers") == 2)
        yield running
    finally:
        running.stop()


def open_by(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    settings_module.get_settings.cache_clear()
    open_database(get_settings())


def scalar(sql: str) -> object:
    with transaction() as db:
        return db.execute(text(sql)).scalar_one()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while True:
        try:
            if condition():
                return
        except DatabaseUnavailable:
            pass
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


def new_event() -> int:
    with transaction() as db:
        return add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))


def take_in(event_id: int, name: str) -> int:
    """Capture a photo as a person does; return how often it had to be tried again."""
    tries = 0
    while True:
        try:
            capture_photo(event_id, f"{name}.jpg", name.encode())
            return tries
        except AlreadyThere:  # it was stored, and only the word of it was lost
            return tries
        except DatabaseUnavailable:
            tries += 1
            assert tries < 10 * LIMIT_S
            time.sleep(0.1)


def check_nothing_lost() -> None:
    waiting = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
    wait_until(lambda: scalar("select count(*) from contacts where status = 'processing'") == 0)
    wait_until(lambda: scalar(waiting) == 0)
    assert scalar("select string_agg(full_name, ', ' order by full_name) from contacts") == ", ".join(sorted(PEOPLE))
    assert scalar("select count(*) from ocr_jobs") == len(PEOPLE)
    assert scalar("select count(*) from ocr_jobs where status <> 'completed'") == 0
    done = "select count(*) from activity_logs where action = 'contact_processed'"
    assert scalar(done) == len(PEOPLE)


@pytest.mark.parametrize("what", ["the server", "the server behind a pooler", "the pooler"])
def test_restarted_under_load(
    hosted: HostedPostgres, pooler: Pooler, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    url = hosted.url if what == "the server" else pooler.url
    restart = pooler.restart if what == "the pooler" else hosted.restart
    with workers(url, monkeypatch) as running, ThreadPoolExecutor(2) as people:
        event_id = new_event()
        captured = [people.submit(take_in, event_id, name) for name in PEOPLE]
        for read in (2, len(PEOPLE) // 2):
            least = f"select count(*) >= {read} from ocr_jobs where status = 'completed'"
            wait_until(lambda least=least: scalar(least) is True)  # type: ignore[misc]
            restart()
        for taken in captured:
            taken.result()
        check_nothing_lost()
        wait_until(lambda: len(running.pids) == 2)


def test_a_page_says_that_the_database_is_away_and_goes_on_when_it_is_back(
    hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by(hosted.url, monkeypatch)
    hosted.stop()
    try:
        (error,) = home_page().error
        assert "does not answer" in error.value
        assert PASSWORD not in error.value
    finally:
        hosted.start()
    assert not home_page().error


def test_a_page_says_that_the_pooler_does_not_reach_the_database(
    hosted: HostedPostgres, pooler: Pooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by(pooler.url, monkeypatch)
    hosted.stop()
    try:
        wait_until(lambda: "does not reach it" in "".join(error.value for error in home_page().error))
    finally:
        hosted.start()
    wait_until(lambda: not home_page().error)


def test_an_app_that_was_there_before_its_database_starts_all_the_same(hosted: HostedPostgres) -> None:
    hosted.stop()
    try:
        with running_app({"DATABASE_URL": hosted.url}) as early:
            assert "does not answer" in early.printed
            hosted.start()
            made = "select count(*) from pg_class where relname = 'schema_migrations'"
            wait_until(lambda: hosted.run(made, "meishi") == [(1,)])
    finally:
        if not hosted.is_running:
            hosted.start()


def home_page() -> AppTest:
    return AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).run()


def test_three_connections_are_enough_for_the_app_and_two_workers(
    hosted: HostedPostgres, pooler: Pooler, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workers(pooler.url, monkeypatch), ThreadPoolExecutor(8) as people:
        event_id = new_event()
        assert sum(people.map(lambda name: take_in(event_id, name), PEOPLE)) == 0
        check_nothing_lost()
        assert hosted.run(OURS)[0][0] <= 3


def test_the_app_and_two_workers_hold_few_connections(
    hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workers(hosted.url, monkeypatch), ThreadPoolExecutor(8) as people:
        event_id = new_event()
        list(people.map(lambda name: take_in(event_id, name), PEOPLE))
        check_nothing_lost()
        held = hosted.run(OURS)[0][0]
        # A worker that listens keeps a connection for that, and behind a pooler one that others use.
        assert hosted.run("select query from pg_stat_activity where query ilike 'listen%'") == []
        close_database()
        of_workers = hosted.run(OURS)[0][0]
    assert of_workers <= 2 * 5
    assert held - of_workers <= 5


def test_a_server_that_is_full_is_said(hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as others:
        with suppress(psycopg.OperationalError):
            while True:
                others.enter_context(psycopg.connect(hosted.url))
        with pytest.raises(DatabaseUnavailable, match="takes no more connections"):
            open_by(hosted.url, monkeypatch)


def test_a_pooler_that_is_full_is_said(hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with pgbouncer(hosted, "session", max_client_conn=2) as small:
        others = [psycopg.connect(small.url) for _ in range(2)]
        with pytest.raises(DatabaseUnavailable, match="takes no more connections") as full:
            open_by(small.url, monkeypatch)
        assert "WORKERS" in full.value.remedy
        for other in others:
            other.close()


def test_a_pooler_whose_connections_are_all_taken_for_long_is_said(
    hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pgbouncer(hosted, default_pool_size=1, query_wait_timeout=1) as small:
        other = psycopg.connect(small.url)
        other.execute("select 1")
        with pytest.raises(DatabaseUnavailable, match="takes no more connections"):
            open_by(small.url, monkeypatch)
        other.close()


def test_a_pooler_that_keeps_no_transactions_is_said(hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        pgbouncer(hosted, "statement") as wrong,
        pytest.raises(DatabaseUnavailable, match="keeps no transactions") as refused,
    ):
        open_by(wrong.url, monkeypatch)
    assert "pool_mode" in refused.value.remedy
