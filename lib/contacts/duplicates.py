"""Contacts that are one person twice: found, compared, told apart.

The database gives those that have something in common, by indexes alone; `alike` says what that proves. The same with
and without pg_trgm: among a million names its index took 86 ms for a name (1.7 s at worst), these look-ups 8 (48).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.contacts.alike import NAME_ALONE, Likeness, Person, compare, role_mailboxes
from lib.database import list_rows, load_queries
from lib.errors import NotFound, NotValid

SQL = load_queries("duplicates")
# How many that share one thing with a contact are looked at.
LOOKED_AT = 100
# How many of the contacts read last, and of those that wait, are compared for the page of pairs.
LATEST = 50


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
    """Return who may be the same person as the contact, over all events, the surest first.

    None while it is being read, and nobody who was marked as different.
    """
    this = next(iter(_people(db, [contact_id])), None)
    if this is None:
        return []
    parameters = {"contact_id": contact_id, "most": LOOKED_AT}
    others = list_rows(db, SQL["list_alike"], Person, parameters)
    found = [_duplicate(other, likeness) for other in others if (likeness := compare(this, other))]
    namesakes = sum(one.reasons == (NAME_ALONE,) for one in found)
    found = [one for one in found if namesakes == 1 or one.reasons != (NAME_ALONE,)]
    return sorted(found, key=lambda one: (not one.is_exact, -one.score, one.contact_id))[:limit]


def list_pairs(db: Connection, *, limit: int = 50, offset: int = 0) -> list[Pair]:
    """Return a page of pairs that may be one person: exact ones of the whole address book, then likely ones.

    Likely ones are looked for only among the contacts read last and those that wait: the others had their turn.
    """
    wanted = offset + limit
    exact = list(_exact_pairs(db, wanted))
    if len(exact) >= wanted:
        return exact[offset:wanted]
    likely = sorted(_likely_pairs(db), key=lambda pair: (-pair.score, pair.contact_id, pair.other_id))
    return list(dict.fromkeys([*exact, *likely]))[offset:wanted]


def mark_different(db: Connection, contact_id: int, other_id: int) -> None:
    """Remember that two contacts are two people. Raises NotFound, NotValid."""
    if contact_id == other_id:
        raise NotValid("A contact cannot differ from itself.", "Choose two.")
    pair = {"contact_id": contact_id, "other_id": other_id}
    if db.execute(SQL["add_difference"], pair).scalar() is None:
        raise NotFound("One of the two is not there any more.", "It was deleted or merged meanwhile.")
    log_activity(db, "contact_reviewed", "contact", contact_id, different_from=other_id)
    log_activity(db, "contact_reviewed", "contact", other_id, different_from=contact_id)


def forget_different(db: Connection, contact_id: int, other_id: int) -> None:
    """Undo `mark_different`: the two may be proposed again."""
    pair = {"contact_id": contact_id, "other_id": other_id}
    if db.execute(SQL["delete_difference"], pair).scalar() is not None:
        log_activity(db, "contact_reviewed", "contact", contact_id, not_different_from=other_id)
        log_activity(db, "contact_reviewed", "contact", other_id, not_different_from=contact_id)


def _exact_pairs(db: Connection, most: int) -> Iterator[Pair]:
    rows = db.execute(SQL["list_exact_pairs"], {"most": most, "role_mailboxes": role_mailboxes()}).all()
    people = {person.id: person for person in _people(db, {id for row in rows for id in row})}
    for first, second in rows:
        if likeness := compare(people[first], people[second]):
            yield _pair(first, second, likeness)


def _likely_pairs(db: Connection) -> set[Pair]:
    latest = db.execute(SQL["list_latest"], {"most": LATEST}).scalars().all()
    return {
        Pair(
            contact_id=min(contact_id, found.contact_id),
            other_id=max(contact_id, found.contact_id),
            is_exact=found.is_exact,
            reasons=found.reasons,
            score=found.score,
        )
        for contact_id in latest
        for found in find(db, contact_id)
        if not found.is_exact
    }


def _people(db: Connection, contact_ids: Iterable[int]) -> list[Person]:
    return list_rows(db, SQL["list_people"], Person, {"contact_ids": list(contact_ids)})


def _duplicate(other: Person, why: Likeness) -> Duplicate:
    return Duplicate(contact_id=other.id, is_exact=why.is_exact, reasons=why.reasons, score=why.score)


def _pair(first: int, second: int, why: Likeness) -> Pair:
    return Pair(contact_id=first, other_id=second, is_exact=why.is_exact, reasons=why.reasons, score=why.score)
