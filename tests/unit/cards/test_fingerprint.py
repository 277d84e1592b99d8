"""The same picture is known again; another one is not."""

import io
import random

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lib.cards import fingerprint


def saved(colour: str = "white", format: str = "JPEG", **options: object) -> bytes:
    picture = Image.new("RGB", (60, 40), colour)
    picture.paste(Image.linear_gradient("L").resize((20, 20)), (5, 5))
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def exif(maker: str) -> Image.Exif:
    found = Image.Exif()
    found[0x010F] = maker
    return found


def text_chunk(text: str) -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", text)
    return info


def test_a_jpeg_with_other_metadata_is_the_same_photo() -> None:
    bare = fingerprint(saved())
    assert fingerprint(saved(exif=exif("Northwind"))) == bare
    assert fingerprint(saved(exif=exif("Acme"), comment=b"sent on")) == bare


def test_a_png_with_other_metadata_is_the_same_photo() -> None:
    assert fingerprint(saved(format="PNG", pnginfo=text_chunk("sent on"))) == fingerprint(saved(format="PNG"))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_another_picture_is_another_photo(format: str) -> None:
    assert fingerprint(saved("white", format)) != fingerprint(saved("snow", format))


def test_what_is_no_picture_is_told_by_its_bytes() -> None:
    assert len({fingerprint(data) for data in (b"", b"photo", b"photo ", b"\xff\xd8", b"\x89PNG\r\n\x1a\n")}) == 5


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_broken_pictures_are_told_apart_too(format: str) -> None:
    whole, chance = saved(format=format), random.Random(4)
    cut = {fingerprint(whole[:length]) for length in range(200, len(whole), 7)}
    assert len(cut) == len(range(200, len(whole), 7))
    for _ in range(300):
        broken = bytearray(whole)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        assert len(fingerprint(bytes(broken))) == 64
