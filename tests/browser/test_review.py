"""Correcting in the grid, as hands do it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import App, open_page, running_app, settle

ROW_HEIGHT = 35
# The middle of the first columns: the eye, the box to tick, the name.
EYE_X, TICK_X, NAME_X = 22, 65, 130


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(with_sample=True, WORKERS="0") as running:
        yield running


@pytest.fixture
def grid(page: Page) -> Locator:
    open_page(page, "Review")
    found = page.get_by_test_id("stDataFrame")
    expect(found.get_by_test_id("glide-cell-2-0")).to_be_attached()
    return found


def cell(grid: Locator, column: int, row: int) -> Locator:
    return grid.get_by_test_id(f"glide-cell-{column}-{row}")


def click(grid: Locator, x: int, row: int) -> None:
    grid.click(position={"x": x, "y": ROW_HEIGHT * (row + 1) + ROW_HEIGHT // 2})


def type_into(page: Page, grid: Locator, *, columns_after_name: int, row: int, text: str) -> None:
    click(grid, NAME_X, row)
    for _ in range(columns_after_name):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    box = page.locator(".gdg-clip-region").locator("textarea, input").first
    box.fill(text)
    box.press("Enter")
    settle(page)


def test_what_cannot_be_saved_stays_in_its_cell_with_the_reason(page: Page, app: App, grid: Locator) -> None:
    type_into(page, grid, columns_after_name=1, row=0, text="jane.doe@")
    expect(page.get_by_test_id("stAlert")).to_contain_text("is not an e-mail address")
    expect(cell(grid, 3, 0)).to_have_text("jane.doe@")
    type_into(page, grid, columns_after_name=1, row=0, text="jane.doe@example.com")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert app.query("select count(*) from contacts where email = 'jane.doe@example.com'") == [(1,)]


def test_contacts_ticked_are_verified_together(page: Page, app: App, grid: Locator) -> None:
    ((before,),) = app.query("select count(*) from contacts where status = 'user_verified'")
    for row in (1, 2):
        click(grid, TICK_X, row)
        settle(page)
    page.get_by_role("button", name="Verify 2 chosen").click()
    expect(page.get_by_role("button", name="Verify 2 chosen")).to_have_count(0)
    assert app.query("select count(*) from contacts where status = 'user_verified'") == [(before + 2,)]


def test_the_eye_shows_that_rows_card(page: Page, app: App, grid: Locator) -> None:
    name = cell(grid, 2, 3).text_content()
    click(grid, EYE_X, 3)
    expect(page.locator(".st-key-card").get_by_role("heading", level=3)).to_have_text(name)


def test_verify_and_next_works_from_the_keyboard_while_a_cell_is_chosen(page: Page, app: App, grid: Locator) -> None:
    first, second = cell(grid, 2, 0).text_content(), cell(grid, 2, 1).text_content()
    click(grid, NAME_X, 0)
    page.keyboard.press("Alt+Enter")
    settle(page)
    expect(page.locator(".st-key-card").get_by_role("heading", level=3)).to_have_text(second)
    assert app.query(f"select status from contacts where full_name = '{first}' order by reviewed_at desc nulls last")[
        0
    ] == ("user_verified",)


def test_edits_one_after_the_other_are_all_saved(page: Page, app: App, grid: Locator) -> None:
    for row in range(8):
        type_into(page, grid, columns_after_name=3, row=row, text=f"Tester {row}")
    assert app.query("select count(distinct title) from contacts where title like 'Tester %'") == [(8,)]
