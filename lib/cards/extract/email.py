"""E-mail addresses, with only those repairs that cannot turn a right address into a wrong one.

Letters of the part before the @ are never changed: measured on generated cards, guessing them from the name broke
more addresses than it mended.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from anyascii import anyascii
from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import Levenshtein

from lib.cards.extract import domains
from lib.cards.words import labels, shape, slug

_ADDRESS = re.compile(r"(?P<local>[\w.+'&-]+)\s?@\s?(?P<domain>[\w-]+(?:\.[\w-]+)*)", re.ASCII)
# Order matters: the @ first, then the dots, then the ending.
_REPAIRS = (
    # An address of the web glued behind: …@acme.comwww.acme.com.
    (re.compile(r"(@[\w-]+(?:\.[\w-]+)*?\.[a-z]{2,4})(?=www\.|https?:|[A-Z][A-Za-z]{1,3}\b)"), r"\1 "),
    (re.compile(r"@{2,}|(?<=\w)[(\[]@"), "@"),
    (re.compile(r"(?<=\w)\s?(?:©|®|\(a\)|\(at\)|\[at\]|\{at\})\s?(?=\w)", re.I), "@"),
    (re.compile(r"(?<=\w)\s*@\s+(?=\w)|(?<=\w{2})\s+@\s*(?=\w+\.)"), "@"),
    (re.compile(r"(?<=@)([\w-]+)[,;·]\s?(?=\w{2,})"), r"\1."),
    # Not the comma between two addresses, nor the one before the next label.
    (re.compile(r"(@[\w-]+(?:\.[\w-]+)*?)\s*[.,]\s+(?=[a-z]{2,}(?:\.[a-z]{2})?(?:$|[\s,;/|]))(?!\w+\s*:)"), r"\1."),
    (re.compile(r"(@[\w-]+(?:\.[\w-]+)*?)\s+[.,]\s*(?=[a-z]{2,}(?:\.[a-z]{2})?(?:$|[\s,;/|]))(?!\w+\s*:)"), r"\1."),
    (re.compile(r"(@[\w.-]+\.)(?:c0m|corn|c0rn|conn|cOm)\b"), r"\1com"),
    (re.compile(r"(@[\w.-]+\.)0rg\b"), r"\1org"),
)
# Endings before which a lost dot is put back: so common that hardly a name ends in them by chance.
_GLUED = ("com", "net", "org", "de", "fr", "it", "es", "nl", "ch", "at", "co.uk", "edu")


@dataclass(frozen=True)
class Email:
    """An address in lower case, the line it stands in and the part it takes; `repaired` when a repair touched it."""

    value: str
    line: int
    start: int
    end: int
    repaired: bool

    @property
    def local(self) -> str:
        """The part before the @."""
        return self.value.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.value.rpartition("@")[2]


def repair(text: str) -> str:
    """Return the text with what an engine does to addresses put right; text without such marks is unchanged."""
    for pattern, replacement in _REPAIRS:
        text = pattern.sub(replacement, text)
    return text


def find_emails(
    text: str, line: int, websites: tuple[str, ...] = (), words: frozenset[str] = frozenset()
) -> list[Email]:
    """Return the line's addresses.

    `websites` are the card's: a domain that looks like one of them becomes it. `words` are those of its other lines:
    where one of them stands before the address with a gap between, the gap was a dot.
    """
    plain = {match.group().lower() for match in _ADDRESS.finditer(text)}
    repaired = _close_gap_before(_close_gaps_behind(repair(text)), words)
    found = []
    for match in _ADDRESS.finditer(repaired):
        begin = _start_of_word(repaired, match.start("local"))
        printed = anyascii(repaired[begin : match.end("local")]).strip(".-'&")
        domain = match["domain"].lower().strip("-_.")
        local = _without_glued_label(printed, words).lower()
        mended = _mend_domain(domain, websites)
        value = f"{local}@{mended}"
        if is_address(value):
            was_touched = mended != domain or local != printed.lower() or match.group().lower() not in plain
            was_touched = was_touched or _is_cut_off(repaired[:begin]) or begin < match.start()
            # Positions only serve to cut the address out of its line: a repaired line is taken whole,
            # but for the address of the web behind it.
            glued = re.search(r"@.*?(?=www\.)", text, re.I)
            start, end = (begin, match.end()) if repaired == text else (0, glued.end() if glued else len(text))
            found.append(Email(value, line, start, end, was_touched))
    return found


def _start_of_word(text: str, start: int) -> int:
    """Return where the word begins that a mailbox ends: an engine reads franz.bœhmler@ for boehmler."""
    while start > 0 and (text[start - 1].isalpha() or text[start - 1] in "._-"):
        start -= 1
    return start


def _without_glued_label(local: str, words: frozenset[str]) -> str:
    """Return a mailbox without the E of a label that the engine glued to it: Ejdoe@ for Jane Doe.

    Only where the card's words make the mailbox without the E and do not make it with the E.
    """
    rest = local[1:]
    if not re.match(r"E[a-z]", local) or not _is_made_of(rest, words):
        return local
    parts = set(re.split(r"[._-]+", rest))
    whole = len(parts) > 1 and parts <= words
    return rest if whole or not _is_made_of(local.lower(), words) else local


def _is_made_of(local: str, words: frozenset[str]) -> bool:
    """Return whether each part of a mailbox is a word, a word's initial, or an initial and a word."""
    words = words | {half for word in words for half in word.split("-")}
    initials = {word[0] for word in words if word}
    parts = [part for part in re.split(r"[._-]+", local) if part]
    made = all(part in words or part in initials or (part[:1] in initials and part[1:] in words) for part in parts)
    return made and any(len(part) > 2 for part in parts)


def _is_cut_off(before: str) -> bool:
    """Return whether the word before an address may belong to it: `b rios@…`. A label of addresses is none.

    In `E b rios@…` and `E e rios@…` the letter is no label: the label stands before it.
    """
    match = re.search(r"(?:^|[\s:|])([A-Za-z][\w.-]*)\s+$", before)
    if match is None:
        return False
    is_label = _is_mail_label(match[1])
    earlier = re.findall(r"[\w@.-]+", before[: match.start()])[-1:]
    return not is_label or (len(match[1]) == 1 and any(_is_mail_label(word) for word in earlier))


def _is_mail_label(word: str) -> bool:
    return labels().get(word.lower().strip(".-")) in ("email", "none")


def _close_gaps_behind(text: str) -> str:
    """Return the text with the dots of a domain put back where the engine saw gaps: @acme co uk, @acme.org:uk."""
    before, at, tail = text.partition("@")
    pieces = [piece for piece in re.split(r"[\s:;,]+", tail) if piece]
    for count in range(min(len(pieces), 3), 1, -1):
        domain = ".".join(pieces[:count]).replace("-", ".") if count == 2 else ".".join(pieces[:count])
        ending = domains.suffix(domain.lower())
        # All pieces but the first must belong to the ending: else a word that stands behind would be taken in.
        if ending and domain.count(".") == ending.count(".") + 1:
            return " ".join([before + at + domain, *pieces[count:]])
    return text


def _close_gap_before(text: str, words: frozenset[str]) -> str:
    """Return the text with the dot put back between a name's word and the rest of the mailbox: jane doe@."""
    match = re.match(r"^(.*?)([A-Za-z]{2,})[\s_:;,.]*[\s:;,][\s_:;,.]*([\w.-]+@.*)$", text)
    if match is None or match[2].lower() not in words or match[2].lower() in labels():
        return text
    return f"{match[1]}{match[2]}.{match[3]}"


def _mend_domain(domain: str, websites: tuple[str, ...]) -> str:
    """Return the domain, or the website's that it looks like, or itself with the dot before its ending put back."""
    for website in websites:
        host = domains.owned(website.split("/", 1)[0])
        if domain != host and (_looks_like(domain, host)):
            return host
    if domains.is_known(domain):
        return domain
    for ending in _GLUED:
        glued = ending.replace(".", "")
        name = domain.replace(".", "")[: -len(glued)] if ending == "co.uk" else domain[: -len(glued)]
        if domain.replace(".", "").endswith(glued) and len(name) >= 3 and "." not in name:
            return f"{name.rstrip('.')}.{ending}"
    return domain


def _looks_like(domain: str, host: str) -> bool:
    """Return whether a reader could take one for the other: the same shapes, or an unknown ending and one letter off.

    A domain with an ending that exists is only replaced when nothing but look-alike characters differ.
    """
    same_shape = shape(domain) == shape(host)
    near = Levenshtein.distance(domain, host) <= max(1, len(host) // 10)
    return same_shape or (near and not domains.is_known(domain))


def is_address(value: str) -> bool:
    """Return whether an address could receive mail: its form (RFC 5321) and an ending that exists."""
    if not domains.is_known(value.rpartition("@")[2]):
        return False
    try:
        validate_email(value, check_deliverability=False, test_environment=value.endswith(".test"))
    except EmailNotValidError:
        return False
    return True


def join_broken(lines: list[str]) -> list[tuple[int, int, str]]:
    """Return (first, second, joined) for neighbouring lines over which one address was broken at its @."""
    joined = []
    for index, (upper, lower) in enumerate(pairwise(lines)):
        breaks = upper.rstrip().endswith("@") or lower.lstrip().startswith("@")
        last = upper.split()[-1:]
        if breaks and any(c.isalpha() for word in last for c in word) and not _ADDRESS.search(lower):
            joined.append((index, index + 1, upper.rstrip() + lower.lstrip()))
    return joined


# What engines see in an @.
_LIKE_AT = "eagqcoGQCO0©®&"


def mend_at(text: str, line: int, websites: tuple[str, ...], names: Collection[str]) -> Email | None:
    """Return the address in a text whose @ was read as a letter: mitogacme.com, where the card has www.acme.com.

    The part behind must be another line's website, or be named like another line (`names`: their slugs).
    """
    lowered = text.lower()
    for at in range(2, len(text) - 3):
        host = lowered[at + 1 :]
        if text[at] not in _LIKE_AT or not domains.is_known(host) or "www" in lowered[:at]:
            continue
        own = host in {website.split("/", 1)[0] for website in websites if website != lowered}
        named = len(domains.label(host)) >= 5 and slug(domains.label(host)) in names
        value = f"{lowered[:at].strip('._-')}@{host}"
        if (own or named) and is_address(value):
            return Email(value, line, 0, len(text), repaired=True)
    return None
