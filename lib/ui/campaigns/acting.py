"""What one does with drafts: approve, save, restore, have them written again. All of these are callbacks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from sqlalchemy import Connection

from lib.database import transaction
from lib.errors import ChangedMeanwhile
from lib.jobs.drafting import enqueue_drafts
from lib.outreach.drafts import (
    Draft,
    approve_all,
    approve_drafts,
    approve_reason,
    get_draft,
    hold_as_seen,
    restore_draft,
    unapprove_drafts,
    update_draft,
)
from lib.ui.campaigns.state import Wanted, acting, open_draft, show_anew, step, tell, tell_page
from lib.words import counted


def approve(draft_ids: Collection[int]) -> None:
    """Approve these drafts, and say how many were not before."""
    with acting():
        with transaction() as db:
            _tell_approved(approve_drafts(db, draft_ids))
        show_anew()


def approve_found(wanted: Wanted) -> None:
    """Approve all drafts that are found, on all pages."""
    with acting():
        with transaction() as db:
            _tell_approved(approve_all(db, wanted.campaign_id, show=wanted.show, search=wanted.search))
        show_anew()


def accept(campaign_id: int, reason: str) -> None:
    """Accept one reason to hold drafts back, for all of them."""
    with acting():
        with transaction() as db:
            _tell_approved(approve_reason(db, campaign_id, reason))
        show_anew()


def unapprove(draft_ids: Collection[int]) -> None:
    """Take the approval of these drafts back."""
    with acting():
        with transaction() as db:
            unapprove_drafts(db, draft_ids)
        show_anew()


def write_again(campaign_id: int, draft_ids: Collection[int]) -> None:
    """Have these drafts written again, edited ones too: they were named."""
    with acting():
        with transaction() as db:
            drafts = [draft for draft_id in draft_ids if (draft := get_draft(db, draft_id))]
            enqueue_drafts(db, campaign_id, contact_ids=[draft.contact_id for draft in drafts], rewrite=True)
        show_anew()


def save(draft: Draft) -> None:
    """Keep what stands in the editor."""
    with acting(), _as_seen(draft) as db:
        if _keep(db, draft):
            tell("Draft saved.")


def approve_and_next(draft: Draft, ids: Sequence[int]) -> None:
    """Keep what stands in the editor, approve it, and open the next draft of the page."""
    with acting():
        with _as_seen(draft) as db:
            _keep(db, draft)
            approve_drafts(db, [draft.id])
        tell_page()
        _go_on(draft, ids)


def restore(draft: Draft) -> None:
    """Put back the text that was generated."""
    with acting():
        with transaction() as db:
            restore_draft(db, draft.id)
        tell_page()


def editor_keys(draft: Draft) -> tuple[str, str]:
    """Return the keys of the editor's fields: a stored text of its own has fields of its own."""
    text = hash((draft.subject, draft.body))
    return f"draft_subject_{draft.id}_{text}", f"draft_body_{draft.id}_{text}"


@contextmanager
def _as_seen(draft: Draft) -> Iterator[Connection]:
    """Give a transaction in which the draft is the one that was shown; else what was typed stays in its editor."""
    try:
        with transaction() as db:
            hold_as_seen(db, draft)
            yield db
    except ChangedMeanwhile:
        with transaction() as db:
            now = get_draft(db, draft.id)
        typed = _typed(draft)
        if now and typed:
            st.session_state.update(zip(editor_keys(now), typed, strict=True))
        tell_page()
        raise


def _keep(db: Connection, draft: Draft) -> bool:
    """Save what stands in the editor. Return whether it differs from what is stored."""
    typed = _typed(draft)
    if typed is None:
        return False
    update_draft(db, draft.id, *typed)
    tell_page()
    return True


def _typed(draft: Draft) -> tuple[str, str] | None:
    """Return subject and body as they stand in the editor; None where that is what it showed."""
    subject, body = (st.session_state.get(key) for key in editor_keys(draft))
    # The browser ends lines with LF; what is stored may not, and that is no edit.
    if subject is None or body is None or (subject, body) == (draft.subject, draft.body):
        return None
    return subject, body


def _go_on(draft: Draft, ids: Sequence[int]) -> None:
    if draft.id in ids and draft.id != ids[-1]:
        step(draft.campaign_id, ids, draft.id, 1)
    else:
        open_draft(draft.campaign_id, None)


def _tell_approved(count: int) -> None:
    tell(f"Approved {counted(count, 'draft')}.")
