"""A model's e-mail beside what it was made from, and what can be found in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lib.outreach.carried import LINK, is_host
from lib.outreach.instructions import AS_THE_TEMPLATE, Instructions
from lib.outreach.merge import Merged

PHONE = re.compile(r"\+?\d[\d\s()./-]{5,}\d")
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
WORD = re.compile(r"\w+")
# Browsers take these for the dot of a domain (UTS 46).
DOTS = re.compile(r"[。．｡]")
BEFORE_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?[^/?#]*", re.IGNORECASE)
ASCII_ENDING = re.compile(r"^[^/]*\.[a-z]{2,}(?:/|$)", re.IGNORECASE)
# What people write so that no machine sees the link in it.
DISGUISED = re.compile(r"\w+\s*[\[({]\s*(?:dot|at|punkt|point|\.|@)\s*[\])}]\s*\w+|\bhxxps?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What is checked, against what: the merged e-mail, and the facts and wishes that the model was given."""

    subject: str
    body: str
    merged: Merged
    facts: dict[str, str]
    instructions: Instructions = AS_THE_TEMPLATE

    @cached_property
    def text(self) -> str:
        """The model's e-mail."""
        return f"{self.subject}\n{self.body}"

    @cached_property
    def source(self) -> str:
        """The e-mail it was made from."""
        return f"{self.merged.subject}\n{self.merged.body}"

    @cached_property
    def known(self) -> str:
        """Everything the model was given of the reader, the meeting and the sender's wishes."""
        wishes = (self.instructions.goal, self.instructions.tone)
        return "\n".join([self.source, *self.facts.values(), *(wish for wish in wishes if wish)])

    @cached_property
    def known_words(self) -> set[str]:
        """The words of it, without capitals."""
        return {word.casefold() for word in WORD.findall(self.known)}


@lru_cache(maxsize=256)
def links(text: str) -> frozenset[str]:
    """Return the links and addresses in the text, also those that are disguised."""
    plain = DOTS.sub(".", unicodedata.normalize("NFKC", text))
    # Only words that may be one are looked at closely: the expression is slow on long ones.
    words = "\n".join(word for word in plain.split() if "." in word[:-1] or "@" in word or ":" in word[:-1])
    found = {_as_followed(link.strip(".,;:!?()<>«»“”'\"")) for link in LINK.findall(words) if _is_link(link)}
    return frozenset(found | {disguised.lower() for disguised in DISGUISED.findall(plain)})


def _is_link(link: str) -> bool:
    """Return whether it is no end of a sentence with the next one's beginning, in scripts that set no space there."""
    return link.isascii() or "://" in link or "@" in link or is_host(link) or ASCII_ENDING.search(link) is not None


def _as_followed(link: str) -> str:
    # Capitals make no difference up to the end of the host; behind it they do.
    return BEFORE_PATH.sub(lambda before: before[0].lower(), link, count=1)


def phones(text: str) -> set[str]:
    """Return the digits of what looks like a telephone number."""
    return {re.sub(r"\D", "", phone) for phone in PHONE.findall(text)}


def numbers(text: str) -> set[str]:
    """Return the numbers in the text, without what groups their digits."""
    return {re.sub(r"[.,]", "", number) for number in NUMBER.findall(unicodedata.normalize("NFKC", text))}


def named(found: Iterable[str]) -> str:
    """Return the findings as one list for a sentence."""
    return ", ".join(sorted(found))[:200]


def holds_word(value: str, text: str) -> bool:
    """Return whether the value stands in the text as words of its own; scripts without spaces know no such bounds."""
    if not value.isascii() and unicodedata.category(value[0]) == "Lo":
        return value in text
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
