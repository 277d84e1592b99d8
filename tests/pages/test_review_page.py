import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.database import transaction
from lib.errors import StorageUnavailable
from lib.jobs import upkeep
from lib.jobs.reading import run_reading
from lib.outreach.exports.history import copies_folder
from lib.ui.review import removing
from lib.ui.review.state import Refusal
from tests.database.test_contacts import add_contact
from tests.database.test_reading_jobs import row, scalar, textless
from tests.database.test_undo import images, time_passes
from tests.pages.test_capture_page import column, words

PAGE = "pages/2_Review.py"
ERASE = """
from lib.ui.review.removing import erase_dialog
erase_dialog([{}])
"""
Show = Callable[[str], AppTest]


@pytest.fixture
def contacts(opened: URL) -> list[int]:
    """Two that wait, the less sure first, and one accepted."""
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
        return [
            add_contact(db, "Doubt Dora", event_id=event_id, ocr_confidence=0.3, email="dora@example.com"),
            add_contact(db, "Half Hugo", event_id=event_id, ocr_confidence=0.6),
            add_contact(db, "Sure Sam", event_id=event_id, ocr_confidence=0.98, status="completed"),
        ]


def names(at: AppTest) -> list[str]:
    return list(at.data_editor[0].value["full_name"])


def test_with_no_contacts_the_page_sends_one_to_capture(show: Show, opened: URL) -> None:
    assert "Nothing to review yet" in words(show(PAGE))


def test_what_waits_is_shown_with_the_least_sure_first(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    assert names(at) == ["Doubt Dora", "Half Hugo"]
    assert "Doubt Dora" in words(at)


def test_another_view_shows_what_was_accepted(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.segmented_control(key="view").set_value("Accepted").run()
    assert names(at) == ["Sure Sam"]


def test_a_search_narrows_the_grid(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.text_input(key="search").input("hugo").run()
    assert names(at) == ["Half Hugo"]
    at.text_input(key="search").input("nobody").run()
    assert "No contact matches" in words(at)


def test_verify_and_next_verifies_and_goes_on(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.button(key="verify_next").click().run()
    assert row(f"select status, reviewed_at is not null from contacts where id = {contacts[0]}") == (
        "user_verified",
        True,
    )
    assert names(at) == ["Half Hugo"]
    at.button(key="verify_next").click().run()
    assert "All done here" in words(at)


def test_skip_and_back_move_without_changing_anything(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.button(key="skip").click().run()
    assert at.session_state["current"] == contacts[1]
    at.button(key="back").click().run()
    assert at.session_state["current"] == contacts[0]
    assert scalar("select count(*) from contacts where status = 'user_verified'") == 0


def test_a_nameless_contact_is_not_verified_and_the_page_says_why(show: Show, opened: URL) -> None:
    with transaction() as db:
        add_contact(db, "IMG_0042.jpg", status="failed")
    at = show(PAGE)
    at.button(key="verify_next").click().run()
    assert scalar("select status from contacts") == "failed"
    assert "name first" in words(at)


def test_verify_and_next_passes_over_one_that_is_verified_already(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.segmented_control(key="view").set_value("All").run()
    at.button(key="verify_next").click().run()
    at.session_state["current"] = contacts[0]
    at.run().button(key="verify_next").click().run()
    assert "not verified" not in words(at)
    assert at.session_state["current"] != contacts[0]


def test_nobody_is_verified_while_an_edit_of_theirs_is_refused(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.session_state["refused_edits"] = {
        (contacts[0], "email"): Refusal("dora@", "“dora@” is not an e-mail address.")
    }
    at.run()
    assert "Doubt Dora" in at.error[0].value
    at.button(key="verify_next").click().run()
    assert scalar(f"select status from contacts where id = {contacts[0]}") == "pending_review"


def test_a_contact_is_deleted_and_comes_back_by_undo(show: Show, contacts: list[int]) -> None:
    at = show(PAGE)
    at.button(key="delete_contact").click().run()
    assert names(at) == ["Half Hugo"]
    at.button(key="undo").click().run()
    assert names(at) == ["Doubt Dora", "Half Hugo"]
    assert at.session_state["current"] == contacts[0]


def test_a_person_is_erased_once_it_is_confirmed(show_dialog: Show, contacts: list[int]) -> None:
    at = show_dialog(ERASE.format(contacts[0]))
    assert "cannot be undone" in words(at)
    at.button(key="confirm_erase").click().run()
    assert scalar(f"select count(*) from contacts where id = {contacts[0]}") == 0


@pytest.fixture
def photographed(opened: URL) -> int:
    """One whose photo is stored."""
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    return capture_photo(event_id, "card.jpg", b"photo")


def test_the_photo_of_an_erased_person_goes_at_once(show_dialog: Show, photographed: int, home: Path) -> None:
    assert images(home) == 1
    show_dialog(ERASE.format(photographed)).button(key="confirm_erase").click().run()
    assert images(home) == 0


def test_copies_of_files_made_for_downloads_go_with_a_person(show_dialog: Show, contacts: list[int]) -> None:
    copy = copies_folder() / "copy.zip"
    copy.write_bytes(b"ada@example.com")
    show_dialog(ERASE.format(contacts[0])).button(key="confirm_erase").click().run()
    assert not copy.exists()


def test_while_photos_cannot_be_deleted_a_person_is_erased_and_one_is_told(
    show_dialog: Show, photographed: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable_store() -> int:
        raise StorageUnavailable("The photo store does not answer.", "Try it again.")

    at = show_dialog(ERASE.format(photographed))
    with monkeypatch.context() as patched:
        patched.setattr(removing, "sweep_images", unreachable_store)
        at.button(key="confirm_erase").click().run()
    assert "does not answer" in words(at)
    assert scalar("select count(*) from contacts") == 0
    upkeep._tidy()
    assert images(home) == 0


def test_the_photo_of_a_deleted_contact_goes_once_it_cannot_come_back(
    show: Show, photographed: int, home: Path
) -> None:
    run_reading(scalar("select id from ocr_jobs"), textless)
    show(PAGE).button(key="delete_contact").click().run()
    upkeep._tidy()
    assert images(home) == 1
    time_passes("1 hour")
    upkeep._tidy()
    time_passes("1 minute")
    upkeep._tidy()
    assert images(home) == 0


def test_markdown_on_a_card_stays_text(show: Show, opened: URL) -> None:
    with transaction() as db:
        add_contact(db, "![x](https://example.com/pixel.png)", company="<b>Acme</b>")
    at = show(PAGE)
    assert not any("![x](" in str(element.value) for element in (*at.markdown, *at.subheader, *at.caption))


def ticked(show: Show, contact_ids: list[int]) -> AppTest:
    """The page with all contacts, these of them ticked."""
    at = show(PAGE)
    at.session_state["chosen_contacts"] = set(contact_ids)
    return at.segmented_control(key="view").set_value("All").run()


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What makes each file that can be downloaded, by its name; AppTest downloads none."""
    offered: dict[str, Callable[[], bytes]] = {}
    add_deferred = MediaFileManager.add_deferred

    def keep(self: MediaFileManager, make: Any, *about: Any, file_name: str, **more: Any) -> str:
        offered[file_name] = make
        return add_deferred(self, make, *about, file_name=file_name, **more)

    monkeypatch.setattr(MediaFileManager, "add_deferred", keep)
    return offered


def test_the_ticked_contacts_and_no_others_are_downloaded_as_csv(
    show: Show, contacts: list[int], files: dict[str, Callable[[], bytes]]
) -> None:
    ticked(show, [contacts[0], contacts[2]])
    rows = list(csv.DictReader(io.StringIO(files["contacts.csv"]().decode("utf-8-sig"))))
    assert [(row["Name"], row["E-mail"], row["Event"]) for row in rows] == [
        ("Doubt Dora", "dora@example.com", "Fair"),
        ("Sure Sam", "", "Fair"),
    ]


def test_the_ticked_contacts_and_no_others_are_downloaded_as_vcards(
    show: Show, contacts: list[int], files: dict[str, Callable[[], bytes]]
) -> None:
    ticked(show, [contacts[0], contacts[2]])
    lines = files["contacts.vcf"]().decode().split("\r\n")
    assert [line for line in lines if line.startswith(("FN", "EMAIL"))] == [
        "FN:Doubt Dora",
        "EMAIL;TYPE=INTERNET,WORK:dora@example.com",
        "FN:Sure Sam",
    ]
    assert lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == 2


def test_a_download_has_what_is_stored_when_it_is_asked_for(
    show: Show, contacts: list[int], files: dict[str, Callable[[], bytes]]
) -> None:
    ticked(show, [contacts[1]])
    with transaction() as db:
        db.exec_driver_sql(f"update contacts set company = 'Late Ltd' where id = {contacts[1]}")
    assert "ORG:Late Ltd" in files["contacts.vcf"]().decode()


def test_those_with_a_photo_are_queued_to_be_read_by_the_other_reader(show: Show, contacts: list[int]) -> None:
    with transaction() as db:
        photo = {"business_card_url": "file:///cards/1.jpg", "ocr_raw_data": {"engine": "rapidocr"}}
        with_photo = add_contact(db, "Photo Phil", status="completed", **photo)
    at = ticked(show, [contacts[0], with_photo])
    at.button(key="reread").click().run()
    assert "1 of 2 contacts are read again" in words(at)
    job_id = scalar("select id from ocr_jobs")
    assert row("select contact_id, status, engine from ocr_jobs") == (with_photo, "pending", "easyocr")
    assert column("select args ->> 'job_id' from procrastinate_jobs") == [f"{job_id}"]
    assert row(f"select full_name, status from contacts where id = {with_photo}") == ("Photo Phil", "completed")


def test_the_event_of_ticked_contacts_is_set_and_set_back(show: Show, contacts: list[int]) -> None:
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Expo", date=dt.date(2026, 5, 2)))
    events = "select event_id from contacts order by id"
    before = column(events)
    at = ticked(show, contacts[:2])
    at.button(key=f"event_{event_id}").click().run()
    assert "Set the event of 2 contacts" in words(at)
    assert column(events) == [event_id, event_id, before[2]]
    at.button(key="undo").click().run()
    assert column(events) == before


def test_ticked_contacts_join_a_group_and_leave_it_again(show: Show, contacts: list[int]) -> None:
    with transaction() as db:
        group_id = add_group(db, "Leads")
    members = f"select contact_id from lead_group_contacts where lead_group_id = {group_id} order by contact_id"
    at = ticked(show, [contacts[0], contacts[2]])
    at.button(key=f"group_{group_id}").click().run()
    assert "Added 2 contacts to the group" in words(at)
    joined = column(members)
    at.button(key="undo").click().run()
    assert (joined, column(members)) == ([contacts[0], contacts[2]], [])


def test_who_is_in_the_group_already_is_not_said_to_join_it(show: Show, contacts: list[int]) -> None:
    with transaction() as db:
        group_id = add_group(db, "Leads")
        add_members(db, group_id, contacts[:1])
    at = ticked(show, [contacts[0], contacts[2]])
    at.button(key=f"group_{group_id}").click().run()
    assert "Added 1 contact to the group" in words(at)
