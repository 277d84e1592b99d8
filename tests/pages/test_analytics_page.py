"""Analytics: the document's figures, the honest ones, and the SQL beside each."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.analytics.queries import read_query
from lib.database import transaction

Show = Callable[[str], AppTest]
PAGE = "pages/5_Analytics.py"
ADD_CONTACT = """insert into contacts (full_name, status, created_at, processed_at, ocr_confidence)
values ('Ada Example', :status, :created_at, :processed_at, 0.9)"""
ADD_JOB = """insert into ocr_jobs (status, created_at, started_at, completed_at)
values ('completed', :created_at, :created_at, :processed_at)"""


@pytest.fixture
def contacts(opened: URL) -> None:
    """Ten cards of today, read in 1 to 10 seconds, and one of twenty days ago that took a minute."""
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    times = [(now, seconds) for seconds in range(1, 11)] + [(now - dt.timedelta(days=20), 60)]
    rows = [
        {"status": "pending_review" if seconds == 1 else "completed", "created_at": born,
         "processed_at": born + dt.timedelta(seconds=seconds)}
        for born, seconds in times
    ]  # fmt: skip
    with transaction() as db:
        db.execute(text(ADD_CONTACT), rows)
        db.execute(text(ADD_JOB), rows[:1])


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_without_contacts_the_page_says_what_it_will_show(show: Show) -> None:
    at = show(PAGE)
    assert not at.exception
    assert not at.metric
    assert "Nothing to measure yet" in at.subheader[0].value


def test_the_documents_figures_are_of_all_contacts(show: Show, contacts: None) -> None:
    at = show(PAGE)
    assert not at.exception
    found = metrics(at)
    assert found["Needing review"] == "1"
    assert found["Average processing time"] == "10 s"
    assert found["Upload to e-mail"] == "–"
    assert "11 contacts in all." in [caption.value for caption in at.caption]


def test_the_honest_figure_says_why_it_differs(show: Show, contacts: None) -> None:
    at = show(PAGE)
    assert "Photo to own first draft" in metrics(at)
    assert any("averages joined rows, not people" in caption.value for caption in at.caption)


def test_a_median_stands_with_how_many_it_is_of(show: Show, contacts: None) -> None:
    at = show(PAGE)
    assert metrics(at)["From photo to contact"] == "5.5 s"
    assert any("n\u00a0=\u00a010 · 0 unfinished" in caption.value for caption in at.caption)


def test_the_period_decides_what_is_measured(show: Show, contacts: None) -> None:
    at = show(PAGE)
    at.segmented_control(key="period").select(42).run()
    assert not at.exception
    assert metrics(at)["From photo to contact"] == "6.0 s"


@pytest.mark.parametrize(
    "query",
    ["contacts_by_status", "upload_to_email_time", "processing_times", "captured_per_day", "queue_and_reading"],
)
def test_the_sql_stands_beside_its_figure_as_it_ran(show: Show, contacts: None, query: str) -> None:
    at = show(PAGE)
    assert read_query(query).strip() in [code.value for code in at.code]


def test_every_figure_can_be_downloaded(show: Show, contacts: None) -> None:
    at = show(PAGE)
    assert len(at.get("download_button")) == len(at.code) == len(at.metric) + len(at.get("plotly_chart"))
