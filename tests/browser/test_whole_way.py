"""From three photographed cards to a campaign CSV, as a person walks it."""

import csv
import io

import psutil
from playwright.sync_api import Page, expect

from lib.demo.drawing import Person, draw_card
from tests.browser.conftest import App, open_page, screenshot, settle, wait_until

PEOPLE = [
    Person(full_name="Jane Miller", email="jane.miller@northwind.example", company="Northwind Traders",
           title="Head of Purchasing", phone="+44 20 7946 0123", website="northwind.example"),
    Person(full_name="Carlos Ortega", email="carlos.ortega@cobalt.example", company="Cobalt Freight",
           title="Sales Director", phone="+34 912 345 678", website="cobalt.example"),
    Person(full_name="Ingrid Svensson", email="ingrid.svensson@foxglove.example", company="Foxglove Studio",
           title="Founder", phone="+46 8 508 290 00", website="foxglove.example"),
]  # fmt: skip
CORRECTED = "Foxglove Studio & Sons"
# Where the grid's cells are: 45 and 40 pixels for the first two columns, then the name; rows of 35.
NAME_COLUMN_X = 120
ROW_HEIGHT = 35
COMPANY_AFTER_NAME = 3


def test_three_cards_become_a_campaign_csv(page: Page, app: App) -> None:
    create_event(page)
    photograph(page)
    correct_and_verify(page, app)
    group(page)
    write_template(page)
    campaign = make_campaign(page)
    rows = download(page)
    check_file(rows, app)
    check_records(campaign, app)
    check_process(app)


def create_event(page: Page) -> None:
    open_page(page, "Capture")
    page.get_by_role("button", name="Create an event").click()
    page.get_by_label("Name").fill("Lisbon Maker Fair")
    page.get_by_label("Location").fill("Lisbon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No cards of this event yet")).to_be_visible()


def photograph(page: Page) -> None:
    photos = [
        {"name": f"card {n}.jpg", "mimeType": "image/jpeg", "buffer": draw_card(person, seed=n)}
        for n, person in enumerate(PEOPLE, start=1)
    ]
    page.locator(".st-key-cards input[type=file]").set_input_files(photos)
    expect(page.get_by_test_id("stMetric").filter(has_text="Read").last).to_contain_text("3", timeout=120_000)
    settle(page)
    screenshot(page, "capture")


def correct_and_verify(page: Page, app: App) -> None:
    open_page(page, "Review?view=All")
    page.get_by_placeholder("Name, company or e-mail").fill("svensson")
    grid = page.get_by_test_id("stDataFrame")
    expect(grid.get_by_test_id("glide-cell-2-0")).to_have_text("Ingrid Svensson")
    expect(page.locator(".st-key-card").get_by_text("Foxglove Studio", exact=True).first).to_be_visible()
    cell = grid.get_by_test_id(f"glide-cell-{2 + COMPANY_AFTER_NAME}-0")
    edit_company(page, CORRECTED)
    expect(cell).to_have_text(CORRECTED)
    screenshot(page, "review")
    page.get_by_placeholder("Name, company or e-mail").fill("")
    expect(grid.get_by_test_id("glide-cell-2-2")).to_be_attached()
    for count, _ in enumerate(PEOPLE, start=1):
        settle(page)
        page.keyboard.press("Alt+Enter")
        wait_until(lambda: app.query("select count(*) from contacts where status = 'user_verified'"), [(count,)])
    open_page(page, "Review?view=Verified")
    expect(page.get_by_text("3 contacts")).to_be_visible()


def edit_company(page: Page, text: str) -> None:
    grid = page.get_by_test_id("stDataFrame")
    grid.click(position={"x": NAME_COLUMN_X, "y": ROW_HEIGHT + ROW_HEIGHT // 2})
    for _ in range(COMPANY_AFTER_NAME):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    box = page.locator(".gdg-clip-region").locator("textarea, input").first
    box.fill(text)
    box.press("Enter")
    settle(page)


def group(page: Page) -> None:
    open_page(page, "Groups")
    page.get_by_role("button", name="Create a group").click()
    page.get_by_label("Name").fill("Lisbon leads")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("tab", name="Add people").click()
    page.get_by_role("button", name="Add all 3 found").click()
    expect(page.get_by_text("3 people, 3 with an e-mail address")).to_be_attached()
    screenshot(page, "groups")


def write_template(page: Page) -> None:
    open_page(page, "Campaigns?view=Templates")
    page.get_by_role("button", name="templates to start from").click()
    page.get_by_role("button", name="New template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("After the fair")
    dialog.get_by_text("Good to meet you").click()
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).not_to_be_visible()
    screenshot(page, "templates")


def make_campaign(page: Page) -> str:
    open_page(page, "Campaigns")
    page.get_by_role("button", name="New campaign").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Lisbon follow-up")
    dialog.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Generate 3 drafts").click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Drafts")).to_contain_text("3", timeout=60_000)
    screenshot(page, "campaigns")
    return "Lisbon follow-up"


def download(page: Page) -> list[dict[str, str]]:
    settle(page)
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download 3 rows").click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Exported")).to_contain_text("3")
    return list(csv.DictReader(io.StringIO(started.value.path().read_bytes().decode("utf-8"), newline="")))


def check_file(rows: list[dict[str, str]], app: App) -> None:
    contacts = app.query("select email, full_name, company, title, phone from contacts order by email")
    assert sorted((r["email"], r["fullName"], r["company"], r["title"], r["phone"]) for r in rows) == contacts
    assert {row["company"] for row in rows} == {"Northwind Traders", "Cobalt Freight", CORRECTED}
    drafts = app.query(
        "select contacts.email, subject, body from email_drafts join contacts on contacts.id = contact_id"
    )
    assert sorted((row["email"], row["subject"], row["body"]) for row in rows) == sorted(drafts)
    assert all(row["eventName"] == "Lisbon Maker Fair" for row in rows)


def check_records(campaign: str, app: App) -> None:
    ((status, export_count, is_exported),) = app.query(
        f"select status, export_count, exported_at is not null from email_campaigns where name = '{campaign}'"
    )
    assert (status, export_count, is_exported) == ("exported", 1, True)
    assert app.query("select count(*) from email_drafts where exported_at is null") == [(0,)]
    actions = dict(app.query("select action, count(*) from activity_logs group by action"))
    assert actions == {
        "event_created": 1,
        "contact_uploaded": 3,
        "contact_processed": 3,
        "contact_reviewed": 1,
        "contact_verified": 3,
        "lead_group_created": 1,
        "contacts_added_to_group": 1,
        "email_campaign_created": 1,
        "email_drafts_generated": 1,
        "email_campaign_exported": 1,
    }
    ((corrections,),) = app.query(
        "select metadata -> 'corrections' from activity_logs where action = 'contact_reviewed'"
    )
    assert [(c["field"], c["read"], c["after"]) for c in corrections] == [("company", "Foxglove Studio", CORRECTED)]


def check_process(app: App) -> None:
    """The process that serves the pages has never loaded what reads cards."""
    libraries = " ".join(mapped.path for mapped in psutil.Process(app.process.pid).memory_maps())
    assert "psycopg" in libraries  # the list is a real one
    assert not any(name in libraries for name in ("onnxruntime", "torch", "opencv"))
