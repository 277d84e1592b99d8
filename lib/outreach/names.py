"""A person's name as a greeting needs it: first and last name out of what stands on the card."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lib.text import strip_hidden

PREFIXES = frozenset(
    (  # noqa: SIM905
        "mr mrs ms miss mx dr prof professor doctor sir dame rev fr hon ing dipl-ing dipl mag herr frau hr fru mme "
        "mlle monsieur madame m don doña sr sra srta sig dott dottssa eng arch adv atty capt col gen lt maj sgt"
    ).split()
)
# Those that are nobody's first name: what follows alone is a family name.
HONORIFICS = frozenset(
    "mr mrs ms miss mx dr prof professor doctor herr frau hr fru mme mlle monsieur madame sra srta".split()  # noqa: SIM905
)
SUFFIXES = frozenset(
    (  # noqa: SIM905
        "jr sr ii iii iv phd dphil md do dds jd mba msc bsc ma ba beng meng llm llb esq cpa cfa pmp cissp pe rn "
        "mphil cpm cfp facs fca aca acca frcp frcs obe mbe cbe kbe qc kc msci mres edd psyd dvm"
    ).split()
)
GENERATIONS = frozenset(("jr", "sr", "ii", "iii", "iv", "phd"))
# Where one stands, the last name has begun.
PARTICLES = frozenset(
    (  # noqa: SIM905
        "von van de der den del della di da dal dalla do dos das du des la le los las lo el al bin bint ibn ben ter "
        "ten te zu zum zur vom und y e af av"
    ).split()
)
INITIAL = re.compile(r"(\w\.?-?)(\w\.)*", re.UNICODE)
VOWEL = re.compile(r"[AEIOUYÀ-ÖØ-Ý]")
EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# What is said beside a name: (CEO), a nickname in quotes in the middle, and what stands behind a dash or bar.
ASIDE = re.compile(r"""\([^()]*\)|\[[^\[\]]*\]|(?<=\w\s)(["“„«][^"“”«»]*["”“»]|'[^']*'|‘[^’]*’)(?=\s\w)""")
BEHIND = re.compile(r"\s[/|·•–—]\s.*", re.DOTALL)
# A quote that opens and closes; one in O'Neil or before 't Hooft is a letter of the name.
QUOTED = re.compile(r"""(?<!\w)(?:["“„«]([^"“”«»]*)["”“»]|'([^']*)'|‘([^’]*)’)(?!\w)""")
STRAY = re.compile(r"""(?<!\w)["“”„«»]+|["“”„«»]+(?!\w)""")
# What makes a spreadsheet calculate: it may come to stand first once a quote, an emoji or an aside is gone.
SIGNS = re.compile(r"(?<![^\s,])[=+@＝＋－＠﹦﹢﹣﹫-]+")
# Two words, each with one capital at its beginning: there is nothing to find out.
PLAIN = re.compile(r"([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+) ([A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)")


@dataclass(frozen=True)
class Name:
    """A name in parts; a part that the card does not tell is None."""

    first: str | None
    last: str | None
    full: str | None


def split_name(full_name: str | None) -> Name:
    """Return the parts of `full_name`, without titles and degrees, capitals written Like This.

    `first` is None where the card gives only an initial, or a family name behind a title: "Hi J.," is no greeting.
    """
    plain = PLAIN.fullmatch(full_name or "")
    if plain and plain[1].lower() not in HONORIFICS:
        return Name(plain[1], plain[2], plain[0])
    return _split(full_name or "")


def _split(full_name: str) -> Name:
    text = _bare(full_name)
    words, family_words = _ordered(_without_degrees(text))
    if not words:
        return Name(None, None, None)
    words = _recased(words)
    if len(words) == 1:
        return _one_word(words[0], is_titled=_key(text.split()[0]) in PREFIXES and len(text.split()) > 1)
    start = len(words) - family_words if family_words else _family_start(words)
    given, family = words[:start], words[start:]
    called = next((word for word in given if _is_called(word)), None)
    is_family_first = EAST_ASIAN.search(words[0])
    full = " ".join([*family, *given] if is_family_first else words)
    return Name(called, " ".join(family), full)


def _bare(text: str) -> str:
    """Return the name alone: without emoji, quotes, hidden characters and what is said beside it."""
    plain = "".join(c for c in strip_hidden(text) if unicodedata.category(c) not in ("So", "Sk") and c != "\ufe0f")
    for aside in (ASIDE, BEHIND):
        shorter = aside.sub(" ", plain)
        # All of it in brackets is the name.
        plain = shorter if _has_letter(shorter) else plain
    plain = STRAY.sub("", QUOTED.sub(lambda quoted: next(filter(None, quoted.groups()), ""), plain))
    plain = SIGNS.sub("", plain)
    return " ".join(plain.split()) if _has_letter(plain) else ""


def _one_word(word: str, *, is_titled: bool) -> Name:
    if is_titled:
        return Name(None, word, word)
    return Name(word if _is_called(word) else None, None, word)


def _is_called(word: str) -> bool:
    """Return whether the word can stand in a greeting."""
    return _has_letter(word) and not _is_initial(word) and _key(word) not in HONORIFICS


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _without_degrees(text: str) -> str:
    """Return the name without `Dr.` before it and `, PhD` behind it."""
    head, *rest = (part.strip() for part in text.split(","))
    words = head.split()
    kept = [part for part in rest if part and not _is_behind_name(part, words)]
    # At least one word stays: somebody may be called Don.
    while len(words) > 1 and _is_title(words[0], is_sure=len(words) > 2 or bool(kept)):
        words.pop(0)
    while len(words) > 2 and _is_degree(words[-1], words):
        words.pop()
    return ", ".join([" ".join(words), *kept[:1]])


def _is_behind_name(part: str, words: list[str]) -> bool:
    """Return whether the part behind a comma is degrees, or a post in capitals: Ada Example, CEO."""
    is_post = len(words) > 1 and part.isupper() and len(part) <= 4 and not words[-1].isupper()
    return is_post or all(_key(word) in SUFFIXES for word in part.split())


def _is_title(word: str, *, is_sure: bool) -> bool:
    return _key(word) in PREFIXES and (is_sure or word.endswith(".") or _key(word) in HONORIFICS)


def _is_degree(word: str, words: list[str]) -> bool:
    # Ma and Do are family names too: without a comma only the spelling tells.
    is_marked = "." in word or (word.isupper() and not words[0].isupper())
    return _key(word) in GENERATIONS or (_key(word) in SUFFIXES and is_marked)


def _ordered(text: str) -> tuple[list[str], int]:
    """Return the words, given names first, and how many of the last are the family name (0: not told)."""
    family, comma, given = (part.strip() for part in text.partition(","))
    if comma and given:
        return [*given.split(), *family.split()], len(family.split())
    words = text.strip(" ,").split()
    if len(words) == 2 and EAST_ASIAN.search(text):
        return [words[1], words[0]], 1
    shouted = [_is_shouted(word) for word in words]
    if words and shouted[0] and not all(shouted) and not shouted[-1]:
        # DUPONT Jean, YAMADA Taro: capitals mark the family name, also where it comes first.
        count = shouted.index(False)
        return [*words[count:], *words[:count]], count
    return words, 0


def _family_start(words: list[str]) -> int:
    """Return where the family name begins: at the first particle, or at the last word."""
    for place, word in enumerate(words[1:-1], start=1):
        if _key(word) in PARTICLES:
            return place
    return len(words) - 1


def _recased(words: list[str]) -> list[str]:
    """Return WORDS as Words, O'NEIL as O'Neil; a word that has small letters already stays as it is."""
    all_shouted = all(word.isupper() for word in words)
    return [_recase(word) if _is_shouted(word) or (all_shouted and VOWEL.search(word)) else word for word in words]


def _recase(word: str) -> str:
    if _key(word) in PARTICLES:
        return word.lower()
    return re.sub(r"[^\W\d_]+", lambda part: part.group().capitalize(), word)


def _is_shouted(word: str) -> bool:
    # Two letters may be initials: JP, AJ.
    return word.isupper() and not _is_initial(word) and sum(character.isalpha() for character in word) > 2


def _is_initial(word: str) -> bool:
    return bool(INITIAL.fullmatch(word)) and not EAST_ASIAN.search(word)


def _key(word: str) -> str:
    return word.lower().replace(".", "").strip(",()")
