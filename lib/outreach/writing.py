"""The work of a run: write what is still to be written, keep what is written, say why it stops."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import OperationalError

from lib.database import transaction
from lib.errors import DatabaseUnavailable, MeishiError
from lib.logs import refer
from lib.outreach.campaigns import lock_campaign
from lib.outreach.crew import write_all
from lib.outreach.model import WritingStopped
from lib.outreach.people import Person
from lib.outreach.saving import Done, finish_run, save_drafts, stop_run
from lib.outreach.scope import Run, Stop, Words, get_run, list_todo
from lib.outreach.writer import write_by_merging
from lib.settings import Settings

MERGE_BATCH = 500

log = logging.getLogger(__name__)


def generate_drafts(
    campaign_id: int,
    settings: Settings,
    *,
    generation: int | None = None,
    must_yield: Callable[[], bool] = lambda: False,
) -> bool:
    """Write the drafts that the campaign's run still lacks. Return whether the job is over.

    It is not where `must_yield` said that others wait. What stops the writing (the model is down, its key is refused)
    is kept in the activity, where `get_stop` finds it for the page; the drafts written so far stay. A run that is
    not the campaign's any more writes nothing. Raises DatabaseUnavailable, OperationalError: to be tried again.
    """
    run = None
    try:
        run, people = _list_todo(campaign_id, generation)
        if run is None:
            return True
        if not _write_all(run, people, settings, must_yield):
            return False
        finish_run(run)
    except (DatabaseUnavailable, OperationalError):
        raise
    except MeishiError as error:
        _stop(campaign_id, run, Stop(error.message, error.remedy))
    except Exception:
        reference = refer(log, "drafting failed", campaign_id=campaign_id)
        _stop(campaign_id, run, Stop(f"The writing stumbled (reference {reference} in the log).", "Try it again."))
    return True


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


def _write_all(run: Run, people: Sequence[Person], settings: Settings, must_yield: Callable[[], bool]) -> bool:
    """Write to everybody. Return whether nobody is left. Raises WritingStopped: what could be written is saved."""
    words = run.words
    if words is None:
        raise WritingStopped("The template of this campaign was deleted.", "Make a new campaign with another.")
    if not people:
        return True
    if settings.has_model:
        return write_all(run, words, people, settings, must_yield)
    return _merge_all(run, words, people, must_yield)


def _merge_all(run: Run, words: Words, people: Sequence[Person], must_yield: Callable[[], bool]) -> bool:
    for start in range(0, len(people), MERGE_BATCH):
        if start and must_yield():
            return False
        batch = people[start : start + MERGE_BATCH]
        if not save_drafts(run, [Done(person.contact_id, write_by_merging(words, person.facts)) for person in batch]):
            break
    return True
