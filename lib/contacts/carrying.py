"""Contacts carried to other programs: a CSV for spreadsheets, vCards for address books."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

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
# What makes a spreadsheet run a cell (OWASP), full-width forms included; also behind spaces, which some cut off.
DANGEROUS = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
# The one exemption: `+1-1` would be calculated, +4930901820 is only a number.
PHONE = re.compile(r"\+[1-9]\d{6,14}")
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
    """Return one vCard a contact, one behind the other. Who has no name goes by company or e-mail address.

    Version 3.0 (RFC 2426): every address book reads it, while Outlook and older phones refuse 4.0.
    """
    lines = [line for contact in contacts for line in _card(contact)]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if DANGEROUS.match(cell) and not PHONE.fullmatch(cell) else cell


def _card(contact: Contact) -> Iterator[str]:
    name = contact.full_name or contact.company or contact.email or contact.label
    given, family = _parts(contact.full_name or "")
    yield from ("BEGIN:VCARD", "VERSION:3.0")
    yield f"N:{_escaped(family)};{_escaped(given)};;;"
    properties = {
        "FN": name,
        "ORG": contact.company,
        "TITLE": contact.title,
        "TEL;TYPE=WORK,VOICE": contact.phone,
        "EMAIL;TYPE=INTERNET,WORK": contact.email,
        "URL": contact.linkedin_url,
        "X-SOCIALPROFILE;TYPE=linkedin": contact.linkedin_url,
        "NOTE": contact.notes,
    }
    for label, value in properties.items():
        if value:
            yield f"{label}:{_escaped(value)}"
    yield "END:VCARD"


def _parts(full_name: str) -> tuple[str, str]:
    """Return given and family name: the last word is the family's, for want of anything better."""
    given, _, family = full_name.strip().rpartition(" ")
    return given, family


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
