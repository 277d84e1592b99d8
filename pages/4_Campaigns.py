"""Write one e-mail for a group, look at every draft, download them all."""

import streamlit as st

from lib import ui
from lib.contacts.groups import list_groups
from lib.database import transaction
from lib.outreach.campaigns import Campaign, Counts, count_campaign, list_campaigns
from lib.outreach.templates import list_templates
from lib.ui.campaigns.choosing import choose_campaign
from lib.ui.campaigns.dialogs import campaign_dialog, open_dialog
from lib.ui.campaigns.drafts import show_drafts
from lib.ui.campaigns.exports import show_export
from lib.ui.campaigns.numbers import show_head, show_left_out, show_numbers
from lib.ui.campaigns.state import show_told
from lib.ui.campaigns.writing import offer_again, show_writing
from lib.ui.suppressions import show_suppressions
from lib.ui.templates import show_templates


def main() -> None:
    view = st.segmented_control(
        "View",
        ["Campaigns", "Templates", "Opt-outs"],
        default="Campaigns",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "Templates":
        show_templates()
    elif view == "Opt-outs":
        show_suppressions()
    else:
        show_campaigns()


def show_campaigns() -> None:
    with transaction() as db:
        campaigns = list_campaigns(db)
    if not campaigns:
        say_what_is_needed()
        return
    campaign = choose_campaign(campaigns)
    show_head(campaign)
    if campaign.status == "generating":  # the numbers would stand still beside the progress
        show_writing(campaign, None)
    else:
        show_told()
        with transaction() as db:
            counts = count_campaign(db, campaign.id)
        show_ready(campaign, counts)
    open_dialog()


def show_ready(campaign: Campaign, counts: Counts) -> None:
    show_numbers(counts)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_left_out(campaign, counts)
        offer_again(campaign, counts)
    show_writing(campaign, counts)
    if not counts.drafts:
        return
    drafts, export = st.tabs(["Drafts", "Export"], key=f"tab_{campaign.id}", on_change="rerun")
    with drafts:
        if drafts.open:
            show_drafts(campaign)
    with export:
        if export.open:
            show_export(campaign)


def say_what_is_needed() -> None:
    with transaction() as db:
        groups, templates = list_groups(db), list_templates(db)
    if not groups:
        advice = "A campaign writes to a group. Put people together first."
        ui.empty_state(":material/group:", "No group yet", advice, page="pages/3_Groups.py", label="Go to groups")
    elif not templates:
        advice = "A campaign writes from a template. Choose Templates above and add one."
        ui.empty_state(":material/edit_note:", "No template yet", advice)
    else:
        advice = "A campaign is one template for one group: a draft for each person, to read and download."
        if ui.empty_state(":material/mail:", "No campaign yet", advice, button="New campaign"):
            campaign_dialog()


with ui.page("Campaigns"):
    main()
