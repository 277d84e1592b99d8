"""Which field to look at first and how the unsure ones are named. No streamlit here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.cards.model import CONTACT_FIELDS
from lib.contacts.contacts import Contact
from lib.contacts.finding import Doubts

# Below this confidence a field is worth a look.
UNSURE = 0.8
# More would not be read in a narrow column; the panel names them all.
MOST_NAMED = 2
# As short as a column's head.
SHORT = {
    "full_name": "Name",
    "email": "E-mail",
    "company": "Company",
    "title": "Title",
    "phone": "Phone",
    "linkedin_url": "LinkedIn",
    "notes": "Notes",
}
# What decides whether a card is accepted: missing, it is named too.
DECIDING = ("full_name", "email")


def to_check(contact: Contact, doubts: Doubts | None) -> str:
    """Return what is missing and the least sure fields of a contact: "E-mail 62% · Name 71% · +2"."""
    known = doubts.confidences if doubts else {}
    unsure = sorted((sure, field) for field, sure in known.items() if sure < UNSURE and field in SHORT)
    missing = [f"no {SHORT[field].lower()}" for field in DECIDING if getattr(contact, field) is None]
    # A person's word ends all doubts.
    if contact.status == "user_verified":
        return ""
    said = [*missing, *(named(field, sure) for sure, field in unsure)]
    return " · ".join(said[:MOST_NAMED] + ([f"+{len(said) - MOST_NAMED}"] if len(said) > MOST_NAMED else []))


def named(field: str, sure: float | None) -> str:
    """Return the field's short name, with its confidence where that is low."""
    return SHORT[field] if sure is None or sure >= UNSURE else f"{SHORT[field]} {sure:.0%}"


def confidences(contact: Contact, raw: Mapping[str, Any]) -> dict[str, float]:
    """Return how sure the reader was (0-1) of each value that is still as it read it."""
    fields = {name: field for name, field in (raw.get("fields") or {}).items() if field and name in CONTACT_FIELDS}
    return {name: field["confidence"] for name, field in fields.items() if field["value"] == getattr(contact, name)}


def least_sure(contact: Contact, raw: Mapping[str, Any]) -> str:
    """Return the field to look at first: one that decides and is missing, else the least sure one."""
    known = confidences(contact, raw)
    missing = [name for name in DECIDING if getattr(contact, name) is None]
    return missing[0] if missing else min(CONTACT_FIELDS, key=lambda name: known.get(name, 1.0))
