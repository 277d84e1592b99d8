"""Words that an engine ran together, cut apart again: ANNASCHMIDT, SeniorVicePresident."""

from __future__ import annotations

import re
from functools import cache

from lib.cards.words import fold, name_kinds, slug, word_list

SHORTEST = 8
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-ZÀ-ÖØ-Þ])")


def unglue(text: str, mailbox_words: frozenset[str]) -> str | None:
    """Return the words of a name or title that stands as one, or None where it is no such thing.

    `mailbox_words` are those of the card's mailboxes (anna, schmidt): they count as known names.
    """
    if len(text) < SHORTEST or not text.replace("-", "").isalpha():
        return None
    humps = _HUMP.split(text)
    if len(humps) > 1:
        return " ".join(humps) if _are_known(humps, mailbox_words) or _are_in_mailbox(humps, mailbox_words) else None
    return _cut_capitals(text, mailbox_words) if text.isupper() else None


def _are_known(humps: list[str], mailbox_words: frozenset[str]) -> bool:
    words = {fold(hump) for hump in humps}
    return all(len(w) > 2 and (w in name_kinds() or w in mailbox_words or w in word_list("titles")) for w in words)


def _are_in_mailbox(humps: list[str], mailbox_words: frozenset[str]) -> bool:
    """Return whether a mailbox has one of the words, of which none is a part of a name such as Mc or De."""
    long = [slug(hump) for part in humps for hump in part.split("-") if len(hump) > 3]
    return all(len(hump) > 3 for hump in humps) and any(word in box for word in long for box in mailbox_words)


def _cut_capitals(text: str, mailbox_words: frozenset[str]) -> str | None:
    """Return capitals cut into two or three names, one of them from a mailbox: else too many cuts are possible."""
    folded = slug(text)
    if len(folded) != len(text) or not any(word in folded for word in mailbox_words if len(word) > 2):
        return None
    cuts = _cuts(folded, mailbox_words, 3)
    if not cuts:
        return None
    best = max(cuts, key=lambda words: (sum(len(w) for w in words if w in mailbox_words), -len(words)))
    ends = [sum(len(word) for word in best[: i + 1]) for i in range(len(best))]
    return " ".join(text[end - len(word) : end] for word, end in zip(best, ends, strict=True))


@cache
def _cuts(text: str, mailbox_words: frozenset[str], most: int) -> list[tuple[str, ...]]:
    is_word = text in mailbox_words or (len(text) > 2 and text in name_kinds())
    cuts: list[tuple[str, ...]] = [(text,)] if is_word else []
    if most == 1:
        return cuts
    for length in range(3, len(text) - 2):
        head = text[:length]
        if head in mailbox_words or head in name_kinds():
            cuts = cuts + [(head, *rest) for rest in _cuts(text[length:], mailbox_words, most - 1)]
    return [cut for cut in cuts if len(cut) > 1 or most < 3]
