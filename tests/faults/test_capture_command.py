"""`python -m lib.capture` from end to end: a folder in, its own workers, a real database, a real reader."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lib.demo.drawing import Person, draw_card
from lib.settings import ROOT
from tests.faults.meishi import Meishi

NAMES = ("Jane Miller", "Tom Baker", "Ana Lopez")


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """A folder with cards of three people, a file that is no picture, and a name that would turn the terminal red."""
    for number, name in enumerate(NAMES, start=1):
        person = Person(full_name=name, email=f"{name.lower().replace(' ', '.')}@example.com", company="Northwind")
        (tmp_path / f"card {number}.jpg").write_bytes(draw_card(person, seed=number))
    (tmp_path / "\x1b[31mbroken.jpg").write_bytes(b"no picture")
    return tmp_path


def command(cards: Path) -> list[str]:
    return [sys.executable, "-m", "lib.capture", "--event", "Fair", "--wait", str(cards)]


def run(cards: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(cards), cwd=ROOT, capture_output=True, text=True, timeout=200)


def test_a_folder_is_taken_in_and_read_and_the_second_time_skipped(folder: Path, cards: Path) -> None:
    first = run(cards)
    assert first.returncode == 1
    assert "4 of 4 photos taken in, 0 there already." in first.stdout
    assert "No worker is running: 1 of this command's own" in first.stderr
    assert "Reading: 4 of 4\n1 photo failed:\n" in first.stderr
    assert f"{cards}/[31mbroken.jpg: This file is not a picture that can be read." in first.stderr
    second = run(cards)
    assert second.returncode == 1, "what could not be read still cannot"
    assert "0 of 4 photos taken in, 4 there already." in second.stdout
    assert all(f"the same photo as that of {name}." in second.stdout for name in NAMES)
    assert "\x1b" not in first.stdout + first.stderr + second.stdout + second.stderr


def test_ctrl_c_ends_its_own_workers_and_loses_nothing(folder: Path, cards: Path) -> None:
    running = subprocess.Popen(command(cards), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdout.readline().startswith("There was no event called Fair")
    meishi = Meishi(folder)
    meishi.wait_for("select count(*) from procrastinate_workers", [(1,)])
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Finishing the cards in hand …\n" in err
    assert "4 of 4 photos taken in, 0 there already. They are safe." in err
    assert "Traceback" not in err
    assert not meishi.server.answers(), "the last one out stops the server"
    assert "Reading: 4 of 4" in run(cards).stderr
