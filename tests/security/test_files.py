"""Every file that leaves: read back it says what was said, no cell is calculated unseen, its name is a file's name."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
import vobject
from openpyxl.utils.escape import unescape
from sqlalchemy import URL, Connection, text

from lib.contacts.carrying import DANGEROUS, PHONE, to_csv, to_vcards
from lib.contacts.contacts import list_contacts_by_id
from lib.contacts.events import EventDetails, add_event
from lib.database import transaction
from lib.errors import MeishiError
from lib.outreach.campaigns import update_campaign
from lib.outreach.exports import PROFILES
from lib.outreach.exports.exporting import as_file_name, export_campaign
from lib.outreach.exports.profiles import Profile
from lib.outreach.instructions import AS_THE_TEMPLATE
from lib.text import clean_text
from lib.ui.tables import to_csv as table_to_csv
from tests.outreach_data import add_person
from tests.security.corpus import ALL, CORPUS
from tests.security.fields import DAY, is_file_name, visible

COLUMNS = ("full_name", "company", "title", "notes")
MOST = 250


def sayings() -> list[str]:
    """Return the texts that a contact can hold, as it holds them."""
    kept = []
    for said in ALL:
        try:
            kept.append(" ".join((clean_text(said, "name", MOST) or "").split()))
        except MeishiError:
            continue
    return [said for said in dict.fromkeys(kept) if said]


SAYINGS = sayings()


def add_people(db: Connection) -> list[int]:
    """Return the ids of one contact a text, who is called by it and all else."""
    event = add_event(db, EventDetails(name="Fair", date=DAY))
    ids = [
        add_person(db, said, f"p{number}@example.com", company=said, title=said, event_id=event)
        for number, said in enumerate(SAYINGS)
    ]
    db.execute(text("update contacts set notes = full_name || chr(10) || full_name"))
    return ids


@pytest.fixture
def campaign_id(opened: URL) -> int:
    """A campaign with a draft to each of them, which says the text too."""
    from tests.outreach_data import add_campaign_for

    with transaction() as db:
        ids = add_people(db)
        campaign_id = add_campaign_for(db, ids)
        db.execute(
            text(
                "insert into email_drafts (campaign_id, contact_id, subject, body)"
                " select :campaign, id, full_name, full_name || chr(10) || full_name from contacts"
            ),
            {"campaign": campaign_id},
        )
        db.execute(text("update email_campaigns set status = 'ready' where id = :id"), {"id": campaign_id})
        return campaign_id


def is_calculated(cell: str) -> bool:
    """Whether a spreadsheet might calculate the cell."""
    return bool(DANGEROUS.match(cell)) and not PHONE.fullmatch(cell)


def read_rows(key: str, data: bytes) -> list[list[str]]:
    if PROFILES[key].extension == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        assert sheet is not None
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
        return [[unescape(cell.value or "") for cell in row] for row in sheet.iter_rows(min_row=2)]
    _, *rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    return rows


def can_hold(profile: Profile, said: str) -> bool:
    """Whether the target takes somebody called so: some want a last name, some cut text off."""
    return ("no_last_name" not in profile.rules or " " in said) and (
        "too_long" not in profile.rules or len(said.encode()) <= 255
    )


def approve(db: Connection) -> None:
    """Let everything go that a person may let go."""
    db.execute(
        text("update email_drafts set approved_at = now(), approved_reasons = '{formula,missing_value,flagged}'")
    )


def test_no_file_of_a_campaign_is_calculated_before_a_person_has_seen_it(campaign_id: int) -> None:
    for key, profile in PROFILES.items():
        with transaction() as db:
            export = export_campaign(db, campaign_id, key, with_manifest=False)
            data = export.path.read_bytes()
            assert export.rows + sum(export.held_back.values()) >= len(SAYINGS), key
        assert export.rows > 50, key
        if profile.extension == "csv":
            rows = read_rows(key, data)
            assert len(rows) == export.rows
            assert not [cell for row in rows for cell in row if is_calculated(cell)], key


def test_every_file_of_a_campaign_says_what_was_said(campaign_id: int) -> None:
    with transaction() as db:
        approve(db)
    for key, profile in PROFILES.items():
        with transaction() as db:
            export = export_campaign(db, campaign_id, key)
        data = export.path.read_bytes()
        if profile.extension == "vcf":
            cards = list(vobject.readComponents(data.decode()))
            assert len(cards) == export.rows == data.count(b"BEGIN:VCARD")
            assert {visible(card.fn.value) for card in cards} == {visible(said) for said in SAYINGS}
            continue
        rows = read_rows(key, data)
        assert {len(row) for row in rows} == {len(profile.header)}
        place = list(profile.columns.values()).index("company")
        told = {row[place] for row in rows}
        assert len(rows) == export.rows
        wanted = {said for said in SAYINGS if can_hold(profile, said)}
        assert wanted <= told <= set(SAYINGS), (key, wanted - told)


@pytest.mark.parametrize("kind", CORPUS)
def test_a_campaigns_name_becomes_a_files_name(kind: str) -> None:
    for said in CORPUS[kind]:
        for profile in (PROFILES["generic"], PROFILES["vcard"]):
            name = as_file_name(said, profile)
            assert is_file_name(name), (said, name)
            assert len(name.encode()) <= 255, len(name.encode())
            assert name.endswith(f".{profile.extension}")
            assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\.", name), name
            assert not name.startswith((".", "-", " ")), name


@pytest.mark.parametrize("said", ["../../evil", "a/b\\c", "=1+1", "<script>", 'quote"; filename="x.html', "a\nb"])
def test_a_manifest_names_the_campaign_to_the_letter_and_its_members_are_files(campaign_id: int, said: str) -> None:
    with transaction() as db:
        update_campaign(db, campaign_id, name=said, instructions=AS_THE_TEMPLATE)
        approve(db)
        export = export_campaign(db, campaign_id, "generic", with_manifest=True)
    with zipfile.ZipFile(export.path) as archive:
        assert all(is_file_name(name) for name in archive.namelist())
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
    assert visible(manifest["campaign"]) == visible(said)


def test_contacts_taken_along_say_what_was_said(opened: URL) -> None:
    with transaction() as db:
        contacts = list_contacts_by_id(db, add_people(db))
    _, *rows = csv.reader(io.StringIO(to_csv(contacts).decode("utf-8-sig"), newline=""), strict=True)
    assert not [cell for row in rows for cell in row if is_calculated(cell)]
    assert [row[2].removeprefix("'") for row in rows] == [said.removeprefix("'") for said in SAYINGS]
    cards = list(vobject.readComponents(to_vcards(contacts).decode()))
    named = [contact for contact in contacts if contact.full_name]
    assert len(cards) == len(contacts)
    assert {visible(card.fn.value) for card in cards} >= {visible(contact.full_name or "") for contact in named}


def test_no_table_of_a_dashboard_is_calculated() -> None:
    data = pd.DataFrame({said[:40]: [said] for said in SAYINGS})
    header, row = csv.reader(io.StringIO(table_to_csv(data).decode("utf-8-sig"), newline=""), strict=True)
    assert not [cell for cell in (*header, *row) if is_calculated(cell)]
    assert len(header) == len(row) == len(data.columns)
