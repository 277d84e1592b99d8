import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lib.cards import PhotoTooLarge, PhotoUnreadable, preview
from lib.cards.photo import FORMATS, MAX_BYTES, open_photo
from lib.errors import MeishiError


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def with_orientation(image: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, "JPEG", exif=exif.tobytes(), quality=95)


PICTURE = Image.effect_noise((200, 120), 60).convert("RGB")


def test_an_empty_file_is_refused():
    with pytest.raises(PhotoUnreadable, match="empty"):
        open_photo(b"")


def test_a_text_file_is_refused():
    with pytest.raises(PhotoUnreadable, match="not a picture"):
        open_photo(b"Dear Jane, here is my card")


def test_a_pdf_named_as_a_photo_is_called_a_pdf():
    with pytest.raises(PhotoUnreadable, match="PDF"):
        open_photo(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")


def test_a_photo_that_breaks_off_is_called_incomplete():
    with pytest.raises(PhotoUnreadable, match="JPEG file is damaged or incomplete"):
        open_photo(encoded(PICTURE, "JPEG")[:2000])


def test_a_picture_without_pixels_is_refused():
    header = encoded(PICTURE, "BMP")
    with pytest.raises(PhotoUnreadable):
        open_photo(header[:18] + bytes(8) + header[26:])


def test_a_picture_of_400_megapixels_is_refused_before_it_is_decoded():
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 200_000
    with pytest.raises(PhotoTooLarge, match="pixels"):
        open_photo(bomb)


def test_a_picture_of_70_megapixels_is_refused_with_its_size():
    with pytest.raises(PhotoTooLarge, match="10,000 × 7,000"):
        open_photo(encoded(Image.new("1", (10_000, 7_000)), "PNG"))


def test_a_file_of_more_than_30_megabytes_is_refused():
    with pytest.raises(PhotoTooLarge, match="30 MB"):
        open_photo(bytes(MAX_BYTES + 1))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 3000), flipped=st.lists(st.tuples(st.integers(0, 2999), st.integers(0, 255)), max_size=8))
def test_damaged_bytes_raise_nothing_but_errors_for_people(cut, flipped):
    data = bytearray(encoded(PICTURE, "JPEG")[: 3000 - cut])
    for position, value in flipped:
        if position < len(data):
            data[position] = value
    with suppress(MeishiError):
        assert open_photo(bytes(data)).image.mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I"])
def test_pictures_of_every_mode_are_read(mode):
    image = PICTURE.convert("L").convert("I") if mode.startswith("I") else PICTURE.convert(mode)
    if mode == "I;16":
        image = image.point(lambda value: value * 256).convert("I;16")
    assert open_photo(encoded(image, "TIFF" if mode.startswith("I") else "PNG")).image.mode == "RGB"


def test_sixteen_bits_keep_their_contrast():
    grey = PICTURE.convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    low, high = open_photo(encoded(grey, "TIFF")).image.convert("L").getextrema()
    assert (low, high) == (0, 255)


def test_cmyk_and_floating_point_pictures_are_read():
    assert open_photo(encoded(PICTURE.convert("CMYK"), "JPEG")).image.mode == "RGB"
    assert open_photo(encoded(PICTURE.convert("F"), "TIFF")).image.mode == "RGB"


def test_heic_is_among_the_formats_that_are_opened():
    assert Image.registered_extensions()[".heic"] in FORMATS


def test_a_heic_photo_that_breaks_off_is_refused():
    with pytest.raises(PhotoUnreadable):
        open_photo(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200))


def test_of_an_animated_picture_the_first_frame_is_read():
    frames = [Image.new("RGB", (50, 30), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_photo(data).image.getpixel((10, 10)) == (255, 0, 0)


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (50, 30), (0, 0, 0, 0))
    assert open_photo(encoded(image)).image.getpixel((10, 10)) == (255, 255, 255)


def test_a_large_photo_is_made_small():
    photo = open_photo(encoded(Image.new("RGB", (4000, 3000)), "JPEG"))
    assert photo.image.size == (2000, 1500)
    assert photo.stored_size == (4000, 3000)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("part", [None, (20, 10, 380, 390)])
def test_boxes_come_back_in_pixels_of_the_photo_as_stored(orientation, part):
    """A red spot is found in the picture however it was rotated, and its place leads back to the stored one."""
    stored = Image.new("RGB", (400, 200), "white")
    stored.paste("red", (300, 40, 340, 60))
    photo = open_photo(with_orientation(stored, orientation))
    if part:
        left, top, right, bottom = part
        outline = ((left, top), (right, top), (right, bottom), (left, bottom))
        photo = photo.flattened(photo.to_stored(outline))
    left, top, right, bottom = photo.image.split()[1].point(lambda green: 255 if green < 100 else 0).getbbox()
    box = photo.to_stored(((left, top), (right, top), (right, bottom), (left, bottom)))
    xs, ys = sorted(x for x, _ in box), sorted(y for _, y in box)
    assert (xs[0], ys[0], xs[-1], ys[-1]) == pytest.approx((300, 40, 340, 60), abs=3)


def test_boxes_are_in_pixels_of_the_full_size():
    photo = open_photo(encoded(Image.new("RGB", (2560, 1280)), "JPEG"), longest_side=1280)
    assert photo.to_stored(((10, 10), (20, 10), (20, 20), (10, 20)))[2] == (40, 40)


def test_a_preview_is_a_small_upright_jpeg():
    tall = Image.open(io.BytesIO(preview(with_orientation(Image.new("RGB", (2000, 1000)), 6), longest_side=400)))
    assert (tall.format, tall.size) == ("JPEG", (200, 400))


def test_a_preview_of_no_picture_is_refused_in_words():
    with pytest.raises(PhotoUnreadable):
        preview(b"nothing")
