"""The dialogs of the campaigns page. A callback can open none: it asks for one, and the page opens it at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.contacts.groups import Group, list_groups
from lib.database import transaction
from lib.outreach.campaigns import (
    Campaign,
    add_campaign,
    count_campaign,
    delete_campaign,
    get_campaign,
    update_campaign,
)
from lib.outreach.instructions import LENGTHS, LIMITS, Instructions, clean_instructions
from lib.outreach.templates import Template, list_templates
from lib.settings import get_settings
from lib.ui.campaigns.choosing import KEY
from lib.ui.page import error_boundary
from lib.ui.review.state import asked
from lib.ui.widgets import choose_next
from lib.words import counted


def open_dialog() -> None:
    """Open the dialog that was asked for, if any."""
    question = asked()
    if question is None:
        return
    name, (campaign_id,) = question
    with transaction() as db:
        campaign = get_campaign(db, campaign_id) if campaign_id else None
    if name == "delete" and campaign:
        delete_dialog(campaign)
    elif name == "edit" and (campaign or not campaign_id):  # not where another window deleted it
        campaign_dialog(campaign)


@st.dialog("Campaign", icon=":material/mail:")
def campaign_dialog(campaign: Campaign | None = None) -> None:
    """Ask for what a campaign is made of and keep it: a new one, or `campaign` changed."""
    with transaction() as db:
        groups, templates = list_groups(db), list_templates(db)
    if campaign is None and not (groups and templates):
        st.write("A campaign needs a group and a template. Make what is missing first.")
        return
    with st.form("campaign_form", border=False):
        name = st.text_input("Name", campaign.name if campaign else "", max_chars=255, key="campaign_name")
        group = _ask_group(groups) if campaign is None else None
        template = _ask_template(templates, campaign)
        wishes = _ask_wishes(campaign.instructions if campaign else Instructions())
        if not st.form_submit_button("Save" if campaign else "Create", type="primary", key="add_campaign"):
            return
    with error_boundary():
        told = clean_instructions(**wishes)
        with transaction() as db:
            if campaign is not None:
                chosen = template.id if template and template.id != campaign.template_id else None
                update_campaign(db, campaign.id, name=name, instructions=told, template_id=chosen)
            elif group is not None and template is not None:
                choose_next(KEY, add_campaign(db, name, group.id, template.id, told))
        st.rerun()


def _ask_group(groups: Sequence[Group]) -> Group:
    return st.selectbox("Group", groups, format_func=_group_title, key="campaign_group")


def _ask_template(templates: Sequence[Template], campaign: Campaign | None) -> Template | None:
    """Return the template to write from; None keeps the words of one that is deleted."""
    chosen = next(
        (n for n, template in enumerate(templates) if campaign and template.id == campaign.template_id), None
    )
    options: list[Template | None] = list(templates)
    if campaign and chosen is None:
        options.insert(0, None)
    name = campaign.template_name if campaign else ""
    return st.selectbox(
        "Template",
        options,
        index=chosen or 0,
        format_func=lambda template: template.name if template else f"{name} (deleted, its words are kept)",
        key="campaign_template",
    )


def _ask_wishes(now: Instructions) -> dict[str, Any]:
    """Return what the model is to be told, as typed."""
    note = "" if get_settings().has_model else " · no model is set"
    with st.expander(f"For the model{note}", icon=":material/psychology:", expanded=now != Instructions()):
        left, right = st.columns(2)
        tone = left.text_input(
            "Tone", now.tone or "", max_chars=LIMITS["tone"], placeholder="warm, to the point", key="campaign_tone"
        )
        language = right.text_input(
            "Language",
            now.language or "",
            max_chars=LIMITS["language"],
            placeholder="the template's",
            key="campaign_language",
        )
        length = st.segmented_control(
            "Length", LENGTHS, default=now.length or "as the template", required=True, key="campaign_length"
        )
        goal = st.text_area(
            "Goal",
            now.goal or "",
            max_chars=LIMITS["goal"],
            height=68,
            placeholder="a call next week",
            key="campaign_goal",
        )
    kept = None if length == "as the template" else length
    return {"tone": tone, "language": language, "length": kept, "goal": goal}


@st.dialog("Delete this campaign?", icon=":material/delete:")
def delete_dialog(campaign: Campaign) -> None:
    """Delete the campaign and its drafts when that is confirmed."""
    with transaction() as db:
        drafts = count_campaign(db, campaign.id).drafts
    st.text(campaign.name)
    st.write(f"Its {counted(drafts, 'draft')} and its files go with it. Its people, group and template stay.")
    if st.button("Delete the campaign", type="primary", icon=":material/delete:", key="confirm_delete_campaign"):
        with error_boundary():
            with transaction() as db:
                delete_campaign(db, campaign.id)
            st.rerun()


def _group_title(group: Group) -> str:
    return f"{group.name} · {group.email_count:,} with an e-mail address"
