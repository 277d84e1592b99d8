"""A machine's workers: started together, replaced when they die, ended with their owner even when it is killed."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

from lib.settings import ROOT

COMMAND = (sys.executable, "-m", "lib.jobs", "--owned")
LOOK_EVERY_S = 1.0
# A worker that dies at once (no disk, no database) is not started in a tight loop: each time the pause doubles.
RESTART_AFTER_S = 5.0
LONGEST_PAUSE_S = 20.0
# One that lived so long was well; its successor need not pay for it.
WELL_AFTER_S = 30.0
END_LIMIT_S = 30

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps `count` workers alive until `stop`."""

    def __init__(self, count: int, command: tuple[str, ...] = COMMAND) -> None:
        self._places = [Place(command) for _ in range(count)]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._replace_dead, daemon=True, name="worker supervisor")
        self._thread.start()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers alive now."""
        workers = [place.worker for place in self._places]
        return [worker.pid for worker in workers if worker is not None and worker.poll() is None]

    def stop(self) -> None:
        """Let every worker finish the card it is on, and wait for that."""
        self._stopping.set()
        self._thread.join()  # it may just be starting one more
        workers = [place.worker for place in self._places if place.worker is not None]
        for worker in workers:
            if worker.stdin is not None:
                worker.stdin.close()
        deadline = time.monotonic() + END_LIMIT_S
        for worker in workers:
            try:
                worker.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()

    def _replace_dead(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            for place in self._places:
                place.look(time.monotonic())


class Place:
    """One of the workers: whoever holds this place now, and when a successor may start."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._pause_s = RESTART_AFTER_S
        self._due: float | None = None
        self.worker = self._start()

    def look(self, now: float) -> None:
        """Replace the worker if it is dead and its pause is over. Never waits: the other places are looked at too."""
        if self.worker is not None and self.worker.poll() is None:
            return
        if self._due is None:
            self._due = now + self._next_pause(now - self._started)
        elif now >= self._due:
            self._due = None
            self.worker = self._start()

    def _next_pause(self, lived_s: float) -> float:
        """Return the pause before the successor of a worker that lived so long."""
        pause_s = RESTART_AFTER_S if lived_s >= WELL_AFTER_S else self._pause_s
        self._pause_s = min(2 * pause_s, max(LONGEST_PAUSE_S, RESTART_AFTER_S))
        return pause_s

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Return the new worker; None where the machine starts none now, which may pass."""
        self._started = time.monotonic()
        # Standard input is the leash: it closes when this process ends, however it ends. A session of its own keeps
        # the terminal's Ctrl+C from cutting off a card that is being read.
        try:
            return subprocess.Popen(self._command, stdin=subprocess.PIPE, cwd=ROOT, start_new_session=True)
        except OSError:
            log.exception("a worker could not be started")
            return None
