"""The app killed with a card in hand, and started again."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lib.database import close_database, open_database, transaction
from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT, get_settings
from tests.browser.conftest import free_port


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own that the server's account can enter."""
    import shutil
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="meishi-"))
    home.chmod(0o755)
    monkeypatch.setenv("MEISHI_HOME", str(home))
    monkeypatch.setenv("WORKERS", "1")
    get_settings.cache_clear()
    close_database()
    yield home
    close_database()
    get_settings.cache_clear()
    shutil.rmtree(home, ignore_errors=True)


def start_app(**environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "lib", "--server.port", str(free_port())]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def query(server: EmbeddedServer, sql: str) -> list[tuple]:
    with psycopg.connect(host=str(server.socket_folder), user="postgres", dbname="meishi") as connection:
        return connection.execute(sql).fetchall()


def wait_for(server: EmbeddedServer, sql: str, expected: list[tuple], limit_s: float = 120) -> None:
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            if query(server, sql) == expected:
                return
        except psycopg.OperationalError:
            pass  # not up yet
        time.sleep(0.2)
    pytest.fail(f"{sql} never became {expected}: {query(server, sql)}")


def capture(count: int) -> None:
    """Take photos in as the page would, with no worker about."""
    from lib.capture import capture_photo
    from lib.contacts.events import EventDetails, add_event
    from lib.demo.drawing import Person, draw_card

    open_database(get_settings())
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    # Different people: two photos of one person's card would become one contact.
    for number, name in zip(range(count), ("Jane Miller", "Tom Baker"), strict=False):
        email = f"{name.lower().replace(' ', '.')}@example.com"
        person = Person(full_name=name, email=email, company="Northwind")
        capture_photo(event_id, f"card {number}.jpg", draw_card(person, seed=number))


def test_killed_with_a_card_in_hand_it_loses_nothing_and_repeats_nothing(folder: Path) -> None:
    capture(2)
    server = EmbeddedServer(folder)
    app = start_app()
    wait_for(server, "select count(*) > 0 from ocr_jobs where status = 'processing'", [(True,)])
    app.kill()
    app.wait()
    second = start_app()
    wait_for(server, "select status, count(*) from ocr_jobs group by status", [("completed", 2)])
    actions = (
        "select action, count(*) from activity_logs where action like 'contact%' group by action order by action"
    )
    assert query(server, actions) == [("contact_processed", 2), ("contact_uploaded", 2)]
    assert query(server, "select count(*) from contacts where status = 'processing'") == [(0,)]
    second.terminate()
    second.communicate(timeout=60)


def test_a_wrong_setting_is_refused_before_anything_starts(folder: Path) -> None:
    app = start_app(OCR_ENGINE="abbyy")
    output, _ = app.communicate(timeout=60)
    assert app.returncode == 1
    assert output.strip() == "The setting OCR_ENGINE cannot be used. Choose rapidocr, easyocr or vision."
    assert list(folder.iterdir()) == []


def test_a_worker_with_a_wrong_setting_says_so(folder: Path) -> None:
    environment = {**os.environ, "WORKERS": "many"}
    worker = subprocess.run(
        [sys.executable, "-m", "lib.jobs"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert worker.returncode == 1
    assert "WORKERS" in worker.stderr
    assert "Traceback" not in worker.stderr
