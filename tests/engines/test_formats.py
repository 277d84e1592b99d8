"""Every format the page offers, really read."""

import io
from pathlib import Path

import pytest
from PIL import Image

from lib.cards import Engine, preview, read_photo
from lib.demo.drawing import Person, draw_card

# A drawn card of a made-up person; encoded once, since the encoders are GPL and this project has none.
HEIC = Path(__file__).with_name("card.heic")


def encoded(person: Person, format: str) -> bytes:
    picture = io.BytesIO()
    Image.open(io.BytesIO(draw_card(person, seed=1))).save(picture, format)
    return picture.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WebP"])
def test_a_card_is_read_in_every_format(rapid: Engine, jane: Person, format: str) -> None:
    (card,) = read_photo(encoded(jane, format), rapid, region="US").cards
    assert card.fields["email"].value == jane.email


def test_a_phones_heic_is_read_and_shown(rapid: Engine) -> None:
    (card,) = read_photo(HEIC.read_bytes(), rapid, region="US").cards
    assert card.fields["full_name"].value == "Jane Miller"
    assert Image.open(io.BytesIO(preview(HEIC.read_bytes()))).format == "JPEG"
