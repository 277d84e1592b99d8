"""The camera: a made-up one that the browser brings."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import STEP_LIMIT_MS, App, open_page, settle, wait_for_video


def test_a_shot_becomes_a_contact_without_a_further_button(browser: Browser, app: App) -> None:
    context = browser.new_context(base_url=app.url, permissions=["camera"])
    context.set_default_timeout(STEP_LIMIT_MS)
    page = context.new_page()
    open_page(page, "Capture")
    page.get_by_role("button", name="Create an event").click()
    page.get_by_label("Name").fill("Camera day")
    page.get_by_role("button", name="Save").click()
    settle(page)  # the dialog closes over the page
    page.get_by_text("Camera", exact=True).click()
    wait_for_video(page)
    page.get_by_role("button", name="Take Photo").click()
    expect(page.get_by_text("1 taken in.")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    settle(page)
    assert app.query("select count(*) from contacts join ocr_jobs on contact_id = contacts.id") == [(1,)]
    context.close()
