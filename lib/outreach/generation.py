"""Writing a campaign's drafts: begun, paused, resumed and cancelled on the page, done in a worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from lib.errors import NotFound, NotValid
from lib.outreach.campaigns import count_campaign, lock_campaign
from lib.outreach.cost import Estimate, estimate, get_spent
from lib.outreach.scope import SQL, Run, Stop, get_run, list_done, list_in_scope
from lib.outreach.writing import generate_drafts

__all__ = [
    "Estimate",
    "Progress",
    "Stop",
    "begin_generation",
    "cancel_generation",
    "estimate",
    "generate_drafts",
    "get_progress",
    "get_spent",
    "get_stop",
    "pause_generation",
    "resume_generation",
]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of those that the run writes to have their draft, and what it has taken so far.

    `by_model`, `by_template` and the tokens count what this run wrote; `seconds_left` is None where nothing tells.
    """

    done: int
    total: int
    tokens_in: int = 0
    tokens_out: int = 0
    by_model: int = 0
    by_template: int = 0
    seconds_left: float | None = None


def get_progress(db: Connection, campaign_id: int) -> Progress:
    """Return how far the campaign's drafts are: of the run where one is under way or paused, else of all."""
    run = get_run(db, campaign_id)
    if run is None:
        return Progress(done=0, total=0)
    done, total = _count_done(db, run)
    pace = db.execute(SQL["get_pace"], {"campaign_id": campaign_id}).one()
    is_moving = run.status == "generating" and pace.lately and pace.seconds
    return Progress(
        done=done,
        total=total,
        tokens_in=pace.tokens_in,
        tokens_out=pace.tokens_out,
        by_model=pace.by_model,
        by_template=pace.by_template,
        seconds_left=(total - done) * pace.seconds / pace.lately if is_moving else None,
    )


def _count_done(db: Connection, run: Run) -> tuple[int, int]:
    """Return how many of the run have their draft, of how many. Pages ask every second: a whole group is counted."""
    if run.contact_ids is not None:
        people, done_ids = list_in_scope(db, run), list_done(db, run.id)
        return sum(person.contact_id in done_ids for person in people), len(people)
    counts = count_campaign(db, run.id)
    if not run.is_rewriting:
        return counts.recipients - counts.without_draft, counts.recipients
    # Who left the group since keeps a draft, and is not to be counted as one more.
    return min(len(list_done(db, run.id)), counts.recipients), counts.recipients


def get_stop(db: Connection, campaign_id: int) -> Stop | None:
    """Return why the last generation ended early; None where it did not, or goes on or waits by now."""
    metadata = db.execute(SQL["get_last_generation"], {"campaign_id": campaign_id}).scalar() or {}
    stopped = metadata.get("stopped")
    return Stop(**stopped) if stopped else None


def begin_generation(
    db: Connection, campaign_id: int, *, contact_ids: Collection[int] | None = None, rewrite: bool = False
) -> int:
    """Return the number of the run that begins: the campaign is generating, from today's words of its template.

    Only `contact_ids` are written to where given. With `rewrite` the drafts of earlier runs are replaced, each when
    its new text is there; those a person edited are spared unless named. A run that is under way or paused ends,
    but not for some alone: what others wait for would be forgotten.
    Raises NotFound, NotValid where there is nothing to write or to write from, or another run comes first.
    """
    lock_campaign(db, campaign_id)
    if contact_ids is not None:
        _check_free(get_run(db, campaign_id))
    named = None if contact_ids is None else sorted(set(contact_ids))
    values = {"campaign_id": campaign_id, "contact_ids": named, "is_rewriting": rewrite}
    generation = _check_started(db.execute(SQL["start_run"], values).first())
    run = get_run(db, campaign_id)
    if run is None or not list_in_scope(db, run):
        raise NotValid(
            "Nobody in this campaign can get an e-mail."
            if named is None
            else "None of these contacts can get an e-mail.",
            "Add contacts with an e-mail address to its group, or verify those that wait on Review.",
        )
    return generation


def _check_free(run: Run | None) -> None:
    """Raise NotValid while a run is under way or paused."""
    if run and run.status == "generating":
        raise NotValid("Drafts of this campaign are being written.", "Wait until they are, or cancel the writing.")
    if run and run.is_paused:
        raise NotValid("The writing of this campaign is paused.", "Resume it and let it end, or cancel it.")


def pause_generation(db: Connection, campaign_id: int) -> None:
    """Stop the writing, to go on later where it was; what is written stays."""
    lock_campaign(db, campaign_id)
    _halt(db, campaign_id, is_paused=True)


def resume_generation(db: Connection, campaign_id: int) -> int:
    """Return the number of the run that goes on, after a pause or a stop.

    Raises NotFound, NotValid where nothing waits to go on: another window finished or cancelled it.
    """
    lock_campaign(db, campaign_id)
    run = get_run(db, campaign_id)
    if run and run.status != "generating" and not run.is_paused and get_stop(db, campaign_id) is None:
        raise NotValid("There is nothing to go on with.", "The writing was finished or cancelled meanwhile.")
    return _check_started(db.execute(SQL["resume_run"], {"campaign_id": campaign_id}).first())


def cancel_generation(db: Connection, campaign_id: int) -> None:
    """End the writing and take away what it newly wrote, as far as nobody edited, approved or exported it."""
    lock_campaign(db, campaign_id)
    run = get_run(db, campaign_id)
    if run is None or not (run.status == "generating" or run.is_paused):
        return
    db.execute(SQL["delete_run"], {"campaign_id": campaign_id})
    _halt(db, campaign_id, is_paused=False)
    db.execute(SQL["forget_run"], {"campaign_id": campaign_id})


def _halt(db: Connection, campaign_id: int, *, is_paused: bool) -> None:
    """Set the status back. A paused campaign whose drafts are cancelled gets the one that fits what is left."""
    db.execute(SQL["halt_run"], {"campaign_id": campaign_id, "is_paused": is_paused, "generation": None})


def _check_started(started: Row[Any] | None) -> int:
    """Return the generation. Raises NotFound for a campaign that is gone, NotValid for one without words."""
    if started is None:
        raise NotFound("This campaign is not there any more.", "It was deleted meanwhile; choose another.")
    if not started.has_words:
        raise NotValid("The template of this campaign was deleted.", "Make a new campaign with another template.")
    return int(started.generation)
