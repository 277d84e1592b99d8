"""Mail merge: `{{firstName}}`, `{{firstName|there}}` and `{{firstName | default: "there"}}` become values, once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, Protocol

from lib.outreach.variables import VARIABLES, Facts
from lib.text import strip_hidden

SUBJECT_LIMIT = 500
TAG = re.compile(r"\{\{(?P<name>[^{}|\n]*)(?:\|(?P<fallback>[^{}\n]*))?\}\}")
# What only looks like a tag, outside of one. Other single braces are text.
STRAY = re.compile(r"\{\{\s*(?P<half>\w+)\s*\}(?!\})|\{\{|\}\}|(?<!\{)\{\s*(?P<name>\w+)\s*\}(?!\})")
# What people write for a variable that is called otherwise.
ALIASES = {"name": "fullName", "event": "eventName", "date": "eventDate", "linkedin": "linkedinUrl"}
DEFAULT = re.compile(r"default\s*:\s*(?P<text>.*)", re.DOTALL)
# Phones turn straight quotes into these.
QUOTES = {'"': '"', "'": "'", "“": "”", "„": "“", "‘": "’", "”": "”"}
MISSING = re.compile(rf"\[({'|'.join(VARIABLES)})\?\]")

Part = Literal["subject", "body"]


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be merged; line and column count from 1."""

    part: Part
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.part}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class Merged:
    """An e-mail with its values in place; `missing` names the variables that had none, `values` has the others."""

    subject: str
    body: str
    missing: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


class HasWords(Protocol):
    """A subject and a body with `{{variables}}`: a template, or what a campaign kept of one."""

    @property
    def subject(self) -> str:
        """The subject."""

    @property
    def body(self) -> str:
        """The body."""


def find_problems(subject: str, body: str) -> list[Problem]:
    """Return what keeps the two texts from being merged, in reading order; empty when nothing does."""
    return [*_problems_of("subject", subject), *_problems_of("body", body)]


def find_variables(*texts: str) -> list[str]:
    """Return the known variables that the texts use, in the table's order."""
    used = {match["name"].strip() for text in texts for match in TAG.finditer(text)}
    return [name for name in VARIABLES if name in used]


def find_missing(*texts: str) -> list[str]:
    """Return the variables that had no value, as the marks `[company?]` left in the texts tell."""
    marked = {name for text in texts for name in MISSING.findall(text)}
    return [name for name in VARIABLES if name in marked]


def merge_email(subject: str, body: str, facts: Facts) -> Merged:
    """Return the e-mail for one person; an unknown value without fallback becomes a visible `[company?]`."""
    subject_parts, body_parts = _split(subject), _split(body)
    names = dict.fromkeys(part.name for part in (*subject_parts, *body_parts) if part.name)
    values = {name: value for name in names if (value := _read(name, facts)) is not None}
    wanted = {part.name for part in (*subject_parts, *body_parts) if part.fallback is None} - values.keys()
    return Merged(
        subject=as_subject(_merge(subject_parts, values)),
        body=strip_hidden(_merge(body_parts, values)).strip(),
        missing=tuple(name for name in VARIABLES if name in wanted),
        values=values,
    )


def as_subject(text: str) -> str:
    """Return `text` as a subject may be: one line of at most 500 characters."""
    line = " ".join(strip_hidden(text).split())
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1].rstrip() + "…"


@dataclass(frozen=True)
class _Part:
    """Text as it stands in the template, or the name of a variable with its fallback."""

    text: str = ""
    name: str = ""
    fallback: str | None = None


@lru_cache(maxsize=64)
def _split(text: str) -> tuple[_Part, ...]:
    """Return the template's text in parts, found once for all the people it is sent to."""
    parts, place = [], 0
    for match in TAG.finditer(text):
        fallback = None if match["fallback"] is None else _fallback(match["fallback"])
        parts += [_Part(text=text[place : match.start()]), _Part(name=match["name"].strip(), fallback=fallback)]
        place = match.end()
    return (*parts, _Part(text=text[place:]))


def _read(name: str, facts: Facts) -> str | None:
    """Return the variable's value, cleaned; None where it is unknown, blank, or no variable at all."""
    variable = VARIABLES.get(name)
    return (strip_hidden(variable.read(facts) or "").strip() or None) if variable else None


def _merge(parts: tuple[_Part, ...], values: Mapping[str, str]) -> str:
    # Parts are joined, never searched again: a value that holds braces stays what it is.
    return "".join(_value_of(part, values) if part.name else part.text for part in parts)


def _value_of(part: _Part, values: Mapping[str, str]) -> str:
    value = values.get(part.name)
    if value is None:
        return f"[{part.name}?]" if part.fallback is None else part.fallback
    return value if part.name == "notes" else " ".join(value.split())


def _fallback(text: str) -> str:
    """Return the words of `there` or of `default: "there"`."""
    found = DEFAULT.fullmatch(text.strip())
    words = found["text"].strip() if found else text.strip()
    if len(words) >= 2 and QUOTES.get(words[0]) == words[-1]:
        return words[1:-1]
    return words


def _problems_of(part: Part, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        found = [(match.start(), _unknown(match["name"].strip()) or _third(match)) for match in TAG.finditer(line)]
        # Tags become spaces, so that places stay and only what is wrong with the rest is left.
        rest = TAG.sub(lambda match: " " * len(match.group()), line)
        found += [(match.start(), _stray(match)) for match in STRAY.finditer(rest)]
        yield from (Problem(part, number, start + 1, message) for start, message in sorted(found) if message)


def _unknown(name: str) -> str:
    """Return what is wrong with the variable's name, nothing for a known one."""
    if name in VARIABLES:
        return ""
    if not name:
        return "no variable between {{ and }}; write one, such as {{firstName}}"
    known = ALIASES | {variable.lower(): variable for variable in VARIABLES}
    close = get_close_matches(re.sub(r"[\W_]", "", name).lower(), known, n=1, cutoff=0.6)
    hint = f"did you mean {{{{{known[close[0]]}}}}}?" if close else f"there are {', '.join(VARIABLES)}"
    return f"unknown variable {{{{{name}}}}}; {hint}"


def _third(match: re.Match[str]) -> str:
    """Return what is wrong with a brace beside the tag's own, nothing where there is none."""
    before, behind = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return f"one brace too many: write {match.group()}" if before == "{" or behind == "}" else ""


def _stray(match: re.Match[str]) -> str:
    if match["name"]:
        return f"single braces: write {{{{{match['name']}}}}}, not {{{match['name']}}}"
    if match["half"]:
        return f"one brace is missing: write {{{{{match['half']}}}}}, not {{{{{match['half']}}}"
    if match.group() == "{{":
        return "'{{' is never closed with '}}' on this line"
    return "'}}' without a '{{' before it on this line"
