import csv
import datetime as dt
import io

import pandas as pd
import pytest

from lib.analytics.queries import Answer
from lib.ui.charts import _show_how
from lib.ui.tables import to_csv


def rows(data: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(data).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", ['=HYPERLINK("https://example.com")', "+1-1", "@sum(a1)", "\t=1+1", "-2+3"])
def test_an_events_name_is_not_calculated_by_a_spreadsheet(name: str) -> None:
    assert rows(pd.DataFrame({"name": [name, "Spring Fair"]}))[1:] == [[f"'{name}"], ["Spring Fair"]]


def test_numbers_days_and_lists_stay_what_they_are() -> None:
    data = pd.DataFrame({"seconds": [-1.5], "day": [dt.date(2026, 3, 14)], "daily": [[3, 4]], "is_right": [None]})
    assert rows(data)[1] == ["-1.5", "2026-03-14", "[3, 4]", ""]


def test_a_table_without_rows_has_its_header() -> None:
    assert rows(pd.DataFrame(columns=["day", "contacts"])) == [["day", "contacts"]]


def test_a_charts_file_is_as_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[bytes] = []
    monkeypatch.setattr("streamlit.download_button", lambda label, data, *_, **__: files.append(data()))
    answer = Answer(name="events_overview", sql="", parameters={}, data=pd.DataFrame({"name": ["=1+1"]}))
    _show_how(answer, "source")
    assert files == [to_csv(answer.data)]
    assert b"'=1+1" in files[0]
