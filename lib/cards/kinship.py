"""Whether two cards are one person's. Better two cards too many than two people taken for one."""

from __future__ import annotations

from lib.cards.extract import domains
from lib.cards.merge import contradict
from lib.cards.model import Card
from lib.cards.names import parse_name
from lib.cards.words import CJK, fold, word_list


def is_same_person(card: Card, other: Card) -> bool:
    """Return whether two cards are one person's beyond doubt: by one personal e-mail address, or one full name.

    One company, its numbers and its website prove nothing: colleagues share them.
    """
    first, second = (_value("email", side) for side in (card, other))
    if first and second and fold(first) != fold(second):
        return False
    if _differ("full_name", card, other):
        return False
    if first and second and local_part(first) not in word_list("mailboxes"):
        return True
    name = name_key(_value("full_name", card))
    if name is None or name != name_key(_value("full_name", other)):
        return False
    return not _differ("company", card, other) or shares_company(card, other)


def name_key(text: str | None) -> tuple[str, ...] | None:
    """Return what is the same for a full name in any order of its words; None for one word, which is no full name."""
    name = parse_name(text) if text else None
    if name is None or (len(name.folded) < 2 and not CJK.search(name.printed)):
        return None
    return tuple(sorted(name.folded))


def is_nobody(card: Card) -> bool:
    """Return whether the card says neither name nor e-mail address."""
    return not {"full_name", "email"} & card.fields.keys()


def shares_company(card: Card, other: Card) -> bool:
    """Return whether two cards have a phone number in common, or a domain of the web and no two companies."""
    if _numbers(card) & _numbers(other):
        return True
    return bool(_domains(card) & _domains(other)) and not _differ("company", card, other)


def is_better_front(card: Card, other: Card) -> bool:
    """Return whether the card says who it is, by name and e-mail address, and the other one does not."""
    return {"full_name", "email"} <= card.fields.keys() and not {"full_name", "email"} <= other.fields.keys()


def _differ(name: str, card: Card, other: Card) -> bool:
    """Return whether both have the field, in one script, and contradict each other in it."""
    mine, theirs = (_value(name, side) for side in (card, other))
    if not mine or not theirs or is_latin(mine) != is_latin(theirs):
        return False
    return contradict(name, card, other)


def _value(name: str, card: Card) -> str | None:
    return card.fields[name].value if name in card.fields else None


def _numbers(card: Card) -> set[str]:
    listed = {phone["e164"] for phone in card.extra.get("phones", ()) if phone["e164"] and phone["kind"] != "fax"}
    return listed | {value for value in [_value("phone", card)] if value}


def _domains(card: Card) -> set[str]:
    website, email = _value("website", card), _value("email", card)
    hosts = [website.split("/", 1)[0]] if website else []
    hosts += [email.split("@", 1)[-1]] if email else []
    return {domains.owned(host) for host in hosts if not domains.is_freemail(host)}


def local_part(email: str) -> str:
    """Return what stands before the @."""
    return email.split("@", 1)[0].lower()


def is_latin(text: str) -> bool:
    """Return whether all letters are Latin."""
    # They end at U+024F; those with two accents, as Vietnamese has them, stand from U+1E00 on.
    return all(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in text if c.isalpha())
