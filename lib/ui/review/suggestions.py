"""What a field might be instead: another account of the card, a line of it, a repaired letter. No streamlit here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz.distance import Levenshtein

from lib.cards.details import find_details
from lib.contacts.contacts import Contact
from lib.contacts.values import LABELS
from lib.reasons import OTHER_SIDE

READ, REPAIRED, PRINTED_TOO = "as it was read", "letters put right", "also on the card"
LOOK_ALIKES = str.maketrans("015", "oIS")
# An address misread in more letters than this is another one.
MOST_MISREAD = 2


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Another value for a field, and where it stands, in words."""

    field: str
    value: str
    source: str


def suggest(contact: Contact, raw: Mapping[str, Any], field: str | None = None) -> list[Suggestion]:
    """Return other values than the contact's: of every field that accounts differ in, those of `field` first.

    `field` also gets what was read before it was changed, repairs, and what else the card has of its kind. A person's
    word ends contradictions: a verified contact has none.
    """
    found = [] if contact.status == "user_verified" else list(_contradictions(contact, raw))
    if field is not None:
        found += _of_field(contact, raw, field)
        found.sort(key=lambda suggestion: suggestion.field != field)
    first: dict[tuple[str, str], Suggestion] = {}
    for suggestion in found:
        if suggestion.value != getattr(contact, suggestion.field):
            first.setdefault((suggestion.field, suggestion.value), suggestion)
    return list(first.values())


def from_line(field: str, line: str, region: str) -> str:
    """Return what a printed line says of a field: its number without the label before it; else all of it."""
    details = find_details([line], region)
    found = {
        "email": [email.value for email in details.emails],
        "phone": [phone.e164 or phone.printed for phone in details.phones],
        "linkedin_url": [details.linkedin.value] if details.linkedin else [],
    }.get(field)
    return found[0] if found else line.strip()


def _contradictions(contact: Contact, raw: Mapping[str, Any]) -> Iterator[Suggestion]:
    for conflict in map(_mapping, _listed(_extra(raw).get("conflicts"))):
        told = [conflict.get(key) for key in ("field", "kept", "other", "source")]
        if len(_texts(told)) == len(told) and conflict["field"] in LABELS:
            for place in ("other", "kept"):
                source = _place_of(conflict, place, raw)
                yield Suggestion(field=conflict["field"], value=conflict[place], source=source)


def _of_field(contact: Contact, raw: Mapping[str, Any], field: str) -> Iterator[Suggestion]:
    for read in _texts([_field(raw, field).get("value")]):
        yield Suggestion(field=field, value=read, source=READ)
    for value in _repairs(getattr(contact, field), raw, field):
        yield Suggestion(field=field, value=value, source=REPAIRED)
    for value in _printed_too(_extra(raw), field):
        yield Suggestion(field=field, value=value, source=PRINTED_TOO)


def _printed_too(extra: Mapping[str, Any], field: str) -> Sequence[str]:
    """Return what else the card has of the field's kind."""
    if field == "email":
        return _texts(extra.get("emails"))
    if field == "phone":
        return _texts([_mapping(phone).get("e164") for phone in _listed(extra.get("phones"))])
    return _texts([extra.get("legal_name")]) if field == "company" else []


def _repairs(value: str | None, raw: Mapping[str, Any], field: str) -> Iterator[str]:
    """Give the value with digits as the letters they look like, and an address with the website's domain."""
    if not value:
        return
    if field == "full_name" and any(sign in value for sign in "015"):
        yield " ".join(word.translate(LOOK_ALIKES) for word in value.split())
    if field == "email" and "@" in value:
        local, _, domain = value.rpartition("@")
        for website in _texts(_extra(raw).get("websites")):
            host = website.split("/", 1)[0].removeprefix("www.")
            if 0 < Levenshtein.distance(domain, host) <= MOST_MISREAD:
                yield f"{local}@{host}"


def _place_of(conflict: Mapping[str, str], place: str, raw: Mapping[str, Any]) -> str:
    """Return where a value stands: the print and a code or a model, or the two sides, contradict each other."""
    field, value, source = conflict["field"], conflict[place], conflict["source"]
    if source == OTHER_SIDE:
        front = _mapping(_mapping(_extra(raw).get("sides")).get("front"))
        return "the front side" if _field(front, field).get("value") == value else "the back side"
    evidence = _texts(_field(raw, field).get("evidence"))
    is_told = bool({f"from {source}", f"read by {source}"} & {*evidence})
    return source if is_told == (place == "kept") else "the print"


def _extra(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(raw.get("extra"))


def _field(raw: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    return _mapping(_mapping(raw.get("fields")).get(field))


# What is stored may be an earlier version's, or a model's answer: whatever is not as expected is as good as nothing.
def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _listed(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list) else ()


def _texts(given: Any) -> list[str]:
    return [text for text in _listed(given) if isinstance(text, str) and text]
