"""A stretch of text that may be a name, a title or a company, and what can be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lib.cards.addresses import looks_like_address
from lib.cards.legal import find_legal_form
from lib.cards.names import Name, are_degrees, known_share, parse_name
from lib.cards.title_words import counted, has_title_word
from lib.cards.words import CJK, share_in, words_of

# Between two things on one line: Jane Doe | Engineer.
SEPARATOR = re.compile(r"\s*[|•·;/]\s+|\s+[–—-]\s+|\s*,\s+|\s+(?:at|bei|chez)\s+")
_DEPARTMENT = re.compile(
    r"^(?:the )?(faculty|school of|college of|centre for|center for|chair of|institute (of|for)|laboratory of|department|dept|"
    r"division|div\.|dipartimento|scuola di|facultad|faculté|fakultät|lehrstuhl|klinik für|zentrum für|wydział|dział|katedra|"
    r"avdelning|institutionen|unité|service (de|des)|direction (de|des)|abteilung|institut für|fachbereich|département|departamento|afdeling|"
    r"research (&|and) development|creative strategy|(human|people) (resources|operations)|sales department)\b",
    re.I,
)
_LISTING = re.compile(r"\s?[•·|]\s?|,\s|\s[-–]\s")
_LISTS = re.compile(
    r"^(dealers? in|wholesale|manufacturers?|mfrs?|mtrs|suppliers? of|specialists? in|importers?|exporters?|branch|"
    r"an? .*\b(member|division|subsidiary|unit|part) of|an? .* (company|group|firm|business)$|members? of|another|authori[sz]ed|licensed|certified|directors?:|also)\b",
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
    is_stack: bool = False  # joined of lines of different sizes or of one row, as logos are
    has_detail: bool = False  # a number or an address was cut from its line
    in_address: bool = False  # a part of a line that is an address
    in_list: bool = False  # a part of a line that lists goods or services
    is_foreign: bool = False  # in another script than most of the card, or in two

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
        parts = [counted(words_of(part)) for part in (*SEPARATOR.split(self.text), *self.links)]
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


def is_department(text: str) -> bool:
    """Return whether a text names a part of a company."""
    return bool(_DEPARTMENT.match(text))


def is_list(text: str) -> bool:
    """Return whether a text lists goods, services or branches rather than naming one thing."""
    return len(_LISTING.findall(text)) >= 2 or bool(_LISTS.match(text))
