import csv
import datetime as dt
import io

from lib.analytics.activities import Activity
from lib.ui.activity import to_csv


def rows(*activities: Activity) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(activities).decode("utf-8-sig"), newline="")))


def activity(**columns: object) -> Activity:
    values = {
        "id": 1, "action": "contact_uploaded", "entity_type": "contact", "entity_id": 7, "entity_name": "Ada Example",
        "metadata": {"bytes": 1204}, "created_at": dt.datetime(2026, 3, 14, 12, 30),
    }  # fmt: skip
    return Activity(**(values | columns))  # type: ignore[arg-type]


def test_an_activity_is_a_row_with_its_metadata_as_json() -> None:
    header, row = rows(activity())
    assert header == ["time_utc", "action", "entity_type", "entity_id", "entity_name", "metadata"]
    assert row == ["2026-03-14 12:30:00", "contact_uploaded", "contact", "7", "Ada Example", '{"bytes": 1204}']


def test_a_name_from_a_card_is_not_calculated_by_a_spreadsheet() -> None:
    assert rows(activity(entity_name='=HYPERLINK("https://example.com")'))[1][4].startswith("'=")


def test_what_is_gone_leaves_its_cells_empty() -> None:
    assert rows(activity(entity_id=None, entity_name=None, metadata=None))[1][3:] == ["", "", "{}"]


def test_without_activities_there_is_a_header() -> None:
    assert len(rows()) == 1
