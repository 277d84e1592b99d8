"""What a vision model says of a card, believed as far as local OCR's lines have it.

A card is a stranger's text and the model's answer is no better. So a value that the lines do not hold, an e-mail or
number not to the letter, never takes the place of one that was read, and always makes a person look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

import phonenumbers
from pydantic import BaseModel, BeforeValidator
from rapidfuzz import fuzz

from lib.cards.engines.clean import clean_text
from lib.cards.extract.phones import Phone, primary
from lib.cards.layout import box_round
from lib.cards.merge import contradict, faxes, merge_cards
from lib.cards.model import Card, Field
from lib.cards.told import LONGEST_VALUE, email_told, name_told, phones_told, web_told
from lib.cards.words import fold, shape, slug
from lib.chat import UnusableReply
from lib.reasons import DECIDING, MODEL, SEEN_AS_FAX, is_different, is_only_seen

# Between what the local reader is sure of and what it is not: where it doubted, the model chooses.
PRINTED = 0.8
NOT_PRINTED = 0.2
MOST_PHONES = 10
LONGEST_PHONE = 50
LABELS = {"mobile": "Mobile", "direct": "Direct", "fax": "Fax"}
# A text of so few characters is found as whole words only, and to the letter: CEO stands in oceonics.
SHORT = 6
# How alike (0-100) two texts must look to be one: a misread letter in ten.
ALIKE = 90
MOST_LINES = 3
_MAILBOX = re.compile(r"\S*@\S*")


def _text(value: Any) -> str:
    """Return what a model gave for a text, cleaned; "" for what is none or too long to be one."""
    text = clean_text(value) if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_VALUE else ""


def _phones(value: Any) -> Any:
    """Return numbers as objects: small models give a list of texts, or one."""
    items = value if isinstance(value, list) else [value] if value else []
    return [item if isinstance(item, dict) else {"number": item} for item in items[:MOST_PHONES]]


Text = Annotated[str, BeforeValidator(_text)]


class SeenPhone(BaseModel):
    """A number as printed and what the card calls it."""

    kind: Text = ""
    number: Text = ""


class Sight(BaseModel):
    """What the model says stands on the card, cleaned; "" for what does not."""

    full_name: Text = ""
    email: Text = ""
    company: Text = ""
    title: Text = ""
    phones: Annotated[list[SeenPhone], BeforeValidator(_phones)] = []
    website: Text = ""
    linkedin_url: Text = ""
    address: Text = ""


def _nullable(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"type": ["string", "null"]} for name in names}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    # OpenAI's strict mode wants all named as required.
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


PHONE = {"kind": {"type": "string", "enum": ["mobile", "direct", "office", "fax"]}, "number": {"type": "string"}}
SCHEMA = _object(
    {
        **_nullable(("full_name", "email", "company", "title")),
        "phones": {"type": "array", "items": _object(PHONE)},
        **_nullable(("website", "linkedin_url", "address")),
    }
)


@dataclass(frozen=True)
class Print:
    """What was read locally, to look values up in: texts with the lines they stand in."""

    texts: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def of(cls, card: Card) -> Print:
        """Return the fields' values, the lines, and neighbouring lines joined."""
        texts = [(field.value, field.lines) for field in card.fields.values()]
        for count in range(1, MOST_LINES + 1):
            for start in range(len(card.lines) - count + 1):
                where = tuple(range(start, start + count))
                texts.append((" ".join(card.lines[index].text for index in where), where))
        return cls(tuple(texts))

    def find(self, holds: Callable[[str], bool]) -> tuple[int, ...] | None:
        """Return the lines of the first text that holds it, () where that is in none; None where no text does."""
        return next((lines for text, lines in self.texts if holds(text)), None)


def _holds_words(value: str) -> Callable[[str], bool]:
    """Return whether a text holds these words, or what looks like them."""
    wanted = shape(slug(value))
    if len(wanted) < SHORT:
        whole = re.compile(rf"(?<!\w){re.escape(fold(value))}(?!\w)")
        return lambda text: whole.search(fold(_MAILBOX.sub(" ", text))) is not None

    def holds(text: str) -> bool:
        # A name made from a mailbox is not printed.
        given = shape(slug(_MAILBOX.sub(" ", text)))
        # The shorter one is looked for in the longer one: a word of the value alone is not the value.
        return len(given) * 100 >= len(wanted) * ALIKE and fuzz.partial_ratio(wanted, given) >= ALIKE

    return holds


def _holds_letters(value: str) -> Callable[[str], bool]:
    """Return whether a text holds this address, to the letter, and no longer one."""
    whole = re.compile(rf"(?<![\w@.+-])(?:https?://)?(?:www\.)?{re.escape(value.lower())}(?![\w@-]|\.\w)")
    return lambda text: whole.search(text.lower()) is not None


def _holds_number(e164: str) -> Callable[[str], bool]:
    """Return whether a text holds the number's digits, with its country's or without."""
    digits = str(phonenumbers.parse(e164).national_number)
    return lambda text: digits in "".join(c for c in text if c.isdigit())


def card_seen(sight: Sight, card: Card, region: str) -> Card:
    """Return the model's account of a card that was read locally, its boxes and lines those that hold a value.

    `region` places telephone numbers. Raises UnusableReply where nothing is said that a contact takes.
    """
    printed = Print.of(card)
    phones = _phones_seen(sight, card, region)
    held = [phone for phone in phones if printed.find(_holds_number(phone.e164 or "")) is not None]
    best = primary(held) or primary(phones)
    web = web_told([sight.linkedin_url, sight.website])
    profile = web.get("linkedin_url", "").rpartition("/")[2]
    found = (
        ("full_name", name_told(sight.full_name), _holds_words(sight.full_name)),
        ("email", email_told(sight.email), _holds_letters(sight.email)),
        ("company", sight.company, _holds_words(sight.company)),
        ("title", sight.title, _holds_words(sight.title)),
        ("phone", best and best.e164, _holds_number(best.e164 or "") if best else None),
        ("linkedin_url", web.get("linkedin_url"), _holds_letters(profile)),
        ("website", web.get("website"), _holds_letters(web.get("website", ""))),
    )
    fields = {name: _field(card, value, printed.find(holds)) for name, value, holds in found if value and holds}
    # Models make it from the e-mail address, and no contact has it.
    if "website" in fields and fields["website"].confidence < PRINTED:
        del fields["website"]
    if not fields:
        raise UnusableReply("the model saw nothing on the card")
    extra = {"phones": [phone.as_json() for phone in held]}
    return Card(status="pending_review", confidence=0.0, reasons=(), fields=fields, lines=(), extra=extra)


def _phones_seen(sight: Sight, card: Card, region: str) -> list[Phone]:
    """Return the numbers that can be dialled and are printed as no fax's; of several of one kind the card's first."""
    labelled = [f"{LABELS.get(phone.kind, 'Tel')} {phone.number[:LONGEST_PHONE]}" for phone in sight.phones]
    told = phones_told(labelled, [line.text for line in card.lines], region)
    mine = card.fields["phone"].value if "phone" in card.fields else None
    usable = [phone for phone in told if phone.e164 and phone.e164 not in faxes(card)]
    return sorted(usable, key=lambda phone: phone.e164 != mine)


def _field(card: Card, value: str, lines: tuple[int, ...] | None) -> Field:
    """Return the value where its lines are; without any, somewhere on the card."""
    places = [card.lines[index] for index in lines or ()] or card.lines or card.fields.values()
    return Field(
        value=value,
        confidence=NOT_PRINTED if lines is None else PRINTED,
        box=box_round([place.box for place in places]),
        lines=lines or (),
        evidence=(f"read by {MODEL}",),
    )


def check(card: Card, seen: Card) -> Card:
    """Return the card with the model's account of it (see `card_seen`) beside its own.

    What both have is surer. Of two values that are printed the surer one is kept, but an e-mail address is never
    exchanged; a name or an address that only the model found, and whatever is not printed, a person looks at.
    """
    fields: dict[str, Field] = {}
    conflicts: list[dict[str, str]] = []
    reasons: list[str] = []
    for name, theirs in seen.fields.items():
        mine = card.fields.get(name)
        is_printed = theirs.confidence >= PRINTED
        if mine is None:
            fields[name] = theirs
            if not is_printed or name in DECIDING:
                reasons.append(is_only_seen(MODEL, name))
        elif not is_printed or (name == "email" and theirs.value != mine.value):
            conflicts.append({"field": name, "kept": mine.value, "other": theirs.value, "source": MODEL})
            reasons.append(is_different(MODEL, name))
        else:
            fields[name] = theirs
            if name == "full_name" and contradict(name, card, seen):
                reasons.append(is_different(MODEL, name))
    if "phone" in card.fields and card.fields["phone"].value in faxes(seen):
        reasons.append(SEEN_AS_FAX)
    merged = merge_cards(card, replace(seen, fields=fields, reasons=tuple(reasons)), what=MODEL)
    if conflicts:
        conflicts = [*merged.extra.get("conflicts", ()), *conflicts]
        merged = replace(merged, extra={**merged.extra, "conflicts": conflicts})
    return merged
