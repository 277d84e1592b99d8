"""Contacts carried to other programs: a CSV for spreadsheets, vCards for address books."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping

from lib.contacts.contacts import Contact

HEADER = {
    "Name": "full_name",
    "E-mail": "email",
    "Company": "company",
    "Title": "title",
    "Phone": "phone",
    "LinkedIn": "linkedin_url",
    "Notes": "notes",
    "Event": "event_name",
}
# What makes a spreadsheet run a cell (OWASP), full-width and small forms included; also behind spaces and signs that
# nobody sees, which some programs cut off. sql/migrations/0013_exports.sql says the same.
DANGEROUS = re.compile(
    r"[\s\x00-\x20\x7f-\xa0\u00ad\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff]*"
    r"[\t\r\n=+@＝＋－＠﹦﹢﹣﹫-]"
)
# The one exemption: `+1-1` would be calculated, +4930901820 is only a number.
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# RFC 2426, 2.6: octets of a line, without its end.
LINE_LENGTH = 75
# What no card may hold: a line's end would begin another property.
BREAK = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def to_csv(contacts: Iterable[Contact]) -> bytes:
    """Return a header and one row a contact: UTF-8 with BOM, by which Excel knows it, else RFC 4180.

    A cell that a spreadsheet might calculate begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    for contact in contacts:
        writer.writerow(_harmless(getattr(contact, column) or "") for column in HEADER.values())
    return buffer.getvalue().encode("utf-8-sig")


def to_vcards(contacts: Iterable[Contact]) -> bytes:
    """Return one vCard a contact, one behind the other. Who has no name goes by company or e-mail address."""
    return "".join(_card_of(contact) for contact in contacts).encode()


def to_vcard(values: Mapping[str, str | None], *, given: str, family: str, label: str = "") -> str:
    """Return one vCard of the columns of a contact; `label` is its name where nothing else is known.

    Version 3.0 (RFC 2426): every address book reads it, while Outlook and older phones refuse 4.0.
    """
    known = {name: value or "" for name, value in values.items()}
    properties = {
        "FN": known["full_name"] or known["company"] or known["email"] or label,
        "ORG": known["company"],
        "TITLE": known["title"],
        "TEL;TYPE=WORK,VOICE": known["phone"],
        "EMAIL;TYPE=INTERNET,WORK": known["email"],
        "URL": known["linkedin_url"],
        "X-SOCIALPROFILE;TYPE=linkedin": known["linkedin_url"],
        "NOTE": known["notes"],
    }
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escaped(family)};{_escaped(given)};;;",
        *(f"{name}:{_escaped(value)}" for name, value in properties.items() if value),
        "END:VCARD",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def is_dangerous(cell: str) -> bool:
    """Whether a spreadsheet might calculate the cell instead of showing it."""
    return bool(DANGEROUS.match(cell)) and not PHONE.fullmatch(cell)


def _harmless(cell: str) -> str:
    return f"'{cell}" if is_dangerous(cell) else cell


def _card_of(contact: Contact) -> str:
    # The last word is the family's, for want of anything better.
    given, _, family = (contact.full_name or "").strip().rpartition(" ")
    values = {column: getattr(contact, column) for column in HEADER.values()}
    return to_vcard(values, given=given, family=family, label=contact.label)


def _escaped(text: str) -> str:
    """Return a value as RFC 2426, 4 has it: no character of it can end its part, its line or its card."""
    clean = CONTROLS.sub("", BREAK.sub("\n", text))
    for sign in ("\\", ";", ","):
        clean = clean.replace(sign, f"\\{sign}")
    return clean.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return the line in pieces of 75 octets at most, none cut within a character."""
    pieces, piece, octets = [], "", 0
    for character in line:
        size = len(character.encode())
        # What goes on begins with a space, which counts.
        if octets + size > LINE_LENGTH:
            pieces.append(piece)
            piece, octets = "", 1
        piece, octets = piece + character, octets + size
    return "\r\n ".join([*pieces, piece])
