"""A campaign's files: which, what stays out and why, the download, and those that left before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import BinaryIO

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.errors import MeishiError
from lib.outreach.campaigns import Campaign, choose_profile, get_campaign
from lib.outreach.exports import (
    CAN_BE_APPROVED,
    PROFILES,
    REASONS,
    Counts,
    HeldBack,
    PastExport,
    Preview,
    Profile,
    export_campaign,
    list_exports,
    open_export,
    preview_export,
)
from lib.ui.campaigns import large
from lib.ui.campaigns.acting import accept, approve
from lib.ui.campaigns.state import acting, is_page_told, show_told
from lib.ui.campaigns.words import when
from lib.ui.page import error_boundary, show_error
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS
from lib.words import counted

DEFAULT = "generic"
PAGE_SIZE = 50
# Older ones are still kept, and listed when asked for.
RECENT = 5


@st.fragment
def show_export(campaign: Campaign) -> None:
    """Show what the file would hold and what stays out of it, then the download and the files before."""
    if is_page_told():
        st.rerun()
    with error_boundary():
        show_told()
        profile, approved_only = _choose(campaign)
        # Drawn below the table; what was chosen there is known beforehand.
        page = int(st.session_state.get(f"held_page_{campaign.id}", 1))
        with transaction() as db:
            preview = preview_export(
                db,
                campaign.id,
                profile.key,
                approved_only=approved_only,
                limit=PAGE_SIZE,
                offset=(page - 1) * PAGE_SIZE,
            )
        _show_downloads(campaign, profile, preview.counts, approved_only)
        large.show_made(campaign.id)
        st.fragment(_follow, run_every="2s")(campaign)
        if preview.held_back:
            _show_held_back(campaign, preview)
        _show_history(campaign)


def _choose(campaign: Campaign) -> tuple[Profile, bool]:
    """Return the file that is wanted, which the campaign remembers, and whether only approved drafts go in."""
    key = f"profile_{campaign.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        known = campaign.export_profile if campaign.export_profile in PROFILES else DEFAULT
        chosen = st.selectbox(
            "File for",
            list(PROFILES),
            index=list(PROFILES).index(known),
            format_func=lambda name: PROFILES[name].title,
            key=key,
            on_change=_remember,
            args=(campaign.id, key),
            width=280,
        )
        approved_only = st.toggle("Approved drafts only", key=f"approved_only_{campaign.id}")
    return PROFILES[chosen], approved_only


def _remember(campaign_id: int, key: str) -> None:
    with acting(), transaction() as db:
        choose_profile(db, campaign_id, st.session_state[key])


def _show_downloads(campaign: Campaign, profile: Profile, counts: Counts, approved_only: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if counts.rows > large.LARGE_ROWS:
            large.show_making(campaign.id, profile.key, counts.rows, approved_only)
        else:
            _show_buttons(campaign, profile, counts, approved_only)
        left = counts.drafts - counts.rows
        rest = f" {left:,} held back." if left else ""
        st.caption(f"{counts.rows:,} of {counted(counts.drafts, 'draft')}.{rest} {plain(profile.note)}")


def _show_buttons(campaign: Campaign, profile: Profile, counts: Counts, approved_only: bool) -> None:
    stem = re.sub(r"[^\w -]", "", campaign.name).strip() or "campaign"
    st.download_button(
        f"Download {counted(counts.rows, 'row')}",
        data=_file(campaign.id, profile.key, approved_only, with_manifest=False),
        file_name=f"{stem}.{profile.extension}",
        mime=profile.mime,
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        disabled=not counts.rows,
        key="download",
    )
    st.download_button(
        "With manifest",
        data=_file(campaign.id, profile.key, approved_only, with_manifest=True),
        file_name=f"{stem}.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        disabled=not counts.rows,
        help="A zip: the file, and what is in it, what is not and why, and its SHA-256",
        key="download_manifest",
    )


def _file(campaign_id: int, profile: str, approved_only: bool, *, with_manifest: bool) -> Callable[[], BinaryIO]:
    """Return what makes the file when it is asked for; what leaves is recorded at that moment."""
    notes = _notes()

    def make() -> BinaryIO:
        with _noting(notes), transaction() as db:
            made = export_campaign(db, campaign_id, profile, approved_only=approved_only, with_manifest=with_manifest)
            return made.path.open("rb")

    return make


class _noting:
    """Keep an error for the page: Streamlit tells of a failed download nothing but that it failed."""

    def __init__(self, notes: dict[str, MeishiError]) -> None:
        self._notes = notes

    def __enter__(self) -> None:
        self._notes.pop("failed", None)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, MeishiError):
            self._notes["failed"] = error


def _notes() -> dict[str, MeishiError]:
    """Return what the downloads noted: they are made outside of any page's run."""
    notes: dict[str, MeishiError] = st.session_state.setdefault("export_notes", {})
    return notes


def _follow(shown: Campaign) -> None:
    """Show the page anew once a download is recorded, or why it failed: the button itself runs no page."""
    with error_boundary():
        if "failed" in _notes():
            show_error(_notes()["failed"])
        with transaction() as db:
            campaign = get_campaign(db, shown.id)
        if campaign is None or campaign.export_count != shown.export_count:
            st.rerun()


def _show_held_back(campaign: Campaign, preview: Preview) -> None:
    """List what stays out: what a person may let go all the same, then what never goes."""
    counts, held = preview.counts, preview.held_back
    open_reasons = {reason: n for reason, n in counts.held_back.items() if reason in CAN_BE_APPROVED}
    never = {reason: n for reason, n in counts.held_back.items() if reason not in CAN_BE_APPROVED}
    page = _page(campaign.id, counts)
    if open_reasons:
        st.subheader("Held back until you approve", anchor=False)
        for reason, count in open_reasons.items():
            _offer_reason(campaign.id, reason, count)
        _list_approvable(campaign.id, [row for row in held if row.can_be_approved], page)
    if never:
        with st.expander("Left out of this file", icon=":material/block:", key=f"never_{campaign.id}"):
            for reason, count in never.items():
                st.markdown(f"**{count:,}** · {REASONS[reason]}")
            rest = [row for row in held if not row.can_be_approved]
            st.dataframe(_to_frame(rest), hide_index=True, placeholder="", key=f"never_list_{campaign.id}")
    _turn(campaign.id, counts)


def _offer_reason(campaign_id: int, reason: str, count: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{count:,}** · {plain(REASONS[reason])}", width="content")
        st.button(
            f"Approve all {count:,}" if count > 1 else "Approve it",
            icon=":material/done_all:",
            key=f"accept_{reason}",
            on_click=accept,
            args=(campaign_id, reason),
        )


def _list_approvable(campaign_id: int, held: Sequence[HeldBack], page: int) -> None:
    if not held:
        return
    key = f"held_{campaign_id}_{page}_{st.session_state.get('drafts_turn', 0)}"
    table = st.dataframe(
        _to_frame(held), hide_index=True, placeholder="", on_select="rerun", selection_mode="multi-row", key=key
    )
    chosen = [held[row].draft_id for row in table.selection.rows if row < len(held)]
    st.button(
        f"Approve {len(chosen)} ticked" if chosen else "Approve ticked",
        icon=":material/done_all:",
        key="approve_held",
        on_click=approve,
        args=(chosen,),
        disabled=not chosen,
    )


def _to_frame(held: Sequence[HeldBack]) -> pd.DataFrame:
    return pd.DataFrame(
        [{"Name": row.full_name or NAMELESS, "E-mail": row.email, "Why": " ".join(row.sentences)} for row in held]
    )


def _pages(counts: Counts) -> int:
    return max(1, -(-(counts.drafts - counts.rows) // PAGE_SIZE))


def _page(campaign_id: int, counts: Counts) -> int:
    return min(int(st.session_state.get(f"held_page_{campaign_id}", 1)), _pages(counts))


def _turn(campaign_id: int, counts: Counts) -> None:
    if _pages(counts) > 1:
        st.pagination(_pages(counts), key=f"held_page_{campaign_id}")


def _show_history(campaign: Campaign) -> None:
    with transaction() as db:
        exports = list_exports(db, campaign.id)
    if not exports:
        return
    st.subheader("Files that left", anchor=False)
    for export in exports[:RECENT]:
        _show_past(campaign.id, export)
    if len(exports) > RECENT:
        with st.expander(
            f"{len(exports) - RECENT:,} before that", key=f"older_{campaign.id}", on_change="rerun"
        ) as more:
            if more.open:
                for export in exports[RECENT:]:
                    _show_past(campaign.id, export)


def _show_past(campaign_id: int, export: PastExport) -> None:
    held = sum(export.held_back.values())
    parts = (
        when(export.created_at),
        export.title,
        counted(export.rows, "row"),
        f"{held:,} held back" if held else "",
        f"{export.opted_out:,} opted out since" if export.opted_out else "",
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.text(" · ".join(part for part in parts if part), width="content")
        if export.rows > large.LARGE_ROWS and export.is_kept:
            wanted = large.Wanted(campaign_id, export_id=export.id)
            st.button("As it was", type="tertiary", key=f"past_{export.id}", on_click=large.want, args=(wanted,))
            return
        st.download_button(
            "As it was" if export.is_kept else "Erased",
            data=_past_file(export.id),
            file_name=export.file_name,
            mime=export.mime,
            icon=":material/download:" if export.is_kept else None,
            type="tertiary",
            on_click="ignore",
            disabled=not export.is_kept,
            help=f"SHA-256 {export.sha256}" if export.is_kept else "Somebody in it was erased since.",
            key=f"past_{export.id}",
        )


def _past_file(export_id: int) -> Callable[[], BinaryIO]:
    notes = _notes()

    def make() -> BinaryIO:
        with _noting(notes), transaction() as db:
            return open_export(db, export_id)[2].open("rb")

    return make
