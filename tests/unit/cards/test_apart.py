"""Photos that no reader got through, shown by a process that may die of them."""

import io

import pytest
from PIL import Image

from lib.cards import PhotoUnreadable, apart
from lib.cards.apart import preview_apart


def test_a_photo_is_shown_as_in_this_process() -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
    assert Image.open(io.BytesIO(preview_apart(picture.getvalue()))).size == (300, 200)


def test_what_is_no_picture_is_refused_in_the_same_words() -> None:
    with pytest.raises(PhotoUnreadable, match="not a picture"):
        preview_apart(b"Dear diary")


def test_a_photo_that_takes_too_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "TIME_LIMIT_S", 0.01)
    with pytest.raises(PhotoUnreadable, match="cannot be shown"):
        preview_apart(b"photo")
