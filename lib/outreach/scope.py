"""Whom a run of writing writes to, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.database import get_row, load_queries
from lib.outreach.campaigns import list_recipients
from lib.outreach.instructions import AS_THE_TEMPLATE, Instructions
from lib.outreach.people import Person

SQL = load_queries("generation")


@dataclass(frozen=True)
class Words:
    """A subject and a body with `{{variables}}`, and what the model is told about them."""

    subject: str
    body: str
    instructions: Instructions = AS_THE_TEMPLATE


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where a campaign's writing stands; `contact_ids` is None where it goes to all recipients."""

    id: int
    status: str
    generation: int
    contact_ids: list[int] | None
    is_rewriting: bool
    is_paused: bool
    template_subject: str | None
    template_body: str | None
    instructions: dict[str, Any]

    @property
    def words(self) -> Words | None:
        """What the e-mails are made from; None where the campaign kept none and its template is gone."""
        if self.template_subject is None or self.template_body is None:
            return None
        return Words(self.template_subject, self.template_body, Instructions.from_json(self.instructions))


@dataclass(frozen=True)
class Stop:
    """Why the last generation ended early, and what to do."""

    message: str
    remedy: str


def get_run(db: Connection, campaign_id: int) -> Run | None:
    """Return the campaign's run, or None when the campaign is gone."""
    return get_row(db, SQL["get_run"], Run, {"campaign_id": campaign_id})


def list_in_scope(db: Connection, run: Run) -> list[Person]:
    """Return the recipients that the run is meant for."""
    recipients = list_recipients(db, run.id)
    if run.contact_ids is None:
        return recipients
    named = set(run.contact_ids)
    return [person for person in recipients if person.contact_id in named]


def list_todo(db: Connection, run: Run) -> list[Person]:
    """Return whom the run still has to write to."""
    done = list_done(db, run.id)
    return [person for person in list_in_scope(db, run) if person.contact_id not in done]


def list_done(db: Connection, campaign_id: int) -> set[int]:
    """Return the contacts that the run has nothing more to write to."""
    return set(db.execute(SQL["list_done"], {"campaign_id": campaign_id}).scalars())
