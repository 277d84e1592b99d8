"""The work of a run: write what is still to be written, keep what is written, say why it stops."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from lib.database import transaction
from lib.errors import DatabaseUnavailable, MeishiError
from lib.outreach.campaigns import Person, lock_campaign
from lib.outreach.model import WritingStopped
from lib.outreach.saving import Done, finish_run, save_drafts, stop_run
from lib.outreach.scope import Run, Stop, Words, get_run, list_todo
from lib.outreach.writer import write_by_merging
from lib.settings import Settings

MERGE_BATCH = 500

log = logging.getLogger(__name__)


def generate_drafts(campaign_id: int, settings: Settings, *, generation: int | None = None) -> None:
    """Write the drafts that the campaign's run still lacks.

    What stops the writing (the model is down, its key is refused) is kept in the activity, where `get_stop` finds
    it for the page; the drafts written so far stay. Raises DatabaseUnavailable, OperationalError: to be tried again.
    """
    run = None
    try:
        run, people = _list_todo(campaign_id, generation)
        if run is not None:
            _write_all(run, people, settings)
            finish_run(run)
    except (DatabaseUnavailable, OperationalError):
        raise
    except MeishiError as error:
        _stop(campaign_id, run, Stop(error.message, error.remedy))
    except Exception:
        reference = uuid.uuid4().hex[:8]
        log.exception("drafting failed, reference %s, campaign %s", reference, campaign_id)
        _stop(campaign_id, run, Stop(f"The writing stumbled (reference {reference} in the log).", "Try it again."))


def _stop(campaign_id: int, run: Run | None, stop: Stop) -> None:
    stop_run(campaign_id, stop, generation=run.generation if run else None)


def _list_todo(campaign_id: int, generation: int | None) -> tuple[Run | None, list[Person]]:
    """Return the run and whom it still has to write to; no run where nobody asks for it any more."""
    with transaction() as db:
        lock_campaign(db, campaign_id)
        run = get_run(db, campaign_id)
        if run is None or run.status != "generating" or generation not in (None, run.generation):
            return None, []
        return run, list_todo(db, run)


def _write_all(run: Run, people: Sequence[Person], settings: Settings) -> None:
    """Write to everybody. Raises WritingStopped once what could be written is saved."""
    words = run.words
    if words is None:
        raise WritingStopped("The template of this campaign was deleted.", "Make a new campaign with another.")
    _merge_all(run, words, people)


def _merge_all(run: Run, words: Words, people: Sequence[Person]) -> None:
    for start in range(0, len(people), MERGE_BATCH):
        batch = people[start : start + MERGE_BATCH]
        if not save_drafts(run, [Done(person.contact_id, write_by_merging(words, person.facts)) for person in batch]):
            return
