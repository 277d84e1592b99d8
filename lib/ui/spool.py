"""Uploaded files on disk, each under the id that Streamlit gave it, for as long as this process lives."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# What nobody took in by then is let go of. Over a weekend, somebody may still come and try again.
KEPT_S = 3 * 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Spooled:
    """A file in the spool, and when it came (seconds, monotonic)."""

    path: Path
    since_s: float


class Spool:
    """A folder of this process's own under `parent`, closed to everybody else; those of ended processes are removed.

    A process holds a lock on its folder for as long as it lives, however it ends: several apps may share a home.
    Raises OSError where the folder cannot be made.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(parent):  # or another app that starts now would take this one's folder for a leftover
            _remove_leftovers(parent)
            self._folder = Path(tempfile.mkdtemp(dir=parent))
            self._life = os.open(self._folder, os.O_RDONLY)
            fcntl.flock(self._life, fcntl.LOCK_EX)
        self._lock = threading.Lock()
        self._files: dict[str, Spooled] = {}

    def add(self, file_id: str, content: BinaryIO) -> None:
        """Keep the content, in place of what has that id. Raises OSError when it cannot, as on a full disk."""
        spooled = Spooled(path=self._write(content), since_s=time.monotonic())
        with self._lock:
            gone = [*self._pop_old(), self._files.pop(file_id, None)]
            self._files[file_id] = spooled
        for old in filter(None, gone):
            old.path.unlink(missing_ok=True)

    def get(self, file_id: str) -> bytes | None:
        """Return the content, None where there is none. Raises OSError."""
        with self._lock:
            spooled = self._files.get(file_id)
        return spooled.path.read_bytes() if spooled else None

    def let_go(self, file_id: str) -> None:
        """Delete the file; one that is not there is no error."""
        with self._lock:
            spooled = self._files.pop(file_id, None)
        if spooled:
            spooled.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Delete all files and the folder."""
        with self._lock:
            self._files.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._life)

    def _write(self, content: BinaryIO) -> Path:
        # A name of our own: the id is part of an address that a browser sent.
        path = self._folder / uuid.uuid4().hex
        try:
            with path.open("xb") as file:
                shutil.copyfileobj(content, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def _pop_old(self) -> list[Spooled]:
        before_s = time.monotonic() - KEPT_S
        ids = [file_id for file_id, spooled in self._files.items() if spooled.since_s < before_s]
        return [self._files.pop(file_id) for file_id in ids]


@contextmanager
def _locked(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _remove_leftovers(parent: Path) -> None:
    for folder in parent.iterdir():
        # One that is locked is another app's, which lives.
        with suppress(BlockingIOError), _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)
