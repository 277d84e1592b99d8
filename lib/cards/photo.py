"""From the bytes of a photo to a small upright picture, and back from its pixels to the photo's."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import pi_heif
from PIL import Image, ImageOps

from lib.cards.errors import PhotoTooLarge, PhotoUnreadable
from lib.cards.model import Box, Point

MAX_BYTES = 30_000_000
MAX_PIXELS = 60_000_000
# More does not read better and costs memory; measured on 56 cards.
READING_SIDE = 1280

# RapidOCR enlarges the shorter side to 736 pixels: a strip of 1 × 5,000 would take all the machine's memory.
THINNEST = 6
SMALLEST_SIDE = 24
# A code of 12 mm on a card that takes half of the photo's width can be made out.
CODES_SIDE = 2000

# Named one by one: some of Pillow's other formats start programs or are rarely tested.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF", "BMP", "PPM", "JPEG2000")
EXIF_ORIENTATION = 0x0112
RETRY = "Take the photo again, or save it as JPEG or PNG."

pi_heif.register_heif_opener()


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A small picture and how it lies in the photo as stored (before the EXIF rotation, full size).

    `turns` is how many quarter turns clockwise the picture was turned after the EXIF rotation.
    """

    image: Image.Image
    stored_size: tuple[int, int]
    orientation: int
    turns: int = 0

    def turned(self, turns: int) -> Photo:
        """Return the photo turned clockwise by so many quarter turns."""
        image = self.image.rotate(-90 * turns, expand=True) if turns % 4 else self.image
        total = (self.turns + turns) % 4
        return Photo(image=image, stored_size=self.stored_size, orientation=self.orientation, turns=total)

    def to_stored(self, box: Box) -> Box:
        """Return a box of this picture in pixels of the photo as stored, corner for corner."""
        corners = [self._point_to_stored(point) for point in box]
        return (corners[0], corners[1], corners[2], corners[3])

    def _point_to_stored(self, point: Point) -> Point:
        x, y = point[0] / self.image.width, point[1] / self.image.height
        for _ in range(self.turns):
            x, y = y, 1 - x
        x, y = _undo_orientation(x, y, self.orientation)
        width, height = self.stored_size
        return (round(x * width, 1), round(y * height, 1))


def _undo_orientation(x: float, y: float, orientation: int) -> Point:
    """Return where a point of the rotated picture lies in the stored one; both 0-1. EXIF 2.32, tag 274."""
    table: dict[int, Point] = {
        2: (1 - x, y),
        3: (1 - x, 1 - y),
        4: (x, 1 - y),
        5: (y, x),
        6: (y, 1 - x),
        7: (1 - y, 1 - x),
        8: (1 - y, x),
    }
    return table.get(orientation, (x, y))


def open_photo(data: bytes, longest_side: int = READING_SIDE) -> Photo:
    """Return the photo as a small RGB picture, rotated as its EXIF says.

    Raises PhotoUnreadable for anything that is no whole picture and PhotoTooLarge before decoding.
    """
    photo = _open(data, longest_side)
    photo.image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return photo


def open_for_reading(data: bytes) -> tuple[Photo, Photo]:
    """Return the photo as `open_photo` does, and a larger grey one for codes, decoded only once. Raises the same."""
    photo = _open(data, READING_SIDE)
    grey = photo.image.convert("L")
    grey.thumbnail((CODES_SIDE, CODES_SIDE), Image.Resampling.BILINEAR)
    photo.image.thumbnail((READING_SIDE, READING_SIDE), Image.Resampling.LANCZOS)
    return photo, replace(photo, image=grey)


def _open(data: bytes, longest_side: int) -> Photo:
    """Return the photo as decoded: upright by its EXIF, at least as large as asked for where it is so large."""
    _check_bytes(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as source:
            return _decode(source, longest_side)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (PhotoTooLarge, PhotoUnreadable):
        raise
    except Exception as error:
        # Decoders raise whatever they please on broken bytes: OSError, SyntaxError, struct.error, ValueError, …
        raise _not_a_picture(data) from error


def check_shape(photo: Photo) -> None:
    """Raise PhotoUnreadable when the picture is too small or too thin for a card to be on it."""
    width, height = photo.stored_size
    if min(width, height) < SMALLEST_SIDE or max(width, height) > THINNEST * min(width, height):
        raise PhotoUnreadable(
            f"The picture is only {width:,} × {height:,} pixels.", "Take a photo with the whole card in the picture."
        )


def _check_bytes(data: bytes) -> None:
    if not data:
        raise PhotoUnreadable("The file is empty.", "Upload the photo again.")
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.0f} MB"
        raise PhotoTooLarge(f"The photo is too large ({size}).", "Save it smaller: up to 30 MB are read.")
    if data[:1024].lstrip().startswith(b"%PDF"):
        raise PhotoUnreadable(
            "This is a PDF, not a photo.", "Take a photo of the card, or export the page as JPEG or PNG."
        )


def _decode(source: Image.Image, longest_side: int) -> Photo:
    width, height = stored_size = source.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(width, height)
    orientation = source.getexif().get(EXIF_ORIENTATION, 1)
    # JPEG can be decoded at a half or a quarter: a phone's photo in a fraction of the time and memory.
    source.draft("RGB", (longest_side, longest_side))
    image = ImageOps.exif_transpose(_to_rgb(source))
    return Photo(image=image, stored_size=stored_size, orientation=orientation)


def _to_rgb(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent on white."""
    if image.mode.startswith(("I", "F")):
        return _stretched(image).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, "white")
        rgb = Image.alpha_composite(ground, rgba).convert("RGB")
    else:
        rgb = image.convert("RGB")
    # Converting may drop the EXIF block, which still says how the photo was held.
    rgb.info["exif"] = image.getexif().tobytes()
    return rgb


def _stretched(image: Image.Image) -> Image.Image:
    """Return a picture of 16 or 32 bits a pixel as eight bits: Pillow's own conversion cuts off at 255."""
    values = image.convert("F")
    low, high = values.getextrema()
    if not isinstance(low, float) or not isinstance(high, float) or high <= low:
        return values.convert("L")
    scale = 255 / (high - low)
    return values.point(lambda value: value * scale - low * scale).convert("L")


def _not_a_picture(data: bytes) -> PhotoUnreadable:
    """Return the error that fits: a picture that breaks off, or no picture at all."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as source:
            named = source.format or "picture"
    except Exception:  # the header is broken too: no picture
        return PhotoUnreadable("This file is not a picture that can be read.", RETRY)
    kind = {"HEIF": "HEIC", "MPO": "JPEG"}.get(named, named)
    return PhotoUnreadable(f"The {kind} file is damaged or incomplete.", "Upload it again, or take a new photo.")


def _too_many_pixels(width: int = 0, height: int = 0) -> PhotoTooLarge:
    size = f" ({width:,} × {height:,})" if width else ""
    return PhotoTooLarge(f"The photo has too many pixels{size}.", "Save it smaller: up to 60 megapixels are read.")
