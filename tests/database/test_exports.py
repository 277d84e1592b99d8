"""What goes into a campaign's file, what stays out, and what is recorded of it."""

import csv
import datetime as dt
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, text

from lib.contacts.carrying import is_dangerous
from lib.contacts.groups import delete_group, remove_members
from lib.contacts.suppressions import add_suppression
from lib.database import transaction
from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import get_campaign, list_recipients
from lib.outreach.drafts import list_drafts, update_draft
from lib.outreach.exports import (
    PROFILES,
    REASONS,
    Counts,
    Export,
    HeldBack,
    export_campaign,
    list_exports,
    preview_export,
)
from lib.outreach.merge import find_missing
from lib.outreach.templates import get_template
from lib.outreach.variables import VARIABLES
from lib.outreach.writer import write_by_merging
from tests.outreach_data import BODY, SUBJECT, add_campaign_for, add_person, add_two, last_activity

INSERT = text(
    "insert into email_drafts (campaign_id, contact_id, subject, body) values (:campaign, :contact, :s, :b)"
)


@pytest.fixture
def db(opened: URL):
    """A transaction on a database of the test's own: files are noted outside of it."""
    with transaction() as connection:
        yield connection


def add_drafted(db: Connection, contact_ids: list[int], *, subject: str = "Hello", body: str = "Hi there") -> int:
    """Return the id of a campaign whose drafts are ready."""
    campaign_id = add_campaign_for(db, contact_ids)
    for contact_id in contact_ids:
        db.execute(INSERT, {"campaign": campaign_id, "contact": contact_id, "s": subject, "b": body})
    db.execute(text("update email_campaigns set status = 'ready' where id = :id"), {"id": campaign_id})
    return campaign_id


def read(export: Export) -> list[dict[str, str]]:
    with export.path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def count_export(
    db: Connection, campaign_id: int, profile: str = "generic", *, approved_only: bool = False
) -> Counts:
    return preview_export(db, campaign_id, profile, approved_only=approved_only).counts


def list_held_back(db: Connection, campaign_id: int, profile: str = "generic") -> list[HeldBack]:
    return preview_export(db, campaign_id, profile).held_back


def reasons(db: Connection, campaign_id: int, profile: str = "generic") -> list[tuple[str, ...]]:
    return [held.reasons for held in list_held_back(db, campaign_id, profile)]


def exported_contacts(db: Connection) -> list[int]:
    found = "select contact_id from email_drafts where exported_at is not null order by contact_id"
    return list(db.execute(text(found)).scalars())


def approve(db: Connection, *kinds: str) -> None:
    db.execute(text("update email_drafts set approved_at = now(), approved_reasons = :k"), {"k": list(kinds)})


def test_the_file_has_a_row_for_each_draft_by_name(db: Connection) -> None:
    export = export_campaign(db, add_drafted(db, add_two(db), subject="Sample & Sons, Ltd and us"))
    rows = read(export)
    assert [row["fullName"] for row in rows] == ["Ada Example", "Ben Sample"]
    assert rows[1] == {
        "email": "ben@example.com",
        "firstName": "Ben",
        "lastName": "Sample",
        "fullName": "Ben Sample",
        "company": "Sample & Sons, Ltd",
        "title": "",
        "phone": "",
        "linkedinUrl": "",
        "eventName": "Spring Fair",
        "subject": "Sample & Sons, Ltd and us",
        "body": "Hi there",
    }


def test_an_export_is_recorded_with_the_file(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    export = export_campaign(db, campaign_id, "lemlist")
    campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    assert (campaign.status, campaign.export_count) == ("exported", 1)
    assert campaign.exported_at is not None
    assert exported_contacts(db) == [ada, ben]
    assert export.sha256 == hashlib.sha256(export.path.read_bytes()).hexdigest()
    assert db.execute(text("select export_profile from email_campaigns")).scalar_one() == "lemlist"
    logged = last_activity(db, "email_campaign_exported")
    assert (logged["rows"], logged["sha256"], logged["held_back"]) == (2, export.sha256, {})


def test_nothing_is_recorded_before_a_file_leaves(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    count_export(db, campaign_id)
    list_held_back(db, campaign_id)
    assert list_exports(db, campaign_id) == []
    assert exported_contacts(db) == []


@pytest.mark.parametrize("with_manifest", [False, True])
@pytest.mark.parametrize("profile", PROFILES)
def test_an_unchanged_campaign_gives_the_same_bytes(db: Connection, profile: str, with_manifest: bool) -> None:
    campaign_id = add_drafted(db, add_two(db))
    first = export_campaign(db, campaign_id, profile, with_manifest=with_manifest)
    again = export_campaign(db, campaign_id, profile, with_manifest=with_manifest)
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.path != again.path


def test_a_file_of_contacts_alone_marks_no_draft(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db), body="What of [company?]")
    assert export_campaign(db, campaign_id, "hubspot").rows == 2
    assert exported_contacts(db) == []


@pytest.mark.parametrize("name", VARIABLES)
def test_the_mark_of_a_missing_value_holds_a_draft_back(db: Connection, name: str) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1], body=f"What of [{name}?]")
    assert find_missing(f"[{name}?]") == [name]
    assert reasons(db, campaign_id) == [("missing_value",)]


def test_a_corrected_draft_is_not_held_back_any_more(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1], subject="[company?]")
    (held,) = list_held_back(db, campaign_id)
    update_draft(db, held.draft_id, "Hello", "Hi Ada")
    assert count_export(db, campaign_id).rows == 1


def test_past_the_end_comes_the_last_page_of_those_held_back(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db), subject="[company?]")
    for offset, name in ((0, "Ada Example"), (1, "Ben Sample"), (7, "Ben Sample")):
        preview = preview_export(db, campaign_id, limit=1, offset=offset)
        assert [held.full_name for held in preview.held_back] == [name]
        assert preview.counts.held_back == {"missing_value": 2}


def test_a_file_asks_the_list_itself_who_opted_out(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = add_drafted(db, add_two(db))
    add_suppression(db, "ben@example.com")
    monkeypatch.setattr("lib.outreach.exports.judging.recall_opted_out", lambda *_: [])
    assert preview_export(db, campaign_id).counts.rows == 2
    assert [row["email"] for row in read(export_campaign(db, campaign_id))] == ["ada@example.com"]


def test_a_flagged_draft_is_held_back_until_a_person_edits_it(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1])
    db.execute(text('update email_drafts set personalization_data = \'{"flags": ["Invents a link."]}\''))
    (held,) = list_held_back(db, campaign_id)
    assert held.reasons == ("flagged",)
    update_draft(db, held.draft_id, "Hello", "Hi Ada")
    assert reasons(db, campaign_id) == []


def test_only_what_is_held_back_stays_unmarked(db: Connection) -> None:
    ada, ben = add_two(db)
    zoe = add_person(db, "Zoe Sample", "zoe@example.com", title="=1+1")
    campaign_id = add_drafted(db, [ada, ben, zoe])
    export = export_campaign(db, campaign_id)
    assert export.held_back == {"formula": 1}
    assert exported_contacts(db) == [ada, ben]
    assert last_activity(db, "email_campaign_exported")["held_back_contacts"] == [zoe]


@pytest.mark.parametrize("cell", ["=1+1", "+1-1", "-2", "@x", "＝1", "＋1", "－1", "＠x", "  =1", "\u200f=1", "﹦1"])
def test_a_dangerous_cell_is_named_and_never_changed(db: Connection, cell: str) -> None:
    campaign_id = add_drafted(db, [add_person(db, "Zoe Sample", "zoe@example.com", title=cell)])
    (held,) = list_held_back(db, campaign_id)
    assert held.sentences == ["A spreadsheet could take title for a formula."]
    approve(db, "formula")
    export = export_campaign(db, campaign_id, with_manifest=True)
    with zipfile.ZipFile(export.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert f",{cell},".encode() in archive.read("After the fair.csv")
    assert [found["cells"] for found in manifest["approved_cells"]] == [["title"]]


@pytest.mark.parametrize("name", ["=Zoe Sample", "Zoe =Sample", "Dr. =Zoe", "Sample,=Zoe", "Zoe\u00a0-Sample"])
def test_a_name_with_a_dangerous_word_is_held_back(db: Connection, name: str) -> None:
    assert reasons(db, add_drafted(db, [add_person(db, name, "zoe@example.com")])) == [("formula",)]


@pytest.mark.parametrize("column", ["company", "phone", "linkedin_url", "email", "subject", "body"])
def test_a_formula_in_any_column_of_the_file_is_found(db: Connection, column: str) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1])
    table = "email_drafts" if column in ("subject", "body") else "contacts"
    db.execute(text(f"update {table} set {column} = '=1+1@example.com'"))
    (held,) = list_held_back(db, campaign_id)
    assert [held.reasons, len(held.cells)] == [("formula",), 1]


def test_a_formula_matters_only_where_it_would_be_calculated(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1], body="=1+1")
    held = {key: count_export(db, campaign_id, key).held_back for key in PROFILES}
    assert {key for key, counts in held.items() if counts} == {
        "generic", "gmail", "sheets", "instantly", "lemlist", "smartlead"
    }  # fmt: skip


def test_a_whole_phone_number_is_no_formula(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    assert reasons(db, campaign_id) == []
    assert read(export_campaign(db, campaign_id))[0]["phone"] == "+4930901820"


def test_who_left_the_group_is_held_back(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    group_id = db.execute(text("select lead_group_id from email_campaigns")).scalar_one()
    remove_members(db, group_id, [ada])
    assert reasons(db, campaign_id) == [("left_group",)]
    delete_group(db, group_id)
    assert reasons(db, campaign_id) == []


def test_an_address_is_in_the_file_once(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    db.execute(text("update contacts set email = ' ADA@example.com' where id = :id"), {"id": ben})
    assert reasons(db, campaign_id) == [("same_address",)]
    assert [row["fullName"] for row in read(export_campaign(db, campaign_id))] == ["Ada Example"]


@pytest.mark.parametrize("approved", [[], ["left_group"]])
def test_of_two_drafts_to_one_address_the_one_without_fault_goes(db: Connection, approved: list[str]) -> None:
    left, stayed = add_two(db)
    campaign_id = add_drafted(db, [left, stayed])
    db.execute(text("update contacts set email = 'ADA@example.com' where id = :id"), {"id": stayed})
    remove_members(db, db.execute(text("select lead_group_id from email_campaigns")).scalar_one(), [left])
    approve(db, *approved)
    assert [row["fullName"] for row in read(export_campaign(db, campaign_id))] == ["Ben Sample"]


def test_a_row_without_an_address_is_never_in_the_file(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    db.execute(text("update contacts set email = ' ' where id = :id"), {"id": ben})
    approve(db, *REASONS)
    assert reasons(db, campaign_id) == [("no_email",)]


def test_who_opted_out_is_in_no_file_whatever_is_approved(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    add_suppression(db, "ada@example.com")
    approve(db, *REASONS)
    for profile in PROFILES:
        assert count_export(db, campaign_id, profile).held_back == {"opted_out": 1}
    export = export_campaign(db, campaign_id)
    assert [row["email"] for row in read(export)] == ["ben@example.com"]
    assert last_activity(db, "email_campaign_exported")["suppressed"] == 1


def test_only_approved_drafts_where_that_is_wanted(db: Connection) -> None:
    ada, ben = add_two(db)
    campaign_id = add_drafted(db, [ada, ben])
    db.execute(text("update email_drafts set approved_at = now() where contact_id = :id"), {"id": ben})
    assert count_export(db, campaign_id, approved_only=True).held_back == {"not_approved": 1}
    assert [row["email"] for row in read(export_campaign(db, campaign_id, approved_only=True))] == ["ben@example.com"]


def test_a_reason_that_came_up_after_the_approval_holds_back_again(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db)[:1], body="[title?]")
    approve(db, "missing_value")
    assert count_export(db, campaign_id).rows == 1
    db.execute(text("update contacts set company = '=1'"))
    assert reasons(db, campaign_id) == [("formula",)]


@pytest.mark.parametrize(
    ("profile", "columns", "reason"),
    [
        ("salesforce", {"company": None}, "no_company"),
        ("salesforce", {"company": "  "}, "no_company"),
        ("salesforce", {"full_name": "Zoe"}, "no_last_name"),
        ("mailchimp", {"email": "zoé@example.com"}, "odd_address"),
        ("mailchimp", {"company": "é" * 128}, "too_long"),
    ],
)
def test_what_a_target_refuses_is_held_back(
    db: Connection, profile: str, columns: dict[str, str | None], reason: str
) -> None:
    person = {"full_name": "Zoe Sample", "email": "zoe@example.com", **columns}
    campaign_id = add_drafted(db, [add_person(db, **person)])
    assert reasons(db, campaign_id, profile) == [(reason,)]
    assert reasons(db, campaign_id, "hubspot") == []


def test_a_campaign_without_drafts_has_nothing_to_export(db: Connection, home: Path) -> None:
    with pytest.raises(NotValid, match="no draft to export"):
        export_campaign(db, add_campaign_for(db, add_two(db)))
    assert not [path for path in home.rglob("*.csv*") if path.is_file()]


def test_a_campaign_still_being_written_is_not_exported(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    db.execute(text("update email_campaigns set status = 'generating'"))
    with pytest.raises(NotValid, match="still being written"):
        export_campaign(db, campaign_id)


def test_a_campaign_or_a_profile_that_is_not_there_cannot_be_exported(db: Connection) -> None:
    with pytest.raises(NotFound):
        export_campaign(db, 4711)
    with pytest.raises(NotFound):
        count_export(db, 4711, "clay_tablet")


def test_a_merged_template_comes_out_as_it_was_written(db: Connection) -> None:
    campaign_id = add_campaign_for(db, add_two(db), subject=SUBJECT, body=BODY)
    campaign = get_campaign(db, campaign_id)
    template = get_template(db, campaign.template_id or 0) if campaign else None
    assert template is not None
    for person in list_recipients(db, campaign_id):
        email = write_by_merging(template, person.facts)
        values = {"campaign": campaign_id, "contact": person.contact_id, "s": email.subject, "b": email.body}
        db.execute(INSERT, values)
    assert read(export_campaign(db, campaign_id))[1]["body"] == "Hi Ben,\n\nwhat does Sample & Sons, Ltd need?"


def test_the_database_finds_every_cell_that_a_spreadsheet_calculates(db: Connection) -> None:
    letters = [chr(code) for code in (*range(1, 0x3100), *range(0xFE00, 0x10000))]
    cells = [cell for letter in letters for cell in (f"{letter}1", f"{letter}=1", f" {letter}")]
    found = text(
        "select cell, is_dangerous_cell(cell), is_dangerous_name(cell) or not is_dangerous_cell(cell),"
        " may_be_dangerous(left(cell, 1)) or not is_dangerous_cell(cell) from unnest(cast(:cells as text[])) as cell"
    )
    rows = db.execute(found, {"cells": cells}).all()
    assert [row[0] for row in rows if is_dangerous(row[0]) and not row[1]] == []
    assert [row[0] for row in rows if not row[2] or not row[3]] == []


def test_a_draft_keeps_the_time_it_first_left(db: Connection) -> None:
    campaign_id = add_drafted(db, add_two(db))
    export_campaign(db, campaign_id)
    db.execute(text("update email_drafts set exported_at = '2026-01-01'"))
    export_campaign(db, campaign_id)
    assert {draft.exported_at for draft in list_drafts(db, campaign_id)} == {dt.datetime(2026, 1, 1)}
