"""Addresses and domains out of the files that people have: exports of any tool, lists of any making."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from lib.contacts.addresses import Kind, parse
from lib.errors import NotValid

# How many rows tell which column holds the addresses.
SAMPLE = 500
DELIMITERS = ",;\t|"
EMAIL_HEADER = re.compile(r"e-?mail([ _-]?address(es)?)?|e-mail \d+ - value|e-?mail \d+ address|addresses", re.I)
DOMAIN_HEADER = re.compile(r"(company |e-?mail )?domains?( name)?|address", re.I)
# Google Contacts puts several values of one kind into one cell like this.
JOINED = re.compile(r"\s*:::\s*|\s*[;,]\s*(?=\S+@)")
SHOWN = 80
Row = Sequence[str]


@dataclass(frozen=True)
class Refused:
    """A line of the file that was not taken, with its number (from 1), the text, and why."""

    line: int
    text: str
    why: str


def read_addresses(data: bytes) -> tuple[list[tuple[Kind, str]], list[Refused]]:
    """Return what stands in the file's columns of addresses or domains, and the lines refused.

    Raises NotValid for a file that is no text, or has no such column.
    """
    rows = _rows(_decoded(data))
    if not rows:
        raise NotValid("The file is empty.", "Choose a file with one address or domain a line.")
    # What was to be an address and is none must be refused aloud, not taken for a header.
    has_header = not any("@" in cell or _kind(cell) for cell in rows[0][1])
    columns = _columns(rows, has_header=has_header)
    found: list[tuple[Kind, str]] = []
    refused: list[Refused] = []
    for line, row in rows[has_header:]:
        cells = [part for column in columns if column < len(row) for part in _parts(row[column])]
        if not cells:
            refused.append(Refused(line, _short(" ".join(row)), "No address or domain is in its column."))
        for cell in cells:
            try:
                found.append(parse(cell))
            except NotValid as error:
                refused.append(Refused(line, _short(cell), error.message))
    return found, refused


def _decoded(data: bytes) -> str:
    """Return the file as text: UTF-8 or UTF-16, with a mark or without, else as old Windows programs write."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\0" in data[:200]:
        # Text in Latin letters has a zero in every second byte.
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8-sig":
            raise _no_text() from None
        text = data.decode("cp1252", "replace")
    if "\0" in text or data.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")):
        raise _no_text()
    return text


def _no_text() -> NotValid:
    return NotValid("This file is not a text file.", "Save it as CSV, then choose that.")


def _rows(text: str) -> list[tuple[int, Row]]:
    """Return the rows that hold anything, each with the number of the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows: list[tuple[int, Row]] = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise NotValid(
            f"Line {reader.line_num} of the file cannot be read.",
            "It may have a quote that never ends: put it right.",
        ) from None
    return rows


def _delimiter(text: str) -> str:
    """Return what parts the columns: what stands in most of the first lines, a comma where nothing does."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    counts = Counter({mark: sum(mark in line for line in lines) for mark in DELIMITERS})
    # An address holds none of them, so in a list of addresses alone it does not matter.
    best = max(DELIMITERS, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _columns(rows: list[tuple[int, Row]], *, has_header: bool) -> list[int]:
    """Return the columns of addresses; where there are none, the one of domains or of both. Raises NotValid."""
    header: Row = rows[0][1] if has_header else ()
    sample = [row for _, row in rows[has_header : SAMPLE + has_header]]
    width = max((len(row) for row in [header, *sample]), default=0)
    shares = [_shares([row[column] for row in sample if column < len(row)]) for column in range(width)]
    named = [column for column, name in enumerate(header) if EMAIL_HEADER.fullmatch(name.strip())]
    addresses = [column for column, (address, _) in enumerate(shares) if address > 0.5]
    if named or addresses:
        return sorted({*named, *addresses})
    domains = [column for column, name in enumerate(header) if DOMAIN_HEADER.fullmatch(name.strip())]
    mixed = [column for column, (address, domain) in enumerate(shares) if address + domain > 0.5]
    if domains or mixed:
        return [*domains, *mixed][:1]
    raise NotValid(
        "No column of this file holds e-mail addresses or domains.",
        "Give a file with one address or domain a line, or with a column named Email or Domain.",
    )


def _parts(cell: str) -> list[str]:
    # Nearly every cell holds one address: looking for marks is quicker than splitting.
    is_many = ":" in cell or ";" in cell or "," in cell
    return [part for part in (JOINED.split(cell) if is_many else [cell]) if part.strip()]


def _shares(cells: list[str]) -> tuple[float, float]:
    """Return which shares (0-1) of the filled cells are addresses and domains."""
    kinds = Counter(_kind(JOINED.split(cell)[0]) for cell in cells if cell.strip())
    filled = kinds.total() or 1
    return kinds["address"] / filled, kinds["domain"] / filled


@lru_cache(maxsize=4 * SAMPLE)
def _kind(cell: str) -> Kind | None:
    try:
        return parse(cell)[0]
    except NotValid:
        return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
