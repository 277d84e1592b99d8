"""Every page, empty and full, light and dark, on a desk and on a phone. The pictures lie in build/screenshots."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import STEP_LIMIT_MS, App, open_page, running_app, screenshot

PAGES = {
    "Home": "",
    "Capture": "Capture",
    "Review": "Review",
    "Groups": "Groups",
    "Campaigns": "Campaigns",
    "Templates": "Campaigns?view=Templates",
    "Opt-outs": "Campaigns?view=Opt-outs",
    "Analytics": "Analytics",
}
ANALYTICS = ("Overview", "Speed", "Reader", "Events", "Activity", "Notebook")
SCREENS = {
    "light": {"viewport": {"width": 1440, "height": 1000}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 1000}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
# In the dark everything stands where it stands in the light.
SHOWN = ["light", pytest.param("dark", marks=pytest.mark.slow), "phone"]


@pytest.fixture(scope="module")
def empty_app() -> Iterator[App]:
    with running_app(WORKERS="0") as running:
        yield running


@pytest.fixture(scope="module")
def sample_app() -> Iterator[App]:
    with running_app(with_sample=True, WORKERS="0") as running:
        yield running


def look(browser: Browser, app: App, name: str, screen: str, state: str) -> None:
    context = browser.new_context(base_url=app.url, **SCREENS[screen])
    context.set_default_timeout(STEP_LIMIT_MS)
    page = context.new_page()
    open_page(page, PAGES[name])
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[name].partition("?")[0] or name)
    screenshot(page, f"{state}-{name.lower()}-{screen}")
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    width = SCREENS[screen]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page is wider than the screen"
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_page_says_what_to_do(browser: Browser, empty_app: App, name: str) -> None:
    look(browser, empty_app, name, "light", "empty")


@pytest.mark.parametrize("screen", SHOWN)
@pytest.mark.parametrize("name", PAGES)
def test_a_full_page_fits_its_screen(browser: Browser, sample_app: App, name: str, screen: str) -> None:
    look(browser, sample_app, name, screen, "full")


@pytest.mark.parametrize("screen", SHOWN)
@pytest.mark.parametrize("view", ANALYTICS)
def test_every_view_of_analytics_fits_its_screen(browser: Browser, sample_app: App, view: str, screen: str) -> None:
    size = SCREENS[screen]["viewport"]
    # As high as all of it: the page scrolls inside.
    tall = {"viewport": {"width": size["width"], "height": 1600 if screen != "phone" else 3000}}
    context = browser.new_context(base_url=sample_app.url, **{**SCREENS[screen], **tall})
    context.set_default_timeout(STEP_LIMIT_MS)
    page = context.new_page()
    open_page(page, f"Analytics?view={view}&period=42+days")
    if view not in ("Activity", "Notebook"):
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=STEP_LIMIT_MS)
    page.wait_for_timeout(1000)
    screenshot(page, f"analytics-{view.lower()}-{screen}")
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_test_id("stAlertContentError").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page is wider than the screen"
    context.close()
