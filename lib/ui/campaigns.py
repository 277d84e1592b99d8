"""Campaigns: choosing, making, generating; who gets an e-mail and who does not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.chat import model_host
from lib.contacts.groups import Group, list_groups
from lib.database import transaction
from lib.jobs.drafting import enqueue_drafts
from lib.outreach.campaigns import Campaign, Person, add_campaign, delete_campaign, get_campaign, list_people
from lib.outreach.drafts import discard_drafts
from lib.outreach.generation import Progress, get_progress, get_stop
from lib.outreach.templates import Template, list_templates
from lib.settings import get_settings
from lib.ui.page import error_boundary
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS, choose, choose_next

KEY = "campaign"
# The schema's statuses, in words and colours.
STATUSES = {
    "draft": ("No drafts yet", ":material/edit_note:", "gray"),
    "generating": ("Writing drafts", ":material/hourglass_top:", "blue"),
    "ready": ("Ready to export", ":material/check:", "green"),
    "exported": ("Exported", ":material/download_done:", "green"),
}


def choose_campaign(campaigns: list[Campaign]) -> Campaign:
    """Return the chosen one of `campaigns` (not empty), the newest at first; with buttons to add and delete."""
    by_id = {campaign.id: campaign for campaign in campaigns}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("Campaign", {id: _title(campaign) for id, campaign in by_id.items()}, KEY)
        if st.button("New campaign", icon=":material/add:", key="new_campaign"):
            campaign_dialog()
        if st.button("Delete", icon=":material/delete:", key="delete_campaign"):
            delete_dialog(by_id[chosen])
    return by_id[chosen]


@st.dialog("New campaign", icon=":material/mail:")
def campaign_dialog() -> None:
    """Ask for a name, a group and a template, and add the campaign."""
    with transaction() as db:
        groups, templates = list_groups(db), list_templates(db)
    if not groups or not templates:
        st.write("A campaign needs a group and a template. Make what is missing first.")
        return
    with st.form("campaign_form", border=False):
        name = st.text_input("Name", max_chars=255, key="campaign_name")
        group = st.selectbox("Group", groups, format_func=_group_title, key="campaign_group")
        template = st.selectbox("Template", templates, format_func=_template_title, key="campaign_template")
        if not st.form_submit_button("Create", type="primary", key="add_campaign"):
            return
    with error_boundary():
        with transaction() as db:
            choose_next(KEY, add_campaign(db, name, group.id, template.id))
        st.rerun()


@st.dialog("Delete this campaign?", icon=":material/delete:")
def delete_dialog(campaign: Campaign) -> None:
    """Delete the campaign and its drafts when that is confirmed."""
    st.text(campaign.name)
    st.write(f"Its {campaign.draft_count:,} drafts go with it. Its people, group and template stay.")
    if st.button("Delete the campaign", type="primary", icon=":material/delete:", key="confirm_delete_campaign"):
        with error_boundary():
            with transaction() as db:
                delete_campaign(db, campaign.id)
            st.rerun()


def show_summary(campaign: Campaign) -> list[Person]:
    """Show what the campaign is made of and who is left out, with why. Return its recipients."""
    with transaction() as db:
        people = list_people(db, campaign.id)
    left_out = [person for person in people if person.left_out]
    recipients = [person for person in people if not person.left_out]
    with st.container(horizontal=True, vertical_alignment="center"):
        label, icon, color = STATUSES[campaign.status]
        st.badge(label, icon=icon, color=color)  # type: ignore[arg-type]
        st.caption(f"{plain(campaign.lead_group_name)} · {plain(campaign.template_name)}")
    if campaign.status != "generating":  # the numbers would stand still beside the progress
        _show_numbers(campaign, recipients, left_out)
    return recipients


def _show_numbers(campaign: Campaign, recipients: Sequence[Person], left_out: Sequence[Person]) -> None:
    with st.grid(4, min_column_width=130, border=True):
        st.metric("Recipients", len(recipients), icon=":material/group:")
        st.metric("Left out", len(left_out), icon=":material/person_off:")
        st.metric("Drafts", campaign.draft_count, icon=":material/drafts:")
        st.metric("Exports", campaign.export_count, icon=":material/download:")
    if left_out:
        _show_left_out(left_out)


def _show_left_out(people: Sequence[Person]) -> None:
    with st.expander(f"{len(people):,} of the group get no e-mail", icon=":material/person_off:"):
        rows = [
            {"Name": person.full_name or NAMELESS, "E-mail": person.email, "Why": person.reason} for person in people
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, placeholder="", key="left_out")


def show_generation(campaign: Campaign, recipients: Sequence[Person]) -> None:
    """Show who writes and the button that starts it; while drafts are written, how far they are."""
    if campaign.status == "generating":
        st.fragment(_show_progress, run_every="1s")(campaign.id)
        return
    _show_stop(campaign)
    missing = sum(not person.is_drafted for person in recipients)
    with st.container(horizontal=True, vertical_alignment="center"):
        if missing:
            label = f"Generate {missing:,} {'drafts' if missing > 1 else 'draft'}"
            if st.button(label, type="primary", icon=":material/edit_note:", key="generate"):
                _generate(campaign.id)
        if campaign.draft_count and campaign.template_id:
            _offer_rewriting(campaign)
        st.caption(_who_writes())


def _show_stop(campaign: Campaign) -> None:
    with transaction() as db:
        stop = get_stop(db, campaign.id)
    if stop:
        st.warning(f"{plain(stop.message)}\n\n{plain(stop.remedy)}", icon=":material/pause_circle:")


def _offer_rewriting(campaign: Campaign) -> None:
    with st.popover("Write again", icon=":material/refresh:", key="write_again"):
        st.write(
            "Drafts that nobody edited are discarded, exported ones too, and written anew from today's template."
        )
        if st.button("Discard and write again", type="primary", key="confirm_write_again"):
            _generate(campaign.id, anew=True)


def _generate(campaign_id: int, *, anew: bool = False) -> None:
    with error_boundary():
        with transaction() as db:
            if anew:
                discard_drafts(db, campaign_id)
            enqueue_drafts(db, campaign_id)
        st.rerun()


def _who_writes() -> str:
    settings = get_settings()
    if not settings.has_model:
        return "No model is set: the values are merged into the template on this machine."
    model, host = plain(settings.openai_model), plain(model_host(settings))
    return (
        f"{model} at {host} edits each merged e-mail and is sent it with name, company, title, event and notes. "
        "Where its text fails the checks, the merged one stays."
    )


def _show_progress(campaign_id: int) -> None:
    with error_boundary():
        with transaction() as db:
            campaign, progress = get_campaign(db, campaign_id), get_progress(db, campaign_id)
        if campaign is None or campaign.status != "generating":
            st.rerun()  # the whole page once more, without the clock
        _draw(progress)
        if st.button("Start again", type="tertiary", icon=":material/refresh:", key="restart", help=STUCK):
            _generate(campaign_id)


STUCK = "Only if nothing moves: what is written stays, and only what is missing is written."


def _draw(progress: Progress) -> None:
    share = progress.done / progress.total if progress.total else 0.0
    st.progress(share, f"{progress.done:,} of {progress.total:,} drafts written")


def _title(campaign: Campaign) -> str:
    return f"{campaign.name} · {STATUSES[campaign.status][0].lower()}"


def _group_title(group: Group) -> str:
    return f"{group.name} · {group.email_count:,} with an e-mail address"


def _template_title(template: Template) -> str:
    return template.name
