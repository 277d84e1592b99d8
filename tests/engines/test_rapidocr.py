import io

import pytest
from PIL import Image

from lib.cards import NoTextFound, read_photo
from lib.demo.drawing import LAYOUTS, SIZE, draw_card

FIELDS = {
    "full_name": "Jane Miller",
    "email": "jane.miller@example.com",
    "company": "Example Robotics Inc.",
    "title": "Head of Marketing",
    "phone": "+12125550123",
    "website": "example.com",
    "linkedin_url": "https://www.linkedin.com/in/jane-miller",
}


def jpeg(image: Image.Image, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=92, **options)
    return stream.getvalue()


def fields(data: bytes, engine) -> dict[str, str]:
    (card,) = read_photo(data, engine, region="US").cards
    return {name: field.value for name, field in card.fields.items()}


@pytest.mark.parametrize("seed", range(len(LAYOUTS)))
def test_a_drawn_card_is_read_whole_and_accepted(rapid, jane, seed):
    (card,) = read_photo(draw_card(jane, seed), rapid, region="US").cards
    assert {name: field.value for name, field in card.fields.items()} == FIELDS
    assert (card.status, card.reasons) == ("completed", ())


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turned_photo_is_turned_upright(rapid, jane, turned):
    image = Image.open(io.BytesIO(draw_card(jane, seed=1))).rotate(turned, expand=True)
    assert fields(jpeg(image), rapid) == FIELDS


def test_a_turn_in_exif_is_undone(rapid, jane):
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(io.BytesIO(draw_card(jane, seed=1))).rotate(90, expand=True)
    assert fields(jpeg(image, exif=exif.tobytes()), rapid) == FIELDS


def test_the_box_of_a_turned_photo_lies_on_the_name_in_the_photo_as_stored(rapid, jane):
    upright = draw_card(jane, seed=1)
    turned = jpeg(Image.open(io.BytesIO(upright)).rotate(180))
    (there,) = read_photo(upright, rapid, region="US").cards
    (here,) = read_photo(turned, rapid, region="US").cards
    for (x, y), (turned_x, turned_y) in zip(there.fields["full_name"].box, here.fields["full_name"].box, strict=True):
        assert (turned_x, turned_y) == pytest.approx((SIZE[0] - x, SIZE[1] - y), abs=15)


def test_an_empty_photo_has_no_text(rapid):
    with pytest.raises(NoTextFound):
        read_photo(jpeg(Image.new("RGB", (800, 600), "grey")), rapid, region="US")


@pytest.mark.parametrize("size", [(24, 24), (1200, 200)])
def test_the_smallest_and_the_thinnest_pictures_are_read_without_harm(rapid, size):
    with pytest.raises(NoTextFound):
        read_photo(jpeg(Image.new("RGB", size, "white")), rapid, region="US")
