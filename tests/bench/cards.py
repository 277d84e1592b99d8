"""Cards of the benchmark, drawn flat: many layouts, papers and fonts. The same seed gives the same picture.

DejaVu is used where it is installed: another machine may draw other letters, and figures compare on one machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from lib.demo.drawing import FONT as INTER
from tests.bench.people import Person

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
# Regular and bold; Inter holds both in one file.
FACES = tuple(
    (regular, bold)
    for regular, bold in (
        (INTER, INTER),
        (DEJAVU / "DejaVuSans.ttf", DEJAVU / "DejaVuSans-Bold.ttf"),
        (DEJAVU / "DejaVuSerif.ttf", DEJAVU / "DejaVuSerif-Bold.ttf"),
    )
    if regular.exists() and bold.exists()
)
LANDSCAPE, PORTRAIT = (1110, 720), (680, 1080)
MARGIN = 60
GAP = 1.35  # from line to line, in letter sizes


@dataclass(frozen=True)
class Paper:
    """Ground, text, and the colour of the logo and of what stands out."""

    ground: str
    text: str
    accent: str


PAPERS = (
    Paper("#ffffff", "#1a1a1a", "#1a4d8f"),
    Paper("#fbf8f1", "#33302b", "#8a3b1f"),
    Paper("#f1f5f4", "#20312d", "#0f766e"),
    Paper("#ffffff", "#4a4a4a", "#b3202c"),
    Paper("#16202c", "#eef1f5", "#e0b35a"),
    Paper("#3a1f3d", "#f7eef8", "#d9a9e0"),
)


@dataclass(frozen=True)
class Row:
    """A line of print: its letters' size in pixels, and whether it is bold or in the accent's colour."""

    text: str
    size: float
    bold: bool = False
    accent: bool = False


@dataclass(frozen=True)
class Pen:
    """What draws the rows of one card."""

    image: Image.Image
    paper: Paper
    face: int

    def block(self, rows: list[Row], box: tuple[int, int, int, int], align: str = "left", foot: bool = False) -> None:
        """Draw rows into a box (left, top, right, bottom), smaller where they would not fit; `foot`: at its bottom."""
        left, top, right, bottom = box
        needed = sum(row.size * GAP for row in rows)
        shrink = min(1.0, (bottom - top) / (needed or 1))
        y = bottom - needed * shrink if foot else float(top)
        for row in rows:
            self._row(row, row.size * shrink, (left, right), y, align)
            y += row.size * GAP * shrink

    def _row(self, row: Row, size: float, sides: tuple[int, int], y: float, align: str) -> None:
        draw = ImageDraw.Draw(self.image)
        font = _font(self.face, int(size), row.bold)
        while draw.textlength(row.text, font=font) > sides[1] - sides[0] and size > 12:
            size -= 1
            font = _font(self.face, int(size), row.bold)
        free = sides[1] - sides[0] - draw.textlength(row.text, font=font)
        x = sides[0] + {"left": 0, "right": free, "centre": free / 2}[align]
        draw.text((x, y), row.text, font=font, fill=self.paper.accent if row.accent else self.paper.text)


def draw_card(person: Person, seed: int) -> Image.Image:
    """Return the card; the seed chooses layout, paper and font."""
    chance = Random(seed)
    layout = chance.choice(LAYOUTS)
    paper = chance.choice(PAPERS)
    image = Image.new("RGB", PORTRAIT if layout is _portrait else LANDSCAPE, paper.ground)
    pen = Pen(image, paper, chance.randrange(len(FACES)))
    layout(pen, person, chance)
    return image


def _logo_above(pen: Pen, person: Person, chance: Random) -> None:
    """The company at the top, the person below, details in one or two columns."""
    width, height = pen.image.size
    top, foot = company_rows(person, chance)
    _mark(pen, chance, (MARGIN, MARGIN))
    pen.block(top, (MARGIN + 90, MARGIN, width - MARGIN, 210))
    pen.block(person_rows(person, chance), (MARGIN, 225, width - MARGIN, 400))
    _details(pen, person, chance, foot, (MARGIN, 415, width - MARGIN, height - 40))


def _person_above(pen: Pen, person: Person, chance: Random) -> None:
    """The person at the top left, the company at the right or below."""
    width, height = pen.image.size
    top, foot = company_rows(person, chance)
    if chance.random() < 0.5:
        pen.block(person_rows(person, chance), (MARGIN, MARGIN, 620, 260))
        pen.block(top, (640, MARGIN, width - MARGIN, 260), "right")
    else:
        pen.block(person_rows(person, chance), (MARGIN, MARGIN, width - MARGIN, 230))
        pen.block(top, (MARGIN, 245, width - MARGIN, 390))
    _details(pen, person, chance, foot, (MARGIN, 400, width - MARGIN, height - 40))


def _centred(pen: Pen, person: Person, chance: Random) -> None:
    """Everything in the middle, one below the other."""
    width, height = pen.image.size
    top, foot = company_rows(person, chance)
    pen.block(top, (MARGIN, 45, width - MARGIN, 190), "centre")
    pen.block(person_rows(person, chance), (MARGIN, 205, width - MARGIN, 370), "centre")
    rows = [*detail_rows(person, chance), *address_rows(person, chance), *foot]
    pen.block(rows, (MARGIN, 385, width - MARGIN, height - 35), "centre", foot=True)


def _side_band(pen: Pen, person: Person, chance: Random) -> None:
    """The company in a band at the side, everything else beside it."""
    width, height = pen.image.size
    top, foot = company_rows(person, chance)
    draw = ImageDraw.Draw(pen.image)
    draw.rectangle((390, 0, 396, height), fill=pen.paper.accent)
    _mark(pen, chance, (MARGIN, 200))
    pen.block(top, (40, 300, 375, 520))
    pen.block(person_rows(person, chance), (430, MARGIN, width - 40, 260))
    pen.block(
        [*detail_rows(person, chance), *address_rows(person, chance), *foot], (430, 290, width - 40, height - 40)
    )


def _details_first(pen: Pen, person: Person, chance: Random) -> None:
    """The small print at the top, the company large at the bottom."""
    width, height = pen.image.size
    top, foot = company_rows(person, chance)
    pen.block(person_rows(person, chance), (MARGIN, 45, width - MARGIN, 220))
    _details(pen, person, chance, foot, (MARGIN, 235, width - MARGIN, 530))
    pen.block(top, (MARGIN, 550, width - MARGIN, height - 35), chance.choice(("left", "right")), foot=True)


def _portrait(pen: Pen, person: Person, chance: Random) -> None:
    """A card that stands upright."""
    width, height = pen.image.size
    align = chance.choice(("left", "centre"))
    top, foot = company_rows(person, chance)
    pen.block(top, (50, 60, width - 50, 280), align)
    pen.block(person_rows(person, chance), (50, 330, width - 50, 560), align)
    rows = [*detail_rows(person, chance), *address_rows(person, chance), *foot]
    pen.block(rows, (50, 600, width - 50, height - 50), align, foot=True)


LAYOUTS = (_logo_above, _logo_above, _person_above, _person_above, _centred, _side_band, _details_first, _portrait)


def company_rows(person: Person, chance: Random) -> tuple[list[Row], list[Row]]:
    """Return the company's rows where it stands large, and those of the small print at the foot."""
    beside = [Row(text, 25) for text in (person.slogan, person.department) if text]
    chance.shuffle(beside)
    size = chance.choice((44, 54, 66))
    if person.company_style == "two lines":
        words = person.legal_name.split()
        cut = max(1, len(words) // 2)
        rows = [Row(" ".join(part), size * 0.85, bold=True, accent=True) for part in (words[:cut], words[cut:])]
        return rows + beside, []
    if person.company_style == "legal":
        return [Row(person.legal_name, size * 0.8, bold=True, accent=True), *beside], []
    brand = person.brand.upper() if chance.random() < 0.5 else person.brand
    foot = [Row(person.legal_name, 24)] if person.company_style == "logo" else []
    return [Row(brand, size * 1.2, bold=True, accent=True), *beside], foot


def person_rows(person: Person, chance: Random) -> list[Row]:
    """Return name and title."""
    size = chance.choice((38, 46, 54))
    letters, accent = chance.choice((26, 30)), chance.random() < 0.4
    title = [Row(line, letters, accent=accent) for line in person.title_lines]
    return [Row(person.name, size, bold=chance.random() < 0.6), *title]


def detail_rows(person: Person, chance: Random) -> list[Row]:
    """Return telephones, e-mail, web and LinkedIn in one of the usual orders, with or without labels."""
    phones = [label + phone["printed"] for label, phone in zip(person.phone_labels, person.phones, strict=True)]
    if len(phones) > 1 and chance.random() < 0.2:
        phones = ["  |  ".join(phones[:2]), *phones[2:]]
    labelled = chance.random() < 0.35
    email = (chance.choice(("E-Mail: ", "E ", "Email ")) if labelled else "") + person.email
    site = [("W " if labelled else "") + person.website] if person.website else []
    if site and chance.random() < 0.12:
        lines = [*phones, f"{email} | {person.website}"]
    else:
        lines = chance.choice(([*phones, email, *site], [email, *site, *phones], [*phones, *site, email]))
    if person.linkedin:
        lines = [*lines, ("LinkedIn: " if person.linkedin.startswith("in/") else "") + person.linkedin]
    return [Row(line, 27) for line in lines]


def address_rows(person: Person, chance: Random) -> list[Row]:
    """Return the address on one line or two; at times the company stands on its line."""
    if not person.address:
        return []
    joint = chance.choice((", ", " · ", " | "))
    if person.company_style == "logo" and chance.random() < 0.2:
        return [Row(person.legal_name + joint + joint.join(person.address), 25)]
    lines = person.address if chance.random() < 0.6 else (joint.join(person.address),)
    return [Row(line, 25) for line in lines]


def _details(pen: Pen, person: Person, chance: Random, foot: list[Row], box: tuple[int, int, int, int]) -> None:
    """Draw the small print in one column, or with address and legal name in a second one."""
    left, top, right, bottom = box
    details, address = detail_rows(person, chance), address_rows(person, chance)
    if chance.random() < 0.4:
        middle = left + int(0.56 * (right - left))
        pen.block(details, (left, top, middle, bottom), foot=True)
        pen.block([*foot, *address], (middle + 25, top, right, bottom), foot=True)
    else:
        pen.block([*details, *address, *foot], box, foot=True)


def _mark(pen: Pen, chance: Random, corner: tuple[int, int]) -> None:
    """Draw a small sign, as logos have one."""
    x, y = corner
    draw = ImageDraw.Draw(pen.image)
    colour = pen.paper.accent
    shape = chance.randrange(3)
    if shape == 0:
        draw.ellipse((x, y, x + 70, y + 70), outline=colour, width=10)
    elif shape == 1:
        draw.polygon([(x, y + 70), (x + 35, y), (x + 70, y + 70)], fill=colour)
    else:
        draw.rectangle((x, y, x + 30, y + 70), fill=colour)
        draw.rectangle((x + 40, y + 25, x + 70, y + 70), fill=colour)


@lru_cache(maxsize=256)
def _font(face: int, size: int, bold: bool) -> Font:
    path = FACES[face][bold]
    font = ImageFont.truetype(path, max(size, 8))
    if path == INTER:
        font.set_variation_by_axes([700 if bold else 400])
    return font
