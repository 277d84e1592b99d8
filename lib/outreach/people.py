"""The people of a campaign's group: who gets an e-mail, and why somebody does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lib.outreach.variables import Facts

# Why a contact of the group gets no e-mail, in words.
REASONS = {
    "opted_out": "Is on the list of opt-outs, or its domain is.",
    "processing": "The card is still being read.",
    "failed": "The card could not be read. Type the contact in on Review.",
    "pending_review": "Not verified yet. Verify it on Review.",
    "no_email": "Has no e-mail address.",
    "same_address": "Another contact of the group has the same address.",
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact of a campaign's group; `left_out` is a key of REASONS, None for a recipient."""

    contact_id: int
    label: str
    full_name: str | None
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    linkedin_url: str | None
    notes: str | None
    event_name: str | None
    event_date: dt.date | None
    event_location: str | None
    event_industry: str | None
    is_drafted: bool
    left_out: str | None

    @property
    def reason(self) -> str:
        """Why this contact gets no e-mail, in words; empty for a recipient."""
        return REASONS[self.left_out] if self.left_out else ""

    @property
    def facts(self) -> Facts:
        """What a template can say about this contact."""
        return Facts(
            full_name=self.full_name,
            email=self.email,
            company=self.company,
            title=self.title,
            phone=self.phone,
            linkedin_url=self.linkedin_url,
            notes=self.notes,
            event_name=self.event_name,
            event_date=self.event_date,
            event_location=self.event_location,
            event_industry=self.event_industry,
        )
