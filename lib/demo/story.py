"""What happened to the sample's cards, and when: made up once from a seed, told backwards from now.

All times are UTC without zone, as the schema keeps them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from lib.contacts.events import EventDetails
from lib.demo.drawing import Person
from lib.demo.people import make_people

SEED = 2
# Fresh photos; one card has no e-mail address, another's photo is out of focus, so that there is something to do.
FRESH = 8
ADDRESSLESS, BLURRED = 2, 5
# One of so many accepted cards is looked at by a person all the same.
ACCEPTED_A_LOOK = 4
# The workers whose queue the times come from.
WORKERS = 2


@dataclass(frozen=True, kw_only=True)
class Fair:
    """An event: how long ago, its batches of photos (days after its first, hour, photos), its shares by status."""

    name: str
    location: str
    industry: str
    days_ago: int
    batches: tuple[tuple[int, int, int], ...]
    shares: dict[str, float]

    def details(self, now: dt.datetime) -> EventDetails:
        """Return the event as a person would have entered it."""
        date = now.date() - dt.timedelta(days=self.days_ago)
        text = "Made-up event of the sample data."
        return EventDetails(
            name=self.name, date=date, location=self.location, industry=self.industry, description=text
        )


FAIRS = (
    Fair(
        name="Porto Design Week (sample)",
        location="Porto",
        industry="Design",
        days_ago=37,
        batches=((0, 10, 9), (0, 13, 7), (0, 17, 9), (1, 11, 8), (1, 16, 9), (3, 9, 5), (6, 10, 3), (9, 15, 2)),
        shares={"user_verified": 0.77, "completed": 0.15, "pending_review": 0.04, "failed": 0.04},
    ),
    Fair(
        name="Madrid Energy Forum (sample)",
        location="Madrid",
        industry="Energy",
        days_ago=19,
        batches=(
            (0, 11, 13), (0, 15, 11), (1, 10, 12), (1, 17, 8), (2, 9, 4), (5, 14, 3), (7, 10, 3), (9, 15, 4),
            (10, 11, 2),
        ),
        shares={"user_verified": 0.6, "completed": 0.24, "pending_review": 0.1, "failed": 0.06},
    ),
    Fair(
        name="Lisbon Maker Fair (sample)",
        location="Lisbon",
        industry="Making",
        days_ago=5,
        batches=(
            (0, 10, 11), (0, 12, 9), (0, 16, 10), (1, 11, 12), (1, 17, 9), (2, 10, 8), (3, 14, 4), (4, 9, 5),
        ),
        shares={"user_verified": 0.34, "completed": 0.3, "pending_review": 0.31, "failed": 0.05},
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SampleCard:
    """A card, how its reading went and what a person did then.

    `misread` is by column what the reader got wrong; `is_accepted` whether it was sure of itself all the same.
    """

    person: Person
    fair: int
    photo_name: str
    status: str
    captured_at: dt.datetime
    started_at: dt.datetime
    processed_at: dt.datetime
    confidence: float | None
    misread: dict[str, str | None] = field(default_factory=dict)
    reviewed_at: dt.datetime | None = None
    is_accepted: bool = False

    @property
    def reading_seconds(self) -> float:
        """How long the reading took."""
        return (self.processed_at - self.started_at).total_seconds()


def tell_story(now: dt.datetime) -> tuple[list[SampleCard], list[Person]]:
    """Return the cards of the past in the order they were captured, and the people whose cards are fresh."""
    random = Random(SEED)  # noqa: S311  (nothing here is secret)
    count = sum(photos for fair in FAIRS for _, _, photos in fair.batches)
    people = make_people(count + FRESH, random)
    waiting = iter(people)
    cards = [card for place in range(len(FAIRS)) for card in _cards_of(place, waiting, now, random)]
    fresh = [
        replace(person, email=None) if place == ADDRESSLESS else person for place, person in enumerate(people[count:])
    ]
    return _look_at_accepted(sorted(cards, key=lambda card: card.captured_at)), fresh


def _look_at_accepted(cards: list[SampleCard]) -> list[SampleCard]:
    """Return the cards after a person looked at some accepted ones of the older fairs, and put the first right."""
    accepted = [
        place for place, card in enumerate(cards) if card.status == "completed" and card.fair < len(FAIRS) - 1
    ]
    chosen = [place for place in accepted if cards[place].person.email][::ACCEPTED_A_LOOK]
    for place in chosen:
        card = cards[place]
        evening = dt.datetime.combine(card.processed_at.date() + dt.timedelta(days=1), dt.time(18, 45))
        misread: dict[str, str | None] = (
            {"email": (card.person.email or "").replace("m", "rn", 1)} if place == chosen[0] else {}
        )
        cards[place] = replace(card, status="user_verified", reviewed_at=evening, misread=misread)
    return cards


def _cards_of(place: int, people: Iterator[Person], now: dt.datetime, random: Random) -> Iterator[SampleCard]:
    fair = FAIRS[place]
    first_day = dt.datetime.combine(now.date() - dt.timedelta(days=fair.days_ago), dt.time())
    for day, hour, photos in fair.batches:
        batch_at = first_day + dt.timedelta(days=day, hours=hour, seconds=random.randrange(1800))
        free_at = [batch_at] * WORKERS
        for position in range(photos):
            status = random.choices(list(fair.shares), list(fair.shares.values()))[0]
            captured_at = batch_at + dt.timedelta(seconds=position * random.uniform(0.15, 0.4))
            started_at = max(min(free_at), captured_at) + dt.timedelta(seconds=random.uniform(0.02, 0.2))
            processed_at = started_at + dt.timedelta(seconds=_reading_seconds(status, random))
            free_at[free_at.index(min(free_at))] = processed_at
            person = next(people)
            yield SampleCard(
                person=person,
                fair=place,
                photo_name=f"IMG_{place + 2}{day}{hour:02d}{position:02d}.jpg",
                captured_at=captured_at,
                started_at=started_at,
                processed_at=processed_at,
                **_outcome(status, person, processed_at, now, random),
            )


def _reading_seconds(status: str, random: Random) -> float:
    return random.uniform(0.6, 1.4) if status == "failed" else random.lognormvariate(0.75, 0.35)


def _outcome(status: str, person: Person, at: dt.datetime, now: dt.datetime, random: Random) -> dict[str, Any]:
    """Return status, confidence, misread and reviewed_at of a card read `at`."""
    if status == "failed":
        return {"status": status, "confidence": None}
    if status == "completed":
        return {"status": status, "confidence": random.uniform(0.88, 0.99), "is_accepted": True}
    outcome = {
        "status": status,
        "confidence": random.triangular(0.38, 0.86, 0.72),
        "misread": _misread(person, random) if random.random() < 0.6 else {},
    }
    if status == "user_verified":
        evening = dt.datetime.combine(at.date() + dt.timedelta(days=random.randint(1, 3)), dt.time(18))
        reviewed_at = evening + dt.timedelta(seconds=random.uniform(0, 2400))
        # Whose turn has not come yet still waits.
        outcome |= {"reviewed_at": reviewed_at} if reviewed_at < now else {"status": "pending_review"}
    return outcome


def _misread(person: Person, random: Random) -> dict[str, str | None]:
    """Return one column as a reader would get it wrong."""
    email, name, company = person.email or "", person.full_name or "", person.company or ""
    guesses: list[tuple[str, str | None, str]] = [
        ("email", email.replace("m", "rn", 1), email),
        ("email", email.replace("l", "1", 1), email),
        ("full_name", name.replace("i", "l", 1), name),
        ("company", company.split()[0], company),
    ]
    wrong = [(column, value) for column, value, truth in guesses if value != truth]
    return dict([random.choice([*wrong, ("title", None)])])
