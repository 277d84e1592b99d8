"""A program to be killed, in a home that its server's account can enter."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.database import close_database
from lib.settings import get_settings
from tests.faults.meishi import Meishi

# A shell's background job starts with Ctrl+C ignored, and all that it starts inherits that: programs told to end by it
# would go on to their own end.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own."""
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


@pytest.fixture
def meishi(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meishi]:
    """The program with two workers, not started."""
    monkeypatch.setenv("WORKERS", "2")
    get_settings.cache_clear()
    running = Meishi(folder)
    yield running
    close_database()
    running.stop()
