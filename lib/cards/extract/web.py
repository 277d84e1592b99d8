"""Websites and LinkedIn profiles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.cards.extract import domains
from lib.cards.words import fold

SOCIAL = {"linkedin", "facebook", "fb", "x", "twitter", "instagram", "youtube", "xing", "wa", "t", "github", "tiktok"}

_URL = re.compile(
    r"(?P<scheme>h?ttps?\s*[:;.]?\s*//?\s*)?(?P<www>w{3,4}\s?[.,·]\s?)?"
    r"(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)(?::\d+)?(?P<path>/[\w./?=&%#~-]*)?",
    re.IGNORECASE | re.ASCII,
)
_PROFILE = re.compile(
    r"(?:linked\s?in\s*\.\s?com\s*)?/?\b(?P<kind>in|pub|company)\s?/\s?(?P<handle>[\w%-]{3,100})", re.I
)
_LABELLED = re.compile(r"^linked\s?in\s*[:.|/@-]*\s*(?P<handle>[a-z0-9][a-z0-9-]{2,99})$", re.I)


@dataclass(frozen=True)
class Found:
    """A value, the line it stands in, and the part of that line's text that it takes."""

    value: str
    line: int
    start: int
    end: int


def find_website(text: str, line: int) -> Found | None:
    """Return the line's website without scheme and www., or None. E-mail addresses are blanked out before."""
    found = _find_website(text, line)
    if found is None and _BROKEN.search(text):
        mended = _find_website(mend(text), line)
        # Positions in the mended text say nothing of the printed one: the line is taken whole.
        found = Found(mended.value, line, 0, len(text)) if mended else None
    return found


_BROKEN = re.compile(r"\bhttps?\b|l?www", re.I)
_MENDS = (
    (re.compile(r"\bhttps?\W*(?:[Il|/]\s?){0,3}(?=l?www|\w+[.\s])", re.I), "http://"),
    (re.compile(r"l?www[\s.,;:]*", re.I), "www."),
    (re.compile(r"(?<=[a-z])[Il](?=in/)|\b(?<=com)lin/", re.I), "/"),
    (re.compile(r"(?<=[a-z0-9])[\s,;:]+(?=(?:[a-z]{2,3}[.\s-])?[a-z]{2,7}(?:/|$))", re.I), "."),
)


def mend(text: str) -> str:
    """Return an address of the web with the dots and slashes put back that an engine dropped: www acme com."""
    for pattern, replacement in _MENDS:
        text = pattern.sub(replacement, text)
    return text


def _find_website(text: str, line: int) -> Found | None:
    for match in _URL.finditer(text):
        host = match["host"].lower().strip(".")
        marked = bool(match["scheme"] or match["www"])
        if www := re.match(r"[li]?w{1,4}\.", host):
            host, marked = host[www.end() :], True
        if domains.is_known(host) and domains.label(host) not in SOCIAL and (marked or _looks_bare(match["host"])):
            path = (match["path"] or "").rstrip("/.,")
            return Found(host + path, line, match.start(), match.end())
    return None


def _looks_bare(host: str) -> bool:
    """Return whether a host without http or www is one: not the full stop between two sentences or initials."""
    name = host.split(".", 1)[0]
    return len(domains.label(host.lower())) >= 3 and (host == host.lower() or name == name.upper())


def find_social(text: str, line: int) -> Found | None:
    """Return an address in a social network other than LinkedIn, so that nothing else takes its line."""
    for match in _URL.finditer(text):
        host = match["host"].lower()
        if match["path"] and domains.label(host) in SOCIAL - {"linkedin"}:
            return Found(host + match["path"], line, match.start(), match.end())
    return None


def find_linkedin(text: str, line: int) -> Found | None:
    """Return the profile, https://www.linkedin.com/in/…, also where only /in/… or a labelled name stands."""
    match = _PROFILE.search(text) or _PROFILE.search(re.sub(r"(?i)(linkedin\W?com)[Il|]?(in/)", r"\1/\2", text))
    if match and (match.start() == 0 or "linkedin" in fold(text).replace(" ", "") or _after_label(text, match)):
        return _profile(match["kind"].lower(), match, line)
    match = _LABELLED.match(text.strip())
    if match and match["handle"].lower() != "com":
        return _profile("in", match, line)
    return None


def _after_label(text: str, match: re.Match[str]) -> bool:
    return bool(re.fullmatch(r"\W*(in|li|l)?\W*", text[: match.start()], re.I))


def _profile(kind: str, match: re.Match[str], line: int) -> Found:
    handle = match["handle"].strip("-").lower()
    return Found(f"https://www.linkedin.com/{kind}/{handle}", line, match.start(), match.end())
