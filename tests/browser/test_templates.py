"""Templates and opt-outs in a real browser: what AppTest cannot type or upload."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import App, open_page, settle

ADDRESSES = "\n".join(f"person{number}@example.org" for number in range(2_000))


def test_the_preview_follows_while_the_body_is_typed(page: Page, app: App) -> None:
    open_page(page, "Campaigns?view=Templates")
    page.get_by_role("button", name="Add 3 templates to start from").click()
    settle(page)
    body = page.get_by_role("textbox", name="Body")
    body.press("Control+End")
    body.press_sequentially("\nUntil soon, {{firstName}}", delay=30)
    preview = page.locator(".st-key-preview")
    expect(preview.get_by_text("Until soon, Ada")).to_be_visible()
    expect(body).to_be_focused()
    body.press_sequentially(" and {{frstName}} and more words while the page is busy", delay=20)
    expect(page.get_by_text("did you mean {{firstName}}?")).to_be_visible()
    # Not a letter typed meanwhile is lost.
    expect(body).to_have_value(re.compile(r"\{\{frstName\}\} and more words while the page is busy$"))


def test_an_uploaded_file_of_opt_outs_is_added(page: Page, app: App) -> None:
    open_page(page, "Campaigns?view=Opt-outs")
    page.get_by_role("tab", name="Add from a file").click()
    file = {"name": "unsubscribed.csv", "mimeType": "text/csv", "buffer": ADDRESSES.encode()}
    page.locator("input[type=file]").set_input_files([file])
    settle(page)
    page.get_by_role("button", name="Add all").click()
    expect(page.get_by_text("2,000 added · 0 there already · 0 lines refused")).to_be_visible()
    assert app.query("select count(*) from suppressions") == [(2_000,)]
