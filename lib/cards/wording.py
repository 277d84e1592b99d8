"""How a chosen stretch of text is written into its field: without what only stands beside the value on the card."""

from __future__ import annotations

import re

from lib.cards.names import are_degrees, is_degree

_BRACKET_BEHIND = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]?$")
_MARKS = re.compile(r"[®™*_+]+$|^[®™*_]+|(?<=[a-z]{4})\.$")
_PRONOUNS = re.compile(r"\s*(?:she|he|they|er|sie|elle|il|ella|él)\s*/.*", re.I)


def as_name(text: str) -> str:
    """Return a name without the remark in brackets behind it: (Mrs.), (B.E., M.B.A.); a nickname inside stays."""
    return _BRACKET_BEHIND.sub("", text).strip(" ,") or text


def as_title(text: str) -> str:
    """Return a title without the degrees round it: Agent of `LUTCF, CLU, Agent`, Broker of `Broker CRS, GRI, ABR`."""
    bracket = _BRACKET_BEHIND.search(text)
    if bracket and (are_degrees(bracket[1]) or _PRONOUNS.fullmatch(bracket[1])):
        text = text[: bracket.start()]
    parts = re.split(r",\s*", text)
    while len(parts) > 1 and are_degrees(parts[0]):
        parts.pop(0)
    behind = 0
    while len(parts) > 1 and are_degrees(parts[-1]):
        behind += 1
        parts.pop()
    words = parts[-1].split()
    # The first of the list stands behind the title without a comma.
    while behind and len(words) > 1 and is_degree(words[-1]):
        words.pop()
    return ", ".join([*parts[:-1], " ".join(words)]) if behind else ", ".join(parts)


def as_company(text: str) -> str:
    """Return a company's name without the marks of a logo: ®, ™, _, a full stop behind a word."""
    return _MARKS.sub("", text).strip() or text
