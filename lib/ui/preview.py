"""A template's e-mail as one person would get it."""

from __future__ import annotations

import streamlit as st

from lib.database import transaction
from lib.outreach.merge import merge_email
from lib.outreach.templates import count_previews, list_previews
from lib.outreach.variables import SAMPLE, Facts

SAMPLE_ID = 0
# More than these are searched in the database.
MOST = 50


def show_preview(subject: str, body: str) -> None:
    """Show the e-mail as the chosen contact would get it, and let another one be chosen."""
    with st.container(border=True, key="preview"):
        people = _list_people()
        chosen = st.selectbox(
            "Preview for",
            list(people),
            format_func=lambda id: _title(id, people[id]) if id in people else "",
            key="preview_contact",
        )
        _show_email(subject, body, people.get(chosen, SAMPLE))


def _list_people() -> dict[int, Facts]:
    """Return whom one can choose among, by id; where there are many, those who are searched for."""
    with transaction() as db:
        is_many = count_previews(db, most=MOST + 1) > MOST
    search = None
    if is_many:
        search = st.text_input(
            "Find a contact",
            type="search",
            live="300ms",
            key="preview_search",
            icon=":material/search:",
            placeholder="Name, company or e-mail",
        )
    with transaction() as db:
        people = dict(list_previews(db, search=search or "", limit=MOST))
    if search and not people:
        st.caption("Nobody is found.")
    return {**people, SAMPLE_ID: SAMPLE}


def _show_email(subject: str, body: str, facts: Facts) -> None:
    merged = merge_email(subject, body, facts)
    st.caption("Subject")
    st.text(merged.subject)
    st.caption("Body")
    st.text(merged.body)
    if merged.missing:
        st.badge(f"No value for {', '.join(merged.missing)}", icon=":material/warning:", color="orange")


def _title(contact_id: int, facts: Facts) -> str:
    made_up = "made up" if contact_id == SAMPLE_ID else None
    return " · ".join(part for part in (facts.full_name, facts.company, made_up) if part)
