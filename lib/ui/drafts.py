"""A campaign's drafts: read, corrected, downloaded."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.outreach.campaigns import Campaign, get_campaign
from lib.outreach.drafts import Draft, list_drafts, update_draft
from lib.outreach.exports import HeldBack, count_exportable, export_campaign, list_held_back
from lib.ui.page import error_boundary
from lib.ui.widgets import NAMELESS

SOURCES = {"model": "Model", "template": "Template"}
WIDTHS = {"Name": 130, "To look at": 200, "Written by": 90}
# As high as the editor beside it.
TABLE_HEIGHT = 520


def show_drafts(campaign: Campaign) -> None:
    """Show the drafts, the selected one (at first the first) open for correction, and the download under them."""
    with transaction() as db:
        drafts = list_drafts(db, campaign.id)
        held_back = list_held_back(db, campaign.id)
    if not drafts:
        return
    _show_export(campaign, drafts, held_back)
    st.subheader("Drafts", anchor=False)
    table, editor = st.columns([3, 2], gap="medium")
    with table:
        selected = _show_table(drafts, {held.draft.id: held.reason for held in held_back}, campaign.id)
    with editor:
        _edit(selected)


def _show_table(drafts: Sequence[Draft], reasons: dict[int, str], campaign_id: int) -> Draft:
    """Show one row a draft. Return the selected one."""
    rows = [
        {
            "Name": draft.full_name or NAMELESS,
            "To look at": reasons.get(draft.id) or " ".join(draft.flags),
            "Subject": draft.subject,
            "Written by": "You" if draft.is_edited else SOURCES.get(draft.source, draft.source),
        }
        for draft in drafts
    ]
    has_remarks = any(row["To look at"] for row in rows)
    table = st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=TABLE_HEIGHT if len(drafts) > 12 else "auto",
        column_order=["Name", *(["To look at"] if has_remarks else []), "Subject", "Written by"],
        column_config={name: st.column_config.TextColumn(width=width) for name, width in WIDTHS.items()},
        placeholder="",
        on_select="rerun",
        selection_mode="single-row-required",
        key=f"drafts_{campaign_id}",
    )
    chosen = [row for row in table.selection.rows if row < len(drafts)]
    return drafts[chosen[0] if chosen else 0]


def _edit(draft: Draft) -> None:
    with st.form(f"draft_{draft.id}"):
        st.text(" · ".join(part for part in (draft.full_name, draft.company, draft.email) if part))
        subject = st.text_input("Subject", draft.subject, max_chars=500, key=f"draft_subject_{draft.id}")
        body = st.text_area("Body", draft.body, height=300, key=f"draft_body_{draft.id}")
        if st.form_submit_button("Save", type="primary", icon=":material/save:", key="save_draft"):
            _save(draft.id, subject or "", body or "")
    _explain(draft)


def _save(draft_id: int, subject: str, body: str) -> None:
    with error_boundary():
        with transaction() as db:
            update_draft(db, draft_id, subject, body)
        st.toast("Draft saved.", icon=":material/check:")
        st.rerun()


def _explain(draft: Draft) -> None:
    """Say how the draft came about: what was wrong with the model's, or what the model did and why."""
    data = draft.personalization_data
    if draft.flags:
        st.caption("The model's e-mail was not kept, the merged template stands in for it:")
        st.text("\n".join(draft.flags))
    if data.get("reasoning"):
        with st.expander("How it was written", icon=":material/psychology:"):
            st.text(str(data["reasoning"]))
            st.text("\n".join(f"{fact['field']}: {fact['text']}" for fact in data.get("facts_used", [])))


def _show_export(campaign: Campaign, drafts: Sequence[Draft], held_back: Sequence[HeldBack]) -> None:
    """Offer the download, after saying what stays out of it and why."""
    with st.container(border=True, key="export"):
        if held_back:
            _show_held_back(held_back)
        include = bool(held_back) and st.checkbox("Include them anyway", key=f"include_{campaign.id}")
        with transaction() as db:
            rows = count_exportable(db, campaign.id, include_held_back=include)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                "Download CSV",
                data=lambda: _export(campaign.id, include),
                file_name=f"{_as_file_name(campaign.name)}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="primary",
                on_click="ignore",
                disabled=not rows,
                key="download_csv",
            )
            st.caption(f"{rows:,} of {len(drafts):,} drafts, one row each, for Gmail mail merge and sending tools.")
        st.fragment(_follow_export, run_every="2s")(campaign)


def _show_held_back(held_back: Sequence[HeldBack]) -> None:
    st.markdown(f":material/pan_tool: **{len(held_back):,} held back** until you correct or include them")
    rows = [{"Name": held.draft.full_name or NAMELESS, "Why": held.reason} for held in held_back]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="held_back")


def _follow_export(shown: Campaign) -> None:
    """Show the page anew once a download is recorded: the button itself runs nothing but the export."""
    with error_boundary():
        with transaction() as db:
            campaign = get_campaign(db, shown.id)
        if campaign is None or campaign.export_count != shown.export_count:
            st.rerun()


def _export(campaign_id: int, include_held_back: bool) -> bytes:
    """Return the file; what leaves is recorded at this moment."""
    with transaction() as db:
        return export_campaign(db, campaign_id, include_held_back=include_held_back)


def _as_file_name(name: str) -> str:
    return re.sub(r"[^\w -]", "", name).strip() or "campaign"
