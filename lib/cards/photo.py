"""From the bytes of a photo to a small upright picture, and back from its pixels to the photo's."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import Image

from lib.cards.bombs import is_bomb
from lib.cards.errors import PhotoTooLarge, PhotoUnreadable
from lib.cards.memory import needs_too_much_memory
from lib.cards.model import Box

MAX_BYTES = 30_000_000
MAX_PIXELS = 60_000_000
# A code of 12 mm on a card that takes half of the photo's width can be made out, and so can small print.
READING_SIDE = 2000

# RapidOCR enlarges the shorter side to 736 pixels: a strip of 1 × 5,000 would take all the machine's memory.
THINNEST = 6
SMALLEST_SIDE = 24
# Longer than any photo of 60 megapixels with a card on it. Pillow keeps an address for each row, and enlarges what is
# one pixel wide: 1 × 60,000,000 took 3.4 GB.
MAX_SIDE = 20_000

# Named one by one: some of Pillow's other formats start programs or are rarely tested.
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF", "BMP", "PPM", "JPEG2000")
EXIF_ORIENTATION = 0x0112
RETRY = "Take the photo again, or save it as JPEG or PNG."

pi_heif.register_heif_opener()


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A picture made of a photo, and how it lies in the photo as stored (before its EXIF rotation, full size)."""

    image: Image.Image
    stored_size: tuple[int, int]
    # Takes points (x, y, 1) of the picture to pixels of the photo as stored, up to their third number.
    matrix: NDArray[np.float64]

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The picture as an array (height, width, 3), RGB."""
        return np.asarray(self.image)

    def to_stored(self, box: Box) -> Box:
        """Return a box of this picture in pixels of the photo as stored, corner for corner."""
        return _through(self.matrix, box)

    def from_stored(self, box: Box) -> Box:
        """Return a box of the photo as stored in pixels of this picture, corner for corner."""
        return _through(np.linalg.inv(self.matrix), box)

    def flattened(self, outline: Box) -> Photo:
        """Return what lies within four corners, pixels of the photo as stored, as seen from straight above.

        The first corner becomes the top left one; what lies outside the photo is white.
        """
        here = self.from_stored(outline)
        width, height = (max(1, round((_length(here, a) + _length(here, a + 2)) / 2)) for a in (0, 1))
        flat: Box = ((0, 0), (width, 0), (width, height), (0, height))
        to_here = _perspective(flat, here)
        factors = tuple((to_here / to_here[2, 2]).flatten()[:8].tolist())
        image = self.image.transform(
            (width, height), Image.Transform.PERSPECTIVE, factors, Image.Resampling.BICUBIC, fillcolor="white"
        )
        return replace(self, image=image, matrix=_perspective(flat, outline))


def _through(matrix: NDArray[Any], box: Box) -> Box:
    """Return a box through a matrix, corner for corner."""
    points = np.column_stack([np.asarray(box, dtype=float), np.ones(4)]) @ matrix.T
    corners = [(round(x / w, 1), round(y / w, 1)) for x, y, w in points.tolist()]
    return (corners[0], corners[1], corners[2], corners[3])


def _length(box: Box, side: int) -> float:
    return math.dist(box[side], box[(side + 1) % 4])


def _perspective(given: Box, wanted: Box) -> NDArray[np.float64]:
    """Return the matrix that takes four points, no three in a line, to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(given, wanted, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, dtype=np.float64), np.array(values, dtype=np.float64))
    return np.append(solved, 1.0).reshape(3, 3)


# What the EXIF rotation does to the unit square, undone: EXIF 2.32, tag 274.
_UNDO: dict[int, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    1: ((1, 0, 0), (0, 1, 0)),
    2: ((-1, 0, 1), (0, 1, 0)),
    3: ((-1, 0, 1), (0, -1, 1)),
    4: ((1, 0, 0), (0, -1, 1)),
    5: ((0, 1, 0), (1, 0, 0)),
    6: ((0, 1, 0), (-1, 0, 1)),
    7: ((0, -1, 1), (-1, 0, 1)),
    8: ((0, -1, 1), (1, 0, 0)),
}
_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _matrix(size: tuple[int, int], stored_size: tuple[int, int], orientation: int) -> NDArray[np.float64]:
    """Return the matrix from a picture of this size, rotated as its EXIF says, to the photo as stored."""
    undo = np.array([*_UNDO[orientation], (0, 0, 1)], dtype=np.float64)
    matrix: NDArray[np.float64] = np.diag([*stored_size, 1.0]) @ undo @ np.diag([1 / size[0], 1 / size[1], 1.0])
    return matrix


def open_photo(data: bytes, longest_side: int = READING_SIDE) -> Photo:
    """Return the photo as an RGB picture no larger than that, rotated as its EXIF says.

    Raises PhotoUnreadable for anything that is no whole picture and PhotoTooLarge before decoding.
    """
    _check_bytes(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as source:
            return _decode(source, longest_side)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except MemoryError as error:
        raise needs_too_much_memory() from error
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
    if is_bomb(data):
        raise PhotoUnreadable("This file is not made as photos are and would take too long to open.", RETRY)


def _decode(source: Image.Image, longest_side: int) -> Photo:
    width, height = stored_size = source.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_many_pixels(width, height)
    orientation = _orientation(source)
    # JPEG can be decoded at a half or a quarter: a phone's photo in a fraction of the time and memory.
    source.draft("RGB", (longest_side, longest_side))
    image = _to_rgb(source)
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    if orientation in _TURN:
        image = image.transpose(_TURN[orientation])
    return Photo(image=image, stored_size=stored_size, matrix=_matrix(image.size, stored_size, orientation))


def _orientation(source: Image.Image) -> int:
    """Return how the photo was held, 1 to 8 as EXIF has it; 1 where it does not say or cannot be made out."""
    try:
        orientation = source.getexif().get(EXIF_ORIENTATION, 1)
    except MemoryError:
        raise
    except Exception:  # a broken note beside the picture, which may be whole
        return 1
    return orientation if orientation in _UNDO else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent on white."""
    if image.mode.startswith(("I", "F")):
        return _stretched(image).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    # Pasted and not composited, which would take a third and a fourth copy of all pixels.
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba)
    return ground


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
