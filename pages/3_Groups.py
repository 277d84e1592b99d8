"""Put people together whom one writes to together."""

import streamlit as st

from lib import ui
from lib.contacts.groups import list_groups
from lib.database import transaction
from lib.ui.groups import add_people, choose_group, group_dialog, show_members


def main() -> None:
    with transaction() as db:
        groups = list_groups(db)
    if not groups:
        advice = "A group is who one campaign writes to: leads of a fair, partners, press."
        if ui.empty_state(":material/group:", "No group yet", advice, button="Create a group"):
            group_dialog()
        return
    group = choose_group(groups)
    members, add = st.tabs(["People in the group", "Add people"], key="group_tab")
    with members:
        show_members(group)
    with add:
        add_people(group)


with ui.page("Groups"):
    main()
