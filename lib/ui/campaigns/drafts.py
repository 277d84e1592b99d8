"""A campaign's drafts: found, ticked, approved many at once, and one of them open beside the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from lib.database import transaction
from lib.outreach.campaigns import Campaign
from lib.outreach.drafts import SHOWS, Draft, Found, find_drafts, get_draft
from lib.ui.campaigns.acting import approve, approve_found, unapprove, write_again
from lib.ui.campaigns.editor import show_editor
from lib.ui.campaigns.state import PAGE_SIZE, Wanted, find_open, is_page_told, open_draft, show_told
from lib.ui.campaigns.words import SHORT
from lib.ui.page import error_boundary
from lib.ui.review.keys import is_on_phone
from lib.ui.widgets import NAMELESS

# As high as the editor beside it.
HEIGHT = 560
# On a phone the editor is below, and a finger must get past the table.
PHONE_HEIGHT = 248
ROW_HEIGHT = 35
OPEN = "▶"


@st.fragment
def show_drafts(campaign: Campaign) -> None:
    """Show the drafts and the editor; a click here runs nothing else, unless it changed the page's numbers."""
    if is_page_told():
        st.rerun()
    with error_boundary():
        show_told()
        wanted, found = _choose(campaign.id)
        drafts, count = found.drafts, found.count
        if not drafts:
            st.info("No draft matches. Change the filter or the search.", icon=":material/search_off:")
            return
        ids = [draft.id for draft in drafts]
        current = find_open(campaign.id, ids)
        table, editor = st.columns([11, 10], gap="medium")
        with table:
            _show_bar(drafts, wanted, count)
            _show_table(drafts, current, wanted)
            _turn_pages(wanted, count)
        with editor:
            show_editor(next(draft for draft in drafts if draft.id == current), ids)


def _choose(campaign_id: int) -> tuple[Wanted, Found]:
    """Return which drafts are wanted, and those of the page."""
    with st.container(horizontal=True, vertical_alignment="center"):
        show = st.segmented_control(
            "Show",
            SHOWS,
            default="all",
            required=True,
            format_func=str.capitalize,
            key=f"show_{campaign_id}",
            label_visibility="collapsed",
        )
        search = st.text_input(
            "Search",
            key=f"search_{campaign_id}",
            live="300ms",
            type="search",
            icon=":material/search:",
            placeholder="Name, company or e-mail",
            label_visibility="collapsed",
            width=260,
        )
    show, search = show or "all", search or ""
    # Drawn below the table; what was chosen there is known beforehand.
    wanted = Wanted(campaign_id, show, search, int(st.session_state.get(_page_key(campaign_id, show, search), 1)))
    with transaction() as db:
        found = find_drafts(db, campaign_id, show=show, search=search, limit=PAGE_SIZE, offset=wanted.offset)
    pages = max(1, -(-found.count // PAGE_SIZE))
    return replace(wanted, page=min(wanted.page, pages)), found


def _page_key(campaign_id: int, show: str, search: str) -> str:
    return f"drafts_page_{campaign_id}_{show}_{search}"


def _show_table(drafts: Sequence[Draft], current: int, wanted: Wanted) -> None:
    """Show one row a draft: a click on a cell opens it, a tick before it chooses it for the bar below."""
    rows = [_to_row(draft, draft.id == current) for draft in drafts]
    has_remarks = any(row["To look at"] for row in rows)
    key, is_small = wanted.table_key, is_on_phone()
    height = PHONE_HEIGHT if is_small else HEIGHT
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=height if len(drafts) > height // ROW_HEIGHT - 1 else "auto",
        column_order=[
            *("", "Name"),
            *(["To look at"] if has_remarks else []),
            *([] if is_small else ["Subject"]),
            "State",
        ],
        column_config={
            "": st.column_config.TextColumn(width=26),
            "Name": st.column_config.TextColumn(width=120),
            "To look at": st.column_config.TextColumn(width=130),
            "Subject": st.column_config.TextColumn(width=120 if has_remarks else 200),
            "State": st.column_config.TextColumn(width=80),
        },
        placeholder="",
        on_select=lambda: _open_clicked(key, wanted.campaign_id, [draft.id for draft in drafts]),
        selection_mode=["multi-row", "single-cell"],
        key=key,
    )


def _to_row(draft: Draft, is_open: bool) -> dict[str, str]:
    return {
        "": OPEN if is_open else "",
        "Name": draft.full_name or NAMELESS,
        "To look at": ", ".join(SHORT.get(reason, reason) for reason in draft.open_reasons),
        "Subject": draft.subject,
        "State": "Approved" if draft.approved_at else "Edited" if draft.is_edited else "",
    }


def _open_clicked(key: str, campaign_id: int, ids: Sequence[int]) -> None:
    cells = st.session_state[key].selection.cells
    if cells and cells[0][0] < len(ids):
        open_draft(campaign_id, ids[cells[0][0]])


def _show_bar(drafts: Sequence[Draft], wanted: Wanted, count: int) -> None:
    """Show what can be done with the ticked drafts, or with all that are found."""
    selection = st.session_state.get(wanted.table_key, {}).get("selection", {})
    chosen = [drafts[row].id for row in selection.get("rows", []) if row < len(drafts)]
    with st.container(horizontal=True, vertical_alignment="center", key="drafts_bar"):
        if chosen:
            # By callback, which runs first: a click is lost when another run cuts its run off.
            st.button(
                f"Approve {len(chosen)}",
                icon=":material/done_all:",
                key="approve_chosen",
                on_click=approve,
                args=(chosen,),
            )
            st.button("Withdraw approval", key="unapprove_chosen", on_click=unapprove, args=(chosen,))
            _offer_again(wanted.campaign_id, chosen)
        else:
            st.button(
                f"Approve all {count:,}",
                icon=":material/done_all:",
                key="approve_found",
                on_click=approve_found,
                args=(wanted,),
                help="All that are found, on every page",
            )
            if not is_on_phone():
                st.caption("Tick drafts to choose some, click one to open it.", width="content")


def _turn_pages(wanted: Wanted, count: int) -> None:
    pages = -(-count // PAGE_SIZE)
    if pages > 1:
        st.pagination(pages, key=_page_key(wanted.campaign_id, wanted.show, wanted.search))


def _offer_again(campaign_id: int, chosen: Sequence[int]) -> None:
    with st.popover("Write again", icon=":material/refresh:", key="write_chosen_again"):
        with transaction() as db:
            drafts = [draft for draft_id in chosen if (draft := get_draft(db, draft_id))]
        edited = sum(draft.is_edited for draft in drafts)
        st.write(f"{edited:,} of them you edited: that is lost." if edited else "Each is replaced by a new one.")
        st.button(
            f"Write {len(chosen)} again",
            type="primary",
            key="confirm_write_chosen",
            on_click=write_again,
            args=(campaign_id, chosen),
        )
