"""A machine's workers: started together, replaced when they die, ended with their owner even when it is killed."""

from __future__ import annotations

import logging
import socket
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
        self.count = count
        self._places = [Place(command) for _ in range(count)]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._replace_dead, daemon=True, name="worker supervisor")
        self._thread.start()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers alive now."""
        workers = [place.worker for place in self._places]
        return [worker.pid for worker in workers if worker is not None and worker.poll() is None]

    @property
    def worker_ids(self) -> list[int]:
        """The names under which the queue knows the workers alive now; one that just started has none yet."""
        ids = [place.worker_id for place in self._places if place.is_alive]
        return [worker_id for worker_id in ids if worker_id is not None]

    def stop(self) -> None:
        """Let every worker finish the card it is on, and wait for that."""
        self._stopping.set()
        self._thread.join()  # it may just be starting one more
        workers = [place.worker for place in self._places if place.worker is not None]
        for place in self._places:
            place.let_go()
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
        self._leash: socket.socket | None = None
        self.worker_id: int | None = None
        self.worker = self._start()

    @property
    def is_alive(self) -> bool:
        """Whether the worker's process runs."""
        return self.worker is not None and self.worker.poll() is None

    def look(self, now: float) -> None:
        """Replace the worker if it is dead and its pause is over. Never waits: the other places are looked at too."""
        if self.is_alive:
            self._hear()
            return
        if self._due is None:
            self._due = now + self._next_pause(now - self._started)
        elif now >= self._due:
            self._due = None
            self.worker = self._start()

    def let_go(self) -> None:
        """Have the worker end after what it has in hand."""
        leash, self._leash = self._leash, None
        if leash is not None:
            leash.close()

    def _hear(self) -> None:
        """Take note of what the worker says: the id under which the queue knows it."""
        try:
            said = self._leash.recv(100) if self._leash is not None else b""
        except OSError:  # nothing new, or it is just ending
            return
        if words := said.split():
            self.worker_id = int(words[-1])

    def _next_pause(self, lived_s: float) -> float:
        """Return the pause before the successor of a worker that lived so long."""
        pause_s = RESTART_AFTER_S if lived_s >= WELL_AFTER_S else self._pause_s
        self._pause_s = min(2 * pause_s, max(LONGEST_PAUSE_S, RESTART_AFTER_S))
        return pause_s

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Return the new worker; None where the machine starts none now, which may pass."""
        self._started = time.monotonic()
        self.worker_id = None
        self.let_go()
        # Standard input is the leash: it closes when this process ends, however it ends; by it the worker tells its
        # id. A session of its own keeps the terminal's Ctrl+C from cutting off a card that is being read.
        try:
            self._leash, theirs = socket.socketpair()
            self._leash.setblocking(False)
            with theirs:
                return subprocess.Popen(self._command, stdin=theirs.fileno(), cwd=ROOT, start_new_session=True)
        except OSError:
            log.exception("a worker could not be started")
            return None
