"""What a card brings that no card should: links, and sentences that give orders."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lib.outreach.merge import Merged

if TYPE_CHECKING:
    from tldextract import TLDExtract

LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+|[^\s@]{1,64}@\S{1,255}\.\w+"
    r"|\b[\w-]{1,63}(?:\.[\w-]{1,63})*\.(?:xn--[a-z0-9-]+|[^\W\d_]{2,})(?:/\S*)?",
    re.IGNORECASE,
)
# The user's own words may hold links; what these variables bring is printed on a card or typed about one.
NAMES = {
    "firstName": "first name",
    "lastName": "last name",
    "fullName": "name",
    "company": "company",
    "title": "title",
    "notes": "notes",
}
# To whoever reads this by machine, in the languages of this product's first users. The words between may be anything.
ORDER = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass)\b.{0,40}
      \b(?:instructions?|prompts?|rules?|above|previous|prior|system)\b
    | \b(?:ignore[rz]?|oublie[rz]?)\b.{0,40}\b(?:instructions?|consignes?|r[eè]gles?|pr[eé]c[eé]dent\w*|ci-dessus)
    | \b(?:ignorier\w*|vergiss|vergessen|missachte\w*)\b.{0,40}
      \b(?:anweisung\w*|regeln?|vorherig\w*|bisherig\w*|obige\w*)
    | \b(?:ignor[ae]\w*|olvid[ae]\w*|dimentica\w*|esque[cç]\w+)\b.{0,40}
      \b(?:instruc\w+|istruzion\w+|instruç\w+|reglas?|regole|anterior\w*|precedent\w*)
    | \b(?:system|developer)\s*(?:prompt|message)\b | \b(?:jailbreak|prompt\s+injection)\b
    | \b(?:add|insert|include|append|click|visit)\b.{0,30}\b(?:this|the|following)\b.{0,20}
      \b(?:link|url|website|address)\b
    | \b(?:ajoute[rz]?|ins[eé]re[rz]?|cliquez|visitez)\b.{0,40}\b(?:lien|url|site|adresse)\b
    | \b(?:füge\w*|klick\w*|besuch\w*)\b.{0,40}\b(?:link|url|seite|adresse)\b
    | \b(?:you\s+are\s+now|act\s+as|pretend\s+to\s+be|from\s+now\s+on)\b
    | </?(?:system|assistant|user|data|instructions?)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def find_carried(merged: Merged) -> list[str]:
    """Return what a person should look at before the e-mail is sent, as sentences; empty for an ordinary card."""
    values = {name: value for name, value in merged.values.items() if name in NAMES}
    linked = [name for name, value in values.items() if holds_link(value)]
    # One look at all of it: an order may be spread over the lines of a card, and so over its fields.
    is_order = reads_like_order(*values.values())
    ordering = [name for name, value in values.items() if reads_like_order(value)] if is_order else []
    return [
        *(f"The {NAMES[name]} on the card holds a link." for name in linked),
        *(f"The {NAMES[name]} on the card reads like an instruction." for name in ordering),
        *(["The card reads like an instruction."] if is_order and not ordering else []),
    ]


def reads_like_order(*values: str) -> bool:
    """Return whether the values, read one after another, tell their reader what to do."""
    text = " ".join(" ".join(values).split())
    return len(text) > 15 and ORDER.search(text) is not None


def holds_link(value: str) -> bool:
    """Return whether an e-mail program would make a link of something in it; Node.js is a name."""
    # Nearly every value is a few plain words.
    if "." not in value and "@" not in value and "://" not in value:
        return False
    return any("://" in link or "@" in link or is_host(link) for link in LINK.findall(value))


def is_host(link: str) -> bool:
    """Return whether the link goes to a host whose ending is one that is given out: example.org, пример.рф."""
    return bool(_endings()(link.strip(".,;:!?()<>«»“”'\"")).top_domain_under_public_suffix)


@cache
def _endings() -> TLDExtract:
    from tldextract import TLDExtract

    # The list in the package: nothing is downloaded.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)
