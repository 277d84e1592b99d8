"""What a campaign is made of, how far it is, and who gets no e-mail."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.outreach.campaigns import REASONS, Campaign, Counts, list_people
from lib.ui.campaigns.words import status_of, told
from lib.ui.page import error_boundary
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS

PAGE_SIZE = 50
# Pixels: a list in a popover is as wide as it says, and a phone narrows it.
LIST_WIDTH = 620
WIDTHS = {name: st.column_config.TextColumn(width=width) for name, width in (("Name", 140), ("E-mail", 180))}


def show_head(campaign: Campaign) -> None:
    """Show the status and what the campaign is made of, on one line."""
    with st.container(horizontal=True, vertical_alignment="center"):
        label, icon, color = status_of(campaign)
        st.badge(label, icon=icon, color=color)  # type: ignore[arg-type]
        parts = (campaign.lead_group_name, campaign.template_name, told(campaign.instructions))
        st.caption(" · ".join(plain(part) for part in parts if part), width="content")


def show_numbers(counts: Counts) -> None:
    """Show how far the campaign is."""
    with st.grid(4, min_column_width=130, border=True):
        st.metric("Recipients", f"{counts.recipients:,}", icon=":material/group:")
        st.metric("Drafts", f"{counts.drafts:,}", icon=":material/drafts:")
        st.metric("Approved", f"{counts.approved:,}", icon=":material/done_all:")
        st.metric("Exported", f"{counts.exported:,}", icon=":material/download:")


def show_left_out(campaign: Campaign, counts: Counts) -> None:
    """Say who of the group gets no e-mail and why; the names are looked up when somebody asks."""
    people = sum(counts.left_out.values())
    if not people:
        return
    label = f"{people:,} of the group {'gets' if people == 1 else 'get'} no e-mail"
    key = f"left_out_{campaign.id}"
    # Lists of a large group take time: only once it is opened.
    with st.popover(label, icon=":material/person_off:", type="tertiary", key=key, on_change="rerun") as opened:
        if opened.open:
            st.fragment(_list_left_out)(campaign.id, counts.left_out)


def _list_left_out(campaign_id: int, left_out: dict[str, int]) -> None:
    with error_boundary():
        for reason, count in left_out.items():
            st.markdown(f"**{count:,}** · {REASONS[reason]}")
        pages = -(-sum(left_out.values()) // PAGE_SIZE)
        table = st.container()
        number = st.pagination(pages, key=f"left_out_page_{campaign_id}") if pages > 1 else 1
        with transaction() as db:
            people = list_people(db, campaign_id, is_left_out=True, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
        rows = [{"Name": p.full_name or NAMELESS, "E-mail": p.email, "Why": p.reason} for p in people]
        table.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            placeholder="",
            width=LIST_WIDTH,
            column_config=WIDTHS,
            key="left_out",
        )
