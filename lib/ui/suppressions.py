"""Opt-outs: adding to the list, asking it, taking off it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.contacts.suppressions import (
    NOTE_LIMIT,
    Added,
    Suppression,
    add_suppression,
    add_suppressions_csv,
    check_key,
    count_suppressions,
    delete_suppression,
    list_matches,
    list_suppressions,
)
from lib.database import transaction
from lib.errors import NotValid
from lib.ui.page import error_boundary
from lib.ui.text import plain
from lib.ui.uploads import taking
from lib.ui.widgets import empty_state

PAGE_SIZE = 50
# Megabytes: some 500,000 addresses.
MOST_MB = 20
MOST_REFUSED = 500
KINDS = {"address": "Address", "domain": "Domain"}
SOURCES = {"by hand": "By hand", "file": "From a file", "contact": "From a contact"}
NOTE_HELP = "Kept as you write it: a name in the note says who it is about, also after that person is erased."


def show_suppressions() -> None:
    """Show what the list is, ways to add to it and to ask it, and its entries."""
    st.caption(
        "Nobody on this list gets a draft or stands in a campaign's file. It keeps keyed hashes instead of "
        "addresses: it outlives the contact, and can tell whether an address is on it, but not which ones are."
    )
    with error_boundary(), transaction() as db:
        check_key(db)
    add, ask = st.columns(2, gap="medium")
    with add, st.container(border=True, height="stretch"):
        _offer_adding()
    with ask, st.container(border=True, height="stretch"):
        _answer()
    _show_last_file()
    _show_entries()


def _offer_adding() -> None:
    one, many = st.tabs(["Add one", "Add from a file"])
    with one, st.form("add_suppression", border=False):
        st.text_input("Address or domain", key="suppressed", placeholder="ada@example.com or example.com")
        st.text_input("Note", max_chars=NOTE_LIMIT, key="suppression_note", help=NOTE_HELP)
        # By callback: only there can what was typed be cleared, and only when it was taken.
        st.form_submit_button("Add", icon=":material/block:", key="add_suppression_now", on_click=_add_one)
    refusal = st.session_state.pop("suppression_refused", None)
    if refusal:
        one.error(plain(refusal), icon=":material/error:")
    with many:
        _offer_file()


def _add_one() -> None:
    typed, note = st.session_state["suppressed"] or "", st.session_state["suppression_note"]
    with error_boundary():
        try:
            with transaction() as db:
                is_new = add_suppression(db, typed, note=note)
        except NotValid as error:
            st.session_state["suppression_refused"] = str(error)
            return
        st.session_state["suppressed"] = st.session_state["suppression_note"] = ""
        st.toast("Added to the list." if is_new else "It was on the list already.", icon=":material/check:")


def _offer_file() -> None:
    # A new key after each file: the uploader is empty again, and the old file's memory is given back.
    number = st.session_state.setdefault("suppression_file_number", 0)
    file = st.file_uploader(
        "CSV or text file",
        type=["csv", "txt", "tsv"],
        key=f"suppression_file_{number}",
        max_upload_size=MOST_MB,
        help="One address or domain a line, or the export of unsubscribed people of any mail program.",
    )
    note = st.text_input("Note for all of them", max_chars=NOTE_LIMIT, key="suppression_file_note", help=NOTE_HELP)
    if st.button("Add all", icon=":material/block:", key="add_suppression_file", disabled=file is None) and file:
        with error_boundary():
            with st.spinner("Adding…"), taking([file]) as [(_, data)], transaction() as db:
                st.session_state["suppression_file"] = add_suppressions_csv(db, data, note=note)
            st.session_state["suppression_file_number"] = number + 1
            st.rerun()


def _show_last_file() -> None:
    """Say what became of the file, until another one comes or one has seen it."""
    added: Added | None = st.session_state.get("suppression_file")
    if added is None:
        return
    with st.container(border=True, key="suppression_file_result"):
        parts = [
            f"{added.added:,} added",
            f"{added.already:,} there already",
            f"{len(added.refused):,} lines refused",
        ]
        st.text(" · ".join(parts))
        if added.refused:
            rows = [{"Line": line.line, "Text": line.text, "Why": line.why} for line in added.refused[:MOST_REFUSED]]
            narrow = st.column_config.NumberColumn(width="small", format="%d")
            st.dataframe(pd.DataFrame(rows), hide_index=True, height="auto", column_config={"Line": narrow})
            if len(added.refused) > MOST_REFUSED:
                st.caption(f"The first {MOST_REFUSED:,} of them.")
        if st.button("All right", key="suppression_file_seen"):
            del st.session_state["suppression_file"]
            st.rerun()


def _answer() -> None:
    """Answer whether an address is on the list, and offer to take it off."""
    asked = st.text_input(
        "Is this address on the list?",
        type="search",
        live="300ms",
        key="suppression_asked",
        placeholder="ada@example.com",
        icon=":material/search:",
    )
    if not (asked or "").strip():
        return
    with error_boundary():
        try:
            with transaction() as db:
                matches = list_matches(db, asked or "")
        except NotValid:
            st.caption("Type a whole address or domain.")
            return
        _show_matches(matches)


def _show_matches(matches: Sequence[Suppression]) -> None:
    if not matches:
        st.badge("Not on the list", icon=":material/check:", color="green")
        return
    st.badge("On the list: no e-mail", icon=":material/block:", color="red")
    for match in matches:
        how = f"{KINDS[match.kind]} · {SOURCES[match.source].lower()} · {match.created_at:%d %b %Y}"
        st.text("\n".join(part for part in (how, match.note) if part))
    if st.button("Take off the list", icon=":material/undo:", key="take_off_asked"):
        take_off_dialog([match.id for match in matches])


def _show_entries() -> None:
    with transaction() as db:
        total = count_suppressions(db)
    if not total:
        advice = "Add people who asked for no e-mail, or choose Opt out beside their card on Review."
        empty_state(":material/block:", "Nobody has opted out", advice)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        search = st.text_input(
            "Search the notes",
            type="search",
            live="300ms",
            key="suppression_search",
            width=320,
            icon=":material/search:",
        )
        with transaction() as db:
            found = count_suppressions(db, search=search)
        st.caption(f"{total:,} on the list" if found == total else f"{found:,} of {total:,}")
    _show_page(search or "", found)


def _show_page(search: str, found: int) -> None:
    pages = max(-(-found // PAGE_SIZE), 1)
    key = f"suppression_page_{search}"
    # Pages there may be fewer of, once entries are gone.
    number = min(st.session_state.get(key, 1), pages)
    with transaction() as db:
        entries = list_suppressions(db, search=search, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    chosen = _table(entries, f"suppressions_{search}_{number}_{found}")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        label = f"Take {len(chosen)} off the list" if chosen else "Take off the list"
        if st.button(label, icon=":material/undo:", key="take_off", disabled=not chosen):
            take_off_dialog(chosen)
        if pages > 1:
            st.pagination(pages, key=key)


def _table(entries: Sequence[Suppression], key: str) -> list[int]:
    """Show the entries; return the ids of those selected."""
    rows = [
        {
            "Added": entry.created_at,
            "What": KINDS[entry.kind],
            "How": SOURCES[entry.source],
            "Note": entry.note,
        }
        for entry in entries
    ]
    event = st.dataframe(
        pd.DataFrame(rows, columns=["Added", "What", "How", "Note"]),
        hide_index=True,
        column_config={
            "Added": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width="small"),
            "What": st.column_config.TextColumn(width="small"),
            "How": st.column_config.TextColumn(width="small"),
        },
        on_select="rerun",
        selection_mode="multi-row",
        placeholder="",
        key=key,
    )
    return [entries[row].id for row in event.selection.rows if row < len(entries)]


@st.dialog("Take off the list?", icon=":material/undo:")
def take_off_dialog(suppression_ids: Sequence[int]) -> None:
    """Take the entries off the list when that is confirmed."""
    count = len(suppression_ids)
    st.write("It can be written to again." if count == 1 else f"All {count} can be written to again.")
    with st.container(horizontal=True):
        if st.button("Take off", type="primary", icon=":material/undo:", key="confirm_take_off"):
            with error_boundary():
                with transaction() as db:
                    for suppression_id in suppression_ids:
                        delete_suppression(db, suppression_id)
                st.rerun()
        if st.button("Keep", key="keep_suppression"):
            st.rerun()
