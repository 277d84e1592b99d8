"""Choosing and filling a lead group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from lib.contacts.contacts import Contact, ContactFilter, count_contacts, list_contacts
from lib.contacts.groups import (
    Group,
    add_group,
    add_matching,
    add_members,
    delete_group,
    list_members,
    remove_members,
    update_group,
)
from lib.database import transaction
from lib.ui.events import all_events, event_filter
from lib.ui.page import error_boundary
from lib.ui.saying import say_next
from lib.ui.text import plain
from lib.ui.widgets import choose, choose_next
from lib.words import counted

KEY = "group"
PAGE_SIZE = 50
STATUSES = {"completed": "Accepted", "user_verified": "Verified", "pending_review": "To review"}


def choose_group(groups: list[Group]) -> Group:
    """Return the chosen group of `groups` (not empty), the newest at first; with buttons to make and change them."""
    by_id = {group.id: group for group in groups}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("Group", {id: _title(group) for id, group in by_id.items()}, KEY)
        if st.button("New group", icon=":material/add:", key="new_group"):
            group_dialog()
        if st.button("Edit", icon=":material/edit:", key="edit_group"):
            group_dialog(by_id[chosen])
        if st.button("Delete", icon=":material/delete:", key="delete_group"):
            delete_dialog(by_id[chosen])
    group = by_id[chosen]
    if group.description:
        st.text(group.description)
    return group


@st.dialog("Group", icon=":material/group:")
def group_dialog(group: Group | None = None) -> None:
    """Ask for a group's name and description and keep them: a new group, or `group` changed."""
    with st.form("group_form", border=False):
        name = st.text_input("Name", group.name if group else "", max_chars=255, key="group_name")
        description = st.text_area("Description", (group and group.description) or "", key="group_description")
        if not st.form_submit_button("Save", type="primary", key="save_group"):
            return
    with error_boundary():
        with transaction() as db:
            if group is None:
                choose_next(KEY, add_group(db, name, description))
            else:
                update_group(db, group.id, name, description)
        st.rerun()


@st.dialog("Delete this group?", icon=":material/delete:")
def delete_dialog(group: Group) -> None:
    """Delete the group when that is confirmed; nobody in it is lost."""
    st.text(group.name)
    st.write("Its people stay in your contacts, and campaigns already made from it keep their drafts.")
    if st.button("Delete the group", type="primary", icon=":material/delete:", key="confirm_delete_group"):
        with error_boundary():
            with transaction() as db:
                delete_group(db, group.id)
            st.rerun()


def show_members(group: Group) -> None:
    """Show who is in the group, and take out whom one selects."""
    if not group.contact_count:
        st.info("Nobody is in this group yet. Add people in the next tab.", icon=":material/group_add:")
        return
    st.caption(f"{counted(group.contact_count, 'person', 'people')}, {group.email_count:,} with an e-mail address.")
    offset = _offset(group.contact_count, "members_page")
    with transaction() as db:
        members = list_members(db, group.id, limit=PAGE_SIZE, offset=offset)
    selected = _people_table(members, key=f"members_{group.id}")
    if st.button(
        f"Take {len(selected)} out" if selected else "Take out",
        icon=":material/group_remove:",
        key="remove_members",
        disabled=not selected,
    ):
        _change(lambda db: remove_members(db, group.id, selected), "taken out")


def add_people(group: Group) -> None:
    """Find people by text, event and status, and add those selected or all that were found."""
    wanted = _search(group)
    with transaction() as db:
        count = count_contacts(db, wanted)
    if not count:
        st.info("Nobody is found who is not in the group already.", icon=":material/search_off:")
        return
    offset = _offset(count, "people_page")
    with transaction() as db:
        people = list_contacts(db, wanted, limit=PAGE_SIZE, offset=offset)
    selected = _people_table(people, key=f"people_{group.id}")
    with st.container(horizontal=True):
        if st.button(
            f"Add {len(selected)} selected" if selected else "Add selected",
            type="primary",
            icon=":material/group_add:",
            key="add_selected",
            disabled=not selected,
        ):
            _change(lambda db: add_members(db, group.id, selected), "added")
        if st.button(f"Add all {count:,} found", icon=":material/group_add:", key="add_all"):
            _change(lambda db: add_matching(db, group.id, wanted), "added")


def _search(group: Group) -> ContactFilter:
    with st.container(horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            "Search", key="people_search", live="300ms", type="search", icon=":material/search:",
            placeholder="Name, company or e-mail", label_visibility="collapsed", width=300,
        )  # fmt: skip
        with st.container(width=320):
            event_id = event_filter(all_events(), key="people_event")
        statuses = st.pills(
            "Status",
            list(STATUSES),
            default=["completed", "user_verified"],
            selection_mode="multi",
            format_func=STATUSES.__getitem__,
            key="people_status",
            label_visibility="collapsed",
        )
    return ContactFilter(statuses=tuple(statuses), event_id=event_id, search=search, outside_group_id=group.id)


def _people_table(people: Sequence[Contact], *, key: str) -> list[int]:
    """Show people and return the ids of those selected."""
    rows = [
        {
            "Name": person.full_name,
            "Company": person.company,
            "Title": person.title,
            "E-mail": person.email,
            "Event": person.event_name,
            "Status": STATUSES.get(person.status, person.status),
        }
        for person in people
    ]
    # Rows are selected by number: other people are another table, or the selection would pass to them.
    key = f"{key}_{hash(tuple(person.id for person in people))}"
    table = st.dataframe(
        pd.DataFrame(rows), hide_index=True, placeholder="", on_select="rerun", selection_mode="multi-row", key=key
    )
    return [people[row].id for row in table.selection.rows if row < len(people)]


def _offset(count: int, key: str) -> int:
    pages = -(-count // PAGE_SIZE)
    return 0 if pages <= 1 else (min(st.pagination(pages, key=key), pages) - 1) * PAGE_SIZE


def _change(change: Callable[[Connection], int], verb: str) -> None:
    with error_boundary():
        with transaction() as db:
            count = change(db)
        say_next(f"{count:,} {plain(verb)}.", icon=":material/check:")
        st.rerun()


def _title(group: Group) -> str:
    return f"{group.name} · {counted(group.contact_count, 'person', 'people')}"
