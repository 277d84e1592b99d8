"""Backups whose program is killed: nothing half stays, and it can be done again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from lib.backup.records import GIVEN_UP
from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT, Settings
from tests.backup_data import MakePlace, content, fill_place, url_of
from tests.conftest import running_server
from tests.database.backup_places import back_up, places
from tests.database.upgrades.states import connect

MANY = """insert into contacts (event_id, full_name, email, company, status, ocr_raw_data)
select 101, 'Person ' || n, 'person' || n || '@example.com', 'Example ' || n % 97, 'completed',
  jsonb_build_object('lines', repeat(md5(cast(n as text)), 20))
from generate_series(1, 6000) as n"""
A_WORKER = """
import time
from lib.database import open_database
from lib.jobs.backing_up import back_up_when_due
from lib.settings import get_settings
open_database(get_settings())
back_up_when_due()
time.sleep(600)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with running_server("embedded") as running:
        yield running


@pytest.fixture
def new_place(server: EmbeddedServer) -> Iterator[MakePlace]:
    folder = Path(tempfile.mkdtemp(prefix="meishi-backup-"))
    with places(server, folder) as make:
        yield make
    shutil.rmtree(folder)


@pytest.fixture
def full(new_place: MakePlace) -> Settings:
    settings = new_place()
    fill_place(settings)
    with connect(url_of(settings)) as db:
        db.execute(MANY)
    return settings


def environment(settings: Settings, **more: str) -> dict[str, str]:
    about = {"DATABASE_URL": str(settings.database_url), "MEISHI_HOME": str(settings.meishi_home), "WORKERS": "0"}
    return {**os.environ, **about, **more}


def begin(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lib.backup", *arguments],
        cwd=ROOT, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def finish(running: subprocess.Popen[str]) -> str:
    said, _ = running.communicate(timeout=200)
    assert running.returncode == 0, said
    return said


def kill_when(running: subprocess.Popen[str], is_time: Callable[[], bool]) -> None:
    wait_until(is_time, or_ends=running)
    assert running.poll() is None, "it was too quick to be killed"
    running.kill()
    running.communicate()


def wait_until(is_so: Callable[[], bool], limit_s: float = 120, or_ends: subprocess.Popen[str] | None = None) -> None:
    deadline = time.monotonic() + limit_s
    while not is_so():
        if or_ends is not None and or_ends.poll() is not None:
            pytest.fail(f"it ended: {or_ends.communicate()[0]}")
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def step(process: psutil.Process) -> bool:
    """Have the process go on for a moment and stand still again."""
    process.resume()
    time.sleep(0.002)
    process.suspend()
    return True


def copies(settings: Settings) -> bool:
    """Whether rows are on their way into the place's database."""
    with connect(url_of(settings)) as db:
        return bool(db.execute("select 1 from pg_stat_progress_copy where command = 'COPY FROM' and datname = current_database()").fetchall())  # fmt: skip


def builds_indexes(settings: Settings) -> bool:
    with connect(url_of(settings)) as db:
        return bool(db.execute("select 1 from pg_stat_progress_create_index where datname = current_database()").fetchall())  # fmt: skip


def has_images(settings: Settings) -> bool:
    return len(list((settings.meishi_home / "images").rglob("*.jpg"))) >= 3


def is_empty(settings: Settings) -> bool:
    return not any(rows for table, rows in content(settings).items() if table != "loose_images")


def test_a_restore_killed_at_any_time_is_run_again(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    for moment in (has_images, copies, builds_indexes):
        kill_when(begin(other, "restore", str(path)), lambda moment=moment: moment(other))
        wait_until(lambda: not copies(other) and not builds_indexes(other))
        assert is_empty(other)
    assert "Restored" in finish(begin(other, "restore", str(path)))
    assert content(other) == content(full)


def test_a_move_killed_at_any_time_is_run_again_and_then_says_so(full: Settings, new_place: MakePlace) -> None:
    other = new_place()
    lines = full.meishi_home / "hosted.env"
    lines.write_text(f"DATABASE_URL={other.database_url}\nMEISHI_HOME={other.meishi_home}\n")
    for moment in (copies, builds_indexes):
        kill_when(begin(full, "move", str(lines)), lambda moment=moment: moment(other))
        wait_until(lambda: not copies(other) and not builds_indexes(other))
        assert is_empty(other)
    assert "Everything is there." in finish(begin(full, "move", str(lines)))
    assert "It is all there already." in finish(begin(full, "move", str(lines)))
    ours, theirs = content(full), content(other)
    ours.pop("loose_images"), theirs.pop("loose_images")
    assert ours == theirs


def test_a_backup_that_is_killed_leaves_none_and_the_next_sweeps_its_half(full: Settings) -> None:
    def is_half() -> bool:
        return any(path.stat().st_size > 20_000 for path in full.backups.glob("*.part"))

    kill_when(begin(full, "make"), is_half)
    assert [path.suffix for path in full.backups.iterdir()] == [".part"]
    said = finish(begin(full, "make"))
    assert "written and read back" in said
    assert [path.suffix for path in full.backups.iterdir()] == [".tar"]
    assert "is whole" in finish(begin(full, "verify", str(next(full.backups.iterdir()))))


def test_a_scheduled_backup_ends_with_its_worker_and_another_makes_it_anew(full: Settings) -> None:
    def worker() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", A_WORKER], cwd=ROOT, env=environment(full, BACKUP_EVERY_HOURS="24"),
            text=True,
        )  # fmt: skip

    def makers() -> list[psutil.Process]:
        return [
            found
            for found in psutil.process_iter(["cmdline", "environ"])
            if "--scheduled" in (found.info["cmdline"] or [])
            and (found.info["environ"] or {}).get("MEISHI_HOME") == str(full.meishi_home)
        ]

    first = worker()
    try:
        wait_until(lambda: bool(makers()))
        [maker] = makers()
        # By small steps, so that it is not over before its worker is killed.
        wait_until(lambda: step(maker) and any(full.backups.glob("*.part")))
    finally:
        first.kill()
        first.wait()
    maker.resume()
    wait_until(lambda: not makers(), 30)
    assert list(full.backups.iterdir()) == []
    with connect(url_of(full)) as db:
        db.execute("update backups set started_at = started_at - interval '2 minutes'")
    second = worker()
    try:
        wait_until(lambda: any(full.backups.glob("*.tar")))
        wait_until(lambda: not makers(), 30)
    finally:
        second.kill()
        second.wait()
    with connect(url_of(full)) as db:
        found = db.execute("select error, file_name from backups where id > 1702 order by id").fetchall()
    assert [(row["error"], row["file_name"] is None) for row in found] == [(GIVEN_UP, True), (None, False)]
    assert [path.suffix for path in full.backups.iterdir()] == [".tar"]
