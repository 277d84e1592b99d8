"""Small files that would take a decoder minutes or gigabytes."""

import io
import struct
import time

import pytest
from PIL import Image

from lib.cards import PhotoTooLarge, PhotoUnreadable
from lib.cards.bombs import MOST_NUMBERS, is_bomb
from lib.cards.memory import out_of_memory
from lib.cards.photo import MAX_SIDE, open_photo


def encoded(format: str, **options: object) -> bytes:
    picture = io.BytesIO()
    Image.effect_noise((400, 250), 50).convert("RGB").save(picture, format, **options)
    return picture.getvalue()


def scans(count: int) -> bytes:
    """A progressive JPEG of 36 megapixels whose last scan, which adds nothing, comes again and again."""
    picture = io.BytesIO()
    Image.new("L", (6000, 6000), 128).save(picture, "JPEG", progressive=True)
    data = picture.getvalue()
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start : start + 10] * count + b"\xff\xd9"


def tiff(numbers: int) -> bytes:
    """A TIFF that says it has so many strips."""
    tags = [(256, 4, 1, 100), (257, 4, 1, 100), (273, 4, numbers, 8)]
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4


def test_a_jpeg_of_a_hundred_thousand_scans_is_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(PhotoUnreadable, match="too long to open"):
        open_photo(scans(100_000))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("data", [encoded("JPEG"), encoded("JPEG", progressive=True), encoded("TIFF"), scans(3)])
def test_photos_as_cameras_and_scanners_make_them_are_none(data: bytes) -> None:
    assert not is_bomb(data)


def test_the_film_that_a_phone_hangs_on_its_photo_is_not_looked_at() -> None:
    assert not is_bomb(encoded("JPEG") + b"\xff\xda" * 1000)


def test_a_jpeg_of_a_million_comments_is_one() -> None:
    data = encoded("JPEG")
    assert is_bomb(data[:2] + b"\xff\xfe\0\2" * 1_000_000 + data[2:])


def test_a_tiff_with_more_strips_than_rows_can_be_is_one() -> None:
    assert is_bomb(tiff(MOST_NUMBERS + 1))
    assert not is_bomb(tiff(MOST_NUMBERS))
    assert not is_bomb(b"II*\0\xff")


def test_a_picture_of_one_pixel_by_millions_is_refused_before_it_is_decoded() -> None:
    picture = io.BytesIO()
    Image.new("1", (1, MAX_SIDE + 1)).save(picture, "PNG")
    with pytest.raises(PhotoTooLarge, match="1 × 20,001"):
        open_photo(picture.getvalue())


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 60_000])
def test_a_photo_whose_exif_is_broken_is_read_all_the_same(exif: bytes) -> None:
    assert open_photo(encoded("JPEG", exif=exif)).stored_size == (400, 250)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_as_its_exif_says_and_its_boxes_with_it(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.new("RGB", (400, 250), "white")
    image.paste("black", (0, 0, 100, 50))
    stored = io.BytesIO()
    image.save(stored, "PNG", exif=exif)
    photo = open_photo(stored.getvalue())
    assert photo.image.size == ((400, 250) if orientation < 5 else (250, 400))
    corners = photo.from_stored(((0, 0), (100, 0), (100, 50), (0, 50)))
    x, y = (round(sum(corner[axis] for corner in corners) / 4) for axis in (0, 1))
    assert photo.image.getpixel((x, y)) == (0, 0, 0)


def test_what_is_transparent_becomes_white_and_half_of_it_half() -> None:
    image = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 128), (50, 0, 100, 60))
    stored = io.BytesIO()
    image.save(stored, "PNG")
    pixels = open_photo(stored.getvalue()).pixels
    assert pixels[30, 20].tolist() == [255, 255, 255]
    assert pixels[30, 80].tolist() == [127, 127, 127]


def test_memory_that_could_not_be_had_is_told_from_other_errors() -> None:
    wrapped = Exception("Traceback … RUNTIME_EXCEPTION … Status Message: std::bad_alloc")
    assert out_of_memory(MemoryError())
    assert out_of_memory(wrapped)
    assert not out_of_memory(ValueError("no memory of that"))
