"""The writing of a campaign's drafts: begun, watched, paused, gone on with, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from lib.chat import model_host
from lib.database import transaction
from lib.jobs.drafting import enqueue_drafts, resume_drafts
from lib.outreach.campaigns import Campaign, Counts, get_campaign, list_undrafted
from lib.outreach.generation import (
    Estimate,
    cancel_generation,
    estimate,
    get_progress,
    get_spent,
    get_stop,
    pause_generation,
)
from lib.settings import get_settings
from lib.ui.campaigns.state import acting
from lib.ui.campaigns.words import price, time_left
from lib.ui.page import error_boundary
from lib.ui.text import plain
from lib.words import counted

CANCEL = (
    "Takes away what this run has written, except what you edited, approved or exported. Earlier drafts stay; those "
    "that were written again keep their new text."
)
AGAIN = "Every draft is written anew from today's template, exported ones too. Those you edited stay as they are."


def show_writing(campaign: Campaign, counts: Counts | None) -> None:
    """Show who writes and what can be done about it; nothing where there is nobody to write to.

    `counts` is not needed while drafts are written.
    """
    if campaign.status == "generating":
        with st.container(border=True, key="writing"):
            st.fragment(_follow, run_every="1s")(campaign.id)
    elif campaign.is_paused:
        with st.container(border=True, key="writing"):
            _show_pause(campaign)
    elif counts is not None and not _show_stop(campaign):
        _offer(campaign, counts)


def _follow(campaign_id: int) -> None:
    """Show how far the writing is until it ends, with the means to stop it."""
    with error_boundary():
        with transaction() as db:
            campaign, progress = get_campaign(db, campaign_id), get_progress(db, campaign_id)
        if campaign is None or campaign.status != "generating":
            st.rerun()  # the whole page once more, without the clock
        left = time_left(progress.seconds_left) if progress.done else "waiting for a worker"
        text = f"{progress.done:,} of {progress.total:,} drafts written" + (f" · {left}" if left else "")
        st.progress(min(progress.done / progress.total, 1.0) if progress.total else 0.0, text)
        with st.container(horizontal=True, vertical_alignment="center"):
            _button("Pause", ":material/pause:", "pause", pause_generation, campaign_id)
            _offer_cancel(campaign_id)


def _show_pause(campaign: Campaign) -> None:
    with transaction() as db:
        progress = get_progress(db, campaign.id)
    st.progress(
        min(progress.done / progress.total, 1.0) if progress.total else 0.0,
        f"Paused: {progress.done:,} of {progress.total:,} drafts written",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("Resume", ":material/play_arrow:", "resume", resume_drafts, campaign.id, type="primary")
        _offer_cancel(campaign.id)


def _offer_cancel(campaign_id: int) -> None:
    with st.popover("Cancel", icon=":material/close:", key="cancel"):
        st.write(CANCEL)
        _button("Cancel the writing", ":material/close:", "confirm_cancel", cancel_generation, campaign_id)


def _show_stop(campaign: Campaign) -> bool:
    """Say why the writing stopped and offer to go on. Return whether it did stop."""
    with transaction() as db:
        stop = get_stop(db, campaign.id)
    if stop:
        st.warning(f"{plain(stop.message)}\n\n{plain(stop.remedy)}", icon=":material/pause_circle:")
        _button("Go on", ":material/play_arrow:", "resume", resume_drafts, campaign.id, type="primary")
    return stop is not None


def _offer(campaign: Campaign, counts: Counts) -> None:
    """Offer the drafts that are still missing; say who writes them and what that takes."""
    is_late = bool(counts.without_draft and counts.drafts and campaign.generated_at)
    if not counts.without_draft:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="writing_bar"):
        if is_late:
            st.text(f"{counts.without_draft:,} joined the group later.", width="content")
            _button("Write theirs", ":material/edit_note:", "write_late", _write_missing, campaign.id, type="primary")
        else:
            label = f"Generate {counted(counts.without_draft, 'draft')}"
            _button(label, ":material/edit_note:", "generate", enqueue_drafts, campaign.id, type="primary")
        st.caption(_who_writes(campaign, counts))


def offer_again(campaign: Campaign, counts: Counts) -> None:
    """Offer to write all drafts again, once there are some; say there who writes and what it took."""
    if not counts.drafts or campaign.is_paused:
        return
    # What it took is added up over all drafts: only once somebody looks.
    with st.popover(
        "Write all again", icon=":material/refresh:", type="tertiary", key="write_again", on_change="rerun"
    ) as opened:
        if opened.open:
            st.write(AGAIN)
            st.caption(_who_writes(campaign, counts, rewrite=True))
            act = ("confirm_write_again", _write_again, campaign.id)
            _button("Write all again", ":material/refresh:", *act, type="primary")


def _who_writes(campaign: Campaign, counts: Counts, *, rewrite: bool = False) -> str:
    """Return who writes, who sees what, and what it takes or took; with `rewrite` what all drafts will take again."""
    settings = get_settings()
    spent = _spent(campaign) if counts.drafts else None
    cost = f"So far {price(spent)}." if spent and spent.requests else ""
    if not settings.has_model:
        return f"No model is set: the values are merged into the template on this machine. {cost}".strip()
    if rewrite or counts.without_draft:
        cost = f"About {price(_estimate(campaign, counts, rewrite=rewrite))}. {cost}".strip()
    model, host = plain(settings.openai_model), plain(model_host(settings))
    return (
        f"{model} at {host} edits each merged e-mail and is sent name, company, title, event and notes. "
        f"Where its text fails the checks, the merged one stays. {cost}".strip()
    )


def _estimate(campaign: Campaign, counts: Counts, *, rewrite: bool) -> Estimate:
    """Return what the drafts will about take; asked once for what is the same, as it merges a sample."""
    missing = (counts.recipients, counts.edited) if rewrite else counts.without_draft
    asked = (campaign.id, campaign.generation, campaign.template_id, campaign.instructions, missing)
    kept: dict[str, Any] = st.session_state.setdefault("estimate_again" if rewrite else "estimate", {})
    if kept.get("asked") != asked:
        with transaction() as db:
            kept.update(asked=asked, answer=estimate(db, campaign.id, get_settings(), rewrite=rewrite))
    answer: Estimate = kept["answer"]
    return answer


def _spent(campaign: Campaign) -> Estimate:
    with transaction() as db:
        return get_spent(db, campaign.id, get_settings())


def _write_again(db: Connection, campaign_id: int) -> None:
    enqueue_drafts(db, campaign_id, rewrite=True)


def _write_missing(db: Connection, campaign_id: int) -> None:
    """Write to those alone who joined: the progress counts them and nobody else."""
    enqueue_drafts(db, campaign_id, contact_ids=list_undrafted(db, campaign_id))


def _button(
    label: str, icon: str, key: str, act: Callable[[Connection, int], None], campaign_id: int, **options: Any
) -> None:
    # By callback, which runs first: a click is lost when the clock's next run cuts its run off.
    st.button(label, icon=icon, key=key, on_click=_act, args=(act, campaign_id), **options)


def _act(act: Callable[[Connection, int], None], campaign_id: int) -> None:
    with acting(), transaction() as db:
        act(db, campaign_id)
