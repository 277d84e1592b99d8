"""Home: what waits, the last days, the next step."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import URL, text
from streamlit.testing.v1 import AppTest

from lib.database import transaction

Show = Callable[[str], AppTest]
# Pixels inside the list's frame where the screen is 390 wide.
ROOM_ON_A_PHONE = 328
LETTER, PADDING = 8, 16
ADD_EVENT = "insert into events (name, date) values ('Spring Fair', current_date) returning id"
ADD_CONTACT = """insert into contacts (event_id, full_name, company, status, ocr_confidence, processed_at, reviewed_at)
values (:event, :name, 'Example Optics', :status, :confidence, now(), null)"""


@pytest.fixture
def event_id(opened: URL) -> int:
    with transaction() as db:
        return int(db.execute(text(ADD_EVENT)).scalar_one())


def add(event_id: int, name: str, status: str, confidence: float | None = 0.7) -> None:
    values = {"event": event_id, "name": name, "status": status, "confidence": confidence}
    with transaction() as db:
        db.execute(text(ADD_CONTACT), values)


def subheaders(at: AppTest) -> list[str]:
    return [found.value for found in at.subheader]


def test_the_first_visit_explains_the_way_in_four_steps(show: Show) -> None:
    at = show("Home.py")
    assert not at.exception
    assert subheaders(at)[0] == "Begin with an event"
    assert sum(found.value.startswith("**:material") for found in at.markdown) == 4
    assert [button.label for button in at.button] == ["Create an event"]


def test_with_an_event_the_way_goes_on_to_its_cards(show: Show, event_id: int) -> None:
    assert [button.label for button in show("Home.py").button] == ["Capture cards"]


def test_cards_that_wait_are_the_next_step(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "pending_review")
    add(event_id, "IMG_0001.jpg", "failed", None)
    add(event_id, "IMG_0002.jpg", "processing", None)
    at = show("Home.py")
    assert not at.exception
    assert subheaders(at)[0] == "2 cards wait for your review"
    badges = " ".join(found.value for found in at.markdown)
    assert all(words in badges for words in ("1 to read", "1 to review", "1 failed"))


def test_the_button_leads_to_the_page_of_the_step(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "pending_review")
    at = show("Home.py")
    at.button[0].click().run()
    assert [found.value for found in at.title] == ["Review"]


def test_the_least_certain_comes_first_in_the_list(show: Show, event_id: int) -> None:
    add(event_id, "Grace Example", "pending_review", 0.8)
    add(event_id, "Ada Example", "pending_review", 0.4)
    assert list(show("Home.py").dataframe[0].value["Name"]) == ["Ada Example", "Grace Example"]


def test_the_list_has_room_on_a_phone(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example-Featherstonehaugh", "pending_review")
    columns = json.loads(show("Home.py").dataframe[0].proto.columns)
    widths = {name: column["width"] for name, column in columns.items() if name != "_index"}
    assert sum(widths.values()) <= ROOM_ON_A_PHONE
    assert all(len(name) * LETTER + PADDING <= width for name, width in widths.items()), "a header is cut"


def test_the_week_is_shown_with_its_change(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "completed", 0.9)
    metrics = {metric.label: metric for metric in show("Home.py").metric}
    assert (metrics["Captured"].value, metrics["Captured"].delta) == ("1", "1")
    assert metrics["Mean confidence"].value == "90.0"  # the browser writes 90%
    assert not metrics["Mean confidence"].delta


def test_when_nobody_waits_the_list_says_so(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "user_verified")
    at = show("Home.py")
    assert "Nobody waits." in [found.value for found in at.caption]
    assert [button.label for button in at.button] == ["Make a group"]


def test_a_name_from_a_card_cannot_format_the_page(show: Show, event_id: int) -> None:
    add(event_id, "![x](https://tracker.example.com/a.png)", "pending_review")
    at = show("Home.py")
    assert not any("tracker" in found.value for found in [*at.markdown, *at.caption, *at.subheader])


def test_without_a_backup_the_page_says_how_to_make_one(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "user_verified")
    at = show("Home.py")
    assert not at.exception
    assert "make backup" in at.main.caption[-1].value


def test_a_backup_that_failed_stands_out(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "user_verified")
    with transaction() as db:
        db.execute(
            text(
                "insert into backups (is_scheduled, host, folder, finished_at, error)"
                " values (true, 'desk', '/srv/backups', localtimestamp, 'The disk is full. Make room.')"
            )
        )
    warning = show("Home.py").main.markdown[-1].value
    assert warning.startswith(":small[:orange[:material/warning:")
    assert "The disk is full" in warning


def test_the_last_backup_is_one_calm_line(show: Show, event_id: int) -> None:
    add(event_id, "Ada Example", "user_verified")
    with transaction() as db:
        db.execute(
            text(
                "insert into backups (is_scheduled, host, folder, finished_at, file_name, bytes, missing)"
                " values (true, 'desk', '/srv/backups', localtimestamp - interval '3 hours', 'b.tar', 1500000, 0)"
            )
        )
    at = show("Home.py")
    assert not at.error
    assert "Last backup 3 hours ago: 1.5 MB" in at.main.caption[-1].value
