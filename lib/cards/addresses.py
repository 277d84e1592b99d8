"""Postal addresses: told apart so that a village is not taken for a name, nor a street for a company."""

from __future__ import annotations

import re

from lib.cards.layout import Layout
from lib.cards.words import CJK, has_strong, words_of

_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]{2}[\s-]+\d{4,6}\b|\b\d{5}(?:-\d{4})?\b|\b\d{4}\s+[A-Z]\w{2,}|〒"
)
_CJK_PLACE = re.compile(r"[県省市区區町村路号號丁番]")
# Folded: ß is ss, å is a.
_STREETS = ("strasse", "str.", "weg", "platz", "gasse", "allee", "straat", "laan", "plein", "vagen", "gatan", "vej")


def looks_like_address(text: str) -> bool:
    """Return whether a text reads like a part of a postal address."""
    if CJK.search(text):
        return len(_CJK_PLACE.findall(text)) >= 2 and (any(c.isdigit() for c in text) or len(text) > 12)
    has_digit = any(c.isdigit() for c in text)
    if has_digit and (_POSTCODE.search(text) or has_strong(words_of(text), "addresses")):
        return True
    if has_digit and any(word.endswith(_STREETS) for word in words_of(text)):
        return True
    return has_digit and "," in text


def near_addresses(layout: Layout, rests: tuple[str, ...]) -> set[int]:
    """Return the lines right above or below a line of an address: the village over its postcode."""
    addresses = {index for index, rest in enumerate(rests) if looks_like_address(rest)}
    near = {below for index in addresses if (below := layout.next_below(index)) is not None}
    near |= {index for index in range(len(rests)) if layout.next_below(index) in addresses}
    # Once more upwards: street, village, postcode.
    near |= {index for index in range(len(rests)) if layout.next_below(index) in near}
    return near - addresses
