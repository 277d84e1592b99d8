"""Make names.txt.gz, the list of given names and surnames, from Faker's name lists.

Faker 40.54.0 (MIT licence, Daniele Faraglia and contributors) has them by country; it is needed only to run this:

    python -m lib.cards.data.make_names

Each line is `kind name`: kind g (given), s (surname) or b (both). Names are folded to lower-case ASCII; those in
Chinese, Japanese and Korean characters stay as they are, for a fold would give the wrong reading.
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from anyascii import anyascii

TARGET = Path(__file__).with_name("names.txt.gz")
GIVEN = ("first_names", "first_names_male", "first_names_female", "first_names_nonbinary", "first_romanized_names")
SURNAMES = ("last_names", "last_names_male", "last_names_female", "last_romanized_names")
LONGEST = 24


def collect() -> dict[str, set[str]]:
    """Return the kinds of every name in Faker's lists."""
    kinds: dict[str, set[str]] = {}
    person = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attributes, kind in ((GIVEN, "g"), (SURNAMES, "s")):
            for attribute in attributes:
                for name in _flat(getattr(provider, attribute, ())):
                    for token in _tokens(name):
                        kinds.setdefault(token, set()).add(kind)
    return kinds


def _flat(names: object) -> Iterable[str]:
    """Return the texts of a list; some of Faker's are mappings to weights, some hold tuples (kanji, kana, Latin)."""
    if isinstance(names, Mapping):
        names = names.keys()
    if isinstance(names, str):
        return [names]
    return [text for name in names for text in _flat(name)] if isinstance(names, Iterable) else []


def _tokens(name: str) -> Iterable[str]:
    for word in name.replace("-", " ").split():
        folded = word if is_cjk(word) else "".join(c for c in anyascii(word).lower() if c.isalpha())
        if folded and len(folded) <= LONGEST and (len(folded) > 1 or is_cjk(word)):
            yield folded


def is_cjk(word: str) -> bool:
    """Return whether a word is written in Chinese, Japanese or Korean characters."""
    return any("぀" <= c <= "鿿" or "가" <= c <= "힯" for c in word)


def main() -> None:
    """Write the file; the same Faker gives the same bytes."""
    rows = [f"{'b' if len(k) == 2 else min(k)} {name}" for name, k in sorted(collect().items())]
    # mtime 0: the file is the same bytes whenever it is made.
    TARGET.write_bytes(gzip.compress("\n".join(rows).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
