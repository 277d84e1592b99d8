"""Cards with a code on them, really read."""

import io

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from lib.cards import Card, Engine, NoTextFound, read_photo
from lib.demo.drawing import Person, draw_card

VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Miller\r\nEMAIL:{email}\r\nTEL;TYPE=CELL:+4915123456789\r\nEND:VCARD\r\n"
)
AGREEING = VCARD.format(email="jane.miller@example.com")
PLACE = (900, 480)


def code(text: str, scale: int = 4) -> Image.Image:
    barcode = zxingcpp.create_barcode(text, zxingcpp.QRCode)
    return Image.fromarray(np.array(barcode.to_image(scale=scale))).convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=90)
    return stream.getvalue()


def photo(person: Person, text: str) -> Image.Image:
    image = Image.open(io.BytesIO(draw_card(person, seed=1)))
    image.paste(code(text), PLACE)
    return image


def read(image: Image.Image, engine: Engine) -> Card:
    (card,) = read_photo(jpeg(image), engine, region="US").cards
    return card


@pytest.mark.parametrize("turned", [0, 90])
def test_a_code_that_agrees_makes_the_card_sure(rapid: Engine, jane: Person, turned: int) -> None:
    card = read(photo(jane, AGREEING).rotate(turned, expand=True), rapid)
    assert (card.status, card.reasons) == ("completed", ())
    assert card.fields["email"].evidence[-1] == "matches the code on the card"
    assert card.fields["title"].value == jane.title
    assert card.fields["phone"].value == "+4915123456789"


def test_a_field_of_the_code_lies_on_the_code_in_the_photo_as_stored(rapid: Engine, jane: Person) -> None:
    large = photo(jane, AGREEING).resize((3612, 2340)).rotate(180)
    xs, ys = zip(*read(large, rapid).fields["phone"].box, strict=True)
    size = code(AGREEING).width
    left, top = (3 * (1204 - PLACE[0] - size), 3 * (780 - PLACE[1] - size))
    assert left - 10 < min(xs) < max(xs) < left + 3 * size + 10
    assert top - 10 < min(ys) < max(ys) < top + 3 * size + 10


def test_a_code_that_says_otherwise_is_reviewed(rapid: Engine, jane: Person) -> None:
    card = read(photo(jane, VCARD.format(email="jane@example.org")), rapid)
    assert card.status == "pending_review"
    assert card.reasons == ("The code on the card has a different e-mail address.",)


def test_a_photo_of_nothing_but_a_code_is_a_reading(rapid: Engine) -> None:
    ground = Image.new("RGB", (1204, 780), "white")
    ground.paste(code(AGREEING, scale=6), (400, 150))
    card = read(ground, rapid)
    assert card.fields["full_name"].value == "Jane Miller"
    assert (card.status, card.reasons) == ("completed", ())


def test_a_photo_of_nothing_but_a_link_has_no_text(rapid: Engine) -> None:
    ground = Image.new("RGB", (1204, 780), "white")
    ground.paste(code("https://www.example.com", scale=6), (400, 150))
    with pytest.raises(NoTextFound):
        read_photo(jpeg(ground), rapid, region="US")
