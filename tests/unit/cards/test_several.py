"""Which lines make cards of their own; pictures are tested with the readers."""

from dataclasses import replace

import pytest

from lib.cards.boxes import hull, in_rows, is_inside, middle
from lib.cards.cutting import turned_outline
from lib.cards.gaps import cut_at_gaps, is_person
from lib.cards.model import Box, Line
from lib.cards.several import Part, are_several, choose_outlines
from tests.unit.cards.cards import Row, lines_of, read

JANE = ("Jane Miller", "Sales Manager", "Rookstone Inc.", "jane.miller@rookstone.com", "+1 212 555 0123")
OMAR = ("Omar Haddad", "Timber Buyer", "Fernhill Inc.", "omar.haddad@fernhill.com", "+1 212 555 0124")


def at(x: float, y: float, *rows: Row) -> list[Line]:
    """Return lines below each other, 30 pixels high, from there on."""
    return [
        replace(line, box=tuple((a + x - 50, b + y - 40) for a, b in line.box))  # type: ignore[arg-type]
        for line in lines_of(*rows)
    ]


def rectangle(left: float, top: float, width: float = 900, height: float = 560) -> Box:
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


TWO = [*at(100, 100, *JANE), *at(1100, 100, *OMAR)]
OUTLINES = [rectangle(50, 50), rectangle(1050, 50)]


def test_outlines_that_hold_all_lines_are_cards() -> None:
    assert choose_outlines([[], OUTLINES[::-1]], TWO) == OUTLINES


def test_one_outline_is_no_second_card() -> None:
    assert choose_outlines([[rectangle(0, 0, 2000, 1200)]], TWO) == []


def test_panels_below_a_heading_are_one_card() -> None:
    assert choose_outlines([OUTLINES], [*at(100, 10, "Rookstone"), *TWO]) == []


def test_panels_that_are_small_against_their_letters_are_one_card() -> None:
    small = [rectangle(90, 90, 480, 300), rectangle(1090, 90, 480, 300)]
    assert choose_outlines([small], TWO) == []


def test_a_logo_and_a_picture_with_an_outline_are_no_cards() -> None:
    logo = rectangle(60, 60, 400, 260)
    assert choose_outlines([[logo]], at(100, 100, *JANE)) == []


def test_cards_far_apart_are_cut_at_the_gap() -> None:
    found = cut_at_gaps(TWO, [], region="US")
    assert [is_inside(middle(line.box), box) for box in found for line in TWO] == [True] * 5 + [False] * 10 + [
        True
    ] * 5


def test_a_code_stays_with_its_card() -> None:
    code = rectangle(620, 120, 140, 140)
    first, _ = cut_at_gaps(TWO, [code], region="US")
    assert all(is_inside(corner, first) for corner in code)


@pytest.mark.parametrize(
    "lines",
    [
        [*at(100, 100, *JANE), *at(600, 100, *OMAR)],
        [*at(100, 100, *JANE), *at(1100, 100, "London office", "12 Harbour Street", "+44 20 7946 0001")],
        [*at(100, 100, *JANE[:3]), *at(1100, 100, *JANE[3:], "www.rookstone.com")],
        [*at(100, 100, *JANE), *at(100, 290, *OMAR)],
        at(100, 100, *JANE),
    ],
    ids=["two people on one card", "a second office", "two columns", "people below each other", "one card"],
)
def test_one_card_is_not_cut(lines: list[Line]) -> None:
    assert cut_at_gaps(lines, [], region="US") == []


def test_cards_that_lie_across_each_other_are_not_cut() -> None:
    standing = [replace(line, box=tuple((y, x) for x, y in line.box)) for line in at(100, 2000, *OMAR)]  # type: ignore[arg-type]
    assert cut_at_gaps([*at(100, 100, *JANE), *standing], [], region="US") == []


def test_two_cards_of_one_person_are_not_several() -> None:
    parts = [Part(corners=box) for box in OUTLINES]
    assert are_several([read(*JANE), read(*OMAR)], parts)
    assert not are_several([read(*JANE), read(*JANE)], parts)
    assert not are_several([read(*JANE), read("Rookstone Inc.", "www.rookstone.com")], parts)


def test_a_card_of_nobody_is_kept_only_where_its_edges_were_seen() -> None:
    cards = [read(*JANE), read(*OMAR), read("Rookstone Inc.", "www.rookstone.com", "12 Harbour Street")]
    assert are_several(cards, [Part(corners=rectangle(0, 0))] * 3)
    assert not are_several(cards, [Part(corners=rectangle(0, 0), is_guessed=True)] * 3)


def test_an_office_mailbox_is_no_person() -> None:
    assert not is_person(read("Rookstone Inc.", "info@rookstone.com"))
    assert is_person(read("Jane Miller", "Rookstone Inc.", "+1 212 555 0123"))


def test_cards_are_ordered_row_by_row() -> None:
    boxes = [rectangle(0, 0), rectangle(1000, 40), rectangle(20, 700), rectangle(1000, 690)]
    assert in_rows([boxes[2], boxes[1], boxes[3], boxes[0]]) == boxes


@pytest.mark.parametrize("turns", range(4))
def test_an_outline_begins_where_its_text_does(turns: int) -> None:
    outline = rectangle(0, 0)
    upright = rectangle(10, 10, 200, 30)
    turned = (*upright[-turns:], *upright[:-turns]) if turns else upright
    line = Line(text="Jane", box=turned, score=0.9)  # type: ignore[arg-type]
    expected = rectangle(10, 10, 200, 30)
    start = turned_outline(outline, [line])[0]
    assert start == outline[expected.index(turned[0])]


def test_a_hull_has_room_on_all_sides() -> None:
    assert hull([rectangle(10, 20, 30, 40)], 5) == rectangle(5, 15, 40, 50)
