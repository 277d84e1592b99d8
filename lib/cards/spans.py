"""The stretches of text that may be a name, a title or a company: lines, parts of lines, lines joined."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lib.cards.layout import Layout
from lib.cards.names import Name, known_share, parse_name
from lib.cards.words import CJK, fold, has_strong, share_in, word_list, words_of

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
        counted = [word for word in self.words if len(word) > 1 and word not in _SMALL]
        return share_in(counted, "titles")

    @cached_property
    def has_title_word(self) -> bool:
        """Whether a word stands in it that makes a title by itself."""
        if CJK.search(self.text):
            return any(word in self.text for word in _cjk_titles())
        parts = [part for word in self.words for part in [word, *word.split("-")]]
        return has_strong(parts, "titles") or _has_glued_title(self.words)

    @cached_property
    def legal_form(self) -> str | None:
        """The legal form at its end (or start): GmbH, Inc., ООО, 株式会社."""
        return find_legal_form(self.text)

    @cached_property
    def company_share(self) -> float:
        """The share of words that names of companies are made of, 0-1."""
        return share_in(self.words, "companies")

    @cached_property
    def slogan_share(self) -> float:
        """The share of words that slogans are made of, 0-1."""
        return share_in(self.words, "slogans")

    @cached_property
    def is_department(self) -> bool:
        """Whether it names a part of a company."""
        return bool(_DEPARTMENT.match(self.text))

    @cached_property
    def is_address(self) -> bool:
        """Whether it reads like a part of a postal address."""
        return looks_like_address(self.text)

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


def _has_glued_title(words: list[str]) -> bool:
    """Return whether a long word is several title words that the engine ran together."""
    long_words = [word for word in words if len(word) >= 11]
    strong = [word for word, is_strong in word_list("titles").items() if is_strong and len(word) >= 6]
    return any(word.startswith(s) or word.endswith(s) for word in long_words for s in strong if word != s)


def _cjk_titles() -> list[str]:
    return [word for word, is_strong in word_list("titles").items() if is_strong and CJK.search(word)]


def find_legal_form(text: str) -> str | None:
    """Return the legal form that ends the text (or, in some languages, begins it), as printed; else None."""
    for form in ("株式会社", "有限会社", "合同会社", "有限公司", "有限责任公司", "集团", "주식회사"):
        if form in text:
            return form
    words = text.replace(",", " ").split()
    for word in (words[-1:] + words[:1]) if len(words) > 1 else []:
        if word_list("companies").get(fold(word).strip("."), False):
            return word
    return None


def without_legal_form(text: str) -> str:
    """Return a company's name without the legal form at its end or start."""
    form = find_legal_form(text)
    while form:
        shorter = re.sub(rf"^{re.escape(form)}\s*|[\s,&]*{re.escape(form)}$", "", text).strip(" ,&")
        if not shorter or shorter == text:
            return text
        text, form = shorter, find_legal_form(shorter)
    return text


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


def make_spans(layout: Layout, rests: tuple[str, ...]) -> list[Span]:
    """Return every stretch that may be a field. `rests`: the lines' text without contact details."""
    near = _near_addresses(layout, rests)
    spans: list[Span] = []
    for index, rest in enumerate(rests):
        text = _LEADING.sub("", rest).strip()
        if sum(c.isalpha() for c in text) < 2:
            continue
        parts = [part for part in _SEPARATOR.split(text) if sum(c.isalpha() for c in part) >= 2]
        whole = frozenset((index, k) for k in range(max(len(parts), 1)))
        spans.append(_span(layout, text, (index,), whole, index in near))
        for k, part in enumerate(parts if len(parts) > 1 else []):
            one = _span(layout, part.strip(), (index,), frozenset({(index, k)}), index in near, is_part=True)
            spans.append(one)
    return spans + _joined(layout, [span for span in spans if not span.is_part])


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


def _joined(layout: Layout, spans: list[Span]) -> list[Span]:
    """Return the spans of two and three lines that stand below each other in letters of one size."""
    by_line = {span.lines[0]: span for span in spans}
    joined = []
    for span in spans:
        chain = [span]
        while len(chain) < 3:
            below = layout.next_below(chain[-1].lines[0])
            if below is None or below not in by_line or by_line[below] in chain:
                break
            chain.append(by_line[below])
            text = " ".join(link.text for link in chain)
            pieces = frozenset().union(*(link.pieces for link in chain))
            near = any(link.near_address for link in chain)
            joined.append(_span(layout, text, tuple(link.lines[0] for link in chain), pieces, near))
    return joined


def _near_addresses(layout: Layout, rests: tuple[str, ...]) -> set[int]:
    """Return the lines right above or below a line of an address: the village over its postcode."""
    addresses = {index for index, rest in enumerate(rests) if looks_like_address(rest)}
    near = {below for index in addresses if (below := layout.next_below(index)) is not None}
    near |= {index for index in range(len(rests)) if layout.next_below(index) in addresses}
    # Once more upwards: street, village, postcode.
    near |= {index for index in range(len(rests)) if layout.next_below(index) in near}
    return near - addresses
