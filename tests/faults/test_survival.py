"""The plug pulled, again and again: nothing is lost, nothing is done twice.

Those marked `faults_long` run with `make faults`; the others in every run of the tests.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lib.database import close_database
from lib.settings import ROOT
from tests.faults.meishi import Meishi, drawn_cards, kill, wait_until

long = pytest.mark.faults_long


def test_everything_killed_at_once_and_started_again(meishi: Meishi) -> None:
    meishi.capture(4)
    meishi.start()
    meishi.wait_until_reading()
    # This process uses the database too; it must not be the one that keeps it alive.
    close_database()
    kill([meishi.app.pid, *meishi.workers(), meishi.postmaster()])
    meishi.start()
    meishi.check_nothing_lost(4)


def test_the_embedded_server_killed_under_load(meishi: Meishi) -> None:
    meishi.capture(4)
    meishi.start()
    meishi.wait_until_reading()
    kill([meishi.postmaster()])
    meishi.check_nothing_lost(4)


def test_two_workers_given_the_same_job(meishi: Meishi) -> None:
    meishi.capture(4)
    meishi.start()
    for _ in range(2):
        meishi.wait_until_reading()
        meishi.query("update procrastinate_jobs set status = 'todo', worker_id = null where status = 'doing'")
        time.sleep(1)
    meishi.check_nothing_lost(4)


@long
def test_a_worker_killed_with_a_card_in_hand(meishi: Meishi) -> None:
    meishi.capture(6)
    meishi.start()
    meishi.wait_until_reading()
    kill(meishi.workers()[:1])
    meishi.check_nothing_lost(6)
    assert len(meishi.workers()) == 2


@long
def test_all_workers_killed(meishi: Meishi) -> None:
    meishi.capture(6)
    meishi.start()
    meishi.wait_until_reading()
    kill(meishi.workers())
    meishi.check_nothing_lost(6)
    assert len(meishi.workers()) == 2


@long
def test_the_app_killed_its_workers_end_and_the_next_start_goes_on(meishi: Meishi) -> None:
    meishi.capture(6)
    meishi.start()
    meishi.wait_until_reading()
    workers = meishi.workers()
    kill([meishi.app.pid])
    wait_until(lambda: not any(is_alive(pid) for pid in workers))
    meishi.start()
    meishi.check_nothing_lost(6)


@long
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_the_database_restarted_under_load(meishi: Meishi, how: str) -> None:
    meishi.capture(12)
    meishi.start()
    for read in (1, 4, 7):
        meishi.wait_for(f"select count(*) >= {read} from ocr_jobs where status = 'completed'", [(True,)])
        meishi.server._pg_ctl("stop", "-m", how)
        meishi.server.start()
    meishi.check_nothing_lost(12)
    meishi.server.stop()


@long
@pytest.mark.parametrize("hours", [-3, 3], ids=["back", "on"])
def test_the_clock_jumping(meishi: Meishi, folder: Path, hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    libfaketime = pytest.importorskip("libfaketime")
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    if not library.exists():
        pytest.skip("libfaketime has no library for this platform")
    copy, clock = folder / library.name, folder / "clock"
    copy.write_bytes(library.read_bytes())  # where the server's account finds it
    clock.write_text("+0")
    for path in (copy, clock):
        path.chmod(0o755)
    environment = {
        "LD_PRELOAD": str(copy),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    meishi.environment = environment
    meishi.start()
    meishi.wait_for("select count(*) > 0 from procrastinate_workers", [(True,)])
    began = meishi.query("select now()")[0][0]
    meishi.capture(8)
    meishi.wait_until_reading()
    kill(meishi.workers()[:1])
    clock.write_text(f"{hours * 3600:+d}")
    meishi.check_nothing_lost(8)
    moved = meishi.query("select now()")[0][0] - began
    assert abs(moved.total_seconds() / 3600 - hours) < 0.2, "the clock did not jump"
    assert meishi.query("select count(*) from ocr_jobs where completed_at < started_at") == [(0,)]
    assert meishi.query("select count(*) from contacts where processed_at < created_at") == [(0,)]


@long
def test_taking_in_killed_and_begun_again(meishi: Meishi, folder: Path) -> None:
    command = taking_in(folder, 16)
    meishi.start()
    meishi.wait_for("select count(*) > 0 from procrastinate_workers", [(True,)])
    for taken in (3, 8):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        meishi.wait_for(f"select count(*) >= {taken} from contacts", [(True,)])
        kill([process.pid])
        process.wait()
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    meishi.check_nothing_lost(16)


@long
def test_a_full_disk_under_the_images(meishi: Meishi, folder: Path) -> None:
    images = folder / "images"
    images.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", images], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; test_storage_faults does it at the boundary")
    try:
        ballast = images / "ballast"
        ballast.write_bytes(bytes(900_000))
        meishi.start()
        meishi.wait_for("select count(*) > 0 from procrastinate_workers", [(True,)])
        command = taking_in(folder, 8)
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert "The image store could not be written" in refused.stderr
        assert "Check the disk's space" in refused.stderr
        ballast.unlink()
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
        meishi.check_nothing_lost(8)
    finally:
        subprocess.run(["umount", "--lazy", images], check=True)


@long
def test_a_stopped_worker_that_wakes_up_late_writes_nothing_twice(meishi: Meishi) -> None:
    meishi.capture(4)
    meishi.start()
    meishi.wait_until_reading()
    asleep = meishi.workers()
    os.kill(asleep[0], signal.SIGSTOP)
    time.sleep(45)
    os.kill(asleep[0], signal.SIGCONT)
    meishi.check_nothing_lost(4)


def taking_in(folder: Path, count: int) -> list[str]:
    """Return the command that takes in so many cards in a folder."""
    cards = folder / "cards"
    cards.mkdir()
    for name, photo in drawn_cards(count):
        (cards / name).write_bytes(photo)
    return [sys.executable, "-m", "lib.capture", "--event", "Fair", str(cards)]


def is_alive(pid: int) -> bool:
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
