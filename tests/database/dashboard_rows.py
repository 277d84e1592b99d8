"""A small database made up from a seed, as rows for PostgreSQL and as frames for pandas."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from random import Random
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

NOON = dt.datetime(2026, 3, 14, 12)
COLUMNS = {
    "events": ("id", "name", "date"),
    "contacts": (
        "id", "event_id", "full_name", "email", "phone", "status", "created_at", "processed_at", "reviewed_at",
        "ocr_raw_data",
    ),
    "ocr_jobs": ("contact_id", "status", "created_at", "started_at", "completed_at"),
    "lead_groups": ("id", "name"),
    "lead_group_contacts": ("lead_group_id", "contact_id"),
    "email_campaigns": ("id", "lead_group_id", "name", "generated_at"),
    "email_drafts": (
        "campaign_id", "contact_id", "subject", "body", "personalization_data", "approved_at", "exported_at",
        "created_at",
    ),
    "activity_logs": ("action", "entity_type", "entity_id", "metadata", "created_at"),
}  # fmt: skip
FIELDS = ("full_name", "email", "company", "title", "phone", "linkedin_url")
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """The rows of each table; a value that is a dictionary goes in as JSON."""

    tables: dict[str, list[Row]]

    def insert(self, db: Connection) -> None:
        """Write all rows."""
        for table, columns in COLUMNS.items():
            rows = [{key: _stored(row.get(key)) for key in columns} for row in self.tables.get(table, [])]
            if rows:
                places = ", ".join(f":{key}" for key in columns)
                db.execute(text(f"insert into {table} ({', '.join(columns)}) values ({places})"), rows)

    def frame(self, table: str) -> pd.DataFrame:
        """Return the rows as pandas sees them: times without zone, missing ones NaT."""
        frame = pd.DataFrame(self.tables.get(table, []), columns=list(COLUMNS[table]))
        for key in COLUMNS[table]:
            if key.endswith("_at"):
                frame[key] = pd.to_datetime(frame[key])
        return frame


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def make_rows(count: int, seed: int = 1, *, statuses: dict[str, int] | None = None, oddity: float = 0.0) -> Rows:
    """Return `count` contacts and what hangs on them; of the times, the share `oddity` is missing or goes backwards."""
    chance = Random(seed)
    shares = statuses or {"user_verified": 6, "completed": 4, "pending_review": 3, "failed": 2, "processing": 1}
    tables: dict[str, list[Row]] = {table: [] for table in COLUMNS}
    tables["events"] = [
        {"id": place, "name": f"Fair {place}", "date": dt.date(2026, 1, place)} for place in (1, 2, 3)
    ]
    tables["lead_groups"] = [{"id": place, "name": f"Leads {place}"} for place in (1, 2)]
    tables["email_campaigns"] = [
        {"id": 1, "lead_group_id": 1, "name": "One", "generated_at": NOON - dt.timedelta(days=5)},
        {"id": 2, "lead_group_id": 2, "name": "Two", "generated_at": None},
    ]
    for number in range(1, count + 1):
        _add_contact(tables, number, chance.choices(list(shares), list(shares.values()))[0], chance, oddity)
    _add_exports(tables, chance)
    return Rows(tables)


def _later(at: dt.datetime, seconds: float, chance: Random, oddity: float) -> dt.datetime | None:
    if chance.random() < oddity:
        return chance.choice((None, at - dt.timedelta(seconds=30)))
    return at + dt.timedelta(seconds=round(seconds, 3))


def _add_contact(tables: dict[str, list[Row]], number: int, status: str, chance: Random, oddity: float) -> None:
    created_at = NOON - dt.timedelta(seconds=chance.randrange(40 * 86400))
    started_at = _later(created_at, chance.expovariate(0.1), chance, oddity)
    processed_at = _later(started_at or created_at, chance.lognormvariate(1, 1), chance, oddity)
    is_verified = status == "user_verified"
    reviewed_at = (
        _later(processed_at or created_at, chance.expovariate(1e-4), chance, oddity) if is_verified else None
    )
    raw = None if status in ("failed", "processing") else _reading(chance, status)
    is_over = status != "processing"
    tables["contacts"].append({
        "id": number, "event_id": chance.choice((1, 1, 2, None)), "full_name": f"Ada Example {number}",
        "email": chance.choice((None, f"ada{number}@example.com")), "phone": chance.choice((None, "+493023125000")),
        "status": status, "created_at": created_at, "processed_at": processed_at if is_over else None,
        "reviewed_at": reviewed_at, "ocr_raw_data": raw,
    })  # fmt: skip
    tables["ocr_jobs"].append({
        "contact_id": number, "created_at": created_at, "started_at": started_at if is_over else None,
        "completed_at": processed_at if is_over else None,
        "status": {"failed": "failed", "processing": chance.choice(("pending", "processing"))}.get(status, "completed"),
    })  # fmt: skip
    _add_outreach(tables, number, created_at, chance, oddity)
    if raw and chance.random() < 0.5:
        for _ in range(chance.choice((1, 1, 2))):
            _add_correction(tables, number, raw, chance)


def _reading(chance: Random, status: str) -> Row:
    is_accepted = status == "completed" or (status == "user_verified" and chance.random() < 0.4)
    fields: Row = {name: {"value": name.upper(), "confidence": round(chance.random(), 3)} for name in FIELDS[:5]}
    fields["company"]["confidence"] = chance.choice((0.0, 0.3, 0.7, 1.0))
    fields["title"] = None
    engine = chance.choice(("rapidocr", "easyocr"))
    return {"engine": engine, "status": "completed" if is_accepted else "pending_review", "fields": fields}


def _add_correction(tables: dict[str, list[Row]], number: int, raw: Row, chance: Random) -> None:
    entries = []
    for field in chance.sample(FIELDS, chance.choice((1, 2))):
        read = (raw["fields"].get(field) or {}).get("value")
        entries.append({"field": field, "read": read, "after": chance.choice((read, "Right", None))})
    tables["activity_logs"].append({
        "action": "contact_reviewed", "entity_type": "contact", "entity_id": number,
        "metadata": {"corrections": entries}, "created_at": NOON - dt.timedelta(seconds=chance.randrange(9000)),
    })  # fmt: skip


def _add_outreach(
    tables: dict[str, list[Row]], number: int, created_at: dt.datetime, chance: Random, oddity: float
) -> None:
    for group in (1, 2):
        if chance.random() < 0.4:
            tables["lead_group_contacts"].append({"lead_group_id": group, "contact_id": number})
        if chance.random() < 0.3:
            written_at = _later(created_at, chance.expovariate(1e-5), chance, oddity)
            exported_at = chance.choice((None, _later(written_at or created_at, 5000.0, chance, oddity)))
            tables["email_drafts"].append({
                "campaign_id": group, "contact_id": number, "subject": "Hello", "body": "Hello Ada",
                "created_at": written_at, "exported_at": exported_at,
                "approved_at": chance.choice((None, written_at)), "personalization_data": _origin(chance),
            })  # fmt: skip


def _origin(chance: Random) -> Row | None:
    return chance.choice((
        None,
        {"source": "template", "flags": ["Names a price."], "edited": True},
        {"source": "template", "flags": []},
        {"source": "model", "flags": [], "tokens": {"in": chance.randrange(900), "out": chance.randrange(200)}},
    ))  # fmt: skip


def _add_exports(tables: dict[str, list[Row]], chance: Random) -> None:
    for place in range(6):
        tables["activity_logs"].append({
            "action": "email_campaign_exported", "entity_type": "email_campaign", "entity_id": 1 + place % 2,
            "metadata": {"rows": chance.randrange(50)} if place else {},
            "created_at": NOON - dt.timedelta(days=place // 2, seconds=chance.randrange(9000)),
        })  # fmt: skip


DATABASES = {
    "empty": Rows({}),
    "one contact": make_rows(1, statuses={"completed": 1}),
    "all failed": make_rows(12, statuses={"failed": 1}),
    "missing and negative times": make_rows(60, oddity=0.4),
    "many": make_rows(150, seed=5),
}
# What the page filters by; an empty one is open.
WINDOWS: dict[str, Row] = {
    "everything": {},
    "a period": {"since": NOON - dt.timedelta(days=30), "until": NOON - dt.timedelta(days=3)},
    "one event in a period": {"since": NOON - dt.timedelta(days=14), "event_id": 1},
}


def captured(rows: Rows, window: Row) -> pd.DataFrame:
    """Return the contacts that were captured in the window."""
    contacts = rows.frame("contacts")
    chosen = pd.Series(True, index=contacts.index)
    if "since" in window:
        chosen &= contacts["created_at"] >= window["since"]
    if "until" in window:
        chosen &= contacts["created_at"] < window["until"]
    if "event_id" in window:
        chosen &= contacts["event_id"] == window["event_id"]
    return contacts[chosen]


def same(found: Any, wanted: Any) -> bool:
    """Whether two numbers agree, unknown with unknown."""
    return bool(pd.isna(found) and pd.isna(wanted)) or abs(float(found) - float(wanted)) < 1e-5
