"""Keeping what a run has written, as long as the run is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.database import transaction
from lib.outreach.scope import SQL, Run, Stop
from lib.outreach.writer import Written
from lib.text import to_json


@dataclass(frozen=True)
class Done:
    """An e-mail that is ready to be stored."""

    contact_id: int
    email: Written


def save_drafts(run: Run, done: Sequence[Done]) -> bool:
    """Store the e-mails by one statement. Return whether the run is still wanted: else nothing is stored."""
    with transaction() as db:
        of_run = {"campaign_id": run.id, "generation": run.generation}
        is_rewriting = db.execute(SQL["hold_run"], of_run).scalar()
        if is_rewriting is None:
            return False
        db.execute(
            SQL["save_drafts"],
            {
                **of_run,
                "is_rewriting": is_rewriting,
                "named_ids": run.contact_ids or [],
                "contact_ids": [draft.contact_id for draft in done],
                "subjects": [draft.email.subject for draft in done],
                "bodies": [draft.email.body for draft in done],
                "data": [to_json(draft.email.personalization) for draft in done],
            },
        )
    return True


def is_wanted(run: Run) -> bool:
    """Return whether the run is still to be written."""
    with transaction() as db:
        return bool(db.execute(SQL["is_wanted"], {"campaign_id": run.id, "generation": run.generation}).scalar())


def finish_run(run: Run) -> None:
    """Set the campaign to ready and record it, if the run is still wanted."""
    with transaction() as db:
        if db.execute(SQL["finish_run"], {"campaign_id": run.id, "generation": run.generation}).scalar() is not None:
            _log_generated(db, run.id, run.generation)


def stop_run(campaign_id: int, stop: Stop, *, generation: int | None = None) -> None:
    """End the writing early and record why; the drafts written so far stay. A run that is over is left alone."""
    with transaction() as db:
        values = {"campaign_id": campaign_id, "is_paused": False, "generation": generation}
        stopped = db.execute(SQL["halt_run"], values).scalar()
        if stopped is not None:
            _log_generated(db, campaign_id, stopped, stopped=asdict(stop))


def _log_generated(db: Connection, campaign_id: int, generation: int, **more: object) -> None:
    sources = {row.source: row.drafts for row in db.execute(SQL["count_by_source"], {"campaign_id": campaign_id})}
    about = {"drafts": sum(sources.values()), "sources": sources, "generation": generation, **more}
    log_activity(db, "email_drafts_generated", "email_campaign", campaign_id, **about)
