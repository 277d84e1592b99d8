"""A batch dropped at once, and somebody who does not sit still meanwhile: no photo is lost and none is taken in twice."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, open_page, running_app, settle

COUNT = 160
# Large enough that taking them in lasts a few seconds, in which somebody can click.
SIZE = (1200, 700)


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """An app that takes photos in and reads none."""
    with running_app(WORKERS="0") as running:
        yield running


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of photos, no two alike, among what else lies in a folder."""
    folder = tmp_path_factory.mktemp("fair")
    for n in range(1, COUNT + 1):
        Image.effect_noise(SIZE, n + 20).save(folder / f"IMG_{n}.jpg", quality=60)
    (folder / "notes.txt").write_text("Hall 7")
    (folder / "._IMG_1.jpg").write_bytes(b"not a picture")
    return folder


@pytest.fixture
def event_id(app: App) -> int:
    """An event that nobody has photos of; the latest, so that the page shows it."""
    add = "insert into events (name, date) select 'Fair', current_date + count(*)::int from events returning id"
    return int(app.query(add)[0][0])


def switch_to_camera(page: Page) -> None:
    page.get_by_text("Camera", exact=True).click()


def go_to_another_page(page: Page) -> None:
    page.get_by_role("link", name="Review").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review")


def reload(page: Page) -> None:
    page.reload()


def drop(page: Page, photos: Path) -> None:
    """Drop the photos, and return as soon as they are being taken in."""
    open_page(page, "Capture")
    page.locator(".st-key-cards input[type=file]").set_input_files(sorted(photos.glob("IMG_*.jpg")))
    expect(page.get_by_text(re.compile("Taking in|taken in")).first).to_be_visible()


def wait_until_taken_in(app: App, event_id: int) -> list[str]:
    """Return the names of what was taken in, once nothing more comes."""
    names: list[str] = []
    deadline = time.monotonic() + 150
    while len(names) < COUNT and time.monotonic() < deadline:
        time.sleep(0.5)
        names = [
            name for (name,) in app.query(f"select full_name from contacts where event_id = {event_id} order by id")
        ]
    time.sleep(1)
    assert app.query(f"select count(*) from contacts where event_id = {event_id}") == [(len(names),)]
    return names


@pytest.mark.parametrize(
    "disturb",
    [switch_to_camera, *(pytest.param(other, marks=pytest.mark.slow) for other in (go_to_another_page, reload))],
)
def test_a_click_or_a_reload_neither_loses_nor_doubles_a_photo(
    page: Page, app: App, photos: Path, event_id: int, disturb: Callable[[Page], None]
) -> None:
    drop(page, photos)
    disturb(page)
    names = wait_until_taken_in(app, event_id)
    assert sorted(names) == sorted(path.name for path in photos.glob("IMG_*.jpg"))
    open_page(page, "Capture")
    expect(page.get_by_test_id("stMetric").filter(has_text="Waiting")).to_contain_text(str(COUNT))


def test_a_folder_is_taken_in_without_what_is_no_picture(page: Page, app: App, photos: Path, event_id: int) -> None:
    open_page(page, "Capture")
    page.get_by_text("Folder", exact=True).click()
    expect(page.get_by_text("A folder of photos")).to_be_visible()
    settle(page)
    page.locator(".st-key-cards input[type=file]").set_input_files(photos)
    names = wait_until_taken_in(app, event_id)
    assert names == [f"IMG_{n}.jpg" for n in range(1, COUNT + 1)]
