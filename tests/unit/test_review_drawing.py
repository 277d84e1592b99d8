"""The frame around a field's place on the photo, and that place alone, magnified."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from lib.cards.model import Box
from lib.ui.review.drawing import FRAME, Picture, cut_strip, draw_frame, make_picture

SIZE = (900, 600)
CARD, INK = (90, 120, 150), (20, 20, 20)


def box_at(left: int, top: int, width: int, height: int) -> Box:
    right, bottom = left + width, top + height
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def photo_of(place: Box, size: tuple[int, int] = SIZE, *, exif_orientation: int = 1) -> Picture:
    """A card without any white, with ink where the place is."""
    image = Image.new("RGB", size, CARD)
    ImageDraw.Draw(image).polygon(place, fill=INK)
    exif = Image.Exif()
    exif[0x0112] = exif_orientation
    data = io.BytesIO()
    image.save(data, "JPEG", quality=95, exif=exif)
    return make_picture(data.getvalue())


def pixels(jpeg: bytes | None) -> NDArray[np.int16]:
    assert jpeg is not None
    return np.asarray(Image.open(io.BytesIO(jpeg))).astype(np.int16)


def like(jpeg: bytes | None, color: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Where the picture has about this color; JPEG keeps none exactly."""
    found: NDArray[np.bool_] = np.abs(pixels(jpeg) - color).max(axis=2) < 45
    return found


def extent(found: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what was found."""
    rows, columns = np.nonzero(found)
    return (int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()))


CORNERS = [(0, 300), (840, 300), (400, 0), (400, 580), (0, 0), (840, 580)]


@pytest.mark.parametrize(("left", "top"), CORNERS)
def test_a_short_word_at_the_edge_has_the_card_around_it_and_nothing_white(left: int, top: int) -> None:
    place = box_at(left, top, 60, 20)
    strip = cut_strip(photo_of(place), place)
    assert not like(strip, (255, 255, 255)).any()
    assert like(strip, INK).sum() == pytest.approx(60 * 20, rel=0.1)


def test_a_tilted_word_at_the_edge_has_nothing_white_either() -> None:
    place: Box = ((4, 300), (64, 306), (62, 326), (2, 320))
    strip = cut_strip(photo_of(place), place)
    assert not like(strip, (255, 255, 255)).any()
    assert like(strip, INK).sum() == pytest.approx(60 * 20, rel=0.15)


@pytest.mark.parametrize(("left", "top"), [(420, 290), *CORNERS])
def test_a_short_word_is_not_blown_up_wherever_it_stands(left: int, top: int) -> None:
    place = box_at(left, top, 60, 20)
    height, width, _ = pixels(cut_strip(photo_of(place), place)).shape
    assert width / height == pytest.approx(7, rel=0.05)


def test_a_word_with_room_on_both_sides_stands_in_the_middle() -> None:
    place = box_at(420, 290, 60, 20)
    strip = cut_strip(photo_of(place), place)
    left, _, right, _ = extent(like(strip, INK))
    assert left == pytest.approx(pixels(strip).shape[1] - 1 - right, abs=4)


def test_a_word_as_large_as_the_card_is_shown_whole() -> None:
    place = box_at(20, 10, 160, 45)
    strip = cut_strip(photo_of(place, (200, 100)), place)
    assert like(strip, INK).sum() == pytest.approx(160 * 45, rel=0.1)


def test_the_frame_stands_around_the_fields_place() -> None:
    place = box_at(300, 200, 240, 40)
    framed = draw_frame(photo_of(place), place)
    assert extent(like(framed, FRAME)) == pytest.approx((290, 190, 550, 250), abs=4)
    assert extent(like(framed, INK)) == pytest.approx((300, 200, 539, 239), abs=4)


@pytest.mark.parametrize(
    ("turns", "framed_at"),
    [(1, (350, 290, 410, 550)), (2, (350, 350, 610, 410)), (3, (190, 350, 250, 610)), (4, (290, 190, 550, 250))],
)
def test_a_quarter_turn_takes_the_frame_along(turns: int, framed_at: tuple[int, ...]) -> None:
    place = box_at(300, 200, 240, 40)
    framed = draw_frame(photo_of(place), place, turns)
    assert pixels(framed).shape[:2] == ((900, 600) if turns % 2 else (600, 900))
    assert extent(like(framed, FRAME)) == pytest.approx(framed_at, abs=4)


def test_a_photo_held_sideways_is_framed_where_it_shows_the_field() -> None:
    place = box_at(300, 200, 240, 40)
    framed = draw_frame(photo_of(place, exif_orientation=6), place)
    assert extent(like(framed, FRAME)) == pytest.approx((350, 290, 410, 550), abs=4)


OUTSIDE = [box_at(-400, 100, 200, 40), box_at(5000, 4000, 200, 40), box_at(860, 580, 200, 40)]


@pytest.mark.parametrize("place", OUTSIDE)
def test_a_box_outside_the_picture_harms_nothing(place: Box) -> None:
    picture = photo_of(box_at(300, 200, 240, 40))
    assert pixels(draw_frame(picture, place)).shape == (600, 900, 3)
    strip = cut_strip(picture, place)
    assert strip is None or pixels(strip).shape[1] < 1000


@pytest.mark.parametrize("place", [box_at(0, 0, 0, 0), box_at(10, 10, 300, 0), box_at(0, 0, 900, 600)])
def test_what_is_no_place_is_neither_framed_nor_magnified(place: Box) -> None:
    picture = photo_of(box_at(300, 200, 240, 40))
    assert not like(draw_frame(picture, place), FRAME).any()
    assert cut_strip(picture, place) is None
