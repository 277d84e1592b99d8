"""Telephone numbers with their kinds, in E.164 where they can be valid."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import phonenumbers

from lib.cards.words import fold, labels

Kind = Literal["mobile", "direct", "office", "fax"]
# The contact's number is the first of these that the card has; a fax never.
PREFERENCE: dict[str, int] = {"mobile": 0, "direct": 1, "office": 2, "fax": 9}

# O, l and I stand for digits only right between digits.
_RUN = re.compile(
    r"(?<![\d@/])(?:\+\s?)?[(\d](?:[\d\s().\-–/+]|(?<=\d)·(?=\d)|(?<=[\d\-.])[OolI](?=[\d\-.]))"
    r"{5,}(?:\d|(?<=\d)[OlI](?![^\W\d_]))(?!\d)"
)
_EXTENSION = re.compile(r"^\s*[,;]?\s*(?:ext|extn|extension|x|durchwahl|poste|int|#)\.?\s*:?\s*(\d{1,6})\b", re.I)
_NO_PHONE = re.compile(
    r"\b(vat|tva|p\.?\s?iva|c\.\s?f\.?|k\.v\.k\.|partita iva|cif|nif|siret|siren|ust|uid|abn|acn|gst|gstin|ein|tax|"
    r"reg|registration|hrb|hra|"
    r"iban|bic|kvk|btw|cnpj|cpf|rut|inn|инн|огрн|license|licence|lic|npi|po box|p\.o\. box|nip|regon|krs|mst|trn|"
    r"gstin|cin|iec|nmls|dre|bre|cuit|rfc|nit|oib|pib|dič|ičo|ico|dic|cvr|orgnr|org|rc|rcs|ape|bank|a/c|account|konto|"
    r"blz|swift|acn|arbn|crea|crm|crea-sp)\b\W*(?:no\.?|nr\.?)?\W*[\w-]*\W*$|\biban\b[\W\w]{0,12}$|\bk\.?v\.?k\b\W+\w+\W+$|\w+bank\W+$|\bBE\s$",
    re.I,
)
# As numbers are printed in North America and hardly anywhere else: (212) 555-0123, 212.555.0123, 1-800-555-0123.
_NORTH_AMERICAN = re.compile(
    r"(?:\+?1[\s.-]?)?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[\s.-])[2-9]\d{2}[\s.-]\d{4}(?:\s*(?:x|ext)\D{0,3}\d+)?", re.I
)
_HOURS = re.compile(r"\b\d{1,2}[.:]\d{2}\s*[-–]\s*\d{1,2}[.:]\d{2}\b")
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
    runs = list(_runs(text))
    are_behind = _labels_are_behind(text, runs)
    for position, (start, end) in enumerate(runs):
        if _NO_PHONE.search(text[seen:start]) or _HOURS.search(text[start:end]):
            continue
        extension = _EXTENSION.match(text[end:])
        end += extension.end() if extension else 0
        upto = runs[position + 1][0] if position + 1 < len(runs) else len(text)
        kind = _kind(text[end:upto], "") if are_behind else _kind(text[seen:start], text[end:])
        printed = text[start:end].strip(" -–/.")
        digits = extension[1] if extension else None
        found.append(Phone(printed, None, kind or "office", digits, line, start, end, is_labelled=kind is not None))
        seen = end
    return found


def _labels_are_behind(text: str, runs: list[tuple[int, int]]) -> bool:
    """Return whether a line names its numbers behind them: 312 555 0104 O  312 555 0199 C."""
    if not runs or _kind(text[: runs[0][0]], "") is not None:
        return False
    return bool(re.fullmatch(r"[\s.,:|/•·–-]*[(\[]?\w[\w.]*[)\]]?[\s.]*", text[runs[-1][1] :])) and (
        _kind(text[runs[-1][1] :], "") is not None
    )


def _runs(text: str) -> Iterable[tuple[int, int]]:
    """Yield the stretches that hold 7-15 digits; two numbers in one stretch are cut apart at / or before a +."""
    for match in _RUN.finditer(text):
        start = match.start()
        if not _may_start(text[:start]):
            continue
        for part in _cut_apart(_OPEN_BRACKET.sub("", match.group())):
            begin = text.index(part, start) if part else start
            start = begin + len(part)
            digits = sum(c.isdigit() for c in part)
            if 7 <= digits <= 16 and digits >= sum(c.isalpha() for c in part) * 3:
                yield begin, start


# What only counts the lines: (0114) 244 6137 (6 lines).
_OPEN_BRACKET = re.compile(r"\s+\(\d{1,2}$")


def _cut_apart(run: str) -> list[str]:
    """Return the numbers of a stretch: 2201 5438 / 2205 9916 are two, 05 11 / 36 48 92 is one."""
    parts: list[str] = []
    for piece in re.split(r"(?<=\d)\s*(?=\+\s?\d)", run):
        parts += _cut_at_slashes(piece)
    return parts


def _cut_at_slashes(piece: str) -> list[str]:
    parts = [""]
    for token in re.split(r"(\s*/\s*)", piece):
        if "/" not in token and parts[-1].rstrip().endswith("/"):
            before, after = parts[-1].rstrip(" /"), token
            if _is_whole(before) and sum(c.isdigit() for c in after) >= 6:
                parts[-1] = before
                parts.append(after)
                continue
        parts[-1] += token
    return parts


def _is_whole(printed: str) -> bool:
    """Return whether a number has the digits of a whole one, not only those of its area."""
    digits = sum(c.isdigit() for c in _TRUNK.sub("", printed))
    return digits >= (9 if printed.lstrip(" (").startswith("+") else 8 if printed.lstrip(" (").startswith("0") else 6)


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


def with_e164(phone: Phone, regions: Collection[str]) -> Phone | None:
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
    # The 0 of the trunk before a mobile number, as it was once dialled: 0 602 748 113.
    bare = _parse(dialled[1:], next(iter(regions), "ZZ")) if dialled.startswith("0") else None
    if bare is not None and phonenumbers.is_valid_number(bare):
        return _as_e164(phone, bare, is_valid=True)
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
    phones: Collection[Phone], country_endings: Iterable[str], hints: Iterable[str], default: str
) -> list[str]:
    """Return the regions to read numbers in, best first: the domains' countries, numbers with +, hints, default."""
    regions = list(country_endings)
    for phone in phones:
        dialled = digits_of(phone.printed)
        number = _parse(dialled, "ZZ") if dialled.startswith("+") else None
        region = phonenumbers.region_code_for_number(number) if number else None
        if region:
            regions.append(region)
    usual = ["US"] if any(_NORTH_AMERICAN.fullmatch(phone.printed) for phone in phones) else []
    return list(dict.fromkeys([*regions, *usual, *hints, default]))


def primary(phones: Iterable[Phone]) -> Phone | None:
    """Return the number to store: mobile before direct before office, valid first, never a fax."""
    usable = [phone for phone in phones if phone.kind != "fax"]
    return min(usable, key=lambda p: (p.e164 is None, PREFERENCE[p.kind]), default=None)
