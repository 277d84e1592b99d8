"""Drafts by a model behind a server of the test's own: generated, paused, edited, approved, downloaded."""

import csv
import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import App, open_page, running_app, screenshot, settle, wait_until
from tests.model_server import ModelServer, running_model

CAMPAIGN = "Porto, second letter"
PEOPLE = 16
WRITTEN = "PS: I will bring the samples, as promised."
PEOPLE_SQL = f"""
with fair as (
  insert into events (name, date, location) values ('Porto Fair', date '2026-05-04', 'Porto') returning id
),
people as (
  insert into contacts (event_id, full_name, email, company, status)
  select fair.id, 'Person Number' || n, 'p' || n || '@example.com', 'Example ' || n || ' Works', 'user_verified'
  from fair
  cross join generate_series(1, {PEOPLE}) as n
  returning id
),
leads as (
  insert into lead_groups (name) values ('Porto leads') returning id
),
template as (
  insert into email_templates (name, subject, body, variables)
  values ('After the fair', '{{{{company}}}} and us', E'Hi {{{{firstName|there}}}},\\n\\nwhat does {{{{company}}}} need?', '{{firstName,company}}')
)
insert into lead_group_contacts (lead_group_id, contact_id)
select leads.id, people.id from leads cross join people
returning contact_id
"""
SUBJECTS = """
select contacts.email, email_drafts.subject, email_drafts.body
from email_drafts
join contacts on contacts.id = contact_id
join email_campaigns on email_campaigns.id = campaign_id
where email_campaigns.name = 'Porto, second letter'
order by contacts.id
"""


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    """A model that takes its time."""
    with running_model(latency_s=1.0) as running:
        yield running


@pytest.fixture(scope="module")
def app(model: ModelServer) -> Iterator[App]:
    """An app with one worker, and the model."""
    settings = {"OPENAI_BASE_URL": model.base_url, "OPENAI_API_KEY": "none", "OPENAI_IN_FLIGHT": "2"}
    with running_app(WORKERS="1", **settings) as running:
        yield running


def test_drafts_are_written_looked_at_and_downloaded(page: Page, app: App, model: ModelServer) -> None:
    open_page(page, "Campaigns")  # which makes the tables
    assert len(app.query(PEOPLE_SQL)) == PEOPLE
    make_campaign(page)
    generate_with_a_pause(page, app, model)
    edit_and_approve(page, app)
    approve_rest(page)
    check_file(download(page, f"Download {PEOPLE} rows"), app)
    check_manifest(download(page, "With manifest"))
    check_history(page)
    check_records(app)


def make_campaign(page: Page) -> None:
    open_page(page, "Campaigns")
    page.get_by_role("button", name="New campaign").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(CAMPAIGN)
    dialog.get_by_text("For the model").click()
    dialog.get_by_label("Tone").fill("warm")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog).not_to_be_visible()
    expect(page.get_by_text(f"Generate {PEOPLE} drafts")).to_be_visible()
    expect(page.get_by_text("tokens")).to_be_visible()
    screenshot(page, "outreach-new")


def generate_with_a_pause(page: Page, app: App, model: ModelServer) -> None:
    page.get_by_role("button", name=f"Generate {PEOPLE} drafts").click()
    writing = page.locator(".st-key-writing")
    expect(writing).to_contain_text(re.compile(rf"\b[2-9] of {PEOPLE} drafts written"), timeout=60_000)
    model.hold()  # or all might be written before anybody can pause
    screenshot(page, "outreach-generating")
    page.get_by_role("button", name="Pause").click()
    expect(writing).to_contain_text("Paused")
    expect(page.get_by_role("tab", name="Drafts")).to_be_visible()
    model.go_on()
    # What was under way may end; then it stands still, before all is written.
    wait_until(lambda: written_in_two_seconds(app), 0)
    assert count_drafts(app) < PEOPLE, "a paused campaign goes on"
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Drafts")).to_contain_text(str(PEOPLE), timeout=60_000)
    settle(page)


def count_drafts(app: App) -> int:
    return int(app.query("select count(*) from email_drafts")[0][0])


def written_in_two_seconds(app: App) -> int:
    before = count_drafts(app)
    time.sleep(2)
    return count_drafts(app) - before


def edit_and_approve(page: Page, app: App) -> None:
    body = page.get_by_label("Body")
    first = body.input_value()
    body.click()
    body.press("Control+End")
    body.type(f"\n\n{WRITTEN}")
    # While one is still in the field: nothing of what is typed is lost.
    page.keyboard.press("Alt+Enter")
    expect(page.get_by_test_id("stMetric").filter(has_text="Approved")).to_contain_text("1")
    settle(page)
    expect(body).not_to_have_value(f"{first}\n\n{WRITTEN}")
    assert app.query(SUBJECTS)[0][2] == f"{first}\n\n{WRITTEN}"
    settle(page)
    page.keyboard.press("Alt+PageUp")
    settle(page)
    expect(body).to_have_value(f"{first}\n\n{WRITTEN}")
    page.get_by_text("What you changed").click()
    expect(page.locator(".st-key-editor strong").filter(has_text="PS: I will bring the samples")).to_be_visible()
    screenshot(page, "outreach-edited")


def approve_rest(page: Page) -> None:
    grid = page.get_by_test_id("stDataFrame").first
    for row in (3, 4):
        grid.click(position={"x": 15, "y": 35 + row * 35 + 17})
        expect(page.get_by_role("button", name=f"Approve {row - 2}", exact=True)).to_be_visible()
        settle(page)
    page.get_by_role("button", name="Approve 2").click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Approved")).to_contain_text("3")
    grid.click(position={"x": 120, "y": 35 + 6 * 35 + 17})
    expect(page.get_by_test_id("stDataFrame").first.get_by_test_id("glide-cell-1-6")).to_have_text("▶")
    page.get_by_role("button", name=f"Approve all {PEOPLE}").click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Approved")).to_contain_text(str(PEOPLE))


def download(page: Page, name: str) -> Download:
    page.get_by_role("tab", name="Export").click()
    settle(page)
    with page.expect_download() as started:
        page.get_by_role("button", name=name).click()
    expect(page.get_by_test_id("stMetric").filter(has_text="Exported")).to_contain_text(str(PEOPLE))
    return started.value


def check_file(file: Download, app: App) -> None:
    assert file.suggested_filename == "Porto second letter.csv"
    rows = list(csv.DictReader(io.StringIO(file.path().read_bytes().decode("utf-8"), newline="")))
    found = sorted((row["email"], row["subject"], row["body"].replace("\r\n", "\n")) for row in rows)
    assert found == sorted(app.query(SUBJECTS))
    assert sum(WRITTEN in row["body"] for row in rows) == 1


def check_manifest(file: Download) -> None:
    with zipfile.ZipFile(file.path()) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".csv")]
        manifest = json.loads(archive.read("manifest.json"))
        data = archive.read(name)
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()


def check_history(page: Page) -> None:
    expect(page.get_by_text("Files that left")).to_be_visible()
    expect(page.get_by_role("button", name="As it was")).to_have_count(2)
    screenshot(page, "outreach-export")
    with page.expect_download() as started:
        page.get_by_role("button", name="As it was").last.click()
    assert WRITTEN in started.value.path().read_text(encoding="utf-8")


def check_records(app: App) -> None:
    ((status, exports, instructions),) = app.query(
        f"select status, export_count, instructions from email_campaigns where name = '{CAMPAIGN}'"
    )
    assert (status, exports, instructions) == ("exported", 2, {"tone": "warm"})
    by_model = "select count(*) from email_drafts where personalization_data ->> 'model' is not null"
    assert app.query(by_model) == [(PEOPLE,)]
