"""Telephone numbers with their kinds, in E.164 where they can be valid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import phonenumbers

from lib.cards.words import fold, labels

Kind = Literal["mobile", "direct", "office", "fax"]
# The contact's number is the first of these that the card has; a fax never.
PREFERENCE: dict[str, int] = {"mobile": 0, "direct": 1, "office": 2, "fax": 9}

# O, l and I stand for digits only right between digits.
_RUN = re.compile(
    r"(?<![\d@/])(?:\+\s?)?[(\d](?:[\d\s().\-–/·+]|(?<=[\d\-.])[OolI](?=[\d\-.]))"
    r"{5,}(?:\d|(?<=\d)[OlI](?![^\W\d_]))(?!\d)"
)
_EXTENSION = re.compile(r"^\s*[,;]?\s*(?:ext|extn|extension|x|durchwahl|poste|int|#)\.?\s*:?\s*(\d{1,6})\b", re.I)
_NO_PHONE = re.compile(
    r"\b(vat|p\.?\s?iva|partita iva|cif|nif|siret|siren|ust|uid|abn|acn|gst|gstin|ein|tax|reg|registration|hrb|hra|"
    r"iban|bic|kvk|btw|cnpj|cpf|rut|inn|инн|огрн|license|licence|lic|npi|po box|p\.o\. box)\b\W*[\w-]*\W*$",
    re.I,
)
_TRUNK = re.compile(r"\(0\)")


@dataclass(frozen=True)
class Phone:
    """A number as printed, in E.164 (None where it can be none), its kind, and the part of the line it takes."""

    printed: str
    e164: str | None
    kind: Kind
    extension: str | None
    line: int
    start: int
    end: int
    is_labelled: bool
    is_valid: bool = False

    def as_json(self) -> dict[str, str | None]:
        """Return what is kept of it beside the contact's one number."""
        return {"kind": self.kind, "e164": self.e164, "printed": self.printed, "extension": self.extension}


def find_phones(text: str, line: int) -> list[Phone]:
    """Return the line's numbers without E.164, which needs the whole card (see `with_e164`)."""
    found: list[Phone] = []
    seen = 0
    for start, end in _runs(text):
        if _NO_PHONE.search(text[seen:start]):
            continue
        extension = _EXTENSION.match(text[end:])
        end += extension.end() if extension else 0
        kind = _kind(text[seen:start], text[end:])
        printed = text[start:end].strip(" -–/.")
        digits = extension[1] if extension else None
        found.append(Phone(printed, None, kind or "office", digits, line, start, end, is_labelled=kind is not None))
        seen = end
    return found


def _runs(text: str) -> Iterable[tuple[int, int]]:
    """Yield the stretches that hold 7-15 digits; two numbers in one stretch are cut apart at / or before a +."""
    for match in _RUN.finditer(text):
        start = match.start()
        if not _may_start(text[:start]):
            continue
        for part in re.split(r"(?<=\d)\s+/\s+|(?<=\d)\s*(?=\+\s?\d)|(?<=\d{6})/(?=\+|0|\()", match.group()):
            begin = text.index(part, start) if part else start
            start = begin + len(part)
            digits = sum(c.isdigit() for c in part)
            if 7 <= digits <= 16 and digits >= sum(c.isalpha() for c in part) * 3:
                yield begin, start


def _may_start(before: str) -> bool:
    """Return whether a number may begin behind this text: not in a word, unless that word is a label (Tel0221…)."""
    glued = re.search(r"[^\W\d_]+\W?$", before)
    if glued is None or not before[-1:].isalpha():
        return True
    return fold(glued.group()).strip(".") in labels()


def _kind(before: str, after: str) -> Kind | None:
    """Return what the label before the number, or in brackets behind it, says; None without one."""
    bracket = re.match(r"\s*[(\[]\s*([^)\]]{1,12})[)\]]", after)
    words = re.split(r"[^\w.\-]+", fold(f"{before} {bracket[1] if bracket else ''}"))
    kinds = [labels()[word.strip(".-")] for word in words if word.strip(".-") in labels()]
    for kind in ("fax", "mobile", "direct", "office"):
        if kind in kinds and not (kind == "fax" and "office" in kinds):
            return kind
    return None


def digits_of(printed: str) -> str:
    """Return the number as it is dialled: digits and a leading +. O, l and I between digits are 0 and 1."""
    text = _TRUNK.sub("", _EXTENSION_TAIL.sub("", printed))
    text = re.sub(r"[Oo]", "0", re.sub(r"[lI]", "1", text))
    international = text.lstrip(" (").startswith("+")
    digits = "".join(c for c in text if c.isdigit())
    if not international and digits.startswith("00"):
        return "+" + digits[2:]
    return ("+" if international else "") + digits


_EXTENSION_TAIL = re.compile(r"\s*[,;]?\s*(?:ext|extn|extension|x|durchwahl|poste|int|#)\.?\s*:?\s*\d{1,6}$", re.I)


def with_e164(phone: Phone, regions: Iterable[str]) -> Phone | None:
    """Return the number with its E.164 form: valid in the first region that takes it, else possible, else none.

    Returns None when it is probably no telephone number: without label or +, and nowhere valid.
    """
    dialled = digits_of(phone.printed)
    possible: phonenumbers.PhoneNumber | None = None
    for region in regions:
        number = _parse(dialled, region)
        if number is None:
            continue
        if phonenumbers.is_valid_number(number):
            return _as_e164(phone, number, is_valid=True)
        # A 0 that the country does not know as a trunk prefix: the number is another country's.
        is_foreign = number.italian_leading_zero and region not in ("IT", "SM", "VA")
        if possible is None and not is_foreign and phonenumbers.is_possible_number(number):
            possible = number
    if possible is not None and (phone.is_labelled or dialled.startswith("+")):
        return _as_e164(phone, possible, is_valid=False)
    return phone if phone.is_labelled else None


def _parse(dialled: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None


def _as_e164(phone: Phone, number: phonenumbers.PhoneNumber, *, is_valid: bool) -> Phone:
    kind = phone.kind
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE and kind == "office":
        # "Tel." before a mobile number is common; a label that says direct or fax is believed.
        kind = "mobile"
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return replace(phone, e164=e164, kind=kind, is_valid=is_valid)


def regions_of(
    phones: Iterable[Phone], country_endings: Iterable[str], hints: Iterable[str], default: str
) -> list[str]:
    """Return the regions to read numbers in, best first: the domains' countries, numbers with +, hints, default."""
    regions = list(country_endings)
    for phone in phones:
        dialled = digits_of(phone.printed)
        number = _parse(dialled, "ZZ") if dialled.startswith("+") else None
        region = phonenumbers.region_code_for_number(number) if number else None
        if region:
            regions.append(region)
    return list(dict.fromkeys([*regions, *hints, default]))


def primary(phones: Iterable[Phone]) -> Phone | None:
    """Return the number to store: mobile before direct before office, valid first, never a fax."""
    usable = [phone for phone in phones if phone.kind != "fax"]
    return min(usable, key=lambda p: (p.e164 is None, PREFERENCE[p.kind]), default=None)
