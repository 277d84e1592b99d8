"""Whether a model spells the reader's name and company as they are spelled."""

from __future__ import annotations

import re

from rapidfuzz.distance import DamerauLevenshtein

from lib.outreach.checked import WORD, Checked, holds_word

NAMED = ("firstName", "lastName", "company")
# Shorter words are too near to too many others.
SHORTEST = 4


def find_misspelled(email: Checked) -> list[str]:
    """Return the words of the e-mail that look like a name or a company and are not quite it."""
    values = [value for name in NAMED if (value := email.facts.get(name))]
    wrong = [written for value in values for written in _wrongly_cased(value, email)]
    known = {word for value in values for word in WORD.findall(value) if len(word) >= SHORTEST}
    written = {word for word in WORD.findall(email.text) if word.casefold() not in email.known_words}
    wrong += [word for word in written if any(_is_nearly(word, name) for name in known)]
    return sorted(set(wrong))


def _wrongly_cased(value: str, email: Checked) -> list[str]:
    """Return how the value is written where it is nowhere written as it is, and the template has it."""
    if len(value) < SHORTEST or holds_word(value, email.text) or not holds_word(value, email.source):
        return []
    return re.findall(rf"(?<!\w){re.escape(value)}(?!\w)", email.text, re.IGNORECASE)


def _is_nearly(word: str, name: str) -> bool:
    """Return whether one slip of the pen in four letters or two in eight makes the one of the other."""
    if word[0].islower() and not name[0].islower() and word.casefold()[0] != name.casefold()[0]:
        return False
    # The ending may be grammar: Optics', Millers.
    if word.casefold().startswith(name.casefold()) and len(word) - len(name) <= 2:
        return False
    slips = 1 if len(name) < 8 else 2
    return 0 < DamerauLevenshtein.distance(word.casefold(), name.casefold(), score_cutoff=slips) <= slips
