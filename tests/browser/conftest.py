"""The app as a person has it: started by its command, in a real Chromium, with a home of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT
from tests.hosting.app import RunningApp
from tests.hosting.app import running_app as app_with

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SCREENSHOTS = ROOT / "build" / "screenshots"
# Two cores read, serve and browse at once here.
STEP_LIMIT_MS = 30_000


@dataclass(frozen=True, kw_only=True)
class App(RunningApp):
    """A running app with the embedded database."""

    def query(self, sql: str) -> list[tuple]:
        """Return the rows of `sql` from the app's own database."""
        server = EmbeddedServer(self.home)
        with psycopg.connect(host=str(server.socket_folder), user="postgres", dbname="meishi") as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for this module: as long as it is driven its event loop runs, and later tests want one of their own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    # For all that looks at a page: Playwright's own five seconds are too few where two cores do all this.
    expect.set_options(timeout=STEP_LIMIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """An app just installed, with one worker."""
    with running_app(WORKERS="1") as running:
        yield running


@contextmanager
def running_app(*, with_sample: bool = False, **settings: str) -> Iterator[App]:
    """Run the app in a home of its own until the end of the block."""
    home = Path(tempfile.mkdtemp(prefix="meishi-"))
    home.chmod(0o755)
    environment = {"MEISHI_HOME": str(home), **settings}
    if with_sample:
        command = [sys.executable, "-m", "lib.demo"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, timeout=120)
    try:
        with app_with(environment) as running:
            yield App(**vars(running))
    finally:
        assert not EmbeddedServer(home).answers(), "the app left its database running"
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def page(browser: Browser, app: App) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, base_url=app.url, accept_downloads=True, color_scheme="light"
    )
    context.set_default_timeout(STEP_LIMIT_MS)
    yield context.new_page()
    context.close()


def open_page(page: Page, name: str) -> None:
    """Go to a page and wait until its script has run: before it began, no script runs either."""
    page.goto(f"/{name}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Wait until no script runs and all is drawn; a click needs a moment to reach the server first.

    That moment is a guess. Where a test needs what a click led to, it waits for just that.
    """
    page.wait_for_timeout(300)
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def wait_until(find: Callable[[], object], wanted: object, *, limit_s: float = STEP_LIMIT_MS / 1000) -> None:
    """Wait until `find` returns what is wanted; fail with what it returned last."""
    deadline = time.monotonic() + limit_s
    while (found := find()) != wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found == wanted


# A camera is opened twice: at its own width, and once more when the width of its place is known. A shot between the
# two is lost.
HAS_VIDEO = """
(() => {
  const video = document.querySelector('video');
  const width = video?.srcObject?.getVideoTracks()[0]?.getConstraints().width;
  return video?.readyState === 4 && width === video.width && Math.abs(width - video.parentElement.offsetWidth) <= 1;
})()
"""


def wait_for_video(page: Page) -> None:
    """Wait until the camera shows its picture; Playwright's own waiting needs `eval`, which the pages do not allow."""
    deadline = time.monotonic() + STEP_LIMIT_MS / 1000
    while not page.evaluate(HAS_VIDEO):
        assert time.monotonic() < deadline, "the camera shows nothing"
        page.wait_for_timeout(100)


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(700)  # charts and grids fade in
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
