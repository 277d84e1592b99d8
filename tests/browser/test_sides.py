"""Two sides of one card, from the pile of photos to the review page."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from lib.demo.drawing import Person, draw_card
from tests.browser.conftest import (
    STEP_LIMIT_MS,
    App,
    open_page,
    running_app,
    screenshot,
    settle,
    wait_for_video,
    wait_until,
)
from tests.browser.test_look import SCREENS
from tests.browser.test_review import tick

JANE = Person(full_name="Jane Miller", email="jane.miller@northwind.example", company="Northwind Traders",
              title="Head of Purchasing", phone="+44 20 7946 0123")  # fmt: skip
# Her other side has another title, and what the front lacks.
JANES_BACK = Person(full_name="Jane Miller", email="jane.miller@northwind.example", title="Buyer",
                    linkedin_url="linkedin.com/in/jane-miller")  # fmt: skip
TOM = Person(full_name="Tom Becker", email="tom.becker@foxglove.example", company="Foxglove Studio",
             title="Founder", phone="+46 8 508 290 00", website="foxglove.example")  # fmt: skip


def blank() -> bytes:
    """A back with nothing on it."""
    photo = io.BytesIO()
    Image.new("RGB", (1204, 780), "#f7f3ea").save(photo, "JPEG")
    return photo.getvalue()


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(WORKERS="1") as running:
        yield running


@pytest.fixture
def event_id(app: App) -> int:
    """An event without cards; the latest, so that the page shows it."""
    add = "insert into events (name, date) select 'Lisbon Maker Fair', current_date + count(*)::int from events returning id"
    return int(app.query(add)[0][0])


@pytest.mark.slow
def test_a_pile_of_fronts_and_backs_becomes_a_contact_a_card(
    browser: Browser, page: Page, app: App, event_id: int
) -> None:
    open_page(page, "Capture")
    page.get_by_text("Front and back", exact=True).click()
    expect(page.get_by_text("front, back, front, back")).to_be_visible()
    pile = [draw_card(JANE, seed=1), draw_card(JANES_BACK, seed=2), draw_card(TOM, seed=3), blank()]
    photos = [
        {"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": photo} for n, photo in enumerate(pile, start=1)
    ]
    page.locator(".st-key-cards input[type=file]").set_input_files(photos)
    expect(page.get_by_test_id("stMetric").filter(has_text="Read").last).to_contain_text("2", timeout=120_000)
    assert app.query(
        "select contacts.full_name, photo_name, back_photo_name, linkedin_url from contacts "
        f"join ocr_jobs on contact_id = contacts.id where contacts.event_id = {event_id} order by contacts.id"
    ) == [
        ("Jane Miller", "IMG_1.jpg", "IMG_2.jpg", "https://www.linkedin.com/in/jane-miller"),
        ("Tom Becker", "IMG_3.jpg", "IMG_4.jpg", None),
    ]
    assert app.query("select status from contacts where full_name = 'Tom Becker'") == [("completed",)]
    look(browser, app, "Capture", "capture")
    look(browser, app, "Review", "review")
    take_the_other_title(page, app)
    take_apart_and_put_together(page, app)


def look(browser: Browser, app: App, address: str, name: str) -> None:
    for screen, how in SCREENS.items():
        context = browser.new_context(base_url=app.url, **how)
        context.set_default_timeout(STEP_LIMIT_MS)
        page = context.new_page()
        open_page(page, address)
        if name == "capture":
            page.get_by_text("Front and back", exact=True).click()
        else:
            page.get_by_text("Back side", exact=True).click()
        settle(page)
        screenshot(page, f"sides-{name}-{screen}")
        width = how["viewport"]["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page is wider than the screen"
        if screen == "phone" and name == "review":
            page.locator(".st-key-card").scroll_into_view_if_needed()
            page.get_by_role("button", name="Take this").first.scroll_into_view_if_needed()
            screenshot(page, f"sides-{name}-{screen}-card")
        context.close()


def take_the_other_title(page: Page, app: App) -> None:
    open_page(page, "Review?view=Waiting")
    card = page.locator(".st-key-card")
    expect(card.get_by_text("Title · the front side")).to_be_visible()
    ((before,),) = app.query("select title from contacts where full_name = 'Jane Miller'")
    card.get_by_role("button", name="Take this").click()
    expect(card.get_by_text("Title · the back side")).to_be_visible()
    ((after,),) = app.query("select title from contacts where full_name = 'Jane Miller'")
    assert {before, after} == {"Head of Purchasing", "Buyer"}


def take_apart_and_put_together(page: Page, app: App) -> None:
    page.get_by_role("button", name="Two cards after all").click()
    expect(page.get_by_text("Two contacts again")).to_be_visible()
    wait_until(lambda: app.query("select count(*) from contacts where status = 'processing'"), [(0,)], limit_s=120)
    open_page(page, "Review?view=All")
    page.get_by_placeholder("Name, company or e-mail").fill("miller")
    grid = page.get_by_test_id("stDataFrame")
    expect(grid.get_by_test_id("glide-cell-2-1")).to_be_attached()
    expect(grid.get_by_test_id("glide-cell-2-2")).to_have_count(0)
    settle(page)
    expect(grid).to_have_count(1)
    tick(page, grid, 0, 1)
    screenshot(page, "sides-join")
    page.get_by_role("button", name="Two sides of one card").click()
    expect(page.get_by_text("One contact with both sides of its card.")).to_be_visible()
    assert app.query("select count(*), count(back_image_url) from contacts where full_name = 'Jane Miller'") == [
        (1, 1)
    ]


def test_the_cameras_next_shot_is_the_back(browser: Browser, app: App, event_id: int) -> None:
    context = browser.new_context(base_url=app.url, permissions=["camera"])
    context.set_default_timeout(STEP_LIMIT_MS)
    page = context.new_page()
    open_page(page, "Capture")
    page.get_by_text("Front and back", exact=True).click()
    page.get_by_text("Camera", exact=True).click()
    front, back = "Hold the card into the picture", "Now the back of this card"
    for title, next_title, width in ((front, back, 1280), (back, front, 1000)):
        # The made-up camera shows the same film each time it is opened: of one size, two shots can be the same photo.
        page.set_viewport_size({"width": width, "height": 720})
        expect(page.get_by_text(title)).to_be_visible()
        settle(page)
        wait_for_video(page)
        page.get_by_role("button", name="Take Photo").click()
        expect(page.get_by_text(next_title)).to_be_visible()
    made = f"select back_image_url is not null from contacts where event_id = {event_id}"
    assert app.query(made) == [(True,)]
    context.close()
