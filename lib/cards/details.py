"""The contact details of a card, and what of each line is left without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lib.cards.addresses import looks_like_address
from lib.cards.extract import domains
from lib.cards.extract.email import Email, find_emails, join_broken, mend_at
from lib.cards.extract.phones import Phone, find_phones, regions_of, with_e164
from lib.cards.extract.regions import regions_in_text
from lib.cards.extract.web import Found, find_linkedin, find_social, find_website
from lib.cards.words import fold, labels, slug, words_of

_AT_WORD = re.compile(r"\S*(?:@|©|\(a\)|\(at\))\s?\S*", re.I)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What was found, and `rests`: the text of each line that is left over ("" where nothing is)."""

    emails: tuple[Email, ...]
    websites: tuple[Found, ...]
    linkedin: Found | None
    phones: tuple[Phone, ...]
    rests: tuple[str, ...]
    # The lines of which the rest is not the whole.
    cut: frozenset[int]

    @property
    def labels(self) -> list[str]:
        """The names in the card's own domains (`acme` of acme.com), the website's first, without free mail."""
        hosts = [website.value.split("/", 1)[0] for website in self.websites]
        hosts += [email.domain for email in self.emails if not domains.is_freemail(email.domain)]
        return list(dict.fromkeys(domains.label(host) for host in hosts))


def find_details(texts: list[str], region: str) -> Details:
    """Return the details of a card's lines. `region`: the country of numbers that nothing else places."""
    rests = list(texts)
    profiles = _cut(rests, find_linkedin)
    outside = [_AT_WORD.sub(" ", text) for text in rests]
    hosts = tuple(w.value for i, text in enumerate(outside) if (w := find_website(text, i)))
    emails = _cut_emails(rests, hosts)
    emails += _cut_misread(rests, hosts, texts) if not emails else []
    websites = _cut(rests, find_website)
    _cut(rests, find_social)
    phones = _cut_phones(rests, [*emails, *websites], regions_in_text(texts), region)
    left = [rest if rest == text else _without_labels(rest) for rest, text in zip(rests, texts, strict=True)]
    return Details(
        emails=tuple(emails),
        websites=tuple(websites),
        linkedin=next(iter(profiles), None),
        phones=tuple(phones),
        rests=tuple(left),
        cut=frozenset(i for i, (rest, text) in enumerate(zip(left, texts, strict=True)) if rest != text),
    )


def _cut(rests: list[str], find: Callable[[str, int], Found | None]) -> list[Found]:
    """Return what is found in each line, and blank it out there."""
    found = []
    for index in range(len(rests)):
        while (item := find(rests[index], index)) is not None and item.end > item.start:
            found.append(item)
            _blank(rests, index, item.start, item.end)
    return found


def _cut_emails(rests: list[str], hosts: tuple[str, ...]) -> list[Email]:
    emails: list[Email] = []
    for index in range(len(rests)):
        words = frozenset(word for i, rest in enumerate(rests) if i != index for word in words_of(rest))
        here = find_emails(rests[index], index, hosts, words)
        emails += here
        for email in here:
            _blank(rests, index, email.start, email.end)
    for first, second, joined in join_broken(rests):
        for email in find_emails(joined, first, hosts):
            emails.append(Email(email.value, first, 0, len(rests[first]), repaired=True))
            rests[first] = rests[second] = ""
    unique: dict[str, Email] = {}
    for email in emails:
        unique.setdefault(email.value, email)
    return list(unique.values())


def _cut_misread(rests: list[str], hosts: tuple[str, ...], texts: list[str]) -> list[Email]:
    """Return the address whose @ was read as a letter, and cut it out: only the card's own names give it away."""
    names = {slug(text) for text in texts} - {""}
    for index, rest in enumerate(rests):
        for match in _HOST_LIKE.finditer(rest):
            email = mend_at(match.group(), index, hosts, names)
            if email is not None:
                _blank(rests, index, 0, len(rest))
                return [email]
    return []


_HOST_LIKE = re.compile(r"(?<![/\w.])[\w.+-]+\.[a-z]{2,}(?![\w/])", re.I | re.A)


def _cut_phones(rests: list[str], addressed: list[Email | Found], hints: list[str], region: str) -> list[Phone]:
    found = [phone for index, rest in enumerate(rests) for phone in find_phones(rest, index)]
    printed = [phone for phone in found if not _is_of_address(phone, rests[phone.line])]
    hosts = [a.domain if isinstance(a, Email) else a.value.split("/", 1)[0] for a in addressed]
    endings = [country for host in hosts if (country := domains.region(host))]
    regions = regions_of(printed, endings, hints, region)
    phones = [phone for one in printed if (phone := with_e164(one, regions)) is not None]
    for phone in phones:
        _blank(rests, phone.line, phone.start, phone.end)
    return phones


def _is_of_address(phone: Phone, text: str) -> bool:
    """Return whether a number without label is that of a house and a postcode: Via Carriona, 214 - 54033 Carrara."""
    digits = sum(c.isdigit() for c in phone.printed)
    return not phone.is_labelled and "+" not in phone.printed and digits <= 8 and looks_like_address(text)


def _blank(rests: list[str], index: int, start: int, end: int) -> None:
    text = rests[index]
    rests[index] = text[:start] + " " * (min(end, len(text)) - start) + text[end:]


_SIGNS = " .;,|-/@()[]#+•·–"


def _without_labels(rest: str) -> str:
    """Return what is left of a line from which a detail was cut, without the words that announced it."""
    kept = [word for word in rest.split() if not _is_label(word)]
    # The colon stays: what stands before it is what a detail is called, Secretary: or Home:.
    text = " ".join(kept).lstrip(_SIGNS + ":").rstrip(_SIGNS)
    return text if sum(c.isalpha() for c in text) >= 3 else ""


def _is_label(word: str) -> bool:
    """Return whether a word announces a detail, or several: Tel., Tel/Fax."""
    return all(part.strip(".:;,|-/@()[]#+") in labels() for part in fold(word).strip("/").split("/"))
