"""The app as a server runs it: `python -m lib` with settings of its own, on a free port."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lib.settings import ROOT
from tests.hosting.ports import free_port

START_LIMIT_S = 90
STOP_LIMIT_S = 60


@dataclass(frozen=True, kw_only=True)
class RunningApp:
    """A running app: its address, the file with all it printed, its home and its process."""

    url: str
    log: Path
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rsplit(":", 1)[1])

    @property
    def printed(self) -> str:
        """All it printed until now."""
        return self.log.read_text(errors="replace")


@contextmanager
def running_app(
    env: Mapping[str, str], *, arguments: Sequence[str] = (), command: Sequence[str] = ("-m", "lib"), port: int = 0
) -> Iterator[RunningApp]:
    """Run the app until the end of the block. `env` comes on top of this process's; `WORKERS` is 0 unless given.

    Its home is a folder of its own unless `MEISHI_HOME` is given. `command` is what this Python is told to run, and
    `port` the one to listen on, for which a free one is chosen where none is given.
    """
    home = Path(env.get("MEISHI_HOME") or tempfile.mkdtemp(prefix="meishi-hosted-"))
    home.chmod(0o755)
    port = port or free_port()
    environment = {**os.environ, "MEISHI_HOME": str(home), "WORKERS": "0", **env}
    log = home / "app.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command, "--server.port", str(port), *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    running = RunningApp(url=f"http://127.0.0.1:{port}", log=log, home=home, process=process)
    try:
        wait_until_healthy(running)
        yield running
    finally:
        stop(process)
        if not env.get("MEISHI_HOME"):
            shutil.rmtree(home, ignore_errors=True)


def wait_until_healthy(app: RunningApp) -> None:
    """Wait until it answers; fail with what it printed where it does not."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        assert app.process.poll() is None, app.printed
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not start: {app.printed}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the app as a supervisor does."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
