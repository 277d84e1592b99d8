"""The whole program under test: the app with its workers and its server, in a home of its own, to be killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import psycopg
import pytest

from lib.database import open_database, transaction
from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT, get_settings
from tests.hosting.app import stop
from tests.hosting.ports import free_port

# Different people: two photos of one person's card would become one contact.
PEOPLE = [
    f"{first} {last}" for last in ("Miller", "Baker", "Hughes", "Warren") for first in ("Jane", "Tom", "Ada", "Omar")
]
# A dead worker's job is with another within 60 s; the reading itself, on a busy machine, comes on top.
RECOVERY_S = 150


class Meishi:
    """The program in `home`; `environment` comes on top of this process's."""

    def __init__(self, home: Path, environment: dict[str, str] | None = None) -> None:
        self.home = home
        self.server = EmbeddedServer(home)
        self.environment = environment or {}
        self._apps: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the app, as `make run` does."""
        command = [sys.executable, "-m", "lib", "--server.port", str(free_port())]
        with (self.home / "app.log").open("ab") as log:
            app = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._apps.append(app)

    @property
    def app(self) -> subprocess.Popen[bytes]:
        """The app started last."""
        return self._apps[-1]

    def workers(self) -> list[int]:
        """Return the process ids of the app's workers."""
        return [child.pid for child in psutil.Process(self.app.pid).children() if _is_worker(child)]

    def postmaster(self) -> int:
        """Return the process id of the database's server."""
        return int((self.server.data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """End what still runs."""
        for app in self._apps:
            stop(app)

    def query(self, sql: str) -> list[tuple]:
        """Return what the database says."""
        with psycopg.connect(
            host=str(self.server.socket_folder), user="postgres", dbname="meishi", connect_timeout=5
        ) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def wait_for(self, sql: str, expected: list[tuple], limit_s: float = RECOVERY_S) -> None:
        """Wait until the database says so; fail after `limit_s`."""
        deadline, found = time.monotonic() + limit_s, None
        while time.monotonic() < deadline:
            try:
                found = self.query(sql)
                if found == expected:
                    return
            except psycopg.Error as error:
                found = error  # not up, or not migrated, at this moment
            time.sleep(0.1)
        pytest.fail(f"{sql} never became {expected}: {found}\n{(self.home / 'app.log').read_text()[-3000:]}")

    def wait_until_reading(self) -> None:
        """Wait until a worker has a card in hand."""
        self.wait_for("select count(*) > 0 from ocr_jobs where status = 'processing'", [(True,)])

    def wait_until_done(self) -> None:
        """Wait until nothing waits or is being read, and nothing is left to be swept."""
        self.wait_for("select count(*) from contacts where status = 'processing'", [(0,)])
        self.wait_for("select count(*) from procrastinate_jobs where status in ('todo', 'doing')", [(0,)])
        self.wait_for("select count(*) from loose_images", [(0,)])

    def check_nothing_lost(self, photos: int, *, failed: int | None = 0) -> None:
        """Fail unless every photo became one contact, once, with its image, and every job ended with a reason."""
        self.wait_until_done()
        names = "select count(*), count(distinct first.photo_name) from (select distinct on (contact_id) photo_name from ocr_jobs order by contact_id, id) as first"
        assert self.query(names) == [(photos, photos)]
        assert self.query("select count(*) from contacts") == [(photos,)]
        last = "select distinct on (contact_id) status, error_message from ocr_jobs order by contact_id, id desc"
        ended = (
            f"select status, count(*), count(error_message) from ({last}) as ended group by status order by status"
        )
        counts = {status: (count, reasons) for status, count, reasons in self.query(ended)}
        assert set(counts) <= {"completed", "failed"}
        assert counts.get("completed", (0, 0))[1] == 0
        broken, reasons = counts.get("failed", (0, 0))
        assert broken == reasons
        assert failed is None or broken == failed
        once = """
            select action, count(*), count(distinct entity_id) from activity_logs
            where action in ('contact_uploaded', 'contact_processed') group by action order by action"""
        assert self.query(once) == [
            ("contact_processed", photos, photos),
            ("contact_uploaded", photos, photos),
        ]
        shown = {url.rsplit("/", 1)[-1] for (url,) in self.query("select business_card_url from contacts")}
        assert shown == {path.name for path in (self.home / "images").rglob("*") if path.is_file()}

    def capture(self, count: int) -> None:
        """Take so many photos in as a page would, in this process."""
        from lib.capture import capture_photo
        from lib.contacts.events import EventDetails, add_event

        open_database(get_settings())
        with transaction() as db:
            event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
        for name, photo in drawn_cards(count):
            capture_photo(event_id, name, photo)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "lib.jobs" in process.cmdline()
    except psutil.NoSuchProcess:  # gone, or a zombie, since it was found
        return False


def drawn_cards(count: int) -> Iterable[tuple[str, bytes]]:
    """Give drawn cards of different people, each with a file name."""
    from lib.demo.drawing import Person, draw_card

    for number, name in enumerate(PEOPLE[:count]):
        email = f"{name.lower().replace(' ', '.')}@example.com"
        yield f"card {number}.jpg", draw_card(Person(full_name=name, email=email, company="Northwind"), seed=number)


def kill(pids: Iterable[int]) -> None:
    """kill -9, as a plug that is pulled."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], limit_s: float = 60) -> None:
    """Wait until it holds; fail after `limit_s`."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail("it never came true")
        time.sleep(0.05)
