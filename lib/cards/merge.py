"""Two accounts of one person made into one: what is printed and what a code says, or two sides of a card.

Per field the more confident account wins; where the other one was confident of something else, a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from rapidfuzz import fuzz

from lib.cards.extract import domains
from lib.cards.extract.phones import PREFERENCE
from lib.cards.legal import without_legal_form
from lib.cards.model import CONTACT_FIELDS, Card, Field
from lib.cards.names import parse_name
from lib.cards.words import fold, slug
from lib.reasons import CODE, NO_EMAIL, NO_NAME, SEVERAL_PEOPLE, is_different

# From here on a value that lost is worth a look.
CONFIDENT = 0.7
HIGHEST = 0.99
# What two accounts of one person may both have, and neither is wrong.
GATHERED = ("codes", "phones", "emails", "websites")


@dataclass(frozen=True)
class Verdict:
    """Whether two values say the same, contradict each other, or neither; which one is kept (None: the surer)."""

    agree: bool
    contradict: bool = False
    keeps_other: bool | None = None


SAME = Verdict(agree=True)
DIFFERENT = Verdict(agree=False, contradict=True)


def merge_codes(card: Card, coded: Iterable[Card]) -> Card:
    """Return the card with what its codes say, the fullest code last so that it has the last word.

    A code with name and e-mail that nothing contradicts answers all doubts but one: whose card it is.
    """
    before, coded = card.reasons, sorted(coded, key=lambda other: len(other.fields))
    for other in coded:
        card = merge_cards(card, other if says_who(other) else _confirming(card, other), what=CODE)
    is_told = any({"full_name", "email"} <= other.fields.keys() for other in coded)
    if is_told and set(card.reasons) <= set(before):
        card = replace(card, reasons=tuple(reason for reason in card.reasons if reason == SEVERAL_PEOPLE))
    return replace(card, status="pending_review" if card.reasons else "completed")


def _confirming(card: Card, other: Card) -> Card:
    """Return the other account with nothing that the card does not have: a link is no contact."""
    return replace(other, fields={name: field for name, field in other.fields.items() if name in card.fields})


def says_who(card: Card) -> bool:
    """Return whether a card has a field of a contact: a website alone says nothing of a person."""
    return any(name in card.fields for name in CONTACT_FIELDS)


def merge_cards(card: Card, other: Card, *, what: str, wins_ties: bool = True) -> Card:
    """Return the card with the fields of another account of the same person, which `what` names in reasons.

    Where they differ both values are kept in extra["conflicts"]; `wins_ties` gives equally sure ones to the other.
    """
    fields, conflicts, reasons = dict(card.fields), [], [*card.reasons, *other.reasons]
    for name, theirs in other.fields.items():
        mine = card.fields.get(name)
        if theirs.value in faxes(card):
            continue
        if mine is None:
            fields[name] = theirs
            continue
        verdict = _COMPARE[name](card, other)
        fields[name], lost = _settle(mine, theirs, verdict, what, wins_ties=wins_ties)
        if verdict.contradict:
            conflicts.append({"field": name, "kept": fields[name].value, "other": lost.value, "source": what})
            if lost.confidence >= CONFIDENT:
                reasons.append(is_different(what, name))
    settled = {text for text, name in ((NO_NAME, "full_name"), (NO_EMAIL, "email")) if name in fields}
    left = tuple(dict.fromkeys(reason for reason in reasons if reason not in settled))
    return replace(
        card,
        status="pending_review" if left else "completed",
        confidence=min(fields[name].confidence if name in fields else 0.0 for name in ("full_name", "email")),
        reasons=left,
        fields=fields,
        extra=_gather(card.extra, other.extra, conflicts),
    )


def contradict(name: str, card: Card, other: Card) -> bool:
    """Return whether two accounts that both have the field contradict each other in it."""
    return _COMPARE[name](card, other).contradict


def _settle(mine: Field, theirs: Field, verdict: Verdict, what: str, *, wins_ties: bool) -> tuple[Field, Field]:
    """Return the field that is kept, and the one that is not. Where they agree, the place is where it is printed."""
    is_surer = theirs.confidence > mine.confidence or (wins_ties and theirs.confidence == mine.confidence)
    takes_other = is_surer if verdict.keeps_other is None else verdict.keeps_other
    if not verdict.agree:
        return (theirs, mine) if takes_other else (mine, theirs)
    # Two that agree are surer than either.
    sure = min(HIGHEST, round(1 - (1 - mine.confidence) * (1 - theirs.confidence), 3))
    value = theirs.value if takes_other else mine.value
    kept = replace(mine, value=value, confidence=sure, evidence=(*mine.evidence, f"matches {what}"))
    return kept, mine if takes_other else theirs


def _gather(mine: dict[str, Any], theirs: dict[str, Any], conflicts: list[dict[str, str]]) -> dict[str, Any]:
    gathered = dict(mine)
    for key in GATHERED:
        items = [*mine.get(key, ()), *theirs.get(key, ())]
        if items:
            gathered[key] = list({_identity(item): item for item in reversed(items)}.values())[::-1]
    if conflicts:
        gathered["conflicts"] = [*mine.get("conflicts", ()), *conflicts]
    return gathered


def _identity(item: Any) -> str:
    return str(item.get("e164") or item) if isinstance(item, dict) else str(item)


def _compare_names(card: Card, other: Card) -> Verdict:
    """Compare the words in any order; initials, second names and degrees may be left out of one."""
    mine, theirs = _values("full_name", card, other)
    if slug(mine) == slug(theirs):
        return SAME
    first, second = parse_name(mine), parse_name(theirs)
    shorter, longer = sorted((name.folded if name else [] for name in (first, second)), key=len)
    covered = all(any(word in (full, full[0]) or full == word[0] for full in longer) for word in shorter)
    # One word of a name, and an initial alone, is too little to know a person by.
    return SAME if covered and sum(len(word) > 1 for word in shorter) >= min(2, len(longer)) else DIFFERENT


def _compare_companies(card: Card, other: Card) -> Verdict:
    """Compare without the legal form. Of brand and legal name the brand is kept: the one people use."""
    mine, theirs = _values("company", card, other)
    bare_mine, bare_theirs = (slug(without_legal_form(text)) or text for text in (mine, theirs))
    if bare_mine == bare_theirs or fuzz.ratio(bare_mine, bare_theirs) >= 92:
        return SAME
    legal_names = [slug(name) for side in (card, other) if (name := side.extra.get("legal_name"))]
    shorter, longer = sorted((bare_mine, bare_theirs), key=len)
    if slug(theirs) in legal_names or (len(shorter) >= 4 and longer.startswith(shorter)):
        return Verdict(agree=True, keeps_other=slug(theirs) not in legal_names and bare_theirs == shorter)
    return DIFFERENT


def _compare_titles(card: Card, other: Card) -> Verdict:
    mine, theirs = _values("title", card, other)
    return SAME if fuzz.ratio(slug(mine), slug(theirs)) >= 92 else DIFFERENT


def _compare_phones(card: Card, other: Card) -> Verdict:
    """Compare all numbers: another one of another kind is no contradiction, and the better kind is kept."""
    mine, theirs = _values("phone", card, other)
    printed, told = _kinds(card), _kinds(other)
    agree = mine == theirs or mine in told or theirs in printed
    my_kind = min((kinds.get(mine, "office") for kinds in (printed, told)), key=PREFERENCE.__getitem__)
    their_kind = min((kinds.get(theirs, "office") for kinds in (printed, told)), key=PREFERENCE.__getitem__)
    if not agree and my_kind == their_kind:
        return DIFFERENT
    return Verdict(agree=agree, keeps_other=PREFERENCE[their_kind] <= PREFERENCE[my_kind])


def _kinds(card: Card) -> dict[str, str]:
    """Return the kind of each number that is no fax."""
    phones = [phone for phone in card.extra.get("phones", ()) if phone["e164"] and phone["kind"] != "fax"]
    return {phone["e164"]: phone["kind"] for phone in phones}


def faxes(card: Card) -> set[str]:
    """Return the numbers that are a fax's, in E.164."""
    return {phone["e164"] for phone in card.extra.get("phones", ()) if phone["e164"] and phone["kind"] == "fax"}


def _compare_websites(card: Card, other: Card) -> Verdict:
    """Another address is no contradiction: codes often lead to a page of their own. The printed one is kept."""
    mine, theirs = (domains.owned(value.split("/", 1)[0]) for value in _values("website", card, other))
    return Verdict(agree=mine == theirs, keeps_other=False)


def _compare_letters(name: str) -> Callable[[Card, Card], Verdict]:
    def compare(card: Card, other: Card) -> Verdict:
        mine, theirs = (fold(value).rstrip("/") for value in _values(name, card, other))
        return SAME if mine == theirs else DIFFERENT

    return compare


def _values(name: str, card: Card, other: Card) -> tuple[str, str]:
    return card.fields[name].value, other.fields[name].value


_COMPARE: dict[str, Callable[[Card, Card], Verdict]] = {
    "full_name": _compare_names,
    "email": _compare_letters("email"),
    "company": _compare_companies,
    "title": _compare_titles,
    "phone": _compare_phones,
    "linkedin_url": _compare_letters("linkedin_url"),
    "website": _compare_websites,
}
