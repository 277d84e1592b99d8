import math
from dataclasses import replace

import pytest

from lib.cards.layout import Layout, in_reading_order
from lib.cards.parse import parse_lines
from tests.unit.cards.cards import lines_of

ROWS = (
    "Example Robotics Inc.",
    ("Jane Miller", 1.6),
    "Head of Marketing",
    "jane.miller@example.com",
    "+1 212 555 0123",
)


def turned(lines, degrees):
    """Return the lines of a card that lies turned clockwise in its picture."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    box = lambda points: tuple((900 + x * cos - y * sin, 900 + x * sin + y * cos) for x, y in points)  # noqa: E731
    return tuple(replace(line, box=box(line.box)) for line in lines)


@pytest.mark.parametrize("degrees", [0, 7, 45, 90, 135, 180, 270, 340])
def test_lines_are_put_in_order_however_the_card_lies(degrees):
    lines = turned(lines_of(*ROWS), degrees)
    assert [line.text for line in in_reading_order(reversed(lines))] == [line.text for line in lines]


@pytest.mark.parametrize("degrees", [7, 90, 180, 270])
def test_a_card_reads_the_same_however_it_lies(degrees):
    upright = parse_lines(lines_of(*ROWS), region="US")
    lying = parse_lines(turned(lines_of(*ROWS), degrees), region="US")
    assert {name: field.value for name, field in lying.fields.items()} == {
        name: field.value for name, field in upright.fields.items()
    }


def test_pieces_of_a_row_are_read_from_the_left():
    left, right = lines_of("Jane"), lines_of("Miller")
    moved = replace(right[0], box=tuple((x + 300, y + 4) for x, y in right[0].box))
    assert [line.text for line in in_reading_order((moved, *left))] == ["Jane", "Miller"]


def test_letter_heights_do_not_grow_with_the_tilt():
    lines = lines_of(*ROWS)
    assert Layout(turned(lines, 30)).relative_height(1) == pytest.approx(Layout(lines).relative_height(1))


def test_no_lines_have_no_order():
    assert in_reading_order(()) == ()


def test_a_line_that_runs_up_the_side_does_not_count_for_the_usual_height():
    lines = lines_of(*ROWS)
    corners = ((10.0, 400.0), (10.0, 60.0), (45.0, 60.0), (45.0, 400.0))
    layout = Layout((*lines, replace(lines[0], box=corners)))
    assert layout.stands(len(lines))
    assert not any(layout.stands(index) for index in range(len(lines)))
    assert layout.usual_height == pytest.approx(Layout(lines).usual_height)


def test_what_goes_on_below_is_near_and_of_one_size():
    layout = Layout(lines_of("Director of Research", "and Development", ("Example Inc.", 3.0)))
    assert [layout.next_below(index) for index in range(3)] == [1, None, None]


def test_what_belongs_to_a_logo_may_be_of_another_size():
    layout = Layout(lines_of(("Example", 2.4), "Machine Tools"))
    assert (layout.next_below(0), layout.stacked_below(0)) == (None, 1)


def test_what_stands_beside_is_in_the_same_row():
    left, right = lines_of("Example", "Tools")
    lines = (left, replace(right, box=tuple((x + 130, y - 40) for x, y in right.box)))
    assert [Layout(lines).beside(index) for index in range(2)] == [1, None]
