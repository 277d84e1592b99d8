"""Whether a domain was made from a company's name."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from lib.cards.legal import without_legal_form
from lib.cards.words import CJK, fold, slug, slugs, word_list

# From here on every letter of the domain is accounted for.
CONFIRMED = 0.85


def match(company: str, label: str) -> float:
    """Return how well a company's name and a domain's label (`acme` of acme.com) fit, 0-1; 1 is the whole name."""
    stem = _TAIL.sub("", label)
    return max(
        _match(company, slug(label)),
        _by_words(company, label),
        _by_beginnings(company, slug(label)),
        _by_beginnings(without_legal_form(company), slug(label)),
        0.95 * _match(company, slug(stem)) if len(stem) > 2 else 0.0,
    )


# What companies hang on their name to get a free domain.
_TAIL = re.compile(r"-?(?:group|gruppe|online|global|international|intl|hq|web|official|corp|inc|llc|ltd|gmbh|ag)$")


_ARTICLE = re.compile(r"^(?:the|die|der|das|le|la|les|el|los|il|lo)\s+", re.I)


# Written short in domains, whatever the name says.
_SHORT = {"uni", "univ", "tech", "hotel", "stadt", "dr", "st"}


def _by_words(company: str, label: str) -> float:
    """Return 0.9 when uni-westmark is made of words of the name in their order, each whole or a usual short form."""
    parts = [part for part in label.split("-") if part]
    words = iter(slug(word) for word in company.split())
    found = all(any(word == part or (part in _SHORT and word.startswith(part)) for word in words) for part in parts)
    return 0.9 if found and len(parts) > 1 else 0.0


def _by_beginnings(company: str, label: str) -> float:
    """Return 0.9 when a domain is some of the name's words in their order, 0.75 when of their beginnings, else 0.

    borbalakorhaz of Szent Borbála Megyei Kórház; europackcouncil of European Packaging Council.
    """
    words = [word for word in map(slug, company.split()) if word]
    # The first words as they stand, alone or with the initials of the others: lambelet, gulfmeridian, brannocktd.
    for count in range(1, len(words)):
        begun = "".join(words[:count])
        if len(begun) >= 5 and label in (begun, begun + "".join(word[0] for word in words[count:])):
            return 0.9
    if len(label) < 6 or len(words) < 2 or any(CJK.search(word) for word in company.split()):
        return 0.0
    return _spell(label, tuple(word for word in words if len(word) > 1), 0)


@lru_cache(maxsize=20_000)
def _spell(rest: str, words: tuple[str, ...], used: int) -> float:
    if not rest:
        return 0.9 if used > 1 else 0.0
    if not words:
        return 0.0
    word = words[0]
    best = _spell(rest, words[1:], used)
    for length in range(min(len(word), len(rest)), 2, -1):
        # A letter or two less than the word may be a misreading.
        if rest.startswith(word[:length]) and (length == len(word) or length < len(word) - 2):
            left = _spell(rest[length:], words[1:], used + 1)
            # One word as it stands is enough where every letter is accounted for.
            best = max(best, left if length == len(word) else min(left, 0.86 if used else 0.75))
    return best


def _match(company: str, wanted: str) -> float:
    if len(wanted) < 2:
        return 0.0
    bare = _ARTICLE.sub("", company)
    full, core = slugs(company) | slugs(bare), slugs(without_legal_form(company)) | slugs(without_legal_form(bare))
    if wanted in full | core:
        return 1.0
    if wanted in _acronyms(company):
        return 0.85
    # Below what counts as confirmed: a letter more or less may be misread.
    return min(max((_partial(form, wanted) for form in full | core), default=0.0), CONFIRMED - 0.01)


def _acronyms(company: str) -> set[str]:
    """Return the initials of the name's words, with and without the small ones and the legal form."""
    found = set()
    for text in (company, without_legal_form(company)):
        words = [word for word in re.split(r"[\s\-/.,]+", fold(text)) if word and not CJK.search(word)]
        large = [word for word in words if word not in word_list("small_words")]
        for chosen in (words, large):
            if len(chosen) >= 2:
                found.add("".join(slug(word)[:1] for word in chosen))
        if len(large) >= 2:
            # hhlcorp: initials, then the last word as it is
            found.add("".join(slug(word)[:1] for word in large[:-1]) + slug(large[-1]))
            found |= {
                "".join(slug(w)[:1] for w in large) + tail for tail in ("corp", "group", "inc", "co", "llp", "law")
            }
    return found


def _partial(form: str, wanted: str) -> float:
    """Return the share that one explains of the other, when one begins the other or they nearly agree."""
    shorter, longer = sorted((form, wanted), key=len)
    if len(shorter) >= 4 and longer.startswith(shorter):
        return 0.5 + 0.45 * len(shorter) / len(longer)
    if len(shorter) >= 5 and shorter in longer:
        return 0.4 + 0.45 * len(shorter) / len(longer)
    if len(shorter) >= 3 and longer.startswith(shorter):
        return 0.3 + 0.4 * len(shorter) / len(longer)
    ratio = fuzz.ratio(form, wanted) / 100
    return 0.9 * ratio if ratio >= 0.8 and len(shorter) >= 5 else 0.0
