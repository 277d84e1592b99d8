"""What a code or a model tells of a person, made into what a contact takes: believed for its form and no further."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lib.cards.details import find_details
from lib.cards.extract.email import is_address
from lib.cards.extract.phones import Phone
from lib.cards.extract.web import find_linkedin, find_website
from lib.cards.names import parse_name

# What the columns hold.
LONGEST_VALUE = 255

_PROFILE_HOST = re.compile(r"^(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/(?:in|pub)/", re.I)


def name_told(text: str) -> str | None:
    """Return the text where it can be a person's name."""
    return text if len(text) <= LONGEST_VALUE and parse_name(text) else None


def email_told(text: str) -> str | None:
    """Return the address in lower case where it could receive mail."""
    address = re.sub(r"^mailto:", "", text, flags=re.I).lower()
    return address if len(address) <= LONGEST_VALUE and is_address(address) else None


def phones_told(labelled: Sequence[str], hints: Iterable[str], region: str) -> tuple[Phone, ...]:
    """Return the numbers as they would be read if they were printed, each behind its label (`Mobile 0171 …`).

    `hints` are texts that may name a country; `region` is the country where nothing does.
    """
    found = find_details([*labelled, *(hint[:LONGEST_VALUE] for hint in hints)], region).phones
    return tuple(phone for phone in found if phone.line < len(labelled))


def web_told(links: Iterable[str]) -> dict[str, str]:
    """Return linkedin_url (a person's, not a company's page) and website, where the links hold them."""
    fields: dict[str, str] = {}
    for link in (link[:LONGEST_VALUE] for link in links):
        profile = find_linkedin(link, 0) if _PROFILE_HOST.match(link) else None
        website = None if profile else find_website(link, 0)
        for name, found in (("linkedin_url", profile), ("website", website)):
            if found:
                fields.setdefault(name, found.value)
    return fields
