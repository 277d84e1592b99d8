"""Generating a campaign's drafts: begun on the page, done in a worker."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import asdict, dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.activity import log_activity
from lib.database import load_queries, transaction
from lib.errors import DatabaseUnavailable, MeishiError, NotFound, NotValid
from lib.outreach.campaigns import Person, get_campaign, list_recipients, lock_campaign
from lib.outreach.model import WritingStopped
from lib.outreach.templates import Template, get_template
from lib.outreach.writer import Writer, Written, open_writer
from lib.settings import Settings
from lib.text import to_json

SQL = load_queries("drafts")
# Committed together, so that the page moves: a model takes seconds for one e-mail, a merge a millisecond.
MODEL_BATCH, MERGE_BATCH = 4, 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of the recipients have a draft."""

    done: int
    total: int


@dataclass(frozen=True)
class Stop:
    """Why the last generation ended early, and what to do."""

    message: str
    remedy: str


def get_progress(db: Connection, campaign_id: int) -> Progress:
    """Return how far the campaign's drafts are."""
    recipients = list_recipients(db, campaign_id)
    return Progress(done=sum(person.is_drafted for person in recipients), total=len(recipients))


def get_stop(db: Connection, campaign_id: int) -> Stop | None:
    """Return why the last generation ended early; None where it did not."""
    metadata = db.execute(SQL["get_last_generation"], {"campaign_id": campaign_id}).scalar() or {}
    stopped = metadata.get("stopped")
    return Stop(**stopped) if stopped else None


def begin_generation(db: Connection, campaign_id: int) -> None:
    """Set the campaign to generating. Raises NotFound, NotValid where there is nothing to write or to write from.

    One that is generating already may begin again: the job's lock lets only one write at a time.
    """
    lock_campaign(db, campaign_id)
    campaign = get_campaign(db, campaign_id)
    if campaign is None:
        raise NotFound("This campaign is not there any more.", "It was deleted meanwhile; choose another.")
    if campaign.template_id is None:
        raise NotValid("The template of this campaign was deleted.", "Make a new campaign with another template.")
    if not list_recipients(db, campaign_id):
        raise NotValid(
            "Nobody in this campaign can get an e-mail.",
            "Add contacts with an e-mail address to its group, or verify those that wait on Review.",
        )
    db.execute(SQL["start_generation"], {"campaign_id": campaign_id})


def generate_drafts(campaign_id: int, settings: Settings) -> None:
    """Write the drafts that the campaign still lacks, committed in batches; a crash loses at most one batch.

    What stops the writing (the model is down, its key is refused) is kept in the activity, where `get_stop` finds
    it for the page; the drafts written so far stay. Raises DatabaseUnavailable, OperationalError: to be tried again.
    """
    try:
        with transaction() as db:
            todo = _list_todo(db, campaign_id)
        if todo is not None:
            _write_all(campaign_id, *todo, settings)
            _finish(campaign_id)
    except (DatabaseUnavailable, OperationalError):
        raise
    except MeishiError as error:
        _stop(campaign_id, Stop(error.message, error.remedy))
    except Exception:
        reference = uuid.uuid4().hex[:8]
        log.exception("drafting failed, reference %s, campaign %s", reference, campaign_id)
        _stop(campaign_id, Stop(f"The writing stumbled (reference {reference} in the log).", "Try it again."))


def _list_todo(db: Connection, campaign_id: int) -> tuple[Template, list[Person]] | None:
    """Return the template and who has no draft yet; None where nobody asks for drafts any more."""
    if lock_campaign(db, campaign_id) != "generating":
        return None
    campaign = get_campaign(db, campaign_id)
    template = get_template(db, campaign.template_id) if campaign and campaign.template_id else None
    if template is None:
        raise WritingStopped("The template of this campaign was deleted.", "Make a new campaign with another.")
    return template, [person for person in list_recipients(db, campaign_id) if not person.is_drafted]


def _write_all(campaign_id: int, template: Template, people: Sequence[Person], settings: Settings) -> None:
    """Write to everybody, batch by batch. Raises WritingStopped once what could be written is saved."""
    if not people:
        return
    write = open_writer(settings)
    size = MODEL_BATCH if settings.has_model else MERGE_BATCH
    with ThreadPoolExecutor(MODEL_BATCH) as pool:
        for start in range(0, len(people), size):
            written, stopped = _write_batch(pool, write, template, people[start : start + size])
            is_wanted = _save(campaign_id, written)
            if stopped is not None:
                raise stopped
            if not is_wanted:
                return


def _write_batch(
    pool: Executor, write: Writer, template: Template, people: Sequence[Person]
) -> tuple[dict[int, Written], WritingStopped | None]:
    """Return the e-mails by contact, and what stopped the writing of the others."""
    futures = {person.contact_id: pool.submit(write, template, person.facts) for person in people}
    written: dict[int, Written] = {}
    stopped: WritingStopped | None = None
    for contact_id, future in futures.items():
        try:
            written[contact_id] = future.result()
        except WritingStopped as error:
            stopped = stopped or error
    return written, stopped


def _save(campaign_id: int, written: dict[int, Written]) -> bool:
    """Store the e-mails. Return whether the campaign still wants more: false when it was deleted meanwhile."""
    with transaction() as db:
        if lock_campaign(db, campaign_id) != "generating":
            return False
        for contact_id, email in written.items():
            db.execute(
                SQL["add_draft"],
                {
                    "campaign_id": campaign_id,
                    "contact_id": contact_id,
                    "subject": email.subject,
                    "body": email.body,
                    "personalization_data": to_json(email.personalization),
                },
            )
    return True


def _finish(campaign_id: int) -> None:
    with transaction() as db:
        if db.execute(SQL["finish_generation"], {"campaign_id": campaign_id}).scalar() is not None:
            _log_generated(db, campaign_id)


def _stop(campaign_id: int, stop: Stop) -> None:
    with transaction() as db:
        if db.execute(SQL["stop_generation"], {"campaign_id": campaign_id}).scalar() is not None:
            _log_generated(db, campaign_id, stopped=asdict(stop))


def _log_generated(db: Connection, campaign_id: int, **more: object) -> None:
    sources = {row.source: row.drafts for row in db.execute(SQL["count_by_source"], {"campaign_id": campaign_id})}
    drafts = sum(sources.values())
    log_activity(db, "email_drafts_generated", "email_campaign", campaign_id, drafts=drafts, sources=sources, **more)
