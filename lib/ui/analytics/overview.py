"""Overview: how many there are, how fast the document says they are, how far they come, and what waits."""

from __future__ import annotations

import streamlit as st

from lib.analytics import figures
from lib.analytics.queries import Answer
from lib.analytics.windows import Window
from lib.analytics.words import as_seconds, in_words
from lib.ui.analytics.asking import answer, ask_anew, clock
from lib.ui.charts import card, chart_card, draw_clickable, tile
from lib.ui.page import error_boundary
from lib.ui.review.filters import ARRIVING
from lib.words import counted

REVIEW, GROUPS, CAMPAIGNS = "pages/2_Review.py", "pages/3_Groups.py", "pages/4_Campaigns.py"
# Where the contacts of a step are, be it among others: the page and the view in its address.
STEP_PAGES = {
    "captured": (REVIEW, "All"),
    "read": (REVIEW, "All"),
    "known": (REVIEW, "All"),
    "grouped": (GROUPS, None),
    "drafted": (CAMPAIGNS, None),
    "exported": (CAMPAIGNS, None),
}
# The same for who does not click on charts; accepted and verified are two views there.
STEP_LINKS = {
    "Captured": STEP_PAGES["captured"],
    "Accepted": (REVIEW, "Accepted"),
    "Verified": (REVIEW, "Verified"),
    "Groups": STEP_PAGES["grouped"],
    "Drafts": STEP_PAGES["drafted"],
}


def show_overview(window: Window) -> None:
    """Show the figures of all contacts, and then those of the window."""
    _show_head()
    show_totals(window)
    st.subheader("In this period", anchor=False)
    left, right = st.columns([3, 2])
    with left, error_boundary():
        show_funnel(window)
    with right, error_boundary():
        show_ageing(window)
    with error_boundary():
        captured = answer("captured_per_day", window)
        chart_card(figures.captured_per_day(captured.data, window.first, window.last), captured)


def show_totals(window: Window) -> None:
    """Show the schema document's four figures, of everything, and beside the third the one that counts people."""
    numbers, statuses = st.columns([3, 2])
    # The chart first: what draws charts is 4.7 MB, and the browser fetches it while the rest is made.
    with statuses, error_boundary():
        by_status = answer("contacts_by_status")
        total = counted(int(by_status.data["count"].sum()), "contact")
        chart_card(figures.contacts_by_status(by_status.data), by_status, note=f"{total} in all.")
    with numbers, st.grid(2, min_column_width=240, height="stretch"):
        with error_boundary():
            review = answer("contacts_needing_review")
            tile("Needing review", f"{review.data.iat[0, 0]:,}", "Contacts that the reader was not sure of.", review)
        with error_boundary():
            average = answer("average_processing_time")
            note = "Mean over every contact with an end, failed ones too, as the schema document counts."
            tile("Average processing time", in_words(as_seconds(average.data.iat[0, 0])), note, average)
        with error_boundary():
            upload = answer("upload_to_email_time")
            note = "Mean, as the schema document counts: over joined rows, once for each campaign of each group."
            value = in_words(as_seconds(upload.data.iat[0, 0]))
            tile("Upload to e-mail", value, note + clock(window, upload.as_of), upload)
        with error_boundary():
            show_first_draft(answer("first_draft_time"), window)


def show_first_draft(found: Answer, window: Window) -> None:
    """Show how long it really takes until a person has a draft."""
    row = next(found.data.itertuples())
    note = (
        f"Median of {counted(row.n, 'person', 'people')} with a draft, each counted once from photo to own first "
        f"draft; {row.without_draft:,} have none yet. The figure beside it averages joined rows, not people."
    )
    tile("Photo to own first draft", in_words(row.median_seconds), note + clock(window, found.as_of), found)


def show_funnel(window: Window) -> None:
    """Show how far contacts came; a click on a step leads to where those people are."""
    found = answer("funnel", window)
    chart = figures.funnel(found.data)
    note = (
        "Contacts captured in this period. Per cent: of the step before. "
        "A step leads to where those people are, with those of other days."
    )
    with card(chart.title, found, note=note + clock(window, found.as_of)):
        if not found.data["contacts"].sum():
            st.caption("Nothing in this period.")
            return
        step = draw_clickable(chart, key="chart_funnel")
        with st.container(horizontal=True, gap="small"):
            for label, (page, view) in STEP_LINKS.items():
                st.page_link(page, label=label, icon=":material/arrow_outward:", query_params=_address(view, window))
    if step in STEP_PAGES:
        page, view = STEP_PAGES[step]
        st.switch_page(page, query_params=_address(view, window))


def show_ageing(window: Window) -> None:
    """Show what nobody has touched yet, and lead to it."""
    found = answer("ageing", window)
    chart = figures.ageing(found.data)
    with card(chart.title, found, note="Read or failed, and nobody has looked at it since."):
        if not found.data["contacts"].sum():
            st.caption("Nobody waits.")
            return
        age = draw_clickable(chart, key="chart_ageing")
        st.page_link(
            REVIEW, label="Review them", icon=":material/arrow_forward:", query_params=_address("Waiting", window)
        )
    if age:
        st.switch_page(REVIEW, query_params=_address("Waiting", window))


def _show_head() -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("All contacts", anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption("Of everything, whatever is chosen above.", width="content")
            if st.button(
                "Refresh",
                icon=":material/refresh:",
                key="refresh",
                help="Numbers are up to a minute old.",
                type="tertiary",
            ):
                with error_boundary():
                    ask_anew()
                    st.rerun()


def _address(view: str | None, window: Window) -> dict[str, str]:
    address = {ARRIVING: view} if view else {}
    return {**address, "event": str(window.event_id)} if view and window.event_id else address
