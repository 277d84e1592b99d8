"""The draft that is open: corrected, approved, and how it came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from lib.outreach.difference import find_difference
from lib.outreach.drafts import Draft
from lib.outreach.exports import REASONS
from lib.outreach.merge import SUBJECT_LIMIT
from lib.outreach.templates import BODY_LIMIT
from lib.outreach.variables import VARIABLES
from lib.ui.campaigns.acting import approve_and_next, editor_keys, restore, save, unapprove, write_again
from lib.ui.campaigns.changes import to_markdown
from lib.ui.campaigns.state import step
from lib.ui.campaigns.words import SOURCES, when
from lib.ui.review.keys import is_on_phone
from lib.ui.text import plain
from lib.ui.widgets import NAMELESS

BODY_HEIGHT = 300


def show_editor(draft: Draft, ids: Sequence[int]) -> None:
    """Show the draft to be corrected and approved; `ids` are the drafts of its page, to go on to."""
    with st.container(border=True, key="editor"):
        _show_whose(draft)
        # A place of their own: the form below would be another one for each number of them, and flicker.
        with st.container():
            _show_remarks(draft)
        _show_form(draft, ids)
        _show_steps(draft, ids)
        _show_changes(draft)
        _show_origin(draft)


def _show_whose(draft: Draft) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(draft.full_name or NAMELESS)}**", width="content")
        if draft.approved_at:
            st.badge("Approved", icon=":material/done_all:", color="green")
        if draft.is_edited:
            st.badge("Edited", icon=":material/edit:", color="blue")
        if draft.exported_at:
            st.badge("Exported", icon=":material/download_done:", color="gray", help=when(draft.exported_at))
    st.caption(plain(" · ".join(part for part in (draft.company, draft.email) if part)))


def _show_remarks(draft: Draft) -> None:
    """Say what holds the draft back, and what the checks found."""
    sentences = [REASONS.get(reason, reason) for reason in draft.open_reasons if reason != "flagged"]
    for sentence in (*sentences, *draft.flags):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(":orange[:material/flag:]", width="content")
            st.text(sentence, width="stretch")


def _show_form(draft: Draft, ids: Sequence[int]) -> None:
    subject_key, body_key = editor_keys(draft)
    # A form sends what is typed along with its buttons: a key is quicker than leaving the field. They stand above the
    # text, so that they do not move with its length.
    with st.form(f"draft_{draft.id}", border=False, enter_to_submit=False):
        with st.container(horizontal=True):
            _submit("Approve and next", "approve_next", approve_and_next, draft, ids, key="Alt+Enter", type="primary")
            _submit("Save", "save_draft", save, draft)
        st.text_input("Subject", draft.subject, max_chars=SUBJECT_LIMIT, key=subject_key)
        st.text_area("Body", draft.body, height=BODY_HEIGHT, max_chars=BODY_LIMIT, key=body_key)


def _submit(label: str, name: str, act: Callable[..., None], *args: Any, key: str | None = None, **more: Any) -> None:
    shortcut = None if is_on_phone() else key
    st.form_submit_button(label, key=name, on_click=act, args=args, shortcut=shortcut, **more)


def _show_steps(draft: Draft, ids: Sequence[int]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, name, by, key in (("Back", "back", -1, "Alt+PageUp"), ("Next", "next", 1, "Alt+PageDown")):
            st.button(
                label,
                key=f"draft_{name}",
                type="tertiary",
                on_click=step,
                args=(draft.campaign_id, ids, draft.id, by),
                disabled=draft.id == ids[0 if by < 0 else -1],
                shortcut=None if is_on_phone() else key,
            )
        if draft.approved_at:
            st.button("Withdraw approval", key="unapprove", type="tertiary", on_click=unapprove, args=([draft.id],))
        _offer_again(draft)


def _offer_again(draft: Draft) -> None:
    again = {"on_click": write_again, "args": (draft.campaign_id, [draft.id])}
    if not draft.is_edited:
        st.button("Write again", icon=":material/refresh:", key="write_one", type="tertiary", **again)  # type: ignore[arg-type]
        return
    with st.popover("Write again", icon=":material/refresh:", key="write_one", type="tertiary"):
        st.write("What you wrote is lost.")
        st.button("Write it again", type="primary", key="confirm_write_one", **again)  # type: ignore[arg-type]


def _show_changes(draft: Draft) -> None:
    if not draft.is_edited:
        return
    with st.expander("What you changed", icon=":material/difference:", key=f"changes_{draft.id}"):
        subject, body = draft.generated
        if subject != draft.subject:
            st.markdown(to_markdown(find_difference(subject, draft.subject)))
        st.markdown(to_markdown(find_difference(body, draft.body)))
        st.button(
            "Restore the generated text", icon=":material/undo:", key="restore", on_click=restore, args=(draft,)
        )


def _show_origin(draft: Draft) -> None:
    """Say how the draft came about: by whom, from which facts, what the checks said, what it took."""
    data = draft.personalization_data
    writer = SOURCES.get(draft.source, draft.source)
    with st.expander(f"Written by {writer}", icon=":material/psychology:", key=f"origin_{draft.id}"):
        if data.get("reasoning"):
            st.text(str(data["reasoning"]))
        facts = [fact for fact in data.get("facts_used") or [] if isinstance(fact, dict)]
        if facts:
            st.dataframe(
                [{"Used": fact.get("text"), "From": _source_of(fact.get("field"))} for fact in facts],
                hide_index=True,
                key=f"facts_{draft.id}",
            )
        if data.get("missing"):
            st.text(f"No value for: {', '.join(map(str, data['missing']))}")
        st.text(_took(data))


def _source_of(field: object) -> str:
    """Return where a fact comes from, as the table of variables has it."""
    known = VARIABLES.get(str(field))
    return known.source if known else str(field or "")


def _took(data: dict[str, Any]) -> str:
    """Return model, host, tokens and checks in a line."""
    if data.get("source") != "model" and not data.get("model"):
        return "Merged from the template on this machine."
    tokens, checks = data.get("tokens") or {}, data.get("checks") or {}
    failed = checks.get("failed") or []
    parts = [
        f"{data.get('model', 'model')} at {data['host']}" if data.get("host") else str(data.get("model", "")),
        f"{tokens.get('in', 0) + tokens.get('out', 0):,} tokens" if tokens else "",
        f"{checks.get('passed', 0)} of {checks.get('passed', 0) + len(failed)} checks passed" if checks else "",
        f"repaired once: {', '.join(map(str, data['repaired']))}" if data.get("repaired") else "",
    ]
    return " · ".join(part for part in parts if part)
