"""What the drafts remember between two clicks: the one that is open, and where one is among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from lib.errors import MeishiError
from lib.outreach.drafts import Show
from lib.ui.page import error_boundary, show_error

PAGE_SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """Which drafts of a campaign are wanted, and which page of them, counted from 1."""

    campaign_id: int
    show: Show
    search: str
    page: int = 1

    @property
    def offset(self) -> int:
        """How many drafts stand before the page."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def table_key(self) -> str:
        """The key of the table that shows them: another one after `show_anew`, for ticks stay with their rows."""
        turn = st.session_state.get("drafts_turn", 0)
        return f"drafts_{self.campaign_id}_{self.show}_{self.search}_{self.page}_{turn}"


def open_draft(campaign_id: int, draft_id: int | None) -> None:
    """Open this draft in the editor; None opens the first of the page."""
    st.session_state[f"open_draft_{campaign_id}"] = draft_id


def find_open(campaign_id: int, ids: Sequence[int]) -> int:
    """Return which of the page's drafts is open, the first where that is on another page."""
    wanted: int | None = st.session_state.get(f"open_draft_{campaign_id}")
    return wanted if wanted is not None and wanted in ids else ids[0]


def step(campaign_id: int, ids: Sequence[int], draft_id: int, by: int) -> None:
    """Open the draft `by` places on; at an end of the page one stays."""
    index = list(ids).index(draft_id) + by
    if 0 <= index < len(ids):
        open_draft(campaign_id, ids[index])


def show_anew() -> None:
    """Have the page say what is stored now, and forget ticks: what they stood beside may be elsewhere."""
    st.session_state["drafts_turn"] = st.session_state.get("drafts_turn", 0) + 1
    tell_page()


def tell_page() -> None:
    """Have the whole page run again after this part: its numbers changed."""
    st.session_state["is_campaign_changed"] = True


def is_page_told() -> bool:
    """Return whether the whole page is to run again, once."""
    return bool(st.session_state.pop("is_campaign_changed", False))


@contextmanager
def acting() -> Iterator[None]:
    """Frame what a callback does: in a part of the page it can show nothing, so `show_told` shows its error later."""
    with error_boundary():
        try:
            yield
        except MeishiError as error:
            st.session_state["campaign_error"] = error


def tell(sentence: str) -> None:
    """Have `show_told` say what was done."""
    st.session_state["campaign_told"] = sentence


def show_told() -> None:
    """Show what the last callback has to say, once; the page that shows it runs as a whole, so it need not again."""
    is_page_told()
    sentence, error = (st.session_state.pop(key, None) for key in ("campaign_told", "campaign_error"))
    if sentence:
        st.toast(sentence, icon=":material/check:")
    if error:
        show_error(error)
