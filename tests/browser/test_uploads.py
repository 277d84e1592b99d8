"""Photos dropped at once: on disk while they come, in the store as they were given, and nowhere else then."""

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page

from lib.settings import get_settings
from lib.storage import load_image
from tests.bench.uploads import ADD_EVENT, drop, make_photos, memory, watch
from tests.browser.conftest import App, open_page, running_app

COUNT = 24
MEGABYTES = 2.5
ODD_NAME = "Zoë's “card” 名刺.jpg"


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """An app that takes photos in and reads none."""
    with running_app(WORKERS="0") as running:
        running.query(ADD_EVENT)
        yield running


@pytest.fixture
def stored(app: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process read the app's images."""
    monkeypatch.setenv("MEISHI_HOME", str(app.home))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def spooled(app: App) -> list[Path]:
    return [path for path in (app.home / "uploads").rglob("*") if path.is_file()]


def wait_until_empty(app: App) -> None:
    """The contact is there a moment before its photo is let go of."""
    deadline = time.monotonic() + 10
    while spooled(app) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert spooled(app) == []


def test_many_at_once_take_little_memory_and_are_stored_as_given(
    page: Page, app: App, stored: None, tmp_path: Path
) -> None:
    given = make_photos(tmp_path, COUNT, MEGABYTES)
    given[-1] = given[-1].rename(tmp_path / ODD_NAME)
    open_page(page, "Capture")
    process = psutil.Process(app.process.pid)
    before = memory(process)
    with watch(process) as peak:
        drop(page, app, given)
    wait_until_empty(app)
    # In memory they were twice their size.
    assert max(peak) - before < COUNT * MEGABYTES
    addresses = app.query("select full_name, business_card_url from contacts")
    assert {name: load_image(url) for name, url in addresses} == {photo.name: photo.read_bytes() for photo in given}


def test_stopping_the_app_leaves_no_uploads() -> None:
    with running_app(WORKERS="0") as running:
        folder = running.home / "uploads"
        assert len(list(folder.iterdir())) == 1
        running.process.terminate()
        assert running.process.wait(60) == 0
        assert list(folder.iterdir()) == []
