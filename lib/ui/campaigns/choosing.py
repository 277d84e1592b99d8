"""Choosing a campaign, and the buttons that make, change and delete one."""

from __future__ import annotations

import streamlit as st

from lib.outreach.campaigns import Campaign
from lib.ui.campaigns.words import status_of
from lib.ui.review.state import ask_later
from lib.ui.widgets import choose

KEY = "campaign"


def choose_campaign(campaigns: list[Campaign]) -> Campaign:
    """Return the chosen one of `campaigns` (not empty), the newest at first; with buttons to add, change, delete."""
    by_id = {campaign.id: campaign for campaign in campaigns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = by_id[choose("Campaign", {id: _title(campaign) for id, campaign in by_id.items()}, KEY)]
        # By callback, which runs first: a click is lost when the clock's next run cuts its run off.
        st.button("New", icon=":material/add:", key="new_campaign", on_click=ask_later, args=("edit", None))
        st.button(
            "Edit",
            icon=":material/edit:",
            key="edit_campaign",
            on_click=ask_later,
            args=("edit", chosen.id),
            disabled=chosen.status == "generating",
            help="Pause the writing first" if chosen.status == "generating" else None,
        )
        st.button(
            "Delete", icon=":material/delete:", key="delete_campaign", on_click=ask_later, args=("delete", chosen.id)
        )
    return chosen


def _title(campaign: Campaign) -> str:
    return f"{campaign.name} · {status_of(campaign)[0].lower()}"
