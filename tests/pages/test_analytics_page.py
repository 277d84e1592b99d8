"""Analytics: the document's figures, the honest ones, and the SQL beside each."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from sqlalchemy import URL, event, text
from streamlit.testing.v1 import AppTest

from lib.analytics.queries import read_query
from lib.database import transaction
from lib.settings import ROOT

Open = Callable[..., AppTest]
PAGE = "pages/5_Analytics.py"
VIEWS = ["Overview", "Speed", "Reader", "Events", "Activity"]
ADD_EVENT = "insert into events (name, date) values (:name, '2026-03-01') returning id"
ADD_CONTACT = """insert into contacts
  (event_id, full_name, status, created_at, processed_at, ocr_confidence, ocr_raw_data)
values
  (:event_id, 'Ada Example', :status, :created_at, :processed_at, 0.9,
   '{"status": "completed", "engine": "rapidocr", "fields": {"email": {"value": "a@example.com", "confidence": 0.9}}}')
returning id"""
ADD_JOB = """insert into ocr_jobs (contact_id, status, created_at, started_at, completed_at)
values (:id, 'completed', :created_at, :created_at, :processed_at)"""


@pytest.fixture(autouse=True)
def no_old_answers() -> Iterator[None]:
    """Answers are kept for a minute, and here another database stands behind each test."""
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def look(opened: URL) -> Open:
    """Return a function that opens the page as an address does: `look("Speed", period="42 days")`."""

    def open_page(view: str = "Overview", **address: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).switch_page(PAGE)
        app.query_params["view"] = view
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    return open_page


def add_event(name: str = "Spring Fair") -> int:
    with transaction() as db:
        return int(db.execute(text(ADD_EVENT), {"name": name}).scalar_one())


def add_contact(
    seconds: float = 5, *, days_ago: int = 0, status: str = "completed", event_id: int | None = None
) -> int:
    born = dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=days_ago)
    values = {
        "event_id": event_id,
        "status": status,
        "created_at": born,
        "processed_at": born + dt.timedelta(seconds=seconds),
    }
    with transaction() as db:
        id = int(db.execute(text(ADD_CONTACT), values).scalar_one())
        db.execute(text(ADD_JOB), {**values, "id": id})
    return id


@pytest.fixture
def contacts(opened: URL) -> None:
    """Ten cards of today, read in 1 to 10 seconds, and one of twenty days ago that took a minute."""
    for seconds in range(1, 11):
        add_contact(seconds, status="pending_review" if seconds == 1 else "completed")
    add_contact(60, days_ago=20)


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def captions(at: AppTest) -> str:
    return " ".join(caption.value for caption in at.caption).replace("\u00a0", " ")


def alts(at: AppTest) -> list[str]:
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def open_sources(at: AppTest) -> AppTest:
    """Open every popover with SQL that is on the page."""
    for block in at.get("popover"):
        at.session_state[block.proto.popover.id.split("-", 2)[2]] = True
    return at.run()


@pytest.mark.parametrize("view", VIEWS[:-1])
def test_without_contacts_the_page_says_what_it_will_show(look: Open, view: str) -> None:
    at = look(view)
    assert not at.exception
    assert not at.error
    assert not at.metric
    assert "Nothing to measure yet" in at.subheader[0].value


def test_without_activity_the_list_says_so(look: Open) -> None:
    at = look("Activity")
    assert not at.exception
    assert "Nothing was done" in at.info[0].value


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("status", ["completed", "failed", "processing", "pending_review"])
def test_one_contact_looks_right_in_every_view(look: Open, view: str, status: str) -> None:
    add_contact(status=status, event_id=add_event())
    at = look(view)
    assert not at.exception
    assert not at.error
    assert "nan" not in (captions(at) + " ".join(alts(at))).lower()


@pytest.mark.parametrize("view", VIEWS)
def test_times_before_their_beginning_break_no_view(look: Open, view: str) -> None:
    add_contact(-3600)
    at = look(view)
    assert not at.exception
    assert not at.error


def test_the_documents_figures_are_of_all_contacts(look: Open, contacts: None) -> None:
    at = look(period="7 days")
    found = metrics(at)
    assert found["Needing review"] == "1"
    assert found["Average processing time"] == "10 s"
    assert found["Upload to e-mail"] == "–"
    assert "11 contacts in all." in captions(at)


def test_the_honest_figure_says_why_it_differs(look: Open, contacts: None) -> None:
    at = look()
    assert "Photo to own first draft" in metrics(at)
    assert "averages joined rows, not people" in captions(at)


def test_the_funnel_is_of_the_period(look: Open, contacts: None) -> None:
    recent, ever = look(period="14 days"), look(period="All time")
    assert "captured 10, read 10 · 100 %, accepted or reviewed 9 · 90 %" in " ".join(alts(recent))
    assert "captured 11" in " ".join(alts(ever))


READ = {"pending_review", "completed", "user_verified"}


@pytest.mark.parametrize(
    ("step", "statuses"),
    [("captured", {"failed", *READ}), ("read", READ), ("known", {"completed", "user_verified"})],
)
def test_a_step_of_the_funnel_leads_to_where_all_of_its_people_are(step: str, statuses: set[str]) -> None:
    from lib.ui.analytics.overview import STEP_PAGES
    from lib.ui.review.filters import VIEWS as REVIEW_VIEWS

    page, view = STEP_PAGES[step]
    assert page == "pages/2_Review.py"
    assert statuses <= set(REVIEW_VIEWS[view or ""])


def test_the_funnel_promises_what_a_click_does(look: Open, contacts: None) -> None:
    assert "A step leads to where those people are" in captions(look())


def test_a_median_stands_with_how_many_it_is_of(look: Open, contacts: None) -> None:
    at = look("Speed", stretch="Reading")
    assert metrics(at)["Median"] == "5.5 s"
    assert "n = 10 · 0 unfinished" in captions(at)


def test_the_period_decides_what_is_measured(look: Open, contacts: None) -> None:
    at = look("Speed", stretch="Reading", period="42 days")
    assert metrics(at)["Median"] == "6.0 s"
    assert "n = 11" in captions(at)


def test_chosen_days_come_from_the_address(look: Open, contacts: None) -> None:
    today = dt.datetime.now(dt.UTC).date()
    days = [str(today - dt.timedelta(days=22)), str(today - dt.timedelta(days=18))]
    at = look("Speed", stretch="Reading", period="Custom", days=days)
    assert metrics(at)["Median"] == "60 s"


def test_chosen_days_may_come_in_any_order(look: Open, contacts: None) -> None:
    today = dt.datetime.now(dt.UTC).date()
    days = [str(today - dt.timedelta(days=18)), str(today - dt.timedelta(days=22))]
    at = look("Speed", stretch="Reading", period="Custom", days=days)
    assert metrics(at)["Median"] == "60 s"


def test_the_event_comes_from_the_address(look: Open, contacts: None) -> None:
    event_id = add_event()
    add_contact(3, event_id=event_id)
    at = look("Speed", stretch="Reading", event=str(event_id))
    assert metrics(at)["Median"] == "3.0 s"
    assert "n = 1 " in captions(at)


@pytest.mark.parametrize("event", ["999", "-1", "x", "9" * 40])
def test_an_event_that_is_not_there_is_all_events(look: Open, contacts: None, event: str) -> None:
    at = look("Speed", stretch="Reading", event=event)
    assert not at.exception
    assert "n = 10" in captions(at)


def test_an_event_that_was_deleted_meanwhile_is_all_events(look: Open, contacts: None) -> None:
    event_id = add_event()
    at = look("Speed", stretch="Reading", event=str(event_id))
    with transaction() as db:
        db.execute(text("delete from events"))
    st.cache_data.clear()
    assert "n = 10" in captions(at.run())


def test_a_chosen_event_goes_into_the_address(look: Open, contacts: None) -> None:
    event_id = add_event()
    at = look()
    at.selectbox(key="analytics_event").select(event_id).run()
    assert at.query_params["event"] in (str(event_id), [str(event_id)])


def test_a_choice_that_is_not_there_is_the_usual_one(look: Open, contacts: None) -> None:
    at = look("Nowhere", period="forever", stretch="x")
    assert not at.exception
    assert "Needing review" in metrics(at)


def test_what_nobody_looked_at_is_unknown_and_not_right(look: Open, contacts: None) -> None:
    at = look("Reader")
    assert metrics(at)["Wrong and accepted"] == "–"
    assert "Of 10 nobody knows." in captions(at)


def test_files_with_people_of_other_events_are_said_to_be_counted_whole(look: Open, contacts: None) -> None:
    event_id = add_event()
    add_contact(event_id=event_id)
    assert "with all their e-mails" in captions(look("Events", event=str(event_id)))
    assert "with all their e-mails" not in captions(look("Events"))


def test_the_zone_is_said_once(look: Open, contacts: None) -> None:
    assert captions(look()).count("UTC") == 1


def test_a_zone_that_the_database_does_not_know_is_said_once(
    look: Open, contacts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.ui.analytics import filters

    monkeypatch.setattr(filters, "server_zones", lambda _: frozenset({"UTC"}), raising=False)
    st.cache_resource.clear()
    monkeypatch.setattr(type(st.context), "timezone", "Europe/Kyiv")
    try:
        said = captions(look()).replace("\\", "")
    finally:
        st.cache_resource.clear()
    assert said.count("Days and times in UTC. The database does not know Europe/Kyiv.") == 1


@pytest.mark.parametrize("view", VIEWS[:-1])
def test_only_the_shown_views_queries_run(
    look: Open, contacts: None, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.ui.analytics import asking

    asked = []
    monkeypatch.setattr(
        asking, "ask", lambda db, name, _ask=asking.ask, **more: asked.append(name) or _ask(db, name, **more)
    )
    at = open_sources(look(view))
    shown = {code.value for code in at.code}
    unseen = {name for name in asked if read_query(name).strip() not in shown}
    assert asked
    # Whether there is anything at all is asked by every view.
    assert unseen <= {"contacts_by_status"}


def test_an_answer_is_kept_until_somebody_wants_it_anew(look: Open, contacts: None) -> None:
    at = look()
    add_contact(status="pending_review")
    assert metrics(at.run())["Needing review"] == "1"
    at.button(key="refresh").click().run()
    assert not at.error
    assert metrics(at)["Needing review"] == "2"


def test_new_numbers_are_new_in_the_event_box_too(look: Open, contacts: None) -> None:
    event_id = add_event()
    at = look()
    before = at.selectbox(key="analytics_event").options
    add_contact(event_id=event_id)
    at.button(key="refresh").click().run()
    assert at.selectbox(key="analytics_event").options != before


def test_making_numbers_anew_takes_only_so_long(look: Open, contacts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from lib.ui.analytics import asking

    at = look()
    monkeypatch.setattr(asking, "REFRESH_LIMIT_S", 1, raising=False)
    monkeypatch.setattr(asking.refreshing, "refresh", lambda db, **_: db.execute(text("select pg_sleep(3)")))
    with pytest.raises(asking.TooSlow, match="longer than 1 seconds"):
        asking.ask_anew()
    assert not at.exception


def test_the_limits_are_set_once_a_query(opened: URL) -> None:
    from lib.database import current_engine
    from lib.ui.analytics.asking import answer

    said: list[str] = []
    event.listen(current_engine(), "before_cursor_execute", lambda *given: said.append(given[2]))
    answer("contacts_by_status")
    assert sum("statement_timeout" in sql for sql in said) == 1


def test_a_query_that_takes_too_long_says_so_where_its_chart_would_be(
    look: Open, contacts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lib.ui.analytics import asking

    def slow_funnel(db: object, name: str, _ask: Callable = asking.ask, **more: object) -> object:
        if name == "funnel":
            db.execute(text("set local statement_timeout = 20"))  # type: ignore[attr-defined]
            db.execute(text("select pg_sleep(1)"))  # type: ignore[attr-defined]
        return _ask(db, name, **more)

    monkeypatch.setattr(asking, "ask", slow_funnel)
    at = look()
    assert not at.exception
    (error,) = at.error
    assert "took longer than 10 seconds" in error.value
    assert "shorter period" in error.value
    assert "Needing review" in metrics(at)


@pytest.mark.parametrize(
    ("view", "query"),
    [
        ("Overview", "contacts_by_status"),
        ("Overview", "upload_to_email_time"),
        ("Overview", "funnel"),
        ("Overview", "ageing"),
        ("Speed", "processing_times"),
        ("Speed", "processing_histogram"),
        ("Speed", "processing_by"),
        ("Reader", "reader_matrix"),
        ("Reader", "calibration"),
        ("Events", "events_overview"),
        ("Events", "exports_per_day"),
    ],
)
def test_the_sql_stands_beside_its_figure_as_it_ran(look: Open, contacts: None, view: str, query: str) -> None:
    assert read_query(query).strip() in [code.value for code in open_sources(look(view)).code]


@pytest.mark.parametrize("view", VIEWS[:-1])
def test_every_figure_can_be_downloaded_and_taken_into_the_notebook(look: Open, contacts: None, view: str) -> None:
    at = open_sources(look(view))
    buttons = [button for button in at.button if button.label == "Open in notebook"]
    assert len(at.get("download_button")) == len(at.code) == len(buttons) > 1


def test_nobody_waits_for_sql_that_is_not_open(look: Open, contacts: None) -> None:
    at = look("Speed")
    assert not at.code
    assert not at.get("download_button")
    assert not open_sources(at).exception
    assert len(at.code) == len(at.get("popover"))


def test_a_charts_sql_can_be_changed_in_the_notebook(look: Open, contacts: None) -> None:
    at = open_sources(look("Speed", stretch="Reading"))
    key = next(
        button.key for button in at.button if "processing_histogram" in button.key and "notebook" in button.key
    )
    at.button(key=key).click().run()
    assert not at.exception
    assert at.session_state["view"] == "Notebook"
    assert read_query("processing_histogram").strip() in [area.value.strip() for area in at.text_area]


@pytest.mark.parametrize("view", VIEWS[:-1])
def test_every_chart_has_a_description_with_its_numbers(look: Open, contacts: None, view: str) -> None:
    add_contact(event_id=add_event())
    add_activities(1, "email_campaign_exported", '{"rows": 3}')
    described = alts(look(view, period="All time"))
    assert described
    assert all(re.search(r"\d", alt) or "None" in alt for alt in described)


def add_activities(count: int, action: str = "contact_verified", metadata: str = "{}") -> None:
    sql = """insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
      select :action, 'contact', n, cast(:metadata as jsonb), now() - n * interval '1 second'
      from generate_series(1, :count) as n"""
    with transaction() as db:
        db.execute(text(sql), {"action": action, "metadata": metadata, "count": count})


def rows(at: AppTest) -> list[str]:
    return [entity.split("#")[1].split(" ")[0] for entity in at.dataframe[0].value["To what"]]


def test_the_newest_activity_comes_first_a_page_at_a_time(look: Open) -> None:
    add_activities(120)
    at = look("Activity")
    assert rows(at) == [str(n) for n in range(1, 51)]
    assert "1 to 50 of 120" in captions(at)


def test_one_can_go_on_to_the_last_page_and_back(look: Open) -> None:
    add_activities(120)
    at = look("Activity")
    at.button(key="older").click().run()
    at.button(key="older").click().run()
    assert rows(at) == [str(n) for n in range(101, 121)]
    assert at.button(key="older").disabled
    at.button(key="newer").click().run()
    assert rows(at)[0] == "51"


def test_activities_are_found_by_what_was_done_and_to_what(look: Open) -> None:
    add_activities(3)
    add_activities(5, "contact_uploaded", '{"photo": "a.jpg", "bytes": 1204}')
    at = look("Activity", actions="Contact uploaded", entity="Contact", number="2")
    assert rows(at) == ["2"]
    assert list(at.dataframe[0].value["Details"]) == ["bytes 1,204 · photo a.jpg"]


def test_another_filter_begins_at_its_newest(look: Open) -> None:
    add_activities(120)
    at = look("Activity")
    at.button(key="older").click().run()
    at.multiselect(key="actions").select("contact_verified").run()
    assert rows(at)[0] == "1"


def test_an_events_activities_are_its_own_and_those_of_its_contacts(look: Open) -> None:
    add_activities(2)
    event_id = add_event()
    contact_id = add_contact(event_id=event_id)
    sql = """insert into activity_logs (action, entity_type, entity_id)
      values ('event_created', 'event', :event), ('contact_uploaded', 'contact', :contact)"""
    with transaction() as db:
        db.execute(text("delete from activity_logs where entity_id = :id"), {"id": contact_id})
        db.execute(text(sql), {"event": event_id, "contact": contact_id})
    found = look("Activity", event=str(event_id)).dataframe[0].value["What was done"]
    assert sorted(found) == ["Contact uploaded", "Event created"]
