"""How far contacts come, what waits, and whether the reader can be trusted, beside the same reckoned by pandas."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection

from lib.analytics.queries import run_query
from tests.database.dashboard_rows import DATABASES, FIELDS, NOON, WINDOWS, Row, Rows, captured, same

STEPS = ("captured", "read", "known", "grouped", "drafted", "exported")


@pytest.fixture(params=DATABASES)
def rows(request: pytest.FixtureRequest, db: Connection) -> Rows:
    """Rows that are in the database."""
    found = DATABASES[request.param]
    found.insert(db)
    return found


@pytest.fixture(params=WINDOWS)
def window(request: pytest.FixtureRequest) -> Row:
    """What the page filters by."""
    return WINDOWS[request.param]


def last_words(rows: Rows) -> dict[int, dict[str, bool]]:
    """Return by contact and field whether it ended otherwise than it was read."""
    said: dict[int, dict[str, bool]] = {}
    logs = rows.frame("activity_logs").sort_values("created_at", kind="stable")
    for log in logs[logs["action"] == "contact_reviewed"].itertuples():
        for entry in log.metadata["corrections"]:
            said.setdefault(log.entity_id, {})[entry["field"]] = entry["read"] != entry["after"]
    return said


def readings(rows: Rows, window: Row) -> list[tuple[Any, dict[str, bool], bool]]:
    """Return each contact that was read, what was said of its fields, and whether a person saw it."""
    said = last_words(rows)
    people = captured(rows, window)
    return [
        (one, said.get(one.id, {}), one.status == "user_verified" or one.id in said)
        for one in people[people["ocr_raw_data"].notna()].itertuples()
    ]


def test_each_step_holds_who_reached_it_or_one_behind(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "funnel", **window)
    people = captured(rows, window)
    drafts = rows.frame("email_drafts")
    evidence = [
        people["id"].notna(),
        people["status"].isin(["pending_review", "completed", "user_verified"]),
        people["status"].isin(["completed", "user_verified"]),
        people["id"].isin(rows.frame("lead_group_contacts")["contact_id"]),
        people["id"].isin(drafts["contact_id"]),
        people["id"].isin(drafts.loc[drafts["exported_at"].notna(), "contact_id"]),
    ]
    wanted = [pd.concat(evidence[place:], axis=1).any(axis=1).sum() for place in range(len(STEPS))]
    assert list(zip(found["step"], found["contacts"], strict=True)) == list(zip(STEPS, wanted, strict=True))
    assert found["contacts"].is_monotonic_decreasing


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_cards_are_counted_by_the_viewers_day_and_status(db: Connection, rows: Rows, window: Row, zone: str) -> None:
    found = run_query(db, "captured_per_day", zone=zone, **window).set_index(["day", "status"])["contacts"]
    people = captured(rows, window)
    days = people["created_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.date
    assert found.to_dict() == people.groupby([days, "status"]).size().to_dict()


def test_the_reader_is_right_wrong_or_nobody_knows(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "reader_matrix", **window)
    wanted: Counter[tuple[bool, bool | None]] = Counter()
    for one, said, is_seen in readings(rows, window):
        is_wrong = said.get("full_name", False) or said.get("email", False)
        wanted[one.ocr_raw_data["status"] == "completed", (not is_wrong) if is_seen else None] += 1
    assert len(found) == 6
    for row in found.itertuples():
        is_right = None if pd.isna(row.is_right) else bool(row.is_right)
        assert row.contacts == wanted.pop((row.is_accepted, is_right), 0)
    assert not wanted


def test_corrections_are_counted_by_field(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "corrections_by_field", **window)
    seen = [said for _, said, is_seen in readings(rows, window) if is_seen]
    assert tuple(found["field"]) == FIELDS
    for row in found.itertuples():
        corrected = sum(said.get(row.field, False) for said in seen)
        assert (row.reviewed, row.corrected) == (len(seen), corrected)
        assert same(row.share, corrected / len(seen) if seen else float("nan"))


def test_confidence_is_compared_with_what_people_kept(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "calibration", **window)
    fields = pd.DataFrame(
        [
            (min(int(field["confidence"] * 10 + 1e-9), 9) / 10, field["confidence"], not said.get(name, False))
            for one, said, is_seen in readings(rows, window)
            for name, field in one.ocr_raw_data["fields"].items()
            if is_seen and field
        ],
        columns=["bucket", "confidence", "kept"],
    )
    wanted = fields.groupby("bucket").agg(mean=("confidence", "mean"), kept=("kept", "mean"), n=("kept", "size"))
    assert list(found["bucket"]) == pytest.approx(list(wanted.index))
    for row, other in zip(found.itertuples(), wanted.itertuples(), strict=True):
        assert same(row.mean_confidence, other.mean)
        assert same(row.kept_share, other.kept)
        assert row.n == other.n


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
def test_each_event_shows_what_came_of_it(db: Connection, rows: Rows, window: Row, zone: str) -> None:
    found = run_query(db, "events_overview", zone=zone, **window).set_index("event_id")
    people, drafts = captured(rows, window), rows.frame("email_drafts")
    exports = drafts[drafts["exported_at"].notna()].groupby("contact_id")["exported_at"].min()
    is_open = not {"since", "until"} & set(window)
    wanted = [
        event
        for event in rows.frame("events").itertuples()
        if event.id in people["event_id"].values or (is_open and window.get("event_id", event.id) == event.id)
    ]
    assert sorted(found.index) == [event.id for event in wanted]
    for event in wanted:
        row, cards = found.loc[event.id], people[people["event_id"] == event.id]
        days = cards["created_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.date.value_counts().sort_index()
        exported = pd.to_datetime(cards["id"].map(exports.to_dict())).dropna()
        counts = [
            len(cards),
            cards["email"].count(),
            cards["phone"].count(),
            (cards["status"] == "user_verified").sum(),
        ]
        counts += [cards["id"].isin(drafts["contact_id"]).sum(), len(exported)]
        assert list(row[["cards", "emails", "phones", "verified", "drafted", "exported"]]) == counts
        assert (row["name"], row["date"], list(row["daily"])) == (event.name, event.date, list(days)[-14:])
        first = (exported.min() - cards["created_at"].min()).total_seconds() if len(exported) else float("nan")
        assert same(row["first_export_seconds"], first if first >= 0 else float("nan"))


def test_what_nobody_touched_is_counted_by_how_long_it_waits(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "ageing", now=NOON, **window).set_index(["bucket", "status"])["contacts"]
    people = captured(rows, window)
    waiting = people[people["status"].isin(["pending_review", "failed"]) & people["reviewed_at"].isna()]
    days = (NOON - waiting["processed_at"].fillna(waiting["created_at"])).dt.total_seconds() / 86400
    limits = {"under a day": (float("-inf"), 1), "a day": (1, 2), "two days": (2, 7), "a week": (7, float("inf"))}
    assert len(found) == 8
    for (bucket, status), count in found.items():
        low, high = limits[bucket]
        assert count == ((days >= low) & (days < high) & (waiting["status"] == status)).sum()


def test_drafts_are_counted_by_who_wrote_them(db: Connection, rows: Rows, window: Row) -> None:
    found = run_query(db, "drafts_overview", **window).set_index("source")
    drafts = rows.frame("email_drafts")
    chosen = drafts[drafts["contact_id"].isin(captured(rows, window)["id"])]
    origins = [origin or {} for origin in chosen["personalization_data"]]
    sources = pd.Series([origin.get("source", "template") for origin in origins], dtype=object)
    assert list(found.index) == sorted(set(sources))
    for source in found.index:
        own = chosen[(sources == source).to_numpy()]
        told = [origin for origin, name in zip(origins, sources, strict=True) if name == source]
        tokens = [origin.get("tokens", {}) for origin in told]
        wanted = [len(own), sum(bool(origin.get("edited")) for origin in told)]
        wanted += [sum(bool(origin.get("flags")) for origin in told), own["approved_at"].count()]
        wanted += [own["exported_at"].count(), *(sum(one.get(way, 0) for one in tokens) for way in ("in", "out"))]
        assert list(found.loc[source]) == wanted


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_exports_are_counted_by_the_viewers_day(db: Connection, rows: Rows, window: Row, zone: str) -> None:
    found = run_query(db, "exports_per_day", zone=zone, **window).set_index("day")
    logs = rows.frame("activity_logs")
    logs = logs[logs["action"] == "email_campaign_exported"]
    logs = logs[(logs["created_at"] >= window.get("since", dt.datetime.min))]
    logs = logs[(logs["created_at"] < window.get("until", dt.datetime.max))]
    if "event_id" in window:
        people = captured(rows, {"event_id": window["event_id"]})
        drafts = rows.frame("email_drafts")
        logs = logs[logs["entity_id"].isin(drafts.loc[drafts["contact_id"].isin(people["id"]), "campaign_id"])]
    days = logs["created_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.date
    sizes = logs["metadata"].map(lambda metadata: metadata.get("rows", 0))
    assert found["exports"].to_dict() == days.value_counts().to_dict()
    assert found["rows"].to_dict() == sizes.groupby(days).sum().to_dict()
