"""Activities are found by time, event, action and entity, and read page by page without gaps."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Connection, text

from lib.analytics.activities import ActivityFilter, count_activities, list_activities

NOON = dt.datetime(2026, 3, 14, 12)
ADD = text("""insert into activity_logs (action, entity_type, entity_id, metadata, created_at)
values (:action, :entity_type, :entity_id, '{"photo": "a.jpg"}', :created_at)""")


@pytest.fixture(autouse=True)
def activities(db: Connection) -> list[dict[str, Any]]:
    """Sixty activities, several at the same moment, of two kinds of entity and three actions."""
    rows = [
        {
            "action": ("contact_uploaded", "contact_verified", "event_created")[n % 3],
            "entity_type": "event" if n % 3 == 2 else "contact",
            "entity_id": n % 7 + 1,
            "created_at": NOON + dt.timedelta(minutes=n // 4),
        }
        for n in range(60)
    ]
    db.execute(text("delete from activity_logs"))
    db.execute(ADD, rows)
    return rows


def test_pages_follow_one_another_without_gap_or_repetition(db: Connection) -> None:
    whole = [found.id for found in list_activities(db, ActivityFilter(), limit=100)]
    seen, last = [], None
    while page := list_activities(db, ActivityFilter(), limit=7, before=last):
        seen += [found.id for found in page]
        last = page[-1]
    assert seen == whole
    assert len(set(seen)) == 60


def test_the_newest_comes_first(db: Connection) -> None:
    times = [found.created_at for found in list_activities(db, ActivityFilter(), limit=100)]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "wanted",
    [
        {"actions": ("contact_verified",)},
        {"actions": ("contact_verified", "event_created")},
        {"entity_type": "event"},
        {"entity_type": "contact", "entity_id": 3},
        {"since": NOON + dt.timedelta(minutes=5), "until": NOON + dt.timedelta(minutes=9)},
    ],
)
def test_a_filter_leaves_what_it_names(
    db: Connection, activities: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    expected = [
        row
        for row in activities
        if row["action"] in wanted.get("actions", (row["action"],))
        and row["entity_type"] == wanted.get("entity_type", row["entity_type"])
        and row["entity_id"] == wanted.get("entity_id", row["entity_id"])
        and wanted.get("since", NOON) <= row["created_at"] < wanted.get("until", dt.datetime.max)
    ]
    found = list_activities(db, ActivityFilter(**wanted), limit=100)
    told = [(row.action, row.entity_type, row.entity_id, row.created_at) for row in found]
    assert sorted(told) == sorted(tuple(row.values()) for row in expected)
    assert count_activities(db, ActivityFilter(**wanted)) == len(expected) > 0


def test_an_entity_that_is_there_is_called_by_its_name(db: Connection) -> None:
    insert = text("insert into events (name, date) values ('Spring Fair', '2026-03-14') returning id")
    event_id = db.execute(insert).scalar_one()
    later = NOON.replace(hour=20)
    db.execute(ADD, {"action": "event_created", "entity_type": "event", "entity_id": event_id, "created_at": later})
    assert list_activities(db, ActivityFilter(event_id=event_id))[0].entity_name == "Spring Fair"


def test_metadata_comes_as_it_was_written(db: Connection) -> None:
    assert list_activities(db, ActivityFilter(), limit=1)[0].metadata == {"photo": "a.jpg"}
