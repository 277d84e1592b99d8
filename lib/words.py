"""Counts, sizes and times in words."""

from __future__ import annotations

import datetime as dt


def counted(count: int, one: str, many: str = "") -> str:
    """Return “1 card” or “1,204 cards”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size_in_words(count: float) -> str:
    """Return bytes as people say them: 3.2 GB."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def ago_in_words(passed: dt.timedelta) -> str:
    """Return how long ago something was: 5 hours ago."""
    minutes = passed.total_seconds() / 60
    for limit, unit, length in ((2, "", 1), (120, "minutes", 1), (48 * 60, "hours", 60)):
        if minutes < limit:
            return f"{minutes / length:.0f} {unit} ago" if unit else "just now"
    return f"{minutes / 1440:.0f} days ago"
