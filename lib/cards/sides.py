"""Two sides of one card, read together: the front with what its other side adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lib.cards.errors import NoTextFound, PhotoTooLarge, PhotoUnreadable
from lib.cards.extract import domains
from lib.cards.kinship import is_latin, local_part
from lib.cards.merge import CONFIDENT, contradict, merge_cards
from lib.cards.model import Card, Reading
from lib.cards.names import accounted_tokens, local_fit, parse_name
from lib.cards.reading import raw_data
from lib.cards.stored import BY_HAND, NOTHING_READ
from lib.cards.words import word_list
from lib.errors import NotFound
from lib.reasons import DIFFERENT_SIDES, SEVERAL_BACKS, UNCONFIRMED_DOMAIN, UNREAD_BACK
from lib.reasons import OTHER_SIDE as OTHER_SIDE

# The evidence of a field whose lines and box are those of the other side's photo.
ON_OTHER_SIDE = "on the other side"
# What is often printed a second time in another script.
WRITTEN = ("full_name", "company", "title")
# What belongs to one side's reading and is kept with that.
APART = ("sides", "conflicts", "vision")


def read_sides(front: Callable[[], Reading], back: Callable[[], Reading]) -> Reading:
    """Return one reading of two photos; a field's box lies on the front's but where it is `ON_OTHER_SIDE`.

    Text on one of them is enough, and only the front's fault is the card's. Raises what `front` raises, NoTextFound
    where neither has text.
    """
    try:
        first: Reading | None = front()
    except NoTextFound:
        first = None
    try:
        return join_readings(first, back())
    except (NoTextFound, PhotoUnreadable, PhotoTooLarge, NotFound) as error:
        if first is None:
            raise NoTextFound from error
        return join_readings(first, None, error)


def join_readings(front: Reading | None, back: Reading | None, error: Exception | None = None) -> Reading:
    """Return the reading of both sides as one; None is a side without text, or what `error` says of the back.

    What each side says alone stays in extra["sides"], so that they can be taken apart again.
    """
    known = front or back
    if known is None:
        raise NoTextFound
    first, second = (side.cards[0] if side else NOTHING_READ for side in (front, back))
    card = merge_sides(first, second) if back else first
    if error is not None and not isinstance(error, NoTextFound):
        card = _doubted(card, f"{UNREAD_BACK} {error}")
    if back is not None and len(back.cards) > 1:
        card = _doubted(card, SEVERAL_BACKS)
    sides = {"front": _account(front), "back": _account(back, error)}
    # Its lines stand where those of a card with one side do.
    sides["front"].pop("lines", None)
    card = replace(card, extra={**card.extra, "sides": sides})
    seconds = round(sum(side.seconds for side in (front, back) if side), 3)
    return replace(known, seconds=seconds, cards=(card, *(front.cards[1:] if front else ())))


def _account(side: Reading | None, error: Exception | None = None) -> dict[str, Any]:
    return raw_data(side, 0) if side else {"error": str(error or NoTextFound())}


def merge_sides(front: Card, back: Card) -> Card:
    """Return the front with what its other side adds. Per field the surer one wins; what contradicts is for review.

    Of two scripts the Latin one is kept, the other in extra["other_script"]. A side that speaks of no person (a
    logo, a slogan, an address) only adds: it contradicts nobody.
    """
    mine, theirs, other_script = _in_one_script(front, back)
    shared = mine.fields.keys() & theirs.fields.keys()
    contradicting = [name for name in shared if contradict(name, mine, theirs)]
    if not _speaks_of_a_person(theirs):
        theirs = _without(theirs, contradicting)
    elif not _speaks_of_a_person(mine):
        mine = _without(mine, contradicting)
    fields = {
        name: replace(field, evidence=(*field.evidence, ON_OTHER_SIDE)) for name, field in theirs.fields.items()
    }
    # Doubts about the back count only where it had to say who this is.
    is_needed = not {"full_name", "email"} <= front.fields.keys()
    theirs = replace(theirs, fields=fields, reasons=back.reasons if is_needed else ())
    merged = merge_cards(mine, theirs, what=OTHER_SIDE, wins_ties=False)
    found = {name: value for name, value in theirs.extra.items() if name not in APART and not merged.extra.get(name)}
    found["conflicts"] = [*merged.extra.get("conflicts", ()), *_conflicts_of(back, merged)]
    found["other_script"] = other_script
    merged = replace(merged, extra=merged.extra | {name: value for name, value in found.items() if value})
    if _is_domain_printed(merged):
        merged = _settled(merged, UNCONFIRMED_DOMAIN)
    return merged if _prove_each_other(merged) else _doubted(merged, DIFFERENT_SIDES)


def _in_one_script(front: Card, back: Card) -> tuple[Card, Card, dict[str, str]]:
    """Return both without what the other one has in Latin letters, and that by field."""
    other_script = {}
    for name in WRITTEN:
        if name in front.fields and name in back.fields:
            mine, theirs = front.fields[name].value, back.fields[name].value
            if is_latin(mine) and not is_latin(theirs):
                other_script[name], back = theirs, _without(back, [name])
            elif is_latin(theirs) and not is_latin(mine):
                other_script[name], front = mine, _without(front, [name])
    return front, back, other_script


def _without(card: Card, names: Iterable[str]) -> Card:
    dropped = set(names)
    return replace(card, fields={name: field for name, field in card.fields.items() if name not in dropped})


def _speaks_of_a_person(card: Card) -> bool:
    """Return whether a name stands beside what only a person has; a slogan alone may look like a name."""
    if any(BY_HAND in field.evidence for field in card.fields.values()):
        return True
    name, email = (card.fields.get(field) for field in ("full_name", "email"))
    if email is not None and local_part(email.value) not in word_list("mailboxes"):
        return True
    has_more = "title" in card.fields or "linkedin_url" in card.fields
    return name is not None and name.confidence >= CONFIDENT and has_more


def _conflicts_of(back: Card, merged: Card) -> list[dict[str, str]]:
    """Return what the back's own accounts disagree in, of the fields that are the back's now."""
    return [
        conflict
        for conflict in back.extra.get("conflicts", ())
        if conflict["field"] in merged.fields and ON_OTHER_SIDE in merged.fields[conflict["field"]].evidence
    ]


def _prove_each_other(card: Card) -> bool:
    """Return whether name and e-mail address, where they come from different sides, fit as on one side they must."""
    name, email = (card.fields.get(field) for field in ("full_name", "email"))
    if name is None or email is None or (ON_OTHER_SIDE in name.evidence) == (ON_OTHER_SIDE in email.evidence):
        return True
    known, local = parse_name(name.value), local_part(email.value)
    return known is not None and local_fit(known, local) == 1 and accounted_tokens(known, local)


def _is_domain_printed(card: Card) -> bool:
    """Return whether the e-mail's domain is that of a website on either side."""
    hosts = [website.split("/", 1)[0] for website in card.extra.get("websites", ())]
    email = card.fields.get("email")
    return email is not None and domains.owned(email.value.split("@", 1)[-1]) in map(domains.owned, hosts)


def _settled(card: Card, answered: str) -> Card:
    left = tuple(reason for reason in card.reasons if reason != answered)
    return replace(card, status="pending_review" if left else "completed", reasons=left)


def _doubted(card: Card, reason: str) -> Card:
    return replace(card, status="pending_review", reasons=(*card.reasons, reason))
