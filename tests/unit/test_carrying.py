import csv
import datetime as dt
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.vcard import read_contact
from lib.contacts.carrying import LINE_LENGTH, to_csv, to_vcards
from lib.contacts.contacts import Contact

NOW = dt.datetime(2026, 4, 20, 9, 0)


def contact(**columns: Any) -> Contact:
    known = dict.fromkeys(Contact.__dataclass_fields__) | {
        "id": 1, "label": "Jane Doe", "full_name": "Jane Doe", "status": "completed", "created_at": NOW, "updated_at": NOW
    }  # fmt: skip
    return Contact(**known | columns)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def unfolded(data: bytes) -> list[str]:
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_a_csv_begins_as_excel_wants_it_and_gives_back_every_character() -> None:
    data = to_csv([contact(notes='Said "yes",\nthen left; Zoë', company="Łódź Optics")])
    assert data.startswith(b"\xef\xbb\xbfName,E-mail,Company")
    assert rows(data)[0]["Notes"] == 'Said "yes",\nthen left; Zoë'
    assert rows(data)[0]["Company"] == "Łódź Optics"


@pytest.mark.parametrize("cell", ["=1+1", "+1-1", "-2", "@sum(a1)", "＝1", "\t=1", "  =cmd|' /c calc'!a0"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert rows(to_csv([contact(company=cell)]))[0]["Company"] == f"'{cell}"


def test_a_phone_number_stays_one() -> None:
    assert rows(to_csv([contact(phone="+4930231250")]))[0]["Phone"] == "+4930231250"


def test_a_vcard_has_all_that_is_known() -> None:
    person = contact(
        company="Acme; Sons, Ltd", title="CTO", phone="+4930231250", email="jane@example.com",
        linkedin_url="https://linkedin.com/in/jane", notes="First line\nsecond",
    )  # fmt: skip
    assert unfolded(to_vcards([person])) == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Doe;Jane;;;",
        "FN:Jane Doe",
        r"ORG:Acme\; Sons\, Ltd",
        "TITLE:CTO",
        "TEL;TYPE=WORK,VOICE:+4930231250",
        "EMAIL;TYPE=INTERNET,WORK:jane@example.com",
        "URL:https://linkedin.com/in/jane",
        "X-SOCIALPROFILE;TYPE=linkedin:https://linkedin.com/in/jane",
        r"NOTE:First line\nsecond",
        "END:VCARD",
        "",
    ]


def test_who_has_no_name_goes_by_the_company() -> None:
    assert "FN:Acme" in unfolded(to_vcards([contact(full_name=None, label="IMG_1.jpg", company="Acme")]))


def test_a_reader_gets_back_what_was_written() -> None:
    person = contact(full_name="Jane Doe", company="Acme, Sons; Co", title="VP, Sales", email="jane@example.com")
    read = read_contact(to_vcards([person]).decode(), region="DE")
    assert read.fields == {
        "full_name": "Jane Doe", "company": "Acme, Sons; Co", "title": "VP, Sales", "email": "jane@example.com"
    }  # fmt: skip


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_ends_its_line_or_its_card(company: str, notes: str) -> None:
    data = to_vcards([contact(company=company, notes=notes)]) if _is_utf8(company + notes) else b""
    lines = data.split(b"\r\n")
    assert all(len(line) <= LINE_LENGTH for line in lines)
    names = [line.split(":")[0] for line in unfolded(data) if line]
    assert names in ([], *(_expected(bool(company), bool(notes)),))


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=120))
def test_a_company_is_read_as_it_was_written(company: str) -> None:
    lines = unfolded(to_vcards([contact(company=company)]))
    written = next((line[4:] for line in lines if line.startswith("ORG:")), "")
    plain = written.replace(r"\\", "\0").replace(r"\;", ";").replace(r"\,", ",").replace("\0", "\\")
    assert plain == company


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _expected(has_company: bool, has_notes: bool) -> list[str]:
    return [
        "BEGIN", "VERSION", "N", "FN", *(["ORG"] if has_company else []), *(["NOTE"] if has_notes else []), "END"
    ]  # fmt: skip
