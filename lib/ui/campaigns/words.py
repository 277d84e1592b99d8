"""How the campaigns page says what the database knows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lib.outreach.campaigns import Campaign
from lib.outreach.generation import Estimate
from lib.outreach.instructions import Instructions

# The schema's statuses, in words, icons and colours.
STATUSES = {
    "draft": ("No drafts yet", ":material/edit_note:", "gray"),
    "generating": ("Writing drafts", ":material/hourglass_top:", "blue"),
    "paused": ("Paused", ":material/pause_circle:", "orange"),
    "ready": ("Ready to export", ":material/check:", "green"),
    "exported": ("Exported", ":material/download_done:", "green"),
}
# Why a draft wants a look, short enough for a cell.
SHORT = {
    "missing_value": "Value missing",
    "flagged": "Check the text",
    "formula": "A formula?",
    "left_group": "Left the group",
    "no_email": "No e-mail address",
    "opted_out": "Opted out",
    "same_address": "Same address",
}
SOURCES = {"model": "the model", "template": "the template"}


def status_of(campaign: Campaign) -> tuple[str, str, str]:
    """Return the campaign's status in words, with its icon and colour."""
    return STATUSES["paused" if campaign.is_paused else campaign.status]


def told(instructions: Instructions) -> str:
    """Return what the model is told, in a few words; empty where nothing is."""
    parts = (instructions.tone, instructions.length, instructions.language, instructions.goal)
    return " · ".join(part for part in parts if part)


def time_left(seconds: float | None) -> str:
    """Return about how long it will take, empty where nothing tells."""
    if seconds is None:
        return ""
    if seconds < 90:
        return "about a minute left" if seconds > 40 else "less than a minute left"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes left"
    return f"about {round(seconds / 3600)} hours left"


def price(estimate: Estimate) -> str:
    """Return tokens and, where prices are set, what they cost."""
    tokens = estimate.tokens_in + estimate.tokens_out
    words = f"{tokens:,} tokens"
    return words if estimate.cost is None else f"{words}, {_money(estimate.cost)}"


def _money(cost: Decimal) -> str:
    return "under $0.01" if cost < Decimal("0.01") else f"${cost:,.2f}"


def when(at: dt.datetime) -> str:
    """Return a moment for people; times are stored in UTC."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
