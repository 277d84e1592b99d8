"""What to do next: one step, chosen by how far everything is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from lib.analytics.queries import read_query
from lib.database import get_row, statement
from lib.words import counted


@dataclass(frozen=True, kw_only=True)
class State:
    """How many there are of each. `known` people were accepted by the reader or verified by a person."""

    events: int = 0
    contacts: int = 0
    to_read: int = 0
    to_review: int = 0
    failed: int = 0
    known: int = 0
    groups: int = 0
    groups_without_campaign: int = 0
    ready_campaigns: int = 0
    ready_campaign: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: what is the matter, why it comes next, and the page where it is done."""

    title: str
    reason: str
    label: str
    page: str
    icon: str


def read_state(db: Connection) -> State:
    """Return how far everything is now."""
    state = get_row(db, statement(read_query("home_state")), State)
    assert state is not None  # noqa: S101  (subqueries without a table always give a row)
    return state


def choose_next_step(state: State) -> Step:
    """Return the first step that is open, in the order in which a card becomes an e-mail."""
    for choose in (_begin, _review, _write, _wait):
        step = choose(state)
        if step is not None:
            return step
    return _capture("Everything is done", "No card waits and every campaign is out. Add the next cards.", "Capture")


def _begin(state: State) -> Step | None:
    if not state.events:
        return _capture("Begin with an event", "Cards belong to the event where you got them.", "Create an event")
    if not state.contacts:
        return _capture("Add the first cards", "The event is there; now its cards.", "Capture cards")
    return None


def _review(state: State) -> Step | None:
    cards = state.to_review + state.failed
    if not cards:
        return None
    parts = []
    if state.to_review:
        parts.append(f"The reader was not sure of {counted(state.to_review, 'card')}.")
    if state.failed:
        parts.append(f"{counted(state.failed, 'photo')} could not be read.")
    return Step(
        title=f"{counted(cards, 'card waits', 'cards wait')} for your review",
        reason=" ".join([*parts, "The least certain comes first."]),
        label=f"Review {counted(cards, 'card')}",
        page="pages/2_Review.py",
        icon=":material/fact_check:",
    )


def _write(state: State) -> Step | None:
    if state.known and not state.groups:
        return Step(
            title=f"{counted(state.known, 'person is', 'people are')} ready to hear from you",
            reason="Put those together whom one e-mail can fit.",
            label="Make a group",
            page="pages/3_Groups.py",
            icon=":material/group:",
        )
    if state.groups_without_campaign:
        waiting = counted(state.groups_without_campaign, "group has", "groups have")
        return _campaigns(
            f"{waiting} no campaign yet", "A campaign writes one draft to each member.", "Make a campaign"
        )
    if state.ready_campaigns == 1:
        return _campaigns("A campaign is ready", f"“{state.ready_campaign}” has its drafts.", "Read and download")
    if state.ready_campaigns:
        title = f"{state.ready_campaigns:,} campaigns are ready"
        return _campaigns(title, "Their drafts are written and wait to be sent.", "Read and download")
    return None


def _wait(state: State) -> Step | None:
    if not state.to_read:
        return None
    title = f"{counted(state.to_read, 'card is', 'cards are')} being read"
    return _capture(title, "That takes a few seconds a card; there is time for more.", "See how far they are")


def _capture(title: str, reason: str, label: str) -> Step:
    return Step(title=title, reason=reason, label=label, page="pages/1_Capture.py", icon=":material/photo_camera:")


def _campaigns(title: str, reason: str, label: str) -> Step:
    return Step(title=title, reason=reason, label=label, page="pages/4_Campaigns.py", icon=":material/mail:")
