"""The app's own workers: started with it, replaced when they die, ended with it even when it is killed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from lib.settings import ROOT

COMMAND = (sys.executable, "-m", "lib.jobs", "--owned")
LOOK_EVERY_S = 1.0
# A worker that dies at once (no disk, no database) is not started in a tight loop.
RESTART_AFTER_S = 5.0
END_LIMIT_S = 30


class Supervisor:
    """Keeps `count` workers alive until `stop`."""

    def __init__(self, count: int, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command
        self._workers = [self._start() for _ in range(count)]
        self._stopping = threading.Event()
        threading.Thread(target=self._replace_dead, daemon=True, name="worker supervisor").start()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers alive now."""
        return [worker.pid for worker in self._workers if worker.poll() is None]

    def stop(self) -> None:
        """Let every worker finish the card it is on, and wait for that."""
        self._stopping.set()
        for worker in self._workers:
            if worker.stdin is not None:
                worker.stdin.close()
        deadline = time.monotonic() + END_LIMIT_S
        for worker in self._workers:
            try:
                worker.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        # Standard input is the leash: it closes when this process ends, however it ends. A session of its own keeps
        # the terminal's Ctrl+C from cutting off a card that is being read.
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, cwd=ROOT, start_new_session=True)

    def _replace_dead(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            for place, worker in enumerate(self._workers):
                if worker.poll() is not None and not self._stopping.wait(RESTART_AFTER_S):
                    self._workers[place] = self._start()
