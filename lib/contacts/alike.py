"""Whether two contacts are one person, and why. Better a pair too few than two people taken for one.

A name alone proves nothing: it counts beside the same company, phone number, e-mail address or LinkedIn page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations
from pathlib import Path

from anyascii import anyascii
from cleanco import basename
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from lib.settings import ROOT

NICKNAMES = Path(__file__).with_name("data") / "nicknames.txt"
# The lists that the reader knows; data alone is shared between the parts, not their insides.
READERS_LISTS = ROOT / "lib" / "cards" / "data"
TITLES = frozenset(["dr", "prof", "ing", "dipl", "mag", "mr", "mrs", "ms", "herr", "frau", "phd", "mba", "msc", "md"])
# Who is whose father: the first, second or third of a name.
GENERATIONS = {"sr": 1, "sen": 1, "senior": 1, "jr": 2, "jun": 2, "junior": 2, "ii": 2, "iii": 3}
EAST_ASIAN = re.compile(r"[぀-ヿ㐀-鿿가-힯]")
EAST_ASIAN_FORMS = re.compile("株式会社|有限会社|合同会社|股份有限公司|有限公司|주식회사")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# What is said of one full name where nothing else is known; where many have it, it says nothing.
NAME_ALONE = "Same name, and one company is not known"
# How alike two names are at least (0-1) to be one person's beside other evidence.
ALIKE = 0.8
# What words are worth, 0-1: a nickname, a letter misread, the same word in two scripts, an initial.
NICKNAME, MISREAD, TRANSLITERATED, INITIAL = 0.95, 0.9, 0.9, 0.85


@dataclass(frozen=True, kw_only=True)
class Person:
    """What a contact is known by; `full_name` is None while only its photo has a name."""

    id: int
    full_name: str | None
    email: str | None
    company: str | None
    phone: str | None
    linkedin_url: str | None


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """Why two are one person, and how surely (0-1); exact ones are beyond doubt."""

    is_exact: bool
    reasons: tuple[str, ...]
    score: float


def compare(one: Person, other: Person) -> Likeness | None:
    """Return why the two may be one person, None where they are not."""
    names = compare_names(one.full_name, other.full_name, is_doubted=_have_two_mailboxes(one, other))
    signs = _shared_signs(one, other)
    if "Same e-mail address" in signs and (names is None or names >= ALIKE):
        return Likeness(is_exact=True, reasons=signs, score=1.0)
    if names is None or names < ALIKE:
        # One page or personal mailbox, two names: married, misread, or a colleague's.
        proof = {"Same e-mail address", "Same LinkedIn page"} & set(signs)
        return Likeness(is_exact=False, reasons=(*signs, "Different names"), score=0.6) if proof else None
    return _namesakes(one, other, names, signs)


def _namesakes(one: Person, other: Person, names: float, signs: tuple[str, ...]) -> Likeness | None:
    """Return why two of one name are one person."""
    name = "Same name" if names == 1 else "Similar name"
    companies = same_company(one, other)
    if "Same phone number" in signs and names >= NICKNAME and companies is not False:
        return Likeness(is_exact=True, reasons=(*signs, name), score=round(0.95 * names, 3))
    if companies:
        score = 0.6 + 0.3 * names + 0.05 * len(signs)
        return Likeness(is_exact=False, reasons=(*signs, f"{name} at the same company"), score=round(score, 3))
    if signs:
        return Likeness(is_exact=False, reasons=(*signs, f"{name} at another company"), score=round(0.8 * names, 3))
    if companies is None and names == 1 and not (one.email and other.email):
        return Likeness(is_exact=False, reasons=(NAME_ALONE,), score=0.5)
    return None


def _shared_signs(one: Person, other: Person) -> tuple[str, ...]:
    """Return what both have that is one person's alone; a switchboard's number is for the name to prove."""
    signs = []
    if one.email and other.email and one.email.lower() == other.email.lower() and not is_role_mailbox(one.email):
        signs.append("Same e-mail address")
    if one.phone and one.phone == other.phone:
        signs.append("Same phone number")
    pages = {_page(person.linkedin_url) for person in (one, other)}
    if len(pages) == 1 and None not in pages:
        signs.append("Same LinkedIn page")
    return tuple(signs)


def _page(url: str | None) -> str | None:
    return (
        re.sub(r"^(https?://)?([a-z]{2,3}\.)?(?=linkedin)", "", url.lower()).split("?")[0].rstrip("/")
        if url
        else None
    )


def compare_names(one: str | None, other: str | None, *, is_doubted: bool = False) -> float | None:
    """Return how alike two names are, 0-1, in any order of their words; None where that cannot be known.

    It cannot for a missing name, or one in Chinese characters and one in letters. `is_doubted` allows no misreading.
    """
    if not one or not other or bool(EAST_ASIAN.search(one)) != bool(EAST_ASIAN.search(other)):
        return None
    if EAST_ASIAN.search(one):
        return float(sorted(re.sub(r"\s", "", one)) == sorted(re.sub(r"\s", "", other)))
    if _generation(one) != _generation(other):
        return 0.0
    slack = 1 if one.isascii() == other.isascii() or _is_latin(one) == _is_latin(other) else 2
    return max(
        _compare_words(mine, theirs, slack, is_doubted) for mine in _spellings(one) for theirs in _spellings(other)
    )


def _compare_words(one: tuple[str, ...], other: tuple[str, ...], slack: int, is_doubted: bool) -> float:
    """Return the mean likeness of the words of the shorter name, each with one of the longer; 0 for a stranger."""
    shorter, longer = sorted((one[:5], other[:5]), key=len)
    if not any(len(word) > 1 for word in shorter) or (len(shorter) == 1 and len(longer) > 1):
        return 0.0
    best = 0.0
    for chosen in permutations(longer, len(shorter)):
        worth = [_compare_word(*pair, slack, is_doubted) for pair in zip(shorter, chosen, strict=True)]
        # One word at least must be the same: two that are both only alike are two people.
        if min(worth) > 0 and (slack > 1 or 1.0 in worth):
            best = max(best, sum(worth) / len(worth))
    # A second name that only one card has.
    return best if len(shorter) == len(longer) else best * 0.97


@lru_cache(maxsize=4096)
def _compare_word(one: str, other: str, slack: int, is_doubted: bool) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return INITIAL if one[0] == other[0] else 0.0
    if _nicknames()[one] & _nicknames()[other]:
        return NICKNAME
    if slack > 1 and fuzz.ratio(one, other) >= 75:
        return TRANSLITERATED
    # The end tells Martin from Martina, and Christian from Christine.
    if is_doubted or min(len(one), len(other)) < 5 or one[-2:] != other[-2:]:
        return 0.0
    return MISREAD if DamerauLevenshtein.distance(_shape(one), _shape(other)) <= 1 else 0.0


def _shape(word: str) -> str:
    """Return a word as it looks from afar: what readers take for each other is one."""
    return word.replace("rn", "m").replace("vv", "w").replace("1", "l").replace("0", "o")


@lru_cache(maxsize=4096)
def _spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a name in ASCII, with ö as o and as oe."""
    lowered = name.lower()
    forms = {anyascii(lowered).lower(), anyascii(lowered.translate(GERMAN)).lower()}
    return tuple(
        tuple(
            word
            for word in re.findall(r"[a-z0-9]+", form.replace("'", ""))
            if word not in TITLES | GENERATIONS.keys()
        )
        for form in forms
    )


def _generation(name: str) -> int | None:
    found = [GENERATIONS[word] for word in re.findall(r"[a-z]+", anyascii(name).lower()) if word in GENERATIONS]
    return found[0] if found else None


def _is_latin(text: str) -> bool:
    return all(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in text if c.isalpha())


def same_company(one: Person, other: Person) -> bool | None:
    """Return whether both work for one company, by its name or domain; None where that is not known."""
    domains = [_company_domain(person.email) for person in (one, other)]
    if None not in domains and domains[0] == domains[1]:
        return True
    companies = [_company_key(person.company) for person in (one, other)]
    if "" not in companies:
        shorter, longer = sorted(companies, key=len)
        misread = DamerauLevenshtein.distance(shorter, longer) <= min(len(shorter) // 5, 2)
        return misread or (len(shorter) >= 4 and longer.startswith(shorter))
    return False if None not in domains else None


@lru_cache(maxsize=4096)
def _company_key(company: str | None) -> str:
    bare = EAST_ASIAN_FORMS.sub("", company or "")
    bare = str(basename(bare)) or bare
    return re.sub(r"[^a-z0-9]|^the ", "", anyascii(bare).lower())


def _company_domain(email: str | None) -> str | None:
    domain = email.rsplit("@", 1)[-1].lower() if email else ""
    return domain if domain and domain not in _words("freemail") else None


def _have_two_mailboxes(one: Person, other: Person) -> bool:
    """Return whether one company gave them two personal addresses, as it gives two people."""
    if not one.email or not other.email or is_role_mailbox(one.email) or is_role_mailbox(other.email):
        return False
    domains = {_company_domain(person.email) for person in (one, other)}
    return len(domains) == 1 and None not in domains and one.email.lower() != other.email.lower()


def is_role_mailbox(email: str) -> bool:
    """Return whether an address is an office's, such as info@ or sales2@, not a person's."""
    local = email.split("@", 1)[0].lower()
    return re.sub(r"\d+$", "", local) in _words("mailboxes") or re.split(r"[._-]", local)[0] in _words("mailboxes")


def role_mailboxes() -> list[str]:
    """Return what stands before the @ of an office's address."""
    return sorted(_words("mailboxes"))


@cache
def _words(name: str) -> frozenset[str]:
    lines = (READERS_LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def _nicknames() -> defaultdict[str, frozenset[int]]:
    """Return the numbers of the lines that a given name stands in."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(NICKNAMES.read_text(encoding="utf-8").splitlines()):
        for word in [] if line.startswith("#") else line.split():
            found[word].add(number)
    return defaultdict(frozenset, {word: frozenset(lines) for word, lines in found.items()})
