"""Made-up business cards, drawn: the same person and seed always give the same picture."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# 85 × 55 mm at 360 dpi, as a phone's photo would have it.
SIZE = (1204, 780)
MARGIN = 80
# The pages' own font (static/inter.woff2, SIL Open Font License), unpacked: Pillow cannot open woff2, and its own
# font has no accents.
FONT = Path(__file__).with_name("inter.ttf")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who stands on a card; what is None is not printed."""

    full_name: str | None = None
    email: str | None = None
    company: str | None = None
    title: str | None = None
    phone: str | None = None
    website: str | None = None
    linkedin_url: str | None = None
    address: str | None = None

    def details(self) -> list[str]:
        """Return the small lines with their labels."""
        labelled = (
            ("T ", self.phone),
            ("", self.email),
            ("", self.website),
            ("", self.linkedin_url),
            ("", self.address),
        )
        return [label + value for label, value in labelled if value]


@dataclass(frozen=True)
class Colours:
    """Ground, text, and what stands out."""

    ground: str
    text: str
    accent: str


PALETTES = (
    Colours("#ffffff", "#1c2430", "#0b5c8a"),
    Colours("#f7f3ea", "#2b2622", "#8a4b1f"),
    Colours("#eef4f1", "#16302a", "#1d7a5f"),
    Colours("#1d2733", "#f2f5f8", "#8fc7e8"),
    Colours("#fdf6f6", "#3a1f26", "#a3314d"),
)


def draw_card(person: Person, seed: int) -> bytes:
    """Return the card as JPEG; the seed chooses layout and colours."""
    # Not for secrets: a reproducible choice is what is wanted.
    chance = random.Random(seed)  # noqa: S311
    colours = chance.choice(PALETTES)
    layout = chance.choice(LAYOUTS)
    image = Image.new("RGB", SIZE, colours.ground)
    layout(ImageDraw.Draw(image), person, colours)
    picture = io.BytesIO()
    image.save(picture, "JPEG", quality=92)
    return picture.getvalue()


def _name_first(draw: ImageDraw.ImageDraw, person: Person, colours: Colours) -> None:
    """Name and title at the top left, the company below, the details at the bottom."""
    draw.rectangle((0, 0, 24, SIZE[1]), fill=colours.accent)
    y = _line(draw, MARGIN, 90, person.full_name, 64, colours.text)
    y = _line(draw, MARGIN, y + 12, person.title, 34, colours.accent)
    _line(draw, MARGIN, y + 40, person.company, 44, colours.text)
    _block(draw, MARGIN, person.details(), colours.text)


def _company_first(draw: ImageDraw.ImageDraw, person: Person, colours: Colours) -> None:
    """The company large at the top with a rule below, then the person, the details at the bottom."""
    y = _line(draw, MARGIN, 70, person.company, 58, colours.accent)
    draw.line((MARGIN, y + 20, SIZE[0] - MARGIN, y + 20), fill=colours.accent, width=4)
    y = _line(draw, MARGIN, y + 60, person.full_name, 52, colours.text)
    _line(draw, MARGIN, y + 10, person.title, 34, colours.text)
    _block(draw, MARGIN, person.details(), colours.text)


def _centred(draw: ImageDraw.ImageDraw, person: Person, colours: Colours) -> None:
    """Everything centred, one below the other."""
    y = _line(draw, None, 70, person.company, 50, colours.accent)
    y = _line(draw, None, y + 50, person.full_name, 58, colours.text)
    y = _line(draw, None, y + 10, person.title, 34, colours.accent)
    y = max(y + 40, SIZE[1] - MARGIN - 52 * len(person.details()))
    for text in person.details():
        y = _line(draw, None, y, text, 32, colours.text) + 14


Layout = Callable[[ImageDraw.ImageDraw, Person, Colours], None]
LAYOUTS: tuple[Layout, ...] = (_name_first, _company_first, _centred)


def _block(draw: ImageDraw.ImageDraw, x: int, lines: list[str], colour: str) -> None:
    y = SIZE[1] - MARGIN + 14 - 50 * len(lines)
    for text in lines:
        _line(draw, x, y, text, 32, colour)
        y += 50


def _line(draw: ImageDraw.ImageDraw, x: int | None, y: int, text: str | None, size: int, colour: str) -> int:
    """Draw a line, centred when x is None, in smaller letters where it would not fit; return the y of its end."""
    if not text:
        return y
    font, width = _fitting(draw, text, size)
    left = x if x is not None else (SIZE[0] - width) / 2
    draw.text((left, y), text, fill=colour, font=font)
    return y + size + 8


def _fitting(draw: ImageDraw.ImageDraw, text: str, size: int) -> tuple[ImageFont.FreeTypeFont, float]:
    font = _font(size)
    width = draw.textlength(text, font=font)
    while width > SIZE[0] - 2 * MARGIN and size > 12:
        size -= 2
        font = _font(size)
        width = draw.textlength(text, font=font)
    return font, width


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
