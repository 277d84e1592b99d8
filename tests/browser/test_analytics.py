"""Analytics in a real browser: what one chooses stands in the address, and a chart leads to its people and its SQL."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import STEP_LIMIT_MS, App, open_page, running_app, settle


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(with_sample=True, WORKERS="0") as running:
        yield running


@pytest.fixture
def page(browser: Browser, app: App) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1440, "height": 1400}, base_url=app.url, accept_downloads=True, timezone_id="Asia/Tokyo"
    )
    context.set_default_timeout(STEP_LIMIT_MS)
    yield context.new_page()
    context.close()


def view(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").first.get_by_text(name, exact=True).click()
    settle(page)


def choose(page: Page, key: str, option: str) -> None:
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option).click()
    settle(page)


def chart(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key}").get_by_role("img").first


def test_a_chosen_period_changes_the_charts_and_the_address(page: Page, app: App) -> None:
    (total,) = app.query("select count(*) from contacts")[0]
    open_page(page, "Analytics")
    choose(page, "period", "All time")
    expect(page).to_have_url(re.compile(r"period=All(\+|%20)time"))
    expect(page.locator(f'[aria-label*="captured {total}, "]')).to_be_visible()


def test_an_address_can_be_shared(page: Page, browser: Browser, app: App) -> None:
    ((event_id, name),) = app.query("select id, name from events order by date limit 1")
    open_page(page, "Analytics")
    view(page, "Speed")
    page.get_by_text("Reading", exact=True).click()
    choose(page, "period", "90 days")
    choose(page, "analytics_event", name)
    expect(page).to_have_url(re.compile(rf"event={event_id}\b"))
    other = browser.new_context(base_url=app.url, timezone_id="Asia/Tokyo").new_page()
    other.goto(page.url)
    expect(other.get_by_role("heading", name="Reading the card")).to_be_visible()
    expect(other.get_by_role("combobox", name="Event")).to_have_value(re.compile(re.escape(name)))
    expect(other.get_by_test_id("stMetricValue")).to_have_count(4)
    settle(other)
    # The address changes before the page does: what is shown there is looked for here, and not the other way round.
    expect(page.get_by_test_id("stMetricValue")).to_have_text(other.get_by_test_id("stMetricValue").all_inner_texts())
    other.context.close()


def test_chosen_days_stand_in_the_address(page: Page, app: App) -> None:
    day = dt.datetime.now(dt.UTC).date()
    first, last = day - dt.timedelta(days=40), day - dt.timedelta(days=25)
    open_page(page, f"Analytics?view=Events&period=Custom&days={first}&days={last}")
    expect(page.locator(".st-key-days input").first).to_have_value(re.compile(str(first)))
    (count,) = app.query("select count(*) from contacts where created_at < now() - interval '25 days'")[0]
    expect(page.locator(f'[aria-label*="the most cards, {count}"]').first).to_be_attached()


def middle(page: Page, bar: Locator) -> tuple[float, float]:
    """Return where the middle of a bar is, once it stands still: one that still moves is not hit."""
    before, box = None, bar.bounding_box()
    while box is None or box != before:
        page.wait_for_timeout(500)
        before, box = box, bar.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("step", "address"), [(2, r"/Review\?.*show=All"), (3, r"/Groups")])
def test_a_click_on_a_step_leads_to_those_who_are_there(page: Page, step: int, address: str) -> None:
    open_page(page, "Analytics?period=All+time")
    bars = page.locator(".st-key-chart_funnel .barlayer .point path")
    expect(bars).to_have_count(6)
    x, y = middle(page, bars.nth(step))
    for at in (x - 5, x):
        page.mouse.move(at, y)
    # A chart knows what is clicked by what the mouse was over.
    expect(page.locator(".st-key-chart_funnel .hoverlayer .hovertext").first).to_be_visible()
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(address))
    settle(page)
    assert page.get_by_test_id("stAlertContentError").count() == 0


def test_an_events_link_shows_its_people_alone(page: Page, app: App) -> None:
    ((event_id,),) = app.query("select id from events order by date limit 1")
    sql = f"select count(*) from contacts where event_id = {event_id} and status = 'user_verified'"
    (count,) = app.query(sql)[0]
    open_page(page, f"Analytics?period=All+time&event={event_id}")
    page.get_by_role("link", name="Verified").click()
    expect(page).to_have_url(re.compile(rf"/Review\?.*event={event_id}"))
    expect(page.get_by_text(f"{count} contacts", exact=True)).to_be_visible()


def test_a_chart_shows_its_sql_its_parameters_and_its_rows(page: Page) -> None:
    open_page(page, "Analytics?view=Reader")
    page.locator('[class*="st-key-source_calibration"]').first.get_by_role("button", name="SQL").click()
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover).to_contain_text("Is the reader as sure as it should be?")
    expect(popover).to_contain_text(":event_id = null")
    with page.expect_download() as found:
        popover.get_by_role("button", name="Download CSV").click()
    lines = found.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "bucket,mean_confidence,kept_share,n"
    assert len(lines) > 2


def test_the_days_are_those_of_the_browsers_zone(page: Page) -> None:
    open_page(page, "Analytics?view=Activity")
    expect(page.get_by_text("Days and times in Asia/Tokyo.")).to_be_visible()
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=9)))
    # The sample's fresh photos were handed in just now, perhaps before the hour struck.
    hours = (now, now - dt.timedelta(hours=1))
    told = ", ".join(f'[aria-label*="activities, from {hour:%Y-%m-%d %H}"]' for hour in hours)
    expect(page.locator(told).first).to_be_attached()


def test_activity_is_found_turned_and_taken_along(page: Page) -> None:
    open_page(page, "Analytics?view=Activity&period=All+time&actions=Contact+verified")
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_text(re.compile(r"^51 to \d+ of \d+$"))).to_be_visible()
    with page.expect_download() as found:
        page.get_by_role("button", name="Download CSV").click()
    lines = found.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "time_utc,action,entity_type,entity_id,entity_name,metadata"
    assert {line.split(",")[1] for line in lines[1:]} == {"contact_verified"}
