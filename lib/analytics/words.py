"""Numbers as a person reads them."""

from __future__ import annotations

import math

import pandas as pd

# The schema's statuses in words, and in the order in which charts stack them.
STATUS_WORDS = {
    "user_verified": "verified",
    "pending_review": "to review",
    "completed": "accepted",
    "failed": "failed",
    "processing": "being read",
}
# Each unit: how many seconds it has, and from how many seconds on it is used. Two of a unit say more than one of the
# next: "90 min" hides nothing, "2 h" would.
UNITS = ((86400, "days", 172_800), (3600, "h", 7200), (60, "min", 120), (1, "s", 0))
UNKNOWN = "–"
LESS_THAN_A_MINUTE_S = 50


def in_words(seconds: float | None) -> str:
    """Return a duration such as “0.24 s”, “1.8 s”, “42 s”, “3 min”, “2.5 h” or “4 days”; “–” where it is unknown."""
    if seconds is None or math.isnan(seconds):
        return UNKNOWN
    size, unit = unit_for(abs(seconds))
    amount = abs(seconds) / size
    digits = 2 if unit == "s" and amount < 1 else 1
    text = f"{amount:.0f}" if amount >= 9.95 or not amount else f"{amount:.{digits}f}"
    if unit != "s":
        text = text.removesuffix(".0")
    return f"{'−' if seconds < 0 else ''}{text} {unit}"


def about(seconds: float) -> str:
    """Return a duration that nobody knows exactly as one says it: “about 12 minutes”, “about 2½ hours”."""
    minutes = round(seconds / 60)
    if seconds < LESS_THAN_A_MINUTE_S:
        return "less than a minute"
    if minutes < 58:
        minutes = minutes if minutes < 20 else round(minutes / 5) * 5
        return "about a minute" if minutes <= 1 else f"about {minutes} minutes"
    halves = round(minutes / 30)
    if halves >= 96:
        return f"about {round(halves / 48)} days"
    return "about an hour" if halves == 2 else f"about {halves // 2}{'½' * (halves % 2)} hours"


def unit_for(seconds: float) -> tuple[int, str]:
    """Return the unit to tell a duration in: its seconds and its name."""
    size, unit, _ = next(found for found in UNITS if seconds >= found[2])
    return size, unit


def as_seconds(interval: object) -> float | None:
    """Return an interval as PostgreSQL averaged it in seconds, None where there was nothing to average."""
    return None if pd.isna(interval) else float(pd.Timedelta(interval).total_seconds())
