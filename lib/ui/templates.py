"""Writing templates: an editor with its problems, and beside it the e-mail as a real contact would get it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.outreach.merge import Problem, find_problems
from lib.outreach.starters import EMPTY, STARTERS
from lib.outreach.templates import (
    BODY_LIMIT,
    Template,
    add_starters,
    add_template,
    copy_template,
    count_uses,
    delete_template,
    list_templates,
    update_template,
)
from lib.outreach.variables import SAMPLE, VARIABLES, read_values
from lib.ui.live import live_text_area
from lib.ui.page import error_boundary
from lib.ui.preview import show_preview
from lib.ui.saying import say_next
from lib.ui.text import plain
from lib.ui.widgets import choose, choose_next, empty_state
from lib.words import counted

KEY = "template"
# Characters shown on either side of a problem's place.
AROUND = 24
MOST_PROBLEMS = 5


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
        show_preview(subject, body)
    # Below both: its table needs the width.
    _show_variables(template.id)


def _offer_starters() -> None:
    advice = "A template is one e-mail with variables such as {{firstName}} for everybody in a group."
    label = f"Add {len(STARTERS)} templates to start from"
    if empty_state(":material/edit_note:", "No template yet", advice, button=label):
        with error_boundary():
            with transaction() as db:
                add_starters(db)
            st.rerun()


def _choose(templates: list[Template]) -> Template:
    """Return the chosen one of `templates` (not empty), the newest at first; with buttons to add, copy and delete."""
    by_id = {template.id: template for template in templates}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choose("Template", {id: template.name for id, template in by_id.items()}, KEY)
        if st.button("New template", icon=":material/add:", key="new_template"):
            template_dialog()
        st.button(
            "Duplicate",
            icon=":material/content_copy:",
            key="copy_template",
            help="Copies what is saved",
            on_click=_copy,
            args=(chosen,),
        )
        if st.button("Delete", icon=":material/delete:", key="delete_template"):
            delete_dialog(by_id[chosen])
    return by_id[chosen]


def _copy(template_id: int) -> None:
    with error_boundary(), transaction() as db:
        choose_next(KEY, copy_template(db, template_id))


@st.dialog("New template", icon=":material/edit_note:")
def template_dialog() -> None:
    """Ask for a name and what to begin with, and add the template."""
    with st.form("template_form", border=False):
        start = st.radio(
            "Begin with",
            [EMPTY, *STARTERS],
            format_func=lambda starter: starter.name,
            captions=[starter.purpose for starter in (EMPTY, *STARTERS)],
            key="start",
        )
        name = st.text_input(
            "Name", max_chars=255, key="new_template_name", placeholder="The name above, where it has one"
        )
        if not st.form_submit_button("Add", type="primary", key="add_template"):
            return
    with error_boundary():
        # A starter brings a name; an empty page has none to give.
        named = (name or "").strip() or ("" if start == EMPTY else start.name)
        with transaction() as db:
            choose_next(KEY, add_template(db, named, start.subject, start.body))
        st.rerun()


@st.dialog("Delete this template?", icon=":material/delete:")
def delete_dialog(template: Template) -> None:
    """Say what was made from the template, and delete it when that is confirmed."""
    with transaction() as db:
        uses = count_uses(db, template.id)
    st.text(template.name)
    if uses.campaigns:
        campaigns = counted(uses.campaigns, "campaign was", "campaigns were")
        drafts = counted(uses.drafts, "draft")
        st.write(f"{campaigns} made from it, with {drafts}. They keep the words they were made with.")
    else:
        st.write("No campaign was made from it.")
    with st.container(horizontal=True):
        if st.button("Delete the template", type="primary", icon=":material/delete:", key="confirm_delete_template"):
            with error_boundary():
                with transaction() as db:
                    delete_template(db, template.id)
                st.rerun()
        if st.button("Keep it", key="keep_template"):
            st.rerun()


def _edit(template: Template) -> tuple[str, str]:
    """Show the editor and what is wrong. Return subject and body as they are typed."""
    with st.container(border=True):
        name = st.text_input("Name", template.name, max_chars=255, live="300ms", key=f"template_name_{template.id}")
        subject = st.text_input(
            "Subject", template.subject, max_chars=500, live="300ms", key=f"template_subject_{template.id}"
        )
        body = live_text_area(
            "Body", template.body, height=340, max_chars=BODY_LIMIT, key=f"template_body_{template.id}"
        )
        subject, body = subject or "", body or ""
        _show_problems(find_problems(subject, body), {"subject": subject, "body": body})
        is_changed = (name, subject, body) != (template.name, template.subject, template.body)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                "Save", type="primary", icon=":material/save:", key="save_template", disabled=not is_changed
            ):
                _save(template.id, name or "", subject, body)
            st.caption("Not saved yet." if is_changed else "Saved.")
    return subject, body


def _show_problems(problems: list[Problem], texts: dict[str, str]) -> None:
    for problem in problems[:MOST_PROBLEMS]:
        where = "Subject" if problem.part == "subject" else f"Body, line {problem.line}"
        near = plain(excerpt(texts[problem.part], problem))
        st.error(f"{where}, character {problem.column}: {plain(problem.message)}\n\n{near}", icon=":material/error:")
    if len(problems) > MOST_PROBLEMS:
        st.caption(f"And {len(problems) - MOST_PROBLEMS:,} more.")


def excerpt(text: str, problem: Problem) -> str:
    """Return the words around the problem with ▸ at its place: what one sees as one character may be several."""
    line, place = text.split("\n")[problem.line - 1], problem.column - 1
    before, behind = line[max(place - AROUND, 0) : place], line[place : place + 2 * AROUND]
    return f"{'…' if place > AROUND else ''}{before}▸{behind}{'…' if len(line) > place + 2 * AROUND else ''}"


def _save(template_id: int, name: str, subject: str, body: str) -> None:
    with error_boundary():
        with transaction() as db:
            update_template(db, template_id, name, subject, body)
        say_next("Template saved.", icon=":material/check:")
        st.rerun()


def _show_variables(template_id: int) -> None:
    with st.expander("Variables", icon=":material/data_object:"):
        st.caption(
            plain('With {{firstName|there}} or {{firstName | default: "there"}} a missing value becomes there.')
        )
        st.pills(
            "Put at the end of the body",
            list(VARIABLES),
            key=f"variable_{template_id}",
            on_change=_insert,
            args=(template_id,),
        )
        rows = [
            {"Write": f"{{{{{name}}}}}", "It is": variable.source, "For example": read_values(SAMPLE)[name]}
            for name, variable in VARIABLES.items()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content")


def _insert(template_id: int) -> None:
    """Put the variable behind what stands in the body."""
    name = st.session_state[f"variable_{template_id}"]
    if name is not None:
        key = f"template_body_{template_id}"
        st.session_state[key] = f"{st.session_state[key] or ''}{{{{{name}}}}}"[:BODY_LIMIT]
        # It is a button in all but look: chosen, it could not be clicked again.
        st.session_state[f"variable_{template_id}"] = None
