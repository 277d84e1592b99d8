"""The stretches of text that may be a name, a title or a company: lines, parts of lines, lines joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

from rapidfuzz import fuzz, process

from lib.cards.glue import unglue
from lib.cards.layout import Layout
from lib.cards.legal import find_legal_form
from lib.cards.names import Name, known_share, parse_name
from lib.cards.words import CJK, has_strong, share_in, word_list, words_of

_SEPARATOR = re.compile(r"\s*[|•·;/]\s+|\s+[–—-]\s+|\s*,\s+|\s+(?:at|bei|chez)\s+")
_POSTCODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]{2}[\s-]+\d{4,6}\b|\b\d{5}(?:-\d{4})?\b|\b\d{4}\s+[A-Z]\w{2,}|〒"
)
_CJK_PLACE = re.compile(r"[県省市区區町村路号號丁番]")
_DEPARTMENT = re.compile(
    r"^(faculty|department|dept|division|div\.|abteilung|institut für|fachbereich|département|departamento|afdeling|"
    r"research (&|and) development|creative strategy|(human|people) (resources|operations)|sales department)\b",
    re.I,
)
_LEADING = re.compile(r"^[^\w(\"'“]+|[^\w.)!'\"”+]+$")


@dataclass(frozen=True)
class Span:
    """A stretch of text: the lines it comes from and the pieces (line, part) that it takes."""

    text: str
    lines: tuple[int, ...]
    pieces: frozenset[tuple[int, int]]
    height: float  # of its letters, against the card's usual
    rank: float  # from the top, 0-1
    near_address: bool = False
    is_part: bool = False
    is_repaired: bool = False
    links: tuple[str, ...] = ()  # the texts of the lines, where several are joined

    @cached_property
    def words(self) -> list[str]:
        """The folded words."""
        return words_of(self.text)

    @cached_property
    def name(self) -> Name | None:
        """The text as a person's name, where its form allows it."""
        return parse_name(self.text)

    @cached_property
    def known_names(self) -> float:
        """The share of words known as names, 0-1."""
        return known_share(self.name) if self.name else 0.0

    @cached_property
    def title_share(self) -> float:
        """The share of words that titles are made of, 0-1; small words count for neither side."""
        if CJK.search(self.text):
            return 1.0 if self.has_title_word else 0.0
        # What stands behind a comma may be anything (Designer, blown glass): the best part speaks for the whole.
        parts = [_counted(words_of(part)) for part in (*self.text.split(","), *self.links)]
        best = max(share_in(part, "titles") for part in parts)
        return max(share_in(_counted(self.words), "titles"), 0.85 * best)

    @cached_property
    def has_title_word(self) -> bool:
        """Whether a word stands in it that makes a title by itself."""
        if CJK.search(self.text):
            return any(word in self.text for word in _cjk_titles())
        parts = [part for word in self.words for part in [word, *word.split("-")]]
        return has_strong(parts, "titles") or _has_glued_title(self.words) or _has_misread_title(self.words)

    @cached_property
    def legal_form(self) -> str | None:
        """The legal form at its end (or start): GmbH, Inc., ООО, 株式会社."""
        return find_legal_form(self.text)

    @cached_property
    def company_share(self) -> float:
        """The share of words that names of companies are made of, 0-1."""
        return share_in(self.words, "companies")

    @cached_property
    def is_institution(self) -> bool:
        """Whether it has a word that nearly only companies and institutions are named with."""
        return share_in(self.words, "institutions") > 0

    @cached_property
    def slogan_share(self) -> float:
        """The share of words that slogans are made of, 0-1."""
        return share_in(self.words, "slogans")

    @cached_property
    def is_department(self) -> bool:
        """Whether it names a part of a company."""
        return is_department(self.text)

    @cached_property
    def is_address(self) -> bool:
        """Whether it reads like a part of a postal address."""
        return looks_like_address(self.text)

    @cached_property
    def holds_name(self) -> bool:
        """Whether a part of it is a known name: `Jane Doe, Engineer` is no title."""
        parts = [parse_name(part) for part in _SEPARATOR.split(self.text)] if not self.is_part else []
        return any(part and len(part.tokens) > 1 and known_share(part) == 1 for part in parts)

    @cached_property
    def digits(self) -> int:
        """How many digits stand in it."""
        return sum(c.isdigit() for c in self.text)


_SMALL = {
    "of",
    "the",
    "and",
    "&",
    "for",
    "de",
    "du",
    "des",
    "la",
    "le",
    "del",
    "di",
    "da",
    "do",
    "und",
    "et",
    "e",
    "y",
    "für",
    "in",
    "i",
    "van",
    "to",
    "en",
}


def _counted(words: list[str]) -> list[str]:
    """Return the words that say something; a compound that is not in the list counts by its parts."""
    known = word_list("titles")
    parts = [part for word in words for part in ([word] if word in known else word.split("-"))]
    return [part for part in parts if len(part) > 1 and part not in _SMALL]


def _has_glued_title(words: list[str]) -> bool:
    """Return whether a long word is several title words that the engine ran together."""
    long_words = [word for word in words if len(word) >= 11 and not _is_listed(word)]
    strong = [word for word, is_strong in word_list("titles").items() if is_strong and len(word) >= 6]
    return any(word.startswith(s) or word.endswith(s) for word in long_words for s in strong if word != s)


def _is_listed(word: str) -> bool:
    return any(word in word_list(name) for name in ("titles", "companies", "institutions"))


def _has_misread_title(words: list[str]) -> bool:
    """Return whether a long word is a title's but for a letter or two that the engine misread."""
    long_words = [word for word in words if len(word) >= 8 and not _is_listed(word)]
    return any(_is_misread_title(word) for word in long_words)


@lru_cache(maxsize=4096)
def _is_misread_title(word: str) -> bool:
    return process.extractOne(word, _long_titles(), score_cutoff=86, scorer=fuzz.ratio) is not None


@cache
def _long_titles() -> list[str]:
    return [word for word, is_strong in word_list("titles").items() if is_strong and len(word) >= 8]


def _cjk_titles() -> list[str]:
    return [word for word, is_strong in word_list("titles").items() if is_strong and CJK.search(word)]


def is_department(text: str) -> bool:
    """Return whether a text names a part of a company."""
    return bool(_DEPARTMENT.match(text))


def looks_like_address(text: str) -> bool:
    """Return whether a text reads like a part of a postal address."""
    if CJK.search(text):
        return len(_CJK_PLACE.findall(text)) >= 2 and (any(c.isdigit() for c in text) or len(text) > 12)
    has_digit = any(c.isdigit() for c in text)
    if has_digit and (_POSTCODE.search(text) or has_strong(words_of(text), "addresses")):
        return True
    stems = (
        "strasse",
        "str.",
        "straße",
        "weg",
        "platz",
        "gasse",
        "allee",
        "straat",
        "laan",
        "plein",
        "vagen",
        "gatan",
        "vej",
    )
    if has_digit and any(word.endswith(stems) for word in words_of(text)):
        return True
    return has_digit and "," in text


def make_spans(layout: Layout, rests: tuple[str, ...], mailbox_words: frozenset[str] = frozenset()) -> list[Span]:
    """Return every stretch that may be a field.

    `rests` are the lines' texts without contact details; `mailbox_words` help to cut names that were run together.
    """
    near = _near_addresses(layout, rests)
    spans: list[Span] = []
    for index, rest in enumerate(rests):
        text = _tidy(rest)
        if sum(c.isalpha() for c in text) < 2:
            continue
        parts = [part for part in _SEPARATOR.split(text) if sum(c.isalpha() for c in part) >= 2]
        whole = frozenset((index, k) for k in range(max(len(parts), 1)))
        spans.append(_span(layout, text, (index,), whole, index in near))
        if cut := unglue(text, mailbox_words):
            spans.append(replace(spans[-1], text=cut, is_repaired=True))
        for k, part in enumerate(parts if len(parts) > 1 else []):
            one = _span(layout, part.strip(), (index,), frozenset({(index, k)}), index in near, is_part=True)
            spans.append(one)
    return spans + _joined(layout, [span for span in spans if not span.is_part], rests)


def _tidy(rest: str) -> str:
    """Return a text without signs at its ends, and with the l of s.r.l. that engines take for an I."""
    return re.sub(r"\b([Ss]\.[Rr]\.)I\.", r"\1l.", _LEADING.sub("", rest).strip())


def _span(
    layout: Layout,
    text: str,
    lines: tuple[int, ...],
    pieces: frozenset[tuple[int, int]],
    near: bool,
    *,
    is_part: bool = False,
) -> Span:
    height = max(layout.relative_height(line) for line in lines)
    return Span(text, lines, pieces, height, layout.ranks[lines[0]], near, is_part)


def _joined(layout: Layout, spans: list[Span], rests: tuple[str, ...]) -> list[Span]:
    """Return the spans of two and three lines that stand below each other in letters of one size."""
    by_line = {span.lines[0]: span for span in spans if not span.is_repaired}
    joined = []
    for span in by_line.values():
        chain = [span]
        while len(chain) < 3:
            below = layout.next_below(chain[-1].lines[0])
            if below is None or below not in by_line or by_line[below] in chain:
                break
            chain.append(by_line[below])
            # From the rests: the sign at a break ("Finance &") is no rubbish there.
            text = _tidy(" ".join(rests[link.lines[0]] for link in chain))
            pieces = frozenset().union(*(link.pieces for link in chain))
            near = any(link.near_address for link in chain)
            one = _span(layout, text, tuple(link.lines[0] for link in chain), pieces, near)
            joined.append(replace(one, links=tuple(rests[link.lines[0]] for link in chain)))
    return joined


def _near_addresses(layout: Layout, rests: tuple[str, ...]) -> set[int]:
    """Return the lines right above or below a line of an address: the village over its postcode."""
    addresses = {index for index, rest in enumerate(rests) if looks_like_address(rest)}
    near = {below for index in addresses if (below := layout.next_below(index)) is not None}
    near |= {index for index in range(len(rests)) if layout.next_below(index) in addresses}
    # Once more upwards: street, village, postcode.
    near |= {index for index in range(len(rests)) if layout.next_below(index) in near}
    return near - addresses
