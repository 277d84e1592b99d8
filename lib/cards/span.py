"""A stretch of text that may be a name, a title or a company, and what can be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from lib.cards.addresses import looks_like_address
from lib.cards.legal import find_legal_form
from lib.cards.names import Name, are_degrees, known_share, parse_name
from lib.cards.title_words import counted, has_title_word
from lib.cards.words import CJK, share_in, word_list, words_of

# Between two things on one line: Jane Doe | Engineer.
SEPARATOR = re.compile(r"\s*[|•·;/]\s+|\s+[–—-]\s+|\s*,\s+|\s+(?:at|bei|chez)\s+")
_DEPARTMENT = re.compile(
    r"^(?:the )?(faculty|school of|college of|cent(re|er) for|chair of|institute (of|for)|laboratory of|department|"
    r"dept|division|div\.|abteilung|institut für|fachbereich|fakultät|lehrstuhl|klinik für|zentrum für|département|"
    r"faculté|unité|service (de|des)|direction (de|des)|departamento|facultad|dipartimento|scuola di|afdeling|"
    r"avdelning|institutionen|wydział|dział|katedra|research (&|and) development|creative strategy|"
    r"(human|people) (resources|operations)|sales department)\b",
    re.I,
)
_LISTING = re.compile(r"\s?[•·|]\s?|,\s|\s[-–]\s")
_LISTS = re.compile(
    r"^(dealers? in|wholesale|manufacturers?|mfrs?|mtrs|suppliers? of|specialists? in|importers?|exporters?|branch|"
    r"an? .*\b(member|division|subsidiary|unit|part) of|an? .* (company|group|firm|business)$|members? of|another|"
    r"authori[sz]ed|licensed|certified|directors?:|also)\b",
    re.I,
)


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
    sizes: tuple[float, ...] = ()  # their letter heights
    is_stack: bool = False  # joined of lines of different sizes or of one row, as logos are
    is_row: bool = False  # the latter
    has_detail: bool = False  # a number or an address was cut from its line
    announces: bool = False  # with a colon, a number or an address that stood behind it
    in_address: bool = False  # a part of a line that is an address
    in_list: bool = False  # a part of a line that lists goods or services
    is_foreign: bool = False  # in Chinese, Japanese or Korean script, wholly or in part

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
        links = () if self.is_stack else self.links
        parts = [counted(words_of(part)) for part in (*SEPARATOR.split(self.text), *links)]
        best = max(share_in(part, "titles") for part in parts)
        return max(share_in(counted(self.words), "titles"), 0.85 * best)

    @cached_property
    def has_title_word(self) -> bool:
        """Whether a word stands in it that makes a title by itself."""
        return has_title_word(self.text, self.words)

    @cached_property
    def legal_form(self) -> str | None:
        """The legal form at its end (or start): GmbH, Inc., ООО, 株式会社."""
        return find_legal_form(self.text)

    @cached_property
    def company_share(self) -> float:
        """The share of words that names of companies are made of, 0-1."""
        return trade_share(self.words)

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
        parts = [parse_name(part) for part in SEPARATOR.split(self.text)] if not self.is_part else []
        return any(part and len(part.tokens) > 1 and known_share(part) == 1 for part in parts)

    @cached_property
    def is_list(self) -> bool:
        """Whether it lists goods, services or branches rather than naming one thing."""
        return is_list(self.text)

    @cached_property
    def are_degrees(self) -> bool:
        """Whether it lists degrees."""
        return are_degrees(self.text)

    @cached_property
    def digits(self) -> int:
        """How many digits stand in it."""
        return sum(c.isdigit() for c in self.text)


def trade_share(words: list[str]) -> float:
    """Return the share of words that names of companies are made of, 0-1; small words count for neither side."""
    large = [word for word in words if word not in word_list("small_words")]
    return sum(_is_trade(word) for word in large) / len(large) if large else 0.0


@lru_cache(maxsize=4096)
def _is_trade(word: str) -> bool:
    """Return whether a word is listed, or ends in one that is: Verzahnungstechnik, realtygroup."""
    if word in word_list("companies"):
        return True
    return len(word) >= 10 and word.endswith(_endings())


@cache
def _endings() -> tuple[str, ...]:
    return tuple(word for word, is_form in word_list("companies").items() if len(word) >= 5 and not is_form)


def is_department(text: str) -> bool:
    """Return whether a text names a part of a company."""
    return bool(_DEPARTMENT.match(text))


def is_list(text: str) -> bool:
    """Return whether a text lists goods, services or branches rather than naming one thing."""
    return len(_LISTING.findall(text)) >= 2 or bool(_LISTS.match(text))
