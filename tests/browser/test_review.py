"""Correcting in the grid and beside the card, as hands do it."""

import io
import re
import time
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from lib.ui.review.drawing import FRAME
from tests import review_data
from tests.browser.conftest import STEP_LIMIT_MS, App, open_page, running_app, screenshot, settle, wait_until
from tests.browser.test_look import SCREENS

ROW_HEIGHT = 35
# The middle of the first columns: the eye, the box to tick, the name.
EYE_X, TICK_X, NAME_X = 22, 65, 130
# Steps to the right from the name; the columns as they are counted by the grid.
EMAIL, COMPANY, TITLE = 2, 3, 4
EMAIL_COLUMN, COMPANY_COLUMN = 4, 5
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
PEOPLE = ("Ada Able", "Ben Baker", "Cleo Clark", "Dan Dixon", "Eve Ellis")


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(with_sample=True, WORKERS="0") as running:
        yield running


@pytest.fixture
def grid(page: Page) -> Locator:
    open_page(page, "Review")
    return the_grid(page)


def the_grid(page: Page) -> Locator:
    found = page.get_by_test_id("stDataFrame")
    expect(found).to_have_count(1)
    expect(found.get_by_test_id("glide-cell-2-0")).to_be_attached()
    return found


def add_people(app: App, company: str, names: tuple[str, ...] = PEOPLE) -> list[int]:
    """Return the ids of new contacts that wait, in the order in which the page shows them."""
    return [add_person(app, company, name, 0.2 + number / 100) for number, name in enumerate(names)]


def add_person(app: App, company: str, name: str, sure: float = 0.3, **more: object) -> int:
    email = f"{name.lower().replace(' ', '.')}@{company.lower()}.example"
    values = {"full_name": name, "email": email, "company": company, "title": "Buyer"}
    photo, boxes = review_data.drawn(list(values.values()))
    raw = review_data.reading(values, boxes, {"email": sure}, **more)
    return int(app.query(review_data.insert(values, raw, review_data.store(app.home, photo)))[0][0])


def search(page: Page, text: str, count: int, *, view: str = "Waiting") -> Locator:
    """Show only what a search finds, `count` contacts of the company searched for."""
    open_page(page, f"Review?view={view}")
    page.get_by_placeholder("Name, company or e-mail").fill(text)
    expect(page.get_by_text(f"{count} contact{'s' if count > 1 else ''}", exact=True)).to_be_visible()
    settle(page)
    grid = the_grid(page)
    expect(cell(grid, COMPANY_COLUMN, 0)).to_have_text(re.compile(text, re.IGNORECASE))
    return grid


def cell(grid: Locator, column: int, row: int) -> Locator:
    return grid.get_by_test_id(f"glide-cell-{column}-{row}")


def click(grid: Locator, x: int, row: int) -> None:
    grid.click(position={"x": x, "y": ROW_HEIGHT * (row + 1) + ROW_HEIGHT // 2})


def tick(page: Page, grid: Locator, *rows: int) -> None:
    """Tick the rows, each once the page has taken note of the one before."""
    for count, row in enumerate(rows, start=1):
        click(grid, TICK_X, row)
        expect(page.locator(".st-key-chosen").get_by_text(f"{count} chosen")).to_be_visible()
        settle(page)


def type_into(page: Page, grid: Locator, *, columns_after_name: int, row: int, text: str) -> None:
    click(grid, NAME_X, row)
    for _ in range(columns_after_name):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    box = page.locator(".gdg-clip-region").locator("textarea, input").first
    box.fill(text)
    box.press("Enter")
    settle(page)


def expect_card_of(page: Page, name: str) -> None:
    expect(page.locator(".st-key-card").get_by_role("heading", level=3)).to_have_text(name)


def status_of(app: App, contact_id: int) -> str | None:
    found = app.query(f"select status from contacts where id = {contact_id}")
    return found[0][0] if found else None


def test_what_cannot_be_saved_stays_in_its_cell_with_the_reason(page: Page, app: App, grid: Locator) -> None:
    type_into(page, grid, columns_after_name=EMAIL, row=0, text="jane.doe@")
    expect(page.get_by_test_id("stAlert")).to_contain_text("is not an e-mail address")
    expect(cell(grid, EMAIL_COLUMN, 0)).to_have_text("jane.doe@")
    type_into(page, grid, columns_after_name=EMAIL, row=0, text="jane.doe@example.com")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert app.query("select count(*) from contacts where email = 'jane.doe@example.com'") == [(1,)]


def test_contacts_ticked_are_verified_together(page: Page, app: App, grid: Locator) -> None:
    ((before,),) = app.query("select count(*) from contacts where status = 'user_verified'")
    tick(page, grid, 1, 2)
    bar = page.locator(".st-key-chosen")
    bar.get_by_role("button", name="Verify").click()
    expect(bar).to_have_count(0)
    assert app.query("select count(*) from contacts where status = 'user_verified'") == [(before + 2,)]


def test_the_eye_shows_that_rows_card(page: Page, app: App, grid: Locator) -> None:
    name = cell(grid, 2, 3).text_content()
    click(grid, EYE_X, 3)
    expect_card_of(page, str(name))


def test_a_stack_is_gone_through_without_the_mouse(page: Page, app: App) -> None:
    ada, ben, *_ = add_people(app, "Keyworks")
    grid = search(page, "keyworks", 5)
    click(grid, NAME_X, 0)
    page.keyboard.press("Alt+Enter")
    expect_card_of(page, "Ben Baker")
    assert status_of(app, ada) == "user_verified"
    page.keyboard.press("Alt+PageDown")
    expect_card_of(page, "Cleo Clark")
    page.keyboard.press("Alt+PageUp")
    expect_card_of(page, "Ben Baker")
    page.keyboard.press("Alt+Delete")
    expect_card_of(page, "Cleo Clark")
    assert status_of(app, ben) is None
    page.keyboard.press("Alt+Backspace")
    expect_card_of(page, "Ben Baker")
    assert status_of(app, ben) == "pending_review"
    page.keyboard.press("Alt+Backspace")
    expect_card_of(page, "Ada Able")
    assert status_of(app, ada) == "pending_review"


def test_the_first_suggestion_is_one_keystroke_away(page: Page, app: App) -> None:
    conflict = {"field": "email", "kept": "x", "other": "gil@suggest.example", "source": "the second reading"}
    gil = add_person(app, "Suggestco", "Gil Grant", conflicts=[conflict])
    grid = search(page, "suggestco", 1)
    expect(page.get_by_text("gil@suggest.example").first).to_be_visible()
    click(grid, NAME_X, 0)
    page.keyboard.press("Alt+Shift+Enter")
    expect(cell(grid, EMAIL_COLUMN, 0)).to_have_text("gil@suggest.example")
    assert app.query(f"select email, status from contacts where id = {gil}") == [
        ("gil@suggest.example", "pending_review")
    ]


def test_a_line_of_the_card_is_put_into_a_field_with_a_click(page: Page, app: App) -> None:
    hal = add_person(app, "Linesco", "Hal Hunt")
    search(page, "linesco", 1)
    card = page.locator(".st-key-card")
    card.get_by_role("radio", name="Title").click()
    settle(page)
    card.get_by_test_id("stButtonGroup").last.get_by_text("Linesco", exact=True).click()
    settle(page)
    expect(card.get_by_label("Title", exact=True)).to_have_value("Linesco")
    assert app.query(f"select title from contacts where id = {hal}") == [("Linesco",)]


def test_two_tabs_lose_neither_value(browser: Browser, page: Page, app: App) -> None:
    ira = add_person(app, "Tabsco", "Ira Ives")
    mine = search(page, "tabsco", 1)
    other = page.context.new_page()
    theirs = search(other, "tabsco", 1)
    type_into(other, theirs, columns_after_name=TITLE, row=0, text="Theirs")
    wait_until(lambda: app.query(f"select title from contacts where id = {ira}"), [("Theirs",)])
    # A canvas behind another tab is not drawn.
    page.bring_to_front()
    type_into(page, mine, columns_after_name=TITLE, row=0, text="Mine")
    conflict = page.locator(f".st-key-conflict_{ira}_title")
    expect(conflict).to_contain_text("Theirs")
    expect(conflict).to_contain_text("Mine")
    screenshot(page, "review-conflict")
    assert app.query(f"select title from contacts where id = {ira}") == [("Theirs",)]
    conflict.get_by_role("button", name="Use mine").click()
    expect(conflict).to_have_count(0)
    assert app.query(f"select title from contacts where id = {ira}") == [("Mine",)]
    other.bring_to_front()
    type_into(other, theirs, columns_after_name=TITLE, row=0, text="Once more")
    other.get_by_role("button", name="Keep theirs").click()
    expect(other.locator(f".st-key-conflict_{ira}_title")).to_have_count(0)
    assert app.query(f"select title from contacts where id = {ira}") == [("Mine",)]


def served(page: Page, old: str = "") -> tuple[str, Image.Image]:
    """Return the address and the photo that the page shows, as soon as it is another than the old one."""
    image = page.locator(".st-key-card").get_by_role("img").first
    expect(image).not_to_have_attribute("src", old)
    source = str(image.get_attribute("src"))
    return source, Image.open(io.BytesIO(page.request.get(source).body())).convert("RGB")


def frame_rows(image: Image.Image, x: int = 150) -> list[int]:
    """Return the rows in which the column `x` has the frame's colour."""
    return [
        y
        for y in range(image.height)
        if all(abs(a - b) < 40 for a, b in zip(image.getpixel((x, y)), FRAME, strict=True))
    ]


def test_the_field_one_is_on_is_framed_on_the_photo(page: Page, app: App) -> None:
    add_person(app, "Frameco", "Kit King")
    search(page, "frameco", 1)
    expect_card_of(page, "Kit King")
    settle(page)
    card = page.locator(".st-key-card")
    expect(card.get_by_role("img").nth(1)).to_be_visible()
    source, photo = served(page)
    email = frame_rows(photo)
    # The second line of four, 90 pixels apart: above and below its letters.
    assert email
    assert 150 < email[0] < 185 < 205 < email[-1] < 245
    card.get_by_role("radio", name="Title").click()
    source, photo = served(page, source)
    assert frame_rows(photo)[0] - email[0] == pytest.approx(180, abs=15)
    card.get_by_role("button", name="Rotate").click()
    _, photo = served(page, source)
    assert photo.size == review_data.SIZE[::-1]


def test_two_that_are_one_person_are_merged_and_parted_again(page: Page, app: App) -> None:
    first = add_person(app, "Twinco", "Lea Lowe", 0.2)
    second = add_person(app, "Twinco", "Lea Lowe", 0.3)
    app.query(f"update contacts set title = 'Head Buyer', phone = '+442079460100' where id = {second} returning id")
    grid = search(page, "twinco", 2)
    page.locator(".st-key-card").get_by_role("button", name="Compare").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Head Buyer")).to_be_visible()
    settle(page)
    screenshot(page, "review-compare")
    dialog.get_by_text("Head Buyer").click()
    settle(page)
    dialog.get_by_role("button", name="Merge").click()
    expect(dialog).to_have_count(0)
    assert app.query("select id, title, phone from contacts where company = 'Twinco'") == [
        (first, "Head Buyer", "+442079460100")
    ]
    settle(page)
    click(grid, NAME_X, 0)
    page.keyboard.press("Alt+Backspace")
    expect(page.get_by_text("2 contacts")).to_be_visible()
    assert app.query("select id, title from contacts where company = 'Twinco' order by id") == [
        (first, "Buyer"),
        (second, "Head Buyer"),
    ]


def test_two_people_are_not_asked_about_again(page: Page, app: App) -> None:
    for sure in (0.2, 0.3):
        add_person(app, "Namesco", "Mia Moss", sure)
    search(page, "namesco", 2)
    page.locator(".st-key-card").get_by_role("button", name="Compare").first.click()
    page.get_by_role("button", name="Not a duplicate").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)
    expect(page.get_by_role("button", name="Compare")).to_have_count(0)


def test_a_phone_shows_one_card_at_a_time_as_a_form(browser: Browser, app: App) -> None:
    nia, _ = add_people(app, "Phoneco", ("Nia Nash", "Ola Orr"))
    how = {**SCREENS["phone"], "user_agent": PHONE, "is_mobile": True, "has_touch": True}
    context = browser.new_context(base_url=app.url, **how)
    context.set_default_timeout(STEP_LIMIT_MS)
    page = context.new_page()
    open_page(page, "Review")
    page.get_by_placeholder("Name, company or e-mail").fill("phoneco")
    expect_card_of(page, "Nia Nash")
    settle(page)
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    form = page.locator(".st-key-form")
    form.get_by_label("E-mail 20%").fill("nia@phoneco.example")
    # Not left: the click on the button must not lose it.
    form.get_by_role("button", name="Verify and next").click()
    expect_card_of(page, "Ola Orr")
    assert app.query(f"select email, status from contacts where id = {nia}") == [
        ("nia@phoneco.example", "user_verified")
    ]
    page.locator(".st-key-form").scroll_into_view_if_needed()
    screenshot(page, "review-phone-form")
    context.close()


def test_a_key_is_no_quicker_than_what_was_typed_before_it(page: Page, app: App) -> None:
    pia = add_person(app, "Quickco", "Pia Pope")
    open_page(page, "Review?layout=Cards")
    page.get_by_placeholder("Name, company or e-mail").fill("quickco")
    expect_card_of(page, "Pia Pope")
    settle(page)
    page.get_by_label("Title", exact=True).fill("Chief Buyer")
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_text("No contact matches")).to_be_visible()
    assert app.query(f"select title, status from contacts where id = {pia}") == [("Chief Buyer", "user_verified")]


def test_nothing_typed_is_ever_lost(page: Page, app: App) -> None:
    """Type into 30 cells as fast as quick hands, while each of them is being saved.

    Faster than the grid opens its cells, it drops letters in the browser, before anybody is told of them: as a person
    does, the hands wait until they see the cell open, and see it close.
    """
    names = tuple(f"Quill {number:02}" for number in range(30))
    ids = add_people(app, "Quillco", names)
    grid = search(page, "quillco", 30)
    click(grid, NAME_X, 0)
    for _ in range(TITLE):
        page.keyboard.press("ArrowRight")
    cell = page.locator(".gdg-clip-region").locator("textarea, input")
    for number in range(30):
        page.keyboard.press("T")
        expect(cell).to_have_value("T")
        page.keyboard.type(f"itle {number}", delay=30)
        expect(cell).to_have_value(f"Title {number}")
        page.keyboard.press("Enter")
        expect(cell).to_have_count(0)
    wanted = [(f"Title {number}",) for number in range(30)]
    deadline = time.monotonic() + 20
    stored = []
    while time.monotonic() < deadline and stored != wanted:
        page.wait_for_timeout(300)
        stored = app.query(f"select title from contacts where id between {ids[0]} and {ids[-1]} order by id")
    assert stored == wanted
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
