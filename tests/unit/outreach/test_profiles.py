"""Each file is read back by a reader that is not ours, and says what the source said."""

import csv
import io

import openpyxl
import pytest
import vobject
from openpyxl.utils.escape import unescape

from lib.contacts.carrying import is_dangerous
from lib.outreach.exports import CAN_BE_APPROVED, PROFILES, REASONS
from lib.outreach.exports.profiles import DERIVED, FIXED, SOURCES
from lib.outreach.exports.writing import open_writer
from lib.outreach.names import split_name

ADA = {
    "email": "ada.o'neil@example.com",
    "full_name": "Ada O'Neil",
    "company": 'Sample & Sons, "Ltd"',
    "title": "Head of Research; Lenses",
    "phone": "+4930901820",
    "linkedin_url": "https://www.linkedin.com/in/ada",
    "notes": "Likes tea,\nno milk",
    "event_name": "Spring Fair",
    "event_date": "2026-04-20",
    "event_location": "Berlin",
    "subject": "Lenses 🔭 and us",
    "body": 'Hi Ada,\n\nwhat does "Sample" need?\n\nבברכה \u200f— Ben',
}
ODD = [
    "Zoë \"Zed\" Sample", "Sample, Zoë", "Zoë\nSample", "Zoë 🦊 Sample", "\u200fזואי\u200f דוגמה", "=1+1", "+1-1", "-2",
    "@sum(a1)", "＝1", "＋1", "－1", "＠x", "  =1", "O'Neil", "", "王小明", "_x0041_", "Zoë\tSample", "=HYPERLINK(\"x\")",
]  # fmt: skip
ROWS = [ADA, *({**ADA, "full_name": text, "company": text, "subject": text, "body": text} for text in ODD)]


def written(key: str, rows: list[dict[str, str]]) -> bytes:
    file, profile = io.BytesIO(), PROFILES[key]
    with open_writer(profile, file) as write:
        write([profile.cells(tuple(row[source] for source in SOURCES)) for row in rows])
    return file.getvalue()


def expected(source: str, row: dict[str, str]) -> str:
    """What a cell must say, told without the table under test."""
    name = split_name(row["full_name"])
    made = {"first_name": name.first, "last_name": name.last, "last_or_only_name": name.last or name.full}
    return (
        (made[source] or "") if source in made else {"nothing": "", "not_opted_out": "0"}.get(source, row.get(source))
    )


def by_header(header: list[str], rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("key", [key for key, profile in PROFILES.items() if profile.extension == "csv"])
def test_a_csv_is_read_back_as_the_source_was(key: str) -> None:
    header, *rows = csv.reader(io.StringIO(written(key, ROWS).decode("utf-8"), newline=""), strict=True)
    columns = PROFILES[key].columns
    assert header == list(columns)
    assert by_header(header, rows) == [
        {name: expected(source, row) for name, source in columns.items()} for row in ROWS
    ]


def test_a_workbook_is_read_back_as_the_source_was_and_nothing_is_a_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", ROWS))).active
    assert sheet is not None
    header, *rows = sheet.iter_rows()
    columns = PROFILES["xlsx"].columns
    assert [cell.value for cell in header] == list(columns)
    # openpyxl leaves it to its user to read `_x0041_` as the standard has it (ECMA-376, 22.9.2.19).
    read = [[unescape(cell.value or "") for cell in row] for row in rows]
    assert read == [[expected(source, row) for source in columns.values()] for row in ROWS]
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert {cell.number_format for row in rows for cell in row if cell.value} == {"@"}


def test_vcards_are_read_back_as_the_source_was() -> None:
    rows = [ADA, {**ADA, "full_name": "Zoë, Sample"}, {**ADA, "full_name": "\u200fזואי דוגמה"}, {**ADA, "notes": ""}]
    cards = list(vobject.readComponents(written("vcard", rows).decode("utf-8")))
    assert len(cards) == len(rows)
    for card, row in zip(cards, rows, strict=True):
        name = split_name(row["full_name"])
        assert (card.version.value, card.fn.value, card.n.value.given) == ("3.0", row["full_name"], name.first)
        assert (card.n.value.family, card.org.value) == (name.last, [row["company"]])
        assert (card.email.value, card.tel.value, card.title.value) == (row["email"], row["phone"], row["title"])
        assert (card.url.value, card.note.value if row["notes"] else "") == (row["linkedin_url"], row["notes"])


@pytest.mark.parametrize(
    ("key", "header"),
    [
        ("instantly", "email,first_name,last_name,company_name,job_title,phone,website,personalization"),
        ("lemlist", "email,firstName,lastName,companyName,phone,linkedinUrl,icebreaker"),
        ("smartlead", "email,first_name,last_name,company_name,phone_number,website,linkedin_profile"),
        ("hubspot", "First Name,Last Name,Email,Phone Number,Company Name,Job Title"),
        (
            "outlook",
            "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Phone,"
            "Mobile Phone,E-mail Address,Notes,Web Page",
        ),
    ],
)
def test_a_header_begins_as_the_target_writes_it(key: str, header: str) -> None:
    assert ",".join(PROFILES[key].header).startswith(header)


def test_google_contacts_has_every_column_of_its_own_export() -> None:
    assert len(PROFILES["google_contacts"].header) == 32


def test_no_sheet_add_on_takes_a_columns_name_for_a_pattern() -> None:
    assert not set("()]+*?|.$^\\").intersection("".join(PROFILES["sheets"].header))


def test_who_has_one_name_has_a_last_name_for_salesforce() -> None:
    data = written("salesforce", [{**ADA, "full_name": "Dr. Sample"}])
    assert next(csv.DictReader(io.StringIO(data.decode())))["Last Name"] == "Sample"


def test_every_column_has_a_source() -> None:
    known = {*SOURCES, *DERIVED, *FIXED}
    assert all(known.issuperset(profile.columns.values()) for profile in PROFILES.values())


def test_private_notes_go_to_address_books_alone() -> None:
    with_notes = {profile.family for profile in PROFILES.values() if "notes" in profile.columns.values()}
    assert with_notes == {"address book"}


def test_every_reason_that_can_be_approved_has_words() -> None:
    assert CAN_BE_APPROVED.issubset(REASONS)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1-1",
        "-2",
        "@x",
        "\tx",
        "\rx",
        "\nx",
        "＝1",
        "﹢1",
        "+49 30 1",
        "+0123456789",
        "\u200f=1",
        "+٤٤٤٤٤٤٤",
    ],
)
def test_a_cell_that_a_spreadsheet_calculates_is_dangerous(cell: str) -> None:
    assert is_dangerous(cell)


@pytest.mark.parametrize("cell", ["", "Ada", "a=b", "+4930901820", "12", "   "])
def test_a_plain_cell_and_a_whole_phone_number_are_not(cell: str) -> None:
    assert not is_dangerous(cell)
