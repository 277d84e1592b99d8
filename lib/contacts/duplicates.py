"""Contacts that are one person twice: found, compared, told apart."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A contact that may be the same person, why, and how surely (0-1); exact ones are beyond doubt."""

    contact_id: int
    is_exact: bool
    reasons: tuple[str, ...]
    score: float


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two contacts that may be one person, the older first."""

    contact_id: int
    other_id: int
    is_exact: bool
    reasons: tuple[str, ...]
    score: float


def find(db: Connection, contact_id: int, *, limit: int = 5) -> list[Duplicate]:
    """Return who may be the same person as the contact, over all events, the surest first."""
    raise NotImplementedError


def list_pairs(db: Connection, *, limit: int = 50, offset: int = 0) -> list[Pair]:
    """Return a page of pairs that may be one person, exact ones first."""
    raise NotImplementedError


def mark_different(db: Connection, contact_id: int, other_id: int) -> None:
    """Remember that two contacts are two people. Raises NotFound."""
    raise NotImplementedError


def forget_different(db: Connection, contact_id: int, other_id: int) -> None:
    """Forget that two contacts are two people."""
    raise NotImplementedError
