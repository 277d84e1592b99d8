"""What a domain name says: whether its ending exists, whose it is, which country."""

from __future__ import annotations

from functools import cache

import tldextract

from lib.cards.words import word_list

# Reserved for examples (RFC 2606): nobody's, but rightly printed on demonstration cards.
RESERVED = ("example", "test")
# Country endings that are sold as words, and say nothing of a country.
GENERIC_COUNTRIES = {"io", "ai", "co", "me", "tv", "cc", "fm", "ly", "gg", "to", "sh", "so", "la", "ws", "eu"}


@cache
def _extractor() -> tldextract.TLDExtract:
    # No addresses and no cache folder: the list in the package is used, nothing is fetched or written.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def suffix(domain: str) -> str:
    """Return the public suffix (`co.uk`), or "" when the domain ends in none that exists."""
    if domain.rsplit(".", 1)[-1] in RESERVED and "." in domain:
        return domain.rsplit(".", 1)[-1]
    return _extractor()(domain).suffix


def is_known(domain: str) -> bool:
    """Return whether the domain has an existing ending and a name before it."""
    ending = suffix(domain)
    return bool(ending) and len(domain) > len(ending) + 1


def label(domain: str) -> str:
    """Return the part that its owner chose: `acme` of mail.acme.co.uk."""
    ending = suffix(domain)
    rest = domain[: -len(ending) - 1] if ending else domain
    return rest.rsplit(".", 1)[-1]


def owned(domain: str) -> str:
    """Return label and suffix: acme.co.uk of mail.acme.co.uk."""
    ending = suffix(domain)
    return f"{label(domain)}.{ending}" if ending else domain


def is_freemail(domain: str) -> bool:
    """Return whether the domain gives mailboxes to everybody."""
    return domain in word_list("freemail")


def region(domain: str) -> str | None:
    """Return the country (ISO 3166, two letters) that the ending names, or None."""
    ending = domain.rsplit(".", 1)[-1]
    if len(ending) != 2 or ending in GENERIC_COUNTRIES:
        return None
    return {"uk": "GB"}.get(ending, ending.upper())
