"""Which parts of a photo are cards of their own. A wrong cut through one card is far worse than two left together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from lib.cards.boxes import area, hull, in_rows, is_inside, longer_side, middle
from lib.cards.engines import FINDING_SIDE, Picture
from lib.cards.gaps import FEWEST_LINES, cut_at_gaps, is_person
from lib.cards.layout import place_of
from lib.cards.model import Box, Card, Line
from lib.cards.outline import find_outlines

MOST_CARDS = 20
# The longer side of most cards in letter heights: of 276 that were measured it is 20 to 46.
LONG = 17.0
# With fewer letters and digits a line is a speck.
FEWEST_LETTERS = 3
# Letters lower than this, in pixels of the picture in which text is looked for, are often missed: a card less than a
# third as wide as the photo.
SMALL_PRINT = 20.0
# Of the lines' extent, on all sides: small print round them may have been missed.
ROOM = 0.5


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a picture that may be a card: its four corners, and whether they are no edge that was seen."""

    corners: Box
    is_guessed: bool = False


def find_parts(picture: Picture, lines: Sequence[Line], others: Sequence[Box], *, region: str) -> list[Part]:
    """Return what may be cards of their own in a picture with these lines, in reading order; none for one card.

    `others` are boxes of what is no text, such as codes. Whether they are cards is known when each has been read.
    """
    if len(lines) < 2 * FEWEST_LINES:
        return []
    seen = choose_outlines(find_outlines(picture), lines)
    if seen:
        return [Part(corners=box) for box in seen]
    return [Part(corners=box, is_guessed=True) for box in cut_at_gaps(lines, others, region=region)]


def choose_outlines(accounts: Sequence[Sequence[Box]], lines: Sequence[Line]) -> list[Box]:
    """Return the outlines that are cards, in reading order; none unless two are and no third is left over.

    Of several accounts of the same picture the one with the most cards is taken.
    """
    held = [_with_text(account, lines) for account in accounts]
    best = max((boxes for boxes in held if len(boxes) <= MOST_CARDS), key=len, default=[])
    return in_rows(best)


def _with_text(outlines: Sequence[Box], lines: Sequence[Line]) -> list[Box]:
    """Return the outlines that hold text as cards do; none where anything that can be read lies outside them.

    Panels on a card are smaller against their letters, or something is printed beside them.
    """
    inside = [[line for line in lines if is_inside(middle(line.box), box)] for box in outlines]
    cards = [(box, held) for box, held in zip(outlines, inside, strict=True) if len(held) >= FEWEST_LINES]
    on_cards = {id(line) for _, held in cards for line in held}
    is_lost = any(id(line) not in on_cards and letters([line]) >= FEWEST_LETTERS for line in lines)
    if is_lost or len(cards) < 2 or median(_length_in_letters(box, held) for box, held in cards) < LONG:
        return []
    return [box for box, _ in cards]


def _length_in_letters(outline: Box, lines: Sequence[Line]) -> float:
    """Return the longer side of an outline in heights of the letters inside."""
    # The shorter sides: of a card that lies across the others the lines' boxes do not begin where its text does.
    height = median(min(math.dist(box[0], box[1]), math.dist(box[1], box[2])) for box in (line.box for line in lines))
    return longer_side(outline) / max(height, 1.0)


def are_several(cards: Sequence[Card], parts: Sequence[Part]) -> bool:
    """Return whether these are cards of different people: two at least, and all where their edges were not seen."""
    people = [card for card in cards if is_person(card)]
    known = {card.fields["email" if "email" in card.fields else "full_name"].value for card in people}
    return len(known) > 1 and (len(known) == len(cards) or not any(part.is_guessed for part in parts))


def small_card(picture: Picture, lines: Sequence[Line]) -> Box | None:
    """Return the corners of the one card where it is so small in the picture that a nearer look is needed."""
    if lines:
        shrunk = min(1.0, FINDING_SIDE / max(picture.shape[:2]))
        if shrunk * median(place_of(line.box).height for line in lines) >= SMALL_PRINT:
            return None
    bodies = [box for account in find_outlines(picture) for box in account]
    if not lines:
        return max(bodies, key=area, default=None)
    middles = [middle(line.box) for line in lines]
    bodies = [box for box in bodies if all(is_inside(point, box) for point in middles)]
    round_lines = [line.box for line in lines]
    return min(bodies, key=area, default=None) or hull(round_lines, ROOM * longer_side(hull(round_lines)))


def letters(lines: Iterable[Line]) -> int:
    """Return how many letters and digits the lines hold."""
    return sum(character.isalnum() for line in lines for character in line.text)
