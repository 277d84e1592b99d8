"""How long each step takes, beside the same reckoned from the same rows by pandas."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, text

from lib.analytics.queries import run_query
from tests.database.dashboard_rows import DATABASES, WINDOWS, Row, Rows, captured, same

STRETCHES = ("queue", "reading", "review", "contact", "draft", "export")
KNOWN = ("completed", "user_verified")
ENDS = {"draft": "created_at", "export": "exported_at"}


@pytest.fixture(params=DATABASES)
def rows(request: pytest.FixtureRequest, db: Connection) -> Rows:
    """Rows that are in the database."""
    found = DATABASES[request.param]
    found.insert(db)
    return found


def spans(rows: Rows, stretch: str, window: Row) -> pd.DataFrame:
    """Return a row per span: name, created_at, outcome and seconds, NaN where there are none to use."""
    contacts = captured(rows, window)
    if stretch in ("queue", "reading"):
        jobs = rows.frame("ocr_jobs").rename(columns={"created_at": "made_at", "status": "job_status"})
        frame = contacts.merge(jobs, left_on="id", right_on="contact_id")
        is_queue = stretch == "queue"
        frame["from"], frame["to"] = (
            (frame["made_at"], frame["started_at"]) if is_queue else (frame["started_at"], frame["completed_at"])
        )
        names = {"pending": "unfinished"} if is_queue else {"completed": "done", "failed": "failed"}
        frame["outcome"] = frame["job_status"].map(names).fillna("done" if is_queue else "unfinished")
    elif stretch == "review":
        frame = contacts[(contacts["status"] != "processing") & (contacts["status"] != "completed")].copy()
        frame["from"], frame["to"] = frame["processed_at"], frame["reviewed_at"]
        frame["outcome"] = frame["status"].map({"user_verified": "done", "failed": "failed"}).fillna("unfinished")
    elif stretch == "contact":
        frame = contacts.copy()
        frame["from"] = frame["created_at"]
        # What the reader accepted was a contact then, whenever a person looked at it later.
        is_accepted = frame["ocr_raw_data"].map(lambda raw: bool(raw) and raw["status"] == "completed")
        frame["to"] = frame["processed_at"].where(
            (frame["status"] == "completed") | is_accepted, frame["reviewed_at"]
        )
        outcomes = {"user_verified": "done", "completed": "done", "failed": "failed"}
        frame["outcome"] = frame["status"].map(outcomes).fillna("unfinished")
    else:
        drafts = rows.frame("email_drafts")
        if stretch == "export":
            drafts = drafts[drafts["exported_at"].notna()]
        firsts = drafts.groupby("contact_id")[ENDS[stretch]].min()
        frame = contacts.copy()
        frame["from"], frame["to"] = frame["created_at"], frame["id"].map(firsts.to_dict())
        is_done = frame["id"].isin(drafts["contact_id"])
        rest = frame["status"].map({"failed": "failed"}).fillna("unfinished")
        frame["outcome"] = rest.where(~is_done, "done")
    seconds = (pd.to_datetime(frame["to"]) - pd.to_datetime(frame["from"])).dt.total_seconds()
    frame["seconds"] = seconds.where((seconds >= 0) & (frame["outcome"] == "done"))
    return frame


@pytest.mark.parametrize("window", WINDOWS)
def test_every_stretch_has_its_percentiles_and_who_is_not_in_them(db: Connection, rows: Rows, window: str) -> None:
    found = run_query(db, "processing_times", **WINDOWS[window])
    assert tuple(found["stretch"]) == STRETCHES
    for row in found.itertuples():
        wanted = spans(rows, row.stretch, WINDOWS[window])
        seconds = wanted["seconds"]
        assert row.n == seconds.count(), row
        for column, share in (("median_seconds", 0.5), ("p90_seconds", 0.9), ("p95_seconds", 0.95)):
            assert same(getattr(row, column), seconds.quantile(share)), (row, column)
        assert same(row.max_seconds, seconds.max())
        counts = wanted["outcome"].value_counts()
        assert (row.unfinished, row.failed) == (counts.get("unfinished", 0), counts.get("failed", 0)), row
        assert row.n + row.excluded == counts.get("done", 0)


@pytest.mark.parametrize("stretch", STRETCHES)
def test_the_histogram_has_five_buckets_to_a_tenfold(db: Connection, rows: Rows, stretch: str) -> None:
    for window in WINDOWS.values():
        found = run_query(db, "processing_histogram", stretch=stretch, **window)
        seconds = spans(rows, stretch, window)["seconds"].dropna()
        buckets = np.floor(np.log10(seconds.clip(lower=0.01)) / 0.2).astype(int)
        wanted = buckets.value_counts().to_dict()
        assert found["n"].sum() == len(seconds)
        for row in found.itertuples():
            place = round(np.log10(row.bucket_from_seconds) * 5)
            assert row.n == wanted.get(place, 0)
            assert row.bucket_to_seconds == pytest.approx(row.bucket_from_seconds * 10**0.2)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_the_trend_has_the_percentiles_of_the_viewers_days(db: Connection, rows: Rows, zone: str) -> None:
    for stretch in ("reading", "draft"):
        found = run_query(db, "processing_trend", stretch=stretch, zone=zone).set_index("day")
        known = spans(rows, stretch, {}).dropna(subset=["seconds"])
        days = known.groupby(known["created_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.date)["seconds"]
        wanted = pd.DataFrame({"p50": days.quantile(0.5), "p90": days.quantile(0.9), "n": days.size()})
        assert list(found.index) == list(wanted.index)
        assert found.to_numpy().ravel().tolist() == pytest.approx(wanted.to_numpy().ravel().tolist(), abs=1e-5)


@pytest.mark.parametrize(
    ("zone", "last_of_day"),
    [("Pacific/Auckland", "2026-03-14 10:59:59"), ("America/Los_Angeles", "2026-03-15 06:59:59")],
)
def test_a_day_ends_at_the_viewers_midnight(db: Connection, zone: str, last_of_day: str) -> None:
    last = dt.datetime.fromisoformat(last_of_day)
    add = "insert into contacts (full_name, status, created_at, processed_at) values ('Ada', 'completed', :at, :at)"
    db.execute(text(add), [{"at": last}, {"at": last + dt.timedelta(seconds=1)}])
    days = [dt.date(2026, 3, 14), dt.date(2026, 3, 15)]
    assert list(run_query(db, "processing_trend", stretch="contact", zone=zone)["day"]) == days
    assert list(run_query(db, "captured_per_day", zone=zone)["day"]) == days


def test_a_day_with_two_midnights_begins_with_the_first(db: Connection) -> None:
    # In Havana the clocks go back from one to midnight on the first of November: 04:30 and 05:30 are both 00:30.
    times = [dt.datetime(2026, 11, 1, 3, 30), dt.datetime(2026, 11, 1, 4, 30), dt.datetime(2026, 11, 1, 5, 30)]
    add = "insert into contacts (full_name, status, created_at, processed_at) values ('Ada', 'completed', :at, :at)"
    db.execute(text(add), [{"at": at} for at in times])
    for since in (None, dt.datetime(2026, 10, 31)):
        found = run_query(db, "processing_trend", stretch="contact", zone="America/Havana", since=since)
        assert dict(zip(found["day"], found["n"], strict=True)) == {dt.date(2026, 10, 31): 1, dt.date(2026, 11, 1): 2}


@pytest.mark.parametrize("by", ["event", "engine"])
def test_each_event_and_engine_has_its_own_times(db: Connection, rows: Rows, by: str) -> None:
    names = dict(rows.frame("events")[["id", "name"]].itertuples(index=False))
    for stretch in ("reading", "contact", "export"):
        found = run_query(db, "processing_by", stretch=stretch, by=by)
        frame = spans(rows, stretch, {})
        frame["name"] = [
            names.get(one.event_id) if by == "event" else (one.ocr_raw_data or {}).get("engine")
            for one in frame.astype(object).where(frame.notna(), None).itertuples()
        ]
        wanted = {name if isinstance(name, str) else None: part for name, part in frame.groupby("name", dropna=False)}
        assert len(found) == len(wanted)
        for row in found.itertuples():
            part = wanted[row.name if isinstance(row.name, str) else None]
            seconds = part["seconds"]
            assert (row.n, row.unfinished) == (seconds.count(), (part["outcome"] == "unfinished").sum())
            numbers = (row.median_seconds, row.p90_seconds, row.p95_seconds, row.max_seconds)
            quantiles = (*(seconds.quantile(share) for share in (0.5, 0.9, 0.95)), seconds.max())
            assert all(map(same, numbers, quantiles))


@pytest.mark.parametrize("window", WINDOWS)
def test_a_person_counts_once_from_photo_to_first_draft(db: Connection, rows: Rows, window: str) -> None:
    found = run_query(db, "first_draft_time", **WINDOWS[window]).iloc[0]
    firsts = rows.frame("email_drafts").groupby("contact_id")["created_at"].min()
    people = captured(rows, WINDOWS[window])
    seconds = (pd.to_datetime(people["id"].map(firsts.to_dict())) - people["created_at"]).dt.total_seconds()
    usable = seconds[seconds >= 0]
    assert same(found["median_seconds"], usable.median())
    assert same(found["p95_seconds"], usable.quantile(0.95))
    assert same(found["max_seconds"], usable.max())
    assert (found["n"], found["unusable"]) == (len(usable), (seconds < 0).sum())
    is_read = ~people["status"].isin(["failed", "processing"])
    assert found["without_draft"] == (seconds.isna() & is_read).sum()
