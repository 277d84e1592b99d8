"""The word lists of `data/`, read once, and how text is folded to look words up."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

from anyascii import anyascii

DATA = Path(__file__).with_name("data")
CJK = re.compile(r"[぀-ヿ㐀-鿿가-힯]")
# Written out in addresses of the web, where plain folding would give one letter.
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
# What readers take for each other, and what they drop.
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", ".": "", "-": "", ",": ""})


def fold(text: str) -> str:
    """Return text in lower case without accents; Chinese, Japanese and Korean characters stay."""
    return "".join(c if CJK.match(c) else anyascii(c) for c in text).lower()


def slug(text: str) -> str:
    """Return only the letters and digits of the text in ASCII, lower case."""
    return "".join(c for c in anyascii(text).lower() if c.isascii() and c.isalnum())


def shape(text: str) -> str:
    """Return a lower-case text as it looks from afar: two of one shape may be two readings of one print."""
    return text.replace("rn", "m").replace("vv", "w").translate(_LOOKALIKES)


def slugs(text: str) -> set[str]:
    """Return the ways a text is written in an address: ö as o and as oe, & left out and as and."""
    lowered = text.lower()
    forms = {slug(lowered), slug(lowered.translate(GERMAN))}
    if "&" in lowered:
        forms |= {slug(lowered.replace("&", word)) for word in (" and ", " und ", " et ", " e ", " y ")}
    return forms - {""}


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, without the punctuation round them."""
    cleaned = (word.strip(".,;:()[]\"'“”«»|") for word in re.split(r"[\s/]+", fold(text)))
    return [word for word in cleaned if word]


@cache
def word_list(name: str) -> dict[str, bool]:
    """Return the folded words of a list; True where the word is strong (marked * in the file)."""
    words: dict[str, bool] = {}
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for word in line.split():
                key = fold(word.lstrip("*")).strip(".")
                words[key] = words.get(key, False) or word.startswith("*")
    return words


@cache
def grouped_words(name: str) -> dict[str, frozenset[str]]:
    """Return the folded words of a list whose lines are `group: words`."""
    groups: dict[str, frozenset[str]] = {}
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            group, _, rest = line.partition(":")
            groups[group] = frozenset(fold(word).strip(".") for word in rest.split())
    return groups


@cache
def labels() -> dict[str, str]:
    """Return what each label before a detail says: mobile, direct, fax, office, email, web, linkedin or none."""
    return {word: kind for kind, words in reversed(grouped_words("labels").items()) for word in words}


@cache
def name_kinds() -> dict[str, str]:
    """Return the known given names (g) and surnames (s; b: both), folded as data/make_names.py does."""
    rows = gzip.decompress((DATA / "names.txt.gz").read_bytes()).decode().splitlines()
    return {row[2:]: row[0] for row in rows}


def share_in(words: list[str], name: str) -> float:
    """Return which share of the words, 0-1, stands in a list."""
    known = word_list(name)
    return sum(word in known or word.replace(".", "") in known for word in words) / len(words) if words else 0.0


def has_strong(words: list[str], name: str) -> bool:
    """Return whether one of the words is a strong one of a list."""
    known = word_list(name)
    return any(known.get(word, False) or known.get(word.replace(".", ""), False) for word in words)
