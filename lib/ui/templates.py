"""Writing templates: an editor with its problems, and a preview with a real contact."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.outreach.merge import Problem, find_problems, merge_email
from lib.outreach.templates import (
    BODY_LIMIT,
    EMPTY,
    STARTERS,
    Template,
    add_starters,
    add_template,
    delete_template,
    list_previews,
    list_templates,
    update_template,
)
from lib.outreach.variables import SAMPLE, VARIABLES, Facts, read_values
from lib.ui.page import error_boundary
from lib.ui.text import plain
from lib.ui.widgets import choose, choose_next, empty_state

KEY = "template"
SAMPLE_ID = 0


def show_templates() -> None:
    """Show the chosen template's editor beside its preview, or offer starters where there is no template."""
    with transaction() as db:
        templates = list_templates(db)
    if not templates:
        _offer_starters()
        return
    template = _choose(templates)
    editor, preview = st.columns([3, 2], gap="medium")
    with editor:
        subject, body = _edit(template)
    with preview:
        _preview(subject, body)


def _offer_starters() -> None:
    advice = "A template is one e-mail with variables such as {{firstName}} for everybody in a group."
    label = f"Add {len(STARTERS)} templates to start from"
    if empty_state(":material/edit_note:", "No template yet", advice, button=label):
        with error_boundary():
            with transaction() as db:
                add_starters(db)
            st.rerun()


def _choose(templates: list[Template]) -> Template:
    """Return the chosen one of `templates` (not empty), the newest at first; with buttons to add and delete."""
    by_id = {template.id: template for template in templates}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("Template", {id: template.name for id, template in by_id.items()}, KEY)
        if st.button("New template", icon=":material/add:", key="new_template"):
            template_dialog()
        if st.button("Delete", icon=":material/delete:", key="delete_template"):
            _delete_dialog(by_id[chosen])
    return by_id[chosen]


@st.dialog("New template", icon=":material/edit_note:")
def template_dialog() -> None:
    """Ask for a name and what to begin with, and add the template."""
    with st.form("template_form", border=False):
        name = st.text_input("Name", max_chars=255, key="new_template_name")
        start = st.radio("Begin with", [EMPTY, *STARTERS], format_func=lambda starter: starter.name, key="start")
        if not st.form_submit_button("Add", type="primary", key="add_template"):
            return
    with error_boundary():
        with transaction() as db:
            choose_next(KEY, add_template(db, name, start.subject, start.body))
        st.rerun()


@st.dialog("Delete this template?", icon=":material/delete:")
def _delete_dialog(template: Template) -> None:
    st.text(template.name)
    st.write("Campaigns made from it keep their drafts, but no more can be written from it.")
    if st.button("Delete the template", type="primary", icon=":material/delete:", key="confirm_delete_template"):
        with error_boundary():
            with transaction() as db:
                delete_template(db, template.id)
            st.rerun()


def _edit(template: Template) -> tuple[str, str]:
    """Show the editor and what is wrong. Return subject and body as they are typed."""
    with st.container(border=True):
        name = st.text_input("Name", template.name, max_chars=255, key=f"template_name_{template.id}")
        subject = st.text_input(
            "Subject", template.subject, max_chars=500, live="300ms", key=f"template_subject_{template.id}"
        )
        body = st.text_area(
            "Body", template.body, height=320, max_chars=BODY_LIMIT, key=f"template_body_{template.id}"
        )
        subject, body = subject or "", body or ""
        _show_problems(find_problems(subject, body))
        is_changed = (name, subject, body) != (template.name, template.subject, template.body)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                "Save", type="primary", icon=":material/save:", key="save_template", disabled=not is_changed
            ):
                _save(template.id, name or "", subject, body)
            st.caption("Not saved yet." if is_changed else "Saved.")
    _show_variables()
    return subject, body


def _show_problems(problems: list[Problem]) -> None:
    for problem in problems:
        place = f"{problem.part.capitalize()}, line {problem.line}, character {problem.column}"
        st.error(plain(f"{place}: {problem.message}"), icon=":material/error:")


def _save(template_id: int, name: str, subject: str, body: str) -> None:
    with error_boundary():
        with transaction() as db:
            update_template(db, template_id, name, subject, body)
        st.toast("Template saved.", icon=":material/check:")
        st.rerun()


def _show_variables() -> None:
    with st.expander("Variables", icon=":material/data_object:"):
        st.caption(
            plain('With {{firstName|there}} or {{firstName | default: "there"}} a missing value becomes there.')
        )
        rows = [
            {"Write": f"{{{{{name}}}}}", "It is": variable.source, "For example": read_values(SAMPLE)[name]}
            for name, variable in VARIABLES.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content")


def _preview(subject: str, body: str) -> None:
    """Show the e-mail as one contact would get it."""
    with transaction() as db:
        people = dict(list_previews(db))
    people[SAMPLE_ID] = SAMPLE
    with st.container(border=True, key="preview"):
        chosen = st.selectbox(
            "Preview for",
            list(people),
            format_func=lambda id: _title(id, people[id]),
            key="preview_contact",
        )
        _show_email(subject, body, people[chosen])


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
