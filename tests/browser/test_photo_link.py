"""What a signed address opens in a browser: the photo, and never a script."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page

from lib.demo.drawing import Person, draw_card
from lib.settings import get_settings
from lib.storage import new_address, put_image, save_image, signed_url
from tests.hosting.s3 import s3_server

SCRIPT = b"<html><body><script>document.title = 'taken over'</script></body></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.documentElement.id = "taken over"</script></svg>'


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server.environment


@pytest.fixture(autouse=True)
def _bucket(environment: dict[str, str], home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()


def test_a_photo_opens_in_a_tab(browser: Browser) -> None:
    photo = draw_card(Person(full_name="Jane Miller", email="jane@example.com", company="Northwind"), seed=1)
    page = browser.new_page()
    page.goto(signed_url(save_image(photo, event_id=1, photo_name="card.jpg")) or "")
    assert page.evaluate("[document.contentType, document.images[0].naturalWidth > 100]") == ["image/jpeg", True]
    page.close()


@pytest.mark.parametrize("name", ["card.jpg", "card.png", "card.heic", "card.html", "card.svg", "card"])
@pytest.mark.parametrize("data", [SCRIPT, DRAWING], ids=["html", "svg"])
def test_no_file_that_is_taken_for_a_photo_runs_a_script(browser: Browser, name: str, data: bytes) -> None:
    page = browser.new_page()
    with suppress(Error):  # it begins a download instead
        page.goto(signed_url(save_image(data, event_id=1, photo_name=name)) or "")
    assert_untouched(page)


def test_a_page_under_its_own_name_is_saved_and_not_shown(browser: Browser) -> None:
    # As an earlier version may have stored it.
    url = new_address(event_id=1, photo_name="card.jpg").replace(".jpg", ".html")
    put_image(url, SCRIPT)
    page = browser.new_page()
    with pytest.raises(Error, match="Download is starting"):
        page.goto(signed_url(url) or "")
    assert_untouched(page)


def assert_untouched(page: Page) -> None:
    page.wait_for_timeout(200)
    assert "taken over" not in (page.title(), page.evaluate("document.documentElement.id"))
    page.close()
