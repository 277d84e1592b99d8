"""Write one e-mail for a group, look at every draft, download them all."""

import streamlit as st

from lib import ui
from lib.contacts.groups import list_groups
from lib.database import transaction
from lib.outreach.campaigns import list_campaigns
from lib.outreach.templates import list_templates
from lib.ui.campaigns import campaign_dialog, choose_campaign, show_generation, show_summary
from lib.ui.drafts import show_drafts
from lib.ui.templates import show_templates


def main() -> None:
    view = st.segmented_control(
        "View",
        ["Campaigns", "Templates"],
        default="Campaigns",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "Templates":
        show_templates()
    else:
        show_campaigns()


def show_campaigns() -> None:
    with transaction() as db:
        campaigns = list_campaigns(db)
    if not campaigns:
        say_what_is_needed()
        return
    campaign = choose_campaign(campaigns)
    recipients = show_summary(campaign)
    show_generation(campaign, recipients)
    if campaign.status != "generating":
        show_drafts(campaign)


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


with ui.page("Campaigns", ":material/mail:"):
    main()
