"""Cards whose edges cannot be seen (white ones on white glass) cut apart at the gaps between their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from lib.cards.boxes import hull, in_rows, middle
from lib.cards.layout import direction, place_of, turned
from lib.cards.model import Box, Card, Line
from lib.cards.names import known_share, parse_name
from lib.cards.parse import parse_lines
from lib.cards.words import word_list

# Fewer lines make no card.
FEWEST_LINES = 3
# In letter heights, about 3 mm on most cards: a gap is so wide, and so many times as wide as any inside the cards …
GAP, WIDER = 3.5, 1.25
# … and the middles of the cards are so far apart: columns and offices on one card are closer.
APART_ACROSS, APART_DOWN = 21.0, 13.0
# The text of the largest is at most so many times as long or high as that of the smallest.
UNEVEN = 2.5
MARGIN = 2.5


def cut_at_gaps(lines: Sequence[Line], others: Sequence[Box], *, region: str) -> list[Box]:
    """Return the corners of the parts between wide gaps, in reading order, where each makes a card; else none.

    `others` are boxes of what is no text, such as codes.
    """
    cos, sin = direction(line.box for line in lines)
    boxes = [turned(box, cos, -sin) for box in (*(line.box for line in lines), *others)]
    cutter = _Cutter(lines, boxes, region)
    # Among cards that lie across each other a gap between lines may run through one of them.
    if sum(place.bottom - place.top > place.right - place.left for place in cutter.places[: len(lines)]) > 1:
        return []
    parts = cutter.parts(list(range(len(boxes))))
    if len(parts) < 2 or not cutter.are_alike(parts) or not all(cutter.is_one(part) for part in parts):
        return []
    return in_rows([turned(cutter.corners(part), cos, sin) for part in parts])


@dataclass(frozen=True, kw_only=True)
class _Gap:
    """A gap across (axis 0) or down (axis 1) between what lies before it and after it."""

    width: float
    axis: int
    before: list[int]
    after: list[int]


class _Cutter:
    """Cuts lines apart at gaps; what is no text has the indexes behind the lines'."""

    def __init__(self, lines: Sequence[Line], boxes: Sequence[Box], region: str) -> None:
        self.lines, self.boxes, self.region = lines, boxes, region
        # Different cuts leave the same parts.
        self._parsed: dict[tuple[Line, ...], Card] = {}
        self.places = [place_of(box) for box in boxes]
        self.height = median(place.height for place in self.places[: len(lines)])

    def parts(self, indexes: list[int]) -> list[list[int]]:
        """Return the indexes, cut wherever both sides are somebody's cards and the gap is wider than any in them."""
        for gap in sorted(self._gaps(indexes), key=lambda gap: -gap.width):
            if gap.width < GAP * self.height:
                break
            if self._is_card(gap.before) and self._is_card(gap.after):
                parts = [*self.parts(gap.before), *self.parts(gap.after)]
                if gap.width >= WIDER * max(self._widest(part, gap.axis) for part in parts):
                    return parts
        return [indexes]

    def are_alike(self, parts: Sequence[list[int]]) -> bool:
        """Return whether the parts are about as large as each other, and as far apart as cards are."""
        hulls = [self.corners(part) for part in parts]
        sizes = [max(right - left, bottom - top) for (left, top), _, (right, bottom), _ in hulls]
        if max(sizes) > UNEVEN * min(sizes):
            return False
        middles = [middle(box) for box in hulls]
        return all(
            abs(ax - bx) >= APART_ACROSS * self.height or abs(ay - by) >= APART_DOWN * self.height
            for (ax, ay), (bx, by) in combinations(middles, 2)
        )

    def is_one(self, part: list[int]) -> bool:
        """Return whether a part holds no more than one personal e-mail address."""
        return len(personal(self._parse(part).extra["emails"])) < 2

    def corners(self, part: list[int]) -> Box:
        """Return the upright rectangle round a part, with a margin."""
        return hull([self.boxes[index] for index in part], MARGIN * self.height)

    def _is_card(self, part: list[int]) -> bool:
        if sum(index < len(self.lines) for index in part) < FEWEST_LINES:
            return False
        card = self._parse(part)
        return "full_name" in card.fields and is_person(card)

    def _parse(self, part: list[int]) -> Card:
        lines = tuple(self.lines[index] for index in part if index < len(self.lines))
        if lines not in self._parsed:
            self._parsed[lines] = parse_lines(lines, region=self.region)
        return self._parsed[lines]

    def _widest(self, part: list[int], axis: int) -> float:
        return max((gap.width for gap in self._gaps(part) if gap.axis == axis), default=0.0)

    def _gaps(self, part: list[int]) -> Iterator[_Gap]:
        for axis in (0, 1):
            spans = sorted((*self._span(index, axis), index) for index in part)
            reach = spans[0][1]
            for number, (_, end, _index) in enumerate(spans[:-1]):
                reach = max(reach, end)
                if (width := spans[number + 1][0] - reach) > 0:
                    before, after = (
                        [index for _, _, index in side] for side in (spans[: number + 1], spans[number + 1 :])
                    )
                    yield _Gap(width=width, axis=axis, before=before, after=after)

    def _span(self, index: int, axis: int) -> tuple[float, float]:
        place = self.places[index]
        return (place.left, place.right) if axis == 0 else (place.top, place.bottom)


def is_person(card: Card) -> bool:
    """Return whether the card is somebody's: a personal e-mail address, or a name of listed words and a phone."""
    email, name = card.fields.get("email"), card.fields.get("full_name")
    if email is not None and personal([email.value]):
        return True
    # Any two words pass for a name where a part of a card has no better: what the firm sells, beside its numbers.
    parsed = parse_name(name.value) if name else None
    return "phone" in card.fields and parsed is not None and known_share(parsed) == 1


def personal(emails: Iterable[str]) -> list[str]:
    """Return the addresses that are no office's, such as info@."""
    return [email for email in emails if email.split("@")[0] not in word_list("mailboxes")]
