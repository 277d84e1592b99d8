"""What is told of exports: before, of the rows and those held back; after, of the file and of earlier ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from lib.outreach.exports.reasons import CAN_BE_APPROVED, REASONS


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many rows a file would have of how many drafts; `held_back` counts drafts by key of REASONS."""

    rows: int
    held_back: dict[str, int]
    drafts: int


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    """A draft that stays out; `reasons` are keys of REASONS, `cells` headers of cells that could be calculated."""

    draft_id: int
    contact_id: int
    full_name: str | None
    email: str | None
    reasons: tuple[str, ...]
    cells: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """The reasons in words."""
        return [self._sentence(reason) for reason in self.reasons]

    @property
    def can_be_approved(self) -> bool:
        """Whether a person may let it go all the same."""
        return CAN_BE_APPROVED.issuperset(self.reasons)

    def _sentence(self, reason: str) -> str:
        if reason == "formula" and self.cells:
            return f"A spreadsheet could take {', '.join(self.cells)} for a formula."
        return REASONS[reason]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file would hold, and a page of the drafts that stay out of it."""

    counts: Counts
    held_back: list[HeldBack]


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file that was written and recorded; `path` is where it can be read, `sha256` of the file without manifest."""

    id: int
    file_name: str
    mime: str
    path: Path
    rows: int
    held_back: dict[str, int]
    sha256: str
    created_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PastExport:
    """An export of the history; `is_kept` tells whether its file is still there. Times are UTC without zone.

    `opted_out` of the people in it want no e-mail by now: the file is as it was.
    """

    id: int
    profile: str
    file_name: str
    mime: str
    rows: int
    held_back: dict[str, int]
    sha256: str
    created_at: dt.datetime
    is_kept: bool
    opted_out: int

    @property
    def title(self) -> str:
        """The profile's name."""
        # A profile may be gone from the program since.
        from lib.outreach.exports.profiles import PROFILES

        return PROFILES[self.profile].title if self.profile in PROFILES else self.profile
