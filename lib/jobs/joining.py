"""Two photos of one card made one contact: by a person's word, or found by itself when a reading ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.activity import Action, log_activity
from lib.cards import CONTACT_FIELDS, raw_data
from lib.cards.kinship import is_better_front, is_nobody, is_same_person, name_key, shares_company
from lib.cards.model import Card, Reading
from lib.cards.sides import join_readings
from lib.cards.stored import card_of, reading_of
from lib.contacts.values import LIMITS
from lib.database import list_rows, load_queries, transaction
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.text import to_json

SQL = load_queries("sides")
CONTACTS = load_queries("contacts")
MERGING = load_queries("merging")
# The columns of a card with one side.
NO_BACK = {"back_image_url": None, "back_photo_name": None, "back_photo_fingerprint": None}

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Side:
    """A contact as one side of a card; `full_name` is None while only its photo has a name."""

    id: int
    event_id: int | None
    full_name: str | None
    email: str | None
    company: str | None
    title: str | None
    phone: str | None
    linkedin_url: str | None
    notes: str | None
    status: str
    business_card_url: str | None
    back_image_url: str | None
    back_photo_name: str | None
    back_photo_fingerprint: str | None
    ocr_raw_data: dict[str, Any] | None
    photo_name: str
    photo_fingerprint: str | None
    is_untouched: bool

    @property
    def values(self) -> dict[str, str | None]:
        """The contact fields as they are now, by column."""
        return {name: getattr(self, name) for name in CONTACT_FIELDS}

    @property
    def reading(self) -> Reading | None:
        """What was read, with what a person changed; None for nothing."""
        return reading_of(self.ocr_raw_data or {}, self.values)

    @property
    def card(self) -> Card:
        """The card of the reading, an empty one for nothing."""
        return self.reading.cards[0] if self.reading else card_of({})

    @property
    def is_free(self) -> bool:
        """Whether it may be joined without being asked."""
        is_read = self.status in ("completed", "pending_review")
        return is_read and self.is_untouched and self.business_card_url is not None and self.back_image_url is None


@dataclass(frozen=True, kw_only=True)
class Captured:
    """A contact among those captured about the same time."""

    id: int
    full_name: str | None
    email: str | None
    status: str
    has_back: bool

    @property
    def is_candidate(self) -> bool:
        """Whether it is read and has one side."""
        return self.status in ("completed", "pending_review") and not self.has_back


def join_contacts(db: Connection, contact_ids: Sequence[int]) -> int:
    """Return the id of the one contact that these two are now; the other one's photo is its back.

    The front is the earlier one, unless only the other one has name and e-mail. Raises NotFound, AlreadyThere,
    NotValid where the two cannot be one card.
    """
    sides = lock_sides(db, contact_ids)
    if len(sides) != 2:
        raise NotFound("One of the two is not there any more.", "It was deleted meanwhile.")
    if any(side.back_image_url or not side.business_card_url for side in sides):
        raise AlreadyThere("One of the two has both sides already, or no photo.", "Take it apart first.")
    if any(side.status == "processing" for side in sides):
        raise NotValid("One of the two is still being read.", "Wait a moment, then try again.")
    if sides[0].event_id != sides[1].event_id:
        raise NotValid("The two are of different events.", "Two sides of a card are captured at one event.")
    return _join(db, *_in_order(sides), action="contact_reviewed")


def lock_sides(db: Connection, contact_ids: Sequence[int]) -> list[Side]:
    """Return the contacts that are there by id, held until the transaction ends."""
    parameters = {"contact_ids": list(contact_ids)}
    db.execute(SQL["lock_contacts"], parameters)
    return list_rows(db, SQL["list_sides"], Side, parameters)


def join_other_side(contact_id: int) -> None:
    """Join a contact just read with the other side of its card, where that was captured about the same time.

    Each that is joined may make clear whose another one is. Nothing goes wrong with the reading when this does.
    """
    try:
        joined: int | None = contact_id
        while joined is not None:
            joined = next((found for pair in _likely_pairs(joined) if (found := _join_free(pair))), None)
    except Exception:
        log.exception("looking for the other side of contact %s failed", contact_id)


def _likely_pairs(contact_id: int) -> Iterator[tuple[int, int]]:
    """Give pairs of contacts that look like two sides, the surest first."""
    with transaction() as db:
        rows = list_rows(db, SQL["list_captured_about_then"], Captured, {"contact_id": contact_id})
        places = [place for place, row in enumerate(rows) if row.id == contact_id]
        if not places:
            return
        pairs = [(contact_id, row.id) for row in _namesakes(rows, rows[places[0]])]
        for place in range(max(places[0] - 1, 0), min(places[0] + 2, len(rows))):
            pairs += _pair_of_nobody(db, rows, place)
    yield from pairs


def _namesakes(rows: Sequence[Captured], this: Captured) -> list[Captured]:
    """Return those with the same e-mail address or name as `this`, the nearest first."""
    if not this.is_candidate:
        return []
    email, name = (this.email or "").lower(), name_key(this.full_name)
    found = [
        row
        for row in rows
        if row.is_candidate
        and row.id != this.id
        and ((email and (row.email or "").lower() == email) or (name and name_key(row.full_name) == name))
    ]
    return sorted(found, key=lambda row: abs(row.id - this.id))


def _pair_of_nobody(db: Connection, rows: Sequence[Captured], place: int) -> list[tuple[int, int]]:
    """Return the pair of a side that names nobody, where just one of those captured beside it can be its front."""
    this = rows[place]
    beside = [rows[index] for index in (place - 1, place + 1) if 0 <= index < len(rows)]
    # While one of them is being read nobody knows yet; its own reading will ask again.
    if not this.is_candidate or this.full_name or this.email or any(row.status == "processing" for row in beside):
        return []
    fronts = [row.id for row in beside if row.is_candidate]
    sides = {side.id: side for side in list_rows(db, SQL["list_sides"], Side, {"contact_ids": [this.id, *fronts]})}
    fitting = [id for id in fronts if id in sides and this.id in sides and _is_back_of(sides[this.id], sides[id])]
    return [(this.id, fitting[0])] if len(fitting) == 1 else []


def _is_back_of(back: Side, front: Side) -> bool:
    if not (back.is_free and front.is_free):
        return False
    return is_nobody(back.card) and not is_nobody(front.card) and shares_company(back.card, front.card)


def _join_free(pair: tuple[int, int]) -> int | None:
    """Return the contact that the pair is now; None where it is not to be joined: touched meanwhile, or not one."""
    with transaction() as db:
        sides = lock_sides(db, pair)
        if len(sides) != 2 or not all(side.is_free for side in sides) or sides[0].event_id != sides[1].event_id:
            return None
        first, second = sides
        if first.photo_fingerprint is not None and first.photo_fingerprint == second.photo_fingerprint:
            return None
        is_one = is_same_person(first.card, second.card) or _is_back_of(first, second) or _is_back_of(second, first)
        return _join(db, *_in_order(sides), action="contact_processed") if is_one else None


def _in_order(sides: Sequence[Side]) -> tuple[Side, Side]:
    """Return front and back: the earlier one first, unless only the later one says who it is."""
    first, second = sorted(sides, key=lambda side: side.id)
    return (second, first) if is_better_front(second.card, first.card) else (first, second)


def _join(db: Connection, front: Side, back: Side, *, action: Action) -> int:
    """Make two contacts, both locked, into the front; return its id."""
    reading, status, values = _joined(front, back)
    for query in ("move_members", "move_drafts"):
        db.execute(MERGING[query], {"keep_id": front.id, "other_id": back.id})
    db.execute(CONTACTS["delete_contacts"], {"contact_ids": [back.id]})
    parameters = {
        **values,
        "contact_id": front.id,
        "full_name": values["full_name"] or front.photo_name,
        "notes": "\n".join(side.notes for side in (front, back) if side.notes) or None,
        "status": status,
        "ocr_confidence": round(min(reading.cards[0].confidence, 1), 2) if reading else None,
        "ocr_raw_data": to_json(raw_data(reading, 0)) if reading else None,
        "back_image_url": back.business_card_url,
        "back_photo_name": back.photo_name,
        "back_photo_fingerprint": back.photo_fingerprint,
    }
    db.execute(SQL["save_card"], parameters)
    about = {"status": status, "joined": back.id, "back_photo": back.photo_name}
    log_activity(db, action, "contact", front.id, **about)
    return front.id


def _joined(front: Side, back: Side) -> tuple[Reading | None, str, dict[str, str | None]]:
    """Return the reading of both sides, the status and the values by column; two that were not read stay so."""
    if front.reading is None and back.reading is None:
        return None, "failed", front.values
    reading = join_readings(front.reading, back.reading)
    card = reading.cards[0]
    values = {name: card.fields[name].value if name in card.fields else None for name in CONTACT_FIELDS}
    fitting = {name: value if value and len(value) <= LIMITS[name] else None for name, value in values.items()}
    if front.status == "user_verified" and fitting == front.values and not card.extra.get("conflicts"):
        return reading, front.status, fitting
    return reading, card.status if fitting == values else "pending_review", fitting
