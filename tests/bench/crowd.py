"""A crowd of made-up people as cards give them: few names and companies are common, many are rare, some come twice."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from anyascii import anyascii

from lib.demo import people
from lib.reasons import REASONS, UNCHECKED, UNREAD_BACK, is_cut_out
from tests.bench import lists

FIRST_NAMES = (*people.FIRST_NAMES, *lists.GIVEN_NAMES, "Jean-Luc", "Thomas", "Maria", "Anna", "李", "Дмитрий")
LAST_NAMES = (*people.LAST_NAMES, *lists.SURNAMES, "Meyer", "Meier", "Øster", "Łukasik", "Weiß", "小明", "Иванов")
NICKNAMES = {"Thomas": "Tom", "Daniel": "Dan", "Theo": "Theodor", "Anna": "Ann", "Stefan": "Steve"}
COMPANIES = 30_000
ROLES = ("info", "sales", "office", "contact", "kontakt")
STATUSES = ("user_verified", "completed", "pending_review", "failed", "processing")
STATUS_SHARES = (62, 20, 14, 3, 1)
# What a search is measured with: in most rows, in three of 10,000, in one, in none.
FREQUENT, RARE, SINGLE, ABSENT = "example.com", "Quistorp & Vane", "Wilhelmina Ostrogradskaya", "zzyzx"
RARE_EVERY = 3_333
# One of so many comes a second time.
TWICE_EVERY = 30
FIRST_DAY = dt.datetime(2024, 1, 8, 8, 0)
DAYS = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What stands on one card."""

    full_name: str
    email: str | None
    company: str | None
    title: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """A card at an event, as its reading went."""

    id: int
    event_id: int
    person: Person
    status: str
    confidence: float | None
    raw: dict[str, Any] | None
    created_at: dt.datetime
    started_at: dt.datetime
    processed_at: dt.datetime | None
    reviewed_at: dt.datetime | None


def make_crowd(count: int, chance: Random) -> Iterator[Captured]:
    """Yield `count` captured cards with ids from 1, always the same for the same `chance`."""
    companies = _make_companies(chance)
    events = _spread_over_events(count, chance)
    statuses = chance.choices(STATUSES, STATUS_SHARES, k=count)
    met: deque[Person] = deque(maxlen=500)
    for place in range(count):
        if place % TWICE_EVERY == 7 and met:
            person = _once_more(chance.choice(met), chance)
        else:
            person = _make_person(place, companies, chance)
            met.append(person)
        yield _capture(place, events[place], person, statuses[place], chance)


def event_sizes(count: int) -> list[int]:
    """Return how many of `count` cards each event has: one a tenth, one a two-hundredth, the others ever fewer."""
    left = count - count // 10 - count // 200
    weights = [1 / (rank + 3) for rank in range(38)]
    others = [int(left * weight / sum(weights)) for weight in weights]
    others[0] += left - sum(others)
    return [count // 10, count // 200, *others]


def _spread_over_events(count: int, chance: Random) -> Sequence[int]:
    ids = [event_id for event_id, size in enumerate(event_sizes(count), start=1) for _ in range(size)]
    # Events are captured one after the other, but not in the order of their sizes.
    order = list(range(1, len(event_sizes(count)) + 1))
    chance.shuffle(order)
    place = {event_id: number for number, event_id in enumerate(order)}
    return sorted(ids, key=place.__getitem__)


def _make_companies(chance: Random) -> list[tuple[str, str]]:
    """Return names with their domains; those in front are those most people work for."""
    companies = {}
    while len(companies) < COMPANIES:
        brand = chance.choice((*lists.BRANDS, *people.LAST_NAMES, *lists.SURNAMES))
        trade = chance.choice((*lists.TRADES, *people.TOWNS))
        name = f"{brand} {trade} {chance.choice(('GmbH', 'Ltd', 'Inc.', 'AG', 'S.A.', ''))}".strip()
        companies.setdefault(name, f"{_slug(brand)}-{_slug(trade)}")
        companies.setdefault(f"{chance.choice(lists.BRANDS)} & {brand}", f"{_slug(brand)}{len(companies)}")
    ending = {True: "example.com", False: "example"}
    return [(name, f"{label}.{ending[chance.random() < 0.66]}") for name, label in companies.items()]


@cache
def _slug(text: str) -> str:
    return "".join(letter for letter in anyascii(text).lower() if letter.isalnum())


def _skewed(items: Sequence[Any], chance: Random) -> Any:
    return items[int(len(items) * chance.random() ** 2.5)]


def _make_person(place: int, companies: Sequence[tuple[str, str]], chance: Random) -> Person:
    first, last = _skewed(FIRST_NAMES, chance), _skewed(LAST_NAMES, chance)
    company, domain = _skewed(companies, chance)
    mailbox = f"{_slug(first)}.{_slug(last)}{place % 1000 if place % 3 else ''}"
    if chance.random() < 0.04:
        mailbox = chance.choice(ROLES)
    name = f"{first} {last}"
    if place % RARE_EVERY == 5:
        company = RARE
    if place == 9:
        name = SINGLE
    return Person(
        full_name=name,
        email=f"{mailbox}@{domain}" if chance.random() < 0.93 else None,
        company=company if chance.random() < 0.95 else None,
        title=chance.choice(people.TITLES) if chance.random() < 0.9 else None,
        phone=f"+4930{23125000 + place}" if chance.random() < 0.85 else None,
    )


def _once_more(person: Person, chance: Random) -> Person:
    """Return the same person as another card has it: the words swapped, a nickname, a letter lost, another address."""
    first, _, last = person.full_name.partition(" ")
    other = chance.randrange(5)
    if other == 0:
        return replace(person, full_name=f"{last} {first}", email=None)
    if other == 1:
        return replace(person, full_name=f"{NICKNAMES.get(first, first[:1] + '.')} {last}", phone=None)
    if other == 2:
        return replace(person, full_name=f"{first} {last[:-1]}", email=None, phone=None)
    return replace(person, phone=None) if other == 3 else replace(person, email=None)


def _capture(place: int, event_id: int, person: Person, status: str, chance: Random) -> Captured:
    created_at = FIRST_DAY + dt.timedelta(days=event_id * DAYS // 41, seconds=chance.randrange(36_000))
    started_at = created_at + dt.timedelta(seconds=chance.expovariate(1 / 8))
    seconds = chance.lognormvariate(1.1, 0.5)
    is_read = status not in ("failed", "processing")
    confidence = None
    if is_read:
        confidence = round(chance.betavariate(4, 3) if status == "pending_review" else chance.betavariate(14, 2), 2)
    return Captured(
        id=place + 1,
        event_id=event_id,
        person=person,
        status=status,
        confidence=confidence,
        raw=_raw(person, confidence or 0.0, chance) if status == "pending_review" else None,
        created_at=created_at,
        started_at=started_at,
        processed_at=started_at + dt.timedelta(seconds=seconds) if status != "processing" else None,
        reviewed_at=started_at + dt.timedelta(hours=chance.expovariate(0.1)) if status == "user_verified" else None,
    )


def _raw(person: Person, confidence: float, chance: Random) -> dict[str, Any]:
    """Return what the reader would have stored, in the form of `lib.cards.raw_data`."""
    texts = [
        person.full_name,
        person.title,
        person.company,
        person.email,
        person.phone,
        "Harbour Lane 12",
        "Eastmere",
    ]
    lines = [text for text in texts if text]
    boxes = [[[80, y], [620, y], [620, y + 34], [80, y + 34]] for y in range(90, 90 + 60 * len(lines), 60)]
    fields = {
        name: {
            "value": value,
            "confidence": round(min(0.99, confidence + 0.3 * chance.random()), 3),
            "box": boxes[lines.index(value)],
            "lines": [lines.index(value)],
            "evidence": ["looks like one"],
        }
        for name in ("full_name", "email", "company", "title", "phone")
        if (value := getattr(person, name))
    }
    read = [
        {"text": text, "box": box, "score": round(0.7 + 0.3 * chance.random(), 4)}
        for text, box in zip(lines, boxes, strict=True)
    ]
    about = {"engine": "rapidocr", "version": "3.10.0", "seconds": 2.5, "status": "pending_review"}
    return about | {
        "confidence": confidence,
        "reasons": _reasons(chance),
        "fields": fields,
        "lines": read,
        "extra": {"phones": [{"kind": "office", "e164": person.phone}] if person.phone else []},
    }


def _reasons(chance: Random) -> list[str]:
    chosen = {_skewed(REASONS, chance) for _ in range(chance.choice((1, 1, 2, 3)))}
    tails = {
        is_cut_out(): is_cut_out(chance.randrange(2, 9)),
        UNREAD_BACK: f"{UNREAD_BACK} The photo is blurred. Take it again.",
        UNCHECKED: f"{UNCHECKED} The server did not answer.",
    }
    return [tails.get(reason, reason) for reason in sorted(chosen)]


def as_json(value: Any) -> str:
    """Return `value` as JSON without spaces, as the queue writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
