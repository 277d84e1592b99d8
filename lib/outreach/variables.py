"""What a template can say: one table of variables, each with the column it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from lib.outreach.names import split_name
from lib.text import strip_hidden


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a person and of where one met; None where it is not."""

    full_name: str | None = None
    email: str | None = None
    company: str | None = None
    title: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    notes: str | None = None
    event_name: str | None = None
    event_date: dt.date | None = None
    event_location: str | None = None
    event_industry: str | None = None


@dataclass(frozen=True)
class Variable:
    """A name between double braces, the column behind it, and how to read it."""

    name: str
    source: str
    read: Callable[[Facts], str | None]


VARIABLES = {
    variable.name: variable
    for variable in (
        Variable("firstName", "contacts.full_name, its first name", lambda facts: split_name(facts.full_name).first),
        Variable("lastName", "contacts.full_name, its last name", lambda facts: split_name(facts.full_name).last),
        Variable("fullName", "contacts.full_name", lambda facts: split_name(facts.full_name).full),
        Variable("company", "contacts.company", lambda facts: facts.company),
        Variable("title", "contacts.title", lambda facts: facts.title),
        Variable("email", "contacts.email", lambda facts: facts.email),
        Variable("phone", "contacts.phone", lambda facts: facts.phone),
        Variable("linkedinUrl", "contacts.linkedin_url", lambda facts: facts.linkedin_url),
        Variable("eventName", "events.name", lambda facts: facts.event_name),
        Variable("eventDate", "events.date, as 20 April 2026", lambda facts: _as_words(facts.event_date)),
        Variable("eventLocation", "events.location", lambda facts: facts.event_location),
        Variable("eventIndustry", "events.industry", lambda facts: facts.event_industry),
        Variable("notes", "contacts.notes", lambda facts: facts.notes),
    )
}
# Somebody who exists nowhere, for a preview before there is any contact.
SAMPLE = Facts(
    full_name="Ada Example",
    email="ada@example.com",
    company="Example Optics",
    title="Head of Research",
    phone="+493090182000",
    linkedin_url="https://www.linkedin.com/in/ada-example",
    notes="Looks for a lens supplier.",
    event_name="Spring Fair",
    event_date=dt.date(2026, 4, 20),
    event_location="Berlin",
    event_industry="Optics",
)


def read_values(facts: Facts) -> dict[str, str | None]:
    """Return the value of every variable, cleaned; None where it is unknown or blank."""
    return {name: strip_hidden(variable.read(facts) or "").strip() or None for name, variable in VARIABLES.items()}


def _as_words(date: dt.date | None) -> str | None:
    # A month in words reads the same on both sides of the Atlantic.
    return f"{date.day} {date:%B} {date.year}" if date else None
