"""What the reader doubted: the reasons one can look for, and the doubts of the contacts on a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.database import load_queries
from lib.reasons import REASONS

SQL = load_queries("contacts")

__all__ = ["REASONS", "Doubts", "list_doubts"]


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """Why a person should look at a contact, and how sure the reader was (0-1) of each column that it filled.

    A column that a person changed since is not among the confidences.
    """

    reasons: tuple[str, ...]
    confidences: dict[str, float]


def list_doubts(db: Connection, contact_ids: Collection[int]) -> dict[int, Doubts]:
    """Return the doubts by contact's id; a contact whose card was not read has none and is left out."""
    rows = db.execute(SQL["list_doubts"], {"contact_ids": list(contact_ids)})
    return {row.id: Doubts(reasons=tuple(row.reasons), confidences=row.confidences) for row in rows}
