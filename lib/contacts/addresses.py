"""E-mail addresses and domains in the one form in which they are compared; never in what is stored.

Better somebody too many is left alone than one who asked for it is written to: spellings that may be one mailbox are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

import idna
import tldextract

from lib.errors import NotValid
from lib.text import strip_hidden

Kind = Literal["address", "domain"]
# Gmail ignores dots in mailboxes, and its two domains are one.
GMAIL = {"gmail.com", "googlemail.com"}
# How people and their programs write an address: "Ada" <ada@example.com>, mailto:ada@example.com.
WRAPPED = re.compile(r"^.*<\s*([^<>]+?)\s*>\W*$", re.DOTALL)
MAILBOX = re.compile(r"[^\s@,:;<>()\[\]\\\"]+")
MAILTO = re.compile(r"^mailto:\s*", re.IGNORECASE)
# *@example.com and @example.com mean everybody there; *.example.com too, as subdomains always do.
EVERYBODY = re.compile(r"^(?:\*?@|\*\.)")
ADVICE = "Give an address such as ada@example.com, or a domain such as example.com."


def parse(text: str) -> tuple[Kind, str]:
    """Return what a person or a file gave: an address or a domain, as it is compared. Raises NotValid, saying why."""
    value = _unwrapped(text)
    if not value:
        raise NotValid("Nothing is there.", ADVICE)
    mailbox, at, host = value.rpartition("@")
    domain = _checked_domain(host)
    if not at:
        return "domain", domain
    if not MAILBOX.fullmatch(mailbox) or len(mailbox) > 64:
        raise NotValid("This is not an e-mail address.", ADVICE)
    return "address", f"{fold_mailbox(mailbox, domain)}@{domain}"


def fold_address(email: str) -> tuple[str, str]:
    """Return a stored address as it is compared, and its domain; whatever it looks like."""
    mailbox, _, host = _visible(email).rpartition("@")
    domain = fold_domain(host)
    return f"{fold_mailbox(mailbox, domain)}@{domain}", domain


def fold_mailbox(mailbox: str, domain: str) -> str:
    """Return the part before the @: small letters, one apostrophe, no tag behind a plus, at Gmail no dots."""
    folded = mailbox.lower()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", mailbox).lower()).replace("’", "'")
    # A mailbox that is all tag keeps it.
    folded = folded.partition("+")[0] or folded
    return (folded.replace(".", "") or folded) if domain == "gmail.com" else folded


@lru_cache(maxsize=65_536)
def fold_domain(host: str) -> str:
    """Return the domain in small ASCII letters (IDNA, UTS 46); where it has no such form, in small letters."""
    folded = host.strip().strip(".").lower()
    if not folded.isascii():
        try:
            folded = idna.encode(folded, uts46=True).decode()
        except idna.IDNAError:
            folded = unicodedata.normalize("NFKC", folded)
    return "gmail.com" if folded in GMAIL else folded


@lru_cache(maxsize=65_536)
def domains_above(domain: str) -> tuple[str, ...]:
    """Return the domain and those that it is part of: mail.example.com, example.com."""
    labels = domain.split(".")
    return tuple(".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))


def _visible(text: str) -> str:
    # Nearly every address is plain, and looking at each character is what takes long.
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", strip_hidden(text)).strip()


def _unwrapped(text: str) -> str:
    value = _visible(text).strip("'\"").strip()
    wrapped = WRAPPED.match(value) if ">" in value else None
    value = MAILTO.sub("", wrapped[1] if wrapped else value).replace("＠", "@")
    return EVERYBODY.sub("", value).rstrip(".,;")


@lru_cache(maxsize=65_536)
def _checked_domain(host: str) -> str:
    domain = fold_domain(host)
    labels = domain.split(".")
    if len(labels) < 2 or len(domain) > 253 or not all(_is_label(label) for label in labels) or labels[-1].isdigit():
        raise NotValid("This is neither an e-mail address nor a domain.", ADVICE)
    if domain == _extractor()(domain).suffix:
        raise NotValid("This is the ending of many domains.", "Give the whole domain, such as example.com.")
    return domain


def _is_label(label: str) -> bool:
    return re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?", label) is not None


@cache
def _extractor() -> tldextract.TLDExtract:
    # No addresses and no cache folder: the list in the package is used, nothing is fetched or written.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
