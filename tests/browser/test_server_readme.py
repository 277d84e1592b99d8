"""The README's "On a server", followed to the letter in a fresh clone: from local data to a signed-in app."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lib.settings import ROOT
from tests.browser.conftest import STEP_LIMIT_MS
from tests.browser.test_sign_in import sign_in
from tests.hosting.oidc import ADA
from tests.hosting.ports import free_port
from tests.hosting.postgres import BINARIES

PEOPLE = 40
READY_LIMIT_S = 120


def commands() -> list[str]:
    """Return the shell blocks of the section up to its first subsection: neighbours, then the app."""
    section = (ROOT / "README.md").read_text().split("\n## On a server\n")[1].split("\n#")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def clone() -> Iterator[Path]:
    """A fresh clone with what `make` installs already there, and a home with people in it."""
    folder = Path(tempfile.mkdtemp(prefix="meishi-clone-"))
    folder.chmod(0o755)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "meishi")], check=True)
    project = folder / "meishi"
    (project / ".venv").symlink_to(sys.prefix)
    (project / "build").mkdir()
    if (ROOT / "build" / "pgbouncer").exists():
        (project / "build" / "pgbouncer").symlink_to(ROOT / "build" / "pgbouncer")
    for requirements in (project / "requirements.txt", project / "tests" / "requirements.txt"):
        os.utime(requirements, (0, 0))  # older than what was installed from them
    (folder / "home").mkdir(mode=0o755)
    yield project
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(script: str, project: Path, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a shell's script until the end of the block, and all it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-e", "-c", script],
            cwd=project,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        # As Ctrl+C does: the whole group, and each ends what it runs.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(text: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_LIMIT_S
    while text not in log.read_text(errors="replace"):
        assert process.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.2)


@pytest.mark.skipif(not BINARIES.exists(), reason="the stand-in for a hosted PostgreSQL is Debian's")
@pytest.mark.timeout(400)
def test_the_way_to_a_server_leads_to_a_signed_in_app_with_ones_own_people(clone: Path, browser: Browser) -> None:
    home, port = clone.parent / "home", str(free_port())
    environment = {**os.environ, "MEISHI_HOME": str(home), "WORKERS": "0"}
    filled = [sys.executable, "-m", "lib.demo", "--contacts", str(PEOPLE), "--beside-real-data"]
    subprocess.run(filled, cwd=clone, env=environment, check=True, timeout=120, stdout=subprocess.DEVNULL)
    neighbours, app = (block.replace("8600", port) for block in commands())
    before, after = home / "neighbours.log", home / "app.log"
    with (
        running(neighbours, clone, environment, before) as first,
        # The reader says when to go on by what it says.
        _when("Ready", before, first),
        running(app, clone, environment, after) as second,
    ):
        wait_for(f"127.0.0.1:{port}", after, second)
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
        page = context.new_page()
        page.set_default_timeout(STEP_LIMIT_MS)
        page.goto("/Review")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=STEP_LIMIT_MS)
        sign_in(page, ADA)
        expect(page.get_by_text(ADA.email)).to_be_visible(timeout=STEP_LIMIT_MS)
        page.goto("/Analytics")
        expect(page.get_by_text(f"{PEOPLE} contacts in all.")).to_be_visible(timeout=STEP_LIMIT_MS)
        context.close()
    print(before.read_text(), after.read_text())


@contextmanager
def _when(text: str, log: Path, process: subprocess.Popen[bytes]) -> Iterator[None]:
    wait_for(text, log, process)
    yield
