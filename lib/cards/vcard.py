"""What the text of a code says of a person: a vCard (2.1, RFC 2426, RFC 6350), a MECARD, or an address of the web.

The text comes from a stranger: it is only ever taken apart. No address in it is opened, and no size is believed.
vobject is not used: it cuts titles at their comma, and the semicolons of one line can keep it busy for hours.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lib.cards.engines.clean import clean_text
from lib.cards.extract.phones import Phone, primary
from lib.cards.told import LONGEST_VALUE, email_told, name_told, phones_told, web_told
from lib.cards.words import slug

# A QR code holds 4,296 characters at most; others hold less.
LONGEST_TEXT = 10_000
MOST_VALUES = 20

_VCARD = re.compile(r"^\s*BEGIN:VCARD\b", re.I)
_MECARD = re.compile(r"^\s*MECARD:", re.I)
_URL = re.compile(r"^\s*(?:https?://|www\.)\S+\s*$", re.I)
_PROPERTY = re.compile(r'^(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<hints>(?:;(?:"[^"]*"|[^":])*)?):(?P<value>.*)$')
# What find_details takes for labels, by what a vCard calls the number; the first that applies.
_LABELS = {"fax": "Fax", "pager": "Fax", "cell": "Mobile", "mobile": "Mobile"}


@dataclass(frozen=True)
class Property:
    """One property of a card: its name in upper case, its types in lower case, its value still escaped."""

    name: str
    types: frozenset[str]
    value: str


@dataclass(frozen=True, kw_only=True)
class CodeContact:
    """What a code says: the fields by name, and all numbers and addresses."""

    fields: dict[str, str]
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()


def read_contact(text: str, *, region: str) -> CodeContact | None:
    """Return what a code's text says of a person, cleaned as an engine's text is; None when it says nothing.

    `region` (ISO 3166) is the country of numbers that nothing in the text places.
    """
    text = text[:LONGEST_TEXT]
    if _VCARD.match(text):
        contact = _contact(list(_vcard_properties(text)), region)
    elif _MECARD.match(text):
        contact = _contact(list(_mecard_properties(text)), region)
    elif _URL.match(text):
        contact = CodeContact(fields=web_told([clean_text(text)]))
    else:
        return None
    return contact if contact.fields else None


def _vcard_properties(text: str) -> Iterator[Property]:
    """Yield the properties that can be made out: also without END, between lines that are none, in any version."""
    unfolded = re.sub(r"\n[ \t]", "", re.sub(r"\r\n?", "\n", text))
    if "QUOTED-PRINTABLE" in unfolded.upper():
        unfolded = re.sub(r"=\n(?![A-Z-]+[;:])", "", unfolded)
    for line in unfolded.split("\n"):
        if match := _PROPERTY.match(line.strip()):
            hints, value = match["hints"].lower(), match["value"]
            if "quoted-printable" in hints:
                value = _decoded(value, hints)
            yield Property(match["name"].upper(), frozenset(re.split(r'[;,="]', hints)), value)


def _decoded(value: str, hints: str) -> str:
    charset = re.search(r'charset="?([\w-]+)', hints)
    data = quopri.decodestring(value.encode())
    try:
        return data.decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return data.decode("utf-8", "replace")


_MECARD_NAMES = {"N": "FN"} | {name: name for name in ("TEL", "EMAIL", "URL", "ORG", "TITLE", "ADR")}


def _mecard_properties(text: str) -> Iterator[Property]:
    """Yield a MECARD's fields as a vCard's (NTT docomo, "MECARD"): `N:Miller,Jane` is Jane Miller."""
    for field in re.split(r"(?<!\\);", _MECARD.sub("", text)):
        name, _, value = field.strip().partition(":")
        name = name.upper()
        if name == "N":
            value = " ".join(reversed([part.strip() for part in re.split(r"(?<!\\),", value)[:2]]))
        if name in _MECARD_NAMES:
            yield Property(_MECARD_NAMES[name], frozenset(), value)


def _contact(properties: list[Property], region: str) -> CodeContact:
    emails = [address for item in _all(properties, "EMAIL") if (address := email_told(_whole(item)))]
    links = [_whole(item) for item in _all(properties, "URL", "X-SOCIALPROFILE", "SOCIALPROFILE", "X-LINKEDIN")]
    company = _first(_parts(item)[0] for item in _all(properties, "ORG"))
    places = [" ".join(_parts(item)) for item in _all(properties, "ADR")]
    phones = _phones(_all(properties, "TEL"), [*emails, *links, *places, company or ""], region)
    best = primary(phone for phone in phones if phone.e164)
    fields = {
        "full_name": _name(properties, company),
        "email": next(iter(emails), None),
        "company": company,
        "title": _first(_whole(item) for item in _all(properties, "TITLE", "ROLE")),
        "phone": best.e164 if best else None,
    }
    known = {name: value for name, value in fields.items() if value}
    return CodeContact(fields=known | web_told(links), phones=phones, emails=tuple(dict.fromkeys(emails)))


def _name(properties: list[Property], company: str | None) -> str | None:
    """Return FN, else N put in order; a text that cannot be a person's name, or is the company's, is none."""
    written = [_whole(item) for item in _all(properties, "FN")]
    for item in _all(properties, "N"):
        surname, given, middle, prefix, suffix = [*_parts(item), *[""] * 5][:5]
        written.append(" ".join(f"{prefix} {given} {middle} {surname} {suffix}".split()))
    return _first(name for text in written if slug(text) != slug(company or "") and (name := name_told(text)))


def _phones(items: list[Property], hints: list[str], region: str) -> tuple[Phone, ...]:
    """Return the numbers as they would be read if they were printed, each behind its label."""
    printed = []
    for item in items:
        number = re.sub(r"^tel:", "", _whole(item), flags=re.I).partition(";")[0]
        label = next((label for kind, label in _LABELS.items() if kind in item.types), "Tel")
        printed.append(f"{label} {number[:50]}")
    return phones_told(printed, hints, region)


def _all(properties: list[Property], *names: str) -> list[Property]:
    return [item for name in names for item in properties if item.name == name][:MOST_VALUES]


def _first(texts: Iterable[str]) -> str | None:
    return next((text for text in texts if text and len(text) <= LONGEST_VALUE), None)


def _whole(item: Property) -> str:
    return clean_text(_unescaped(item.value))


def _parts(item: Property) -> list[str]:
    """Return the parts of a value such as N's, which semicolons divide."""
    return [clean_text(_unescaped(part)) for part in re.split(r"(?<!\\);", item.value)]


def _unescaped(value: str) -> str:
    """Return the value as it was typed: RFC 6350, 3.4."""
    return re.sub(r"\\(.)", lambda match: " " if match[1] in "nN" else match[1], value, flags=re.S)
