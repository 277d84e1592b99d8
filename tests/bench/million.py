"""`python -m tests.bench.million URL --count 1000000`: a migrated database filled with made-up contacts by COPY.

A minute or two a million. Indexes are taken away and built again behind the rows, as one does before a large load.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from random import Random

import psycopg
from sqlalchemy import URL, make_url

from lib.database.bulk import without_indexes
from tests.bench.crowd import Captured, as_json, event_sizes, make_crowd

SEED = 20_260
CHUNK = 20_000
TABLES = {
    "events": "id, name, date, location",
    "contacts": (
        "id, event_id, full_name, email, company, title, phone, business_card_url, ocr_confidence, ocr_raw_data,"
        " status, processed_at, reviewed_at, created_at, updated_at"
    ),
    "ocr_jobs": "id, contact_id, status, error_message, attempts, photo_name, started_at, completed_at, created_at",
    "lead_groups": "id, name",
    "lead_group_contacts": "lead_group_id, contact_id, added_at",
    "email_templates": "id, name, subject, body",
    "email_campaigns": "id, lead_group_id, template_id, name, status, generated_at, lead_group_name",
    "email_drafts": "campaign_id, contact_id, subject, body, created_at",
    "activity_logs": "action, entity_type, entity_id, metadata, created_at",
}
GROUPS = 20
JOB_STATUS = {"failed": "failed", "processing": "pending"}
Rows = Iterable[Sequence[object]]


def fill(url: URL | str, count: int) -> dict[str, float]:
    """Fill the migrated, empty database at `url` with `count` contacts and all that hangs on them; return seconds."""
    took = {}
    with psycopg.connect(_libpq(make_url(url)), autocommit=True) as db:
        # Nothing here needs to survive a crash, and each row is known to be right.
        db.execute("set synchronous_commit = off")
        db.execute("set maintenance_work_mem = '512MB'")
        started = time.perf_counter()
        with without_indexes(db, list(TABLES)):
            _copy_rest(db, count)
            for captured in _chunks(make_crowd(count, Random(SEED)), CHUNK):
                _copy_contacts(db, captured)
            took["rows_s"] = round(time.perf_counter() - started, 1)
        _move_sequences(db)
        took["indexes_s"] = round(time.perf_counter() - started - took["rows_s"], 1)
        db.execute("vacuum analyze")
        took["all_s"] = round(time.perf_counter() - started, 1)
    return took


def _libpq(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _copy_rest(db: psycopg.Connection, count: int) -> None:
    """Write what contacts hang on."""
    days = [dt.date(2024, 1, 8) + dt.timedelta(days=18 * number) for number in range(len(event_sizes(count)))]
    _copy(db, "events", [(id, f"Fair {id}", day, "Eastmere") for id, day in enumerate(days, start=1)])
    _copy(db, "lead_groups", [(id, f"Leads {id}") for id in range(1, GROUPS + 1)])
    _copy(db, "email_templates", [(1, "After the fair", "Hello {{firstName}}", "It was good to meet you.")])
    made = dt.datetime(2026, 1, 12, 9, 0)
    campaigns = [(id, id, 1, f"Campaign {id}", "ready", made, f"Leads {id}") for id in range(1, GROUPS // 2 + 1)]
    _copy(db, "email_campaigns", campaigns)


def _copy_contacts(db: psycopg.Connection, captured: Sequence[Captured]) -> None:
    _copy(db, "contacts", map(_contact, captured))
    _copy(db, "ocr_jobs", map(_job, captured))
    leads = [(one, group) for one in captured if (group := _group(one))]
    members = [(group, one.id, one.created_at + dt.timedelta(days=1)) for one, group in leads]
    _copy(db, "lead_group_contacts", members)
    _copy(db, "email_drafts", [_draft(one, group) for one, group in leads if group <= GROUPS // 2])
    _copy(db, "activity_logs", itertools.chain.from_iterable(map(_activities, captured)))


def _contact(one: Captured) -> Sequence[object]:
    person = one.person
    photo = f"file:///cards/{one.event_id}/{one.id}.jpg"
    about = (person.full_name, person.email, person.company, person.title, person.phone)
    if one.status in ("failed", "processing"):
        about = (f"IMG_{one.id:07}.jpg", None, None, None, None)
    raw = as_json(one.raw) if one.raw else None
    updated_at = one.reviewed_at or one.processed_at or one.created_at
    times = (one.processed_at, one.reviewed_at, one.created_at, updated_at)
    return (one.id, one.event_id, *about, photo, one.confidence, raw, one.status, *times)


def _job(one: Captured) -> Sequence[object]:
    status = JOB_STATUS.get(one.status, "completed")
    error = "No text was found on this photo." if status == "failed" else None
    started_at = one.started_at if one.processed_at else None
    attempts = int(bool(one.processed_at))
    photo = f"IMG_{one.id:07}.jpg"
    return (one.id, one.id, status, error, attempts, photo, started_at, one.processed_at, one.created_at)


def _group(one: Captured) -> int:
    """Return the group of every fifth contact that was read: few groups have most of them; 0 for none."""
    if one.id % 5 or one.status not in ("user_verified", "completed"):
        return 0
    return 1 + int(GROUPS * (one.id * 7919 % 10_007 / 10_007) ** 2)


def _draft(one: Captured, group: int) -> Sequence[object]:
    body = f"Hello {one.person.full_name}, it was good to meet you. Shall we speak next week? Kind regards, Jane Doe"
    return (group, one.id, "After the fair", body, one.created_at + dt.timedelta(days=2))


def _activities(one: Captured) -> Iterator[Sequence[object]]:
    """Yield what was logged: every verification, and one correction in ten contacts."""
    if one.reviewed_at:
        if one.id % 10 == 0:
            person = one.person
            read = (person.company or "")[:-1]
            correction = {"field": "company", "read": read, "confidence": 0.9, "before": read, "engine": "rapidocr"}
            details = as_json({"corrections": [correction | {"after": person.company}], "status": "pending_review"})
            yield ("contact_reviewed", "contact", one.id, details, one.reviewed_at)
        yield ("contact_verified", "contact", one.id, "{}", one.reviewed_at)


def _copy(db: psycopg.Connection, table: str, rows: Rows) -> None:
    lines = ["\t".join(map(_text, row)) for row in rows]
    with db.cursor().copy(f"copy {table} ({TABLES[table]}) from stdin") as copy:
        copy.write("".join(f"{line}\n" for line in lines))


def _text(value: object) -> str:
    """Return a value as COPY's text format has it."""
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\") if isinstance(value, str) else str(value)


def _chunks(items: Iterable[Captured], size: int) -> Iterator[list[Captured]]:
    iterator = iter(items)
    while chunk := list(itertools.islice(iterator, size)):
        yield chunk


def _move_sequences(db: psycopg.Connection) -> None:
    for table in ("events", "contacts", "ocr_jobs", "lead_groups", "email_templates", "email_campaigns"):
        db.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}")


def main(arguments: list[str] | None = None) -> None:
    """Fill the database, print the seconds."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.million", description=__doc__)
    parser.add_argument("url", help="the address of a migrated, empty database")
    parser.add_argument("--count", type=int, default=1_000_000, help="how many contacts")
    options = parser.parse_args(arguments)
    print(fill(options.url, options.count))


if __name__ == "__main__":
    main()
