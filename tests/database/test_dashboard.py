"""Every number of the dashboards beside the same number reckoned from the same rows by pandas."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import OperationalError

from lib.analytics import queries, refreshing
from lib.analytics.next_step import State, read_state
from lib.analytics.queries import FOLDER, ask, period_start, read_query, run_query
from lib.analytics.words import as_seconds
from lib.database.engine import make_engine
from lib.settings import ROOT

TODAY = dt.date(2026, 3, 14)
MIGRATION = "sql/migrations/0015_analytics.sql"
NOON = dt.datetime(2026, 3, 14, 12)
CONTACT = ("status", "created_at", "processed_at", "reviewed_at", "ocr_confidence")
DOCUMENT = ("contacts_by_status", "average_processing_time", "upload_to_email_time", "contacts_needing_review")


def at(days: float = 0, seconds: float = 0) -> dt.datetime:
    """Return a moment so many days before noon, and so many seconds later."""
    return NOON - dt.timedelta(days=days) + dt.timedelta(seconds=seconds)


MANY = [
    *(("user_verified", at(n), at(n, 3 + n), at(n - 0.5), 0.5 + n / 100) for n in range(1, 30)),
    *(("pending_review", at(n), at(n, 20 / n), None, 0.6) for n in range(1, 18, 2)),
    *(("completed", at(n / 3), at(n / 3, n), None, 0.95) for n in range(40)),
    ("failed", at(2), at(2, 0.3), None, None),
    ("processing", at(), None, None, None),
]
ODD = [
    ("completed", at(1), at(1, -5), None, 0.9),
    ("completed", at(1), None, None, None),
    ("completed", at(1), at(1, 0), None, 1.0),
    ("processing", at(1), at(1, 9), None, None),
]
DATABASES: dict[str, list[tuple[Any, ...]]] = {
    "empty": [],
    "one contact": [("completed", at(1), at(1, 2.5), None, 0.87)],
    "all failed": [("failed", at(n), at(n, 1), None, None) for n in range(5)],
    "missing and negative times": ODD,
    "many": MANY,
}


@pytest.fixture(params=DATABASES)
def contacts(request: pytest.FixtureRequest, db: Connection) -> pd.DataFrame:
    """Contacts in the database, and the same as pandas sees them."""
    rows = DATABASES[request.param]
    for row in rows:
        add_contact(db, *row)
    frame = pd.DataFrame(rows, columns=list(CONTACT))
    for name in CONTACT[1:4]:
        frame[name] = pd.to_datetime(frame[name])
    frame["ocr_confidence"] = frame["ocr_confidence"].astype(float)
    return frame


def add_contact(db: Connection, *values: Any) -> int:
    columns = ", ".join(CONTACT)
    places = ", ".join(f":{name}" for name in CONTACT)
    insert = text(f"insert into contacts (full_name, {columns}) values ('Ada Example', {places}) returning id")
    return int(db.execute(insert, dict(zip(CONTACT, values, strict=True))).scalar_one())


def same(found: Any, wanted: Any) -> bool:
    """Whether two numbers agree, unknown with unknown."""
    return bool(pd.isna(found) and pd.isna(wanted)) or found == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("name", DOCUMENT)
def test_the_documents_queries_are_the_documents_text(name: str) -> None:
    assert read_query(name).strip("\n") in (ROOT / "docs" / "schema.md").read_text()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.sql")))
def test_every_query_says_what_it_gives_and_runs_on_an_empty_database(db: Connection, name: str) -> None:
    assert read_query(name).startswith("-- ")
    answer = ask(db, name, today=TODAY, stretch="contact", by="event")
    assert answer.sql == read_query(name)
    assert len(answer.data.columns)
    assert all(f":{parameter}" in answer.sql for parameter in answer.parameters)


def test_contacts_are_counted_by_status(db: Connection, contacts: pd.DataFrame) -> None:
    found = run_query(db, "contacts_by_status")
    assert dict(zip(found["status"], found["count"], strict=True)) == contacts["status"].value_counts().to_dict()


def test_the_average_processing_time_is_over_all_that_ended(db: Connection, contacts: pd.DataFrame) -> None:
    found = as_seconds(run_query(db, "average_processing_time").iat[0, 0])
    assert same(found, (contacts["processed_at"] - contacts["created_at"]).dt.total_seconds().mean())


def test_those_that_need_review_are_counted(db: Connection, contacts: pd.DataFrame) -> None:
    assert run_query(db, "contacts_needing_review").iat[0, 0] == (contacts["status"] == "pending_review").sum()


def test_a_period_begins_with_its_first_day(db: Connection) -> None:
    since = period_start(7, TODAY)
    assert since == dt.datetime(2026, 3, 8)
    for created_at in (since, since - dt.timedelta(microseconds=1)):
        add_contact(db, "completed", created_at, created_at + dt.timedelta(seconds=1), None, 0.9)
    assert list(run_query(db, "processing_trend", stretch="contact", since=since)["n"]) == [1]
    assert list(run_query(db, "captured_per_day", since=since)["contacts"]) == [1]


def test_the_week_is_compared_with_the_week_before(db: Connection, contacts: pd.DataFrame) -> None:
    found = run_query(db, "home_figures", today=TODAY).iloc[0]
    for suffix, last in (("", TODAY), ("_before", TODAY - dt.timedelta(days=7))):
        first = last - dt.timedelta(days=6)
        captured, processed, reviewed = (
            contacts[contacts[name].dt.normalize().between(pd.Timestamp(first), pd.Timestamp(last))]
            for name in ("created_at", "processed_at", "reviewed_at")
        )
        assert found[f"captured{suffix}"] == len(captured)
        assert found[f"verified{suffix}"] == (reviewed["status"] == "user_verified").sum()
        assert same(found[f"confidence{suffix}"], processed["ocr_confidence"].round(2).mean())


def test_the_days_add_up_to_the_week(db: Connection, contacts: pd.DataFrame) -> None:
    days = run_query(db, "home_days", today=TODAY)
    week = run_query(db, "home_figures", today=TODAY).iloc[0]
    assert list(days["day"]) == [TODAY - dt.timedelta(days=n) for n in range(13, -1, -1)]
    for name in ("captured", "verified"):
        assert days[name][7:].sum() == week[name]
        assert days[name][:7].sum() == week[f"{name}_before"]


def test_who_waited_is_reckoned_back_from_who_waits(db: Connection, contacts: pd.DataFrame) -> None:
    found = run_query(db, "home_days", today=TODAY)
    waits = contacts[contacts["status"].isin(["pending_review", "user_verified"])]
    for day, waiting in zip(found["day"], found["waiting"], strict=True):
        is_read = waits["processed_at"].dt.normalize() <= pd.Timestamp(day)
        is_open = waits["reviewed_at"].isna() | (waits["reviewed_at"].dt.normalize() > pd.Timestamp(day))
        assert waiting == (is_read & is_open).sum()


def add_draft(
    db: Connection, contact_id: int, created_at: dt.datetime, group_id: int, generated_at: dt.datetime
) -> None:
    add = "insert into email_campaigns (name, lead_group_id, generated_at) values ('After', :g, :t) returning id"
    campaign_id = db.execute(text(add), {"g": group_id, "t": generated_at}).scalar_one()
    draft = (
        "insert into email_drafts (campaign_id, contact_id, subject, body, created_at) values (:k, :c, 'S', 'B', :t)"
    )
    db.execute(text(draft), {"k": campaign_id, "c": contact_id, "t": created_at})


def add_group(db: Connection, *contact_ids: int) -> int:
    group_id = db.execute(text("insert into lead_groups (name) values ('Buyers') returning id")).scalar_one()
    for contact_id in contact_ids:
        add = "insert into lead_group_contacts (lead_group_id, contact_id) values (:g, :c)"
        db.execute(text(add), {"g": group_id, "c": contact_id})
    return int(group_id)


def test_the_documents_figure_averages_joined_rows(db: Connection) -> None:
    created = {add_contact(db, "completed", at(n), at(n, 5), None, 0.9): at(n) for n in (3, 2)}
    group_id = add_group(db, *created)
    generated = [at(1.5), at(2.5)]
    for contact_id, moment in zip(created, generated, strict=True):
        add_draft(db, contact_id, moment, group_id, moment)
    found = as_seconds(run_query(db, "upload_to_email_time").iat[0, 0])
    rows = pd.Series([(moment - born).total_seconds() for born in created.values() for moment in generated])
    assert found == pytest.approx(rows.mean())


def test_a_draft_older_than_its_contact_is_counted_apart(db: Connection) -> None:
    contact_id = add_contact(db, "completed", at(1), at(1, 5), None, 0.9)
    add_draft(db, contact_id, at(2), add_group(db, contact_id), at(2))
    found = run_query(db, "first_draft_time", since=None).iloc[0]
    assert (found["n"], found["unusable"], found["without_draft"]) == (0, 1, 0)
    assert pd.isna(found["median_seconds"])


KEPT = sorted(refreshing.KEPT)


def keep(db: Connection, name: str, seconds: float = 1.0) -> None:
    """Have the result of the query kept, as if it had taken so long to ask."""
    refreshing.refresh(db, always=True)
    db.execute(text("update dashboard_views set seconds = :s where name = :n"), {"s": seconds, "n": name})


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_result_is_of_the_query_as_it_stands_in_its_file(name: str) -> None:
    bare = re.sub(r"^-- (?!Time from).*\n", "", read_query(name), flags=re.MULTILINE)
    assert re.sub(r":(since|until|event_id)", "null", bare) in (ROOT / MIGRATION).read_text()


@pytest.mark.parametrize("name", KEPT)
def test_a_kept_result_is_what_asking_would_give(db: Connection, name: str) -> None:
    created = {add_contact(db, "completed", at(n), at(n, 5), None, 0.9): at(n) for n in (3, 2)}
    group_id = add_group(db, *created)
    for contact_id in created:
        add_draft(db, contact_id, at(1.5), group_id, at(1.5))
    asked = ask(db, name)
    keep(db, name)
    kept = ask(db, name)
    assert (asked.as_of, kept.sql) == (None, asked.sql)
    assert isinstance(kept.as_of, dt.datetime)
    pd.testing.assert_frame_equal(asked.data, kept.data)


def test_what_is_quick_to_ask_is_never_old(db: Connection) -> None:
    keep(db, "upload_to_email_time", seconds=0.01)
    contact_id = add_contact(db, "completed", at(2), at(2, 5), None, 0.9)
    add_draft(db, contact_id, at(1), add_group(db, contact_id), at(1))
    answer = ask(db, "upload_to_email_time")
    assert answer.as_of is None
    assert as_seconds(answer.data.iat[0, 0]) == 86400


def test_what_is_asked_of_a_period_is_never_kept(db: Connection) -> None:
    keep(db, "first_draft_time")
    add_contact(db, "completed", at(2), at(2, 5), None, 0.9)
    answer = ask(db, "first_draft_time", since=at(3))
    assert answer.as_of is None
    assert answer.data["without_draft"].item() == 1


def test_nobody_waits_for_a_result_that_takes_long(db: Connection) -> None:
    keep(db, "processing_times", seconds=10)
    assert "processing_times" not in refreshing.refresh(db, always=True)


def test_what_takes_long_is_made_anew_less_often(db: Connection) -> None:
    aged = "update dashboard_views set seconds = 10, changes = -1, as_of = localtimestamp - cast(:age as interval)"
    for age, is_made in (("8 minutes", False), ("9 minutes", True)):
        refreshing.refresh(db, always=True)
        db.execute(text(aged), {"age": age})
        assert bool(refreshing.refresh(db)) == is_made


def test_a_result_is_made_anew_only_where_something_changed_a_while_ago(database_url: URL) -> None:
    engine = make_engine(database_url)
    with engine.begin() as db:
        assert refreshing.refresh(db, always=True) == list(refreshing.KEPT)
        # As old as it gets before somebody looks.
        db.execute(text("update dashboard_views set as_of = localtimestamp - interval '1 hour'"))
        assert refreshing.refresh(db) == []
        db.execute(text("update dashboard_views set changes = changes - 1"))
        assert refreshing.refresh(db) == list(refreshing.KEPT)
        db.execute(text("update dashboard_views set changes = changes - 1"))
        assert refreshing.refresh(db) == []
    engine.dispose()


def test_a_query_that_takes_too_long_is_stopped(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "TIME_LIMIT_S", 0.05)
    monkeypatch.setattr(queries, "read_query", lambda name: "select pg_sleep(5) as slept")
    with pytest.raises(OperationalError, match="statement timeout"):
        ask(db, "sleeping")


def test_the_state_counts_what_is_open(db: Connection) -> None:
    for status in ("processing", "pending_review", "pending_review", "failed", "completed", "user_verified"):
        member = add_contact(db, status, at(1), None, None, None)
    add_group(db)
    add_group(db, member)
    db.execute(text("insert into events (name, date) values ('Fair', '2026-03-01')"))
    db.execute(
        text("insert into email_campaigns (name, status) values ('After the fair', 'ready'), ('Old', 'exported')")
    )
    assert read_state(db) == State(
        events=1, contacts=6, to_read=1, to_review=2, failed=1, known=2, groups=2, groups_without_campaign=1,
        ready_campaigns=1, ready_campaign="After the fair",
    )  # fmt: skip


def test_nothing_is_open_in_an_empty_database(db: Connection) -> None:
    assert read_state(db) == State()
