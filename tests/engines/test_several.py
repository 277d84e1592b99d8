import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from lib.cards import read_photo
from lib.cards.cutting import as_own_photos
from lib.cards.several import find_parts, small_card
from lib.demo.drawing import FONT, Person, draw_card
from tests.bench.photo import jpeg
from tests.bench.several import photograph_far, photograph_several

NAMES = ("Jane Miller", "Omar Haddad", "Anna Kowalska", "Peter Lindqvist", "Maria Rossi", "David Cohen")
COMPANIES = ("Rookstone", "Fernhill", "Aldervane", "Quillon", "Ravelin", "Wexcombe")


def person(number: int) -> Person:
    name, company = NAMES[number], COMPANIES[number]
    host = f"{company.lower()}.com"
    return Person(
        full_name=name,
        email=f"{name.lower().replace(' ', '.')}@{host}",
        company=f"{company} Inc.",
        title="Sales Manager",
        phone=f"+1 212 555 01{20 + number}",
        website=f"www.{host}",
    )


def card(number: int, seed: int | None = None) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(person(number), number if seed is None else seed)))


def names(data: bytes, engine) -> list[str]:
    return [card.fields["full_name"].value for card in read_photo(data, engine, region="US").cards]


MORE = [
    pytest.param(kind, count, seed, marks=pytest.mark.slow)
    for kind, count, seed in (("rim", 4, 2), ("table", 6, 3), ("grey", 6, 4))
]


@pytest.mark.parametrize(("kind", "count", "seed"), [("table", 2, 1), *MORE])
def test_each_card_of_a_photo_is_read_on_its_own(rapid, kind, count, seed):
    data = photograph_several([card(number) for number in range(count)], kind, seed)
    cards = read_photo(data, rapid, region="US").cards
    assert [card.fields["full_name"].value for card in cards] == list(NAMES[:count])
    assert [card.fields["email"].value for card in cards] == [person(number).email for number in range(count)]
    assert all(card.status == "completed" and card.outline for card in cards)


def test_white_cards_on_white_glass_are_cut_at_the_gaps_and_looked_at_by_a_person(rapid):
    white = [seed for seed in range(40) if card(0, seed).getpixel((600, 5))[2] > 250][:4]
    data = photograph_several([card(number, seed) for number, seed in enumerate(white)], "glass", 5)
    cards = read_photo(data, rapid, region="US").cards
    assert [card.fields["full_name"].value for card in cards] == list(NAMES[:4])
    assert all("check that nothing is missing" in " ".join(card.reasons) for card in cards)


@pytest.mark.parametrize("kind", ["table", "grey", "glass"])
def test_a_card_far_away_is_looked_at_from_nearer(rapid, kind):
    data = photograph_far(card(0), kind, 0.2, 7)
    (found,) = read_photo(data, rapid, region="US").cards
    values = {name: field.value for name, field in found.fields.items()}
    assert (values["email"], values["phone"]) == (person(0).email, "+12125550120")
    assert found.outline is None


def test_what_is_cut_out_is_upright_and_its_boxes_lie_on_it(rapid):
    data = photograph_several([card(0), card(1)], "table", 8)
    cards = read_photo(data, rapid, region="US").cards
    for number, (own, moved) in enumerate(as_own_photos(data, cards)):
        width, height = Image.open(io.BytesIO(own)).size
        assert width > 1.2 * height
        assert all(0 <= x <= width and 0 <= y <= height for line in moved.lines for x, y in line.box)
        box = moved.fields["full_name"].box
        assert box[0][0] < box[1][0]
        (again,) = read_photo(own, rapid, region="US").cards
        assert again.fields["full_name"].value == NAMES[number]
        assert again.fields["full_name"].box[0] == pytest.approx(box[0], abs=25)


def write(draw: ImageDraw.ImageDraw, x: int, y: int, rows: list[str], fill: str = "#1c2430") -> None:
    for number, row in enumerate(rows):
        draw.text((x, y + 48 * number), row, fill=fill, font=ImageFont.truetype(FONT, 52 if number == 0 else 30))


def two_people() -> Image.Image:
    image = Image.new("RGB", (1204, 780), "white")
    draw = ImageDraw.Draw(image)
    draw.text((80, 70), "Rookstone Ltd", fill="#0b5c8a", font=ImageFont.truetype(FONT, 60))
    for x, number in ((80, 0), (660, 1)):
        who = person(number)
        write(
            draw, x, 330, [who.full_name, who.title, who.phone, f"{who.full_name.split()[0].lower()}@rookstone.com"]
        )
    return image


def two_panels() -> Image.Image:
    image = two_people()
    draw = ImageDraw.Draw(image)
    for x, number, ground in ((40, 0, "#1d2733"), (620, 1, "#7a1d3f")):
        draw.rectangle((x, 280, x + 540, 740), fill=ground)
        who = person(number)
        write(draw, x + 40, 330, [who.full_name, who.title, who.phone, who.email], "#f2f5f8")
    return image


def dark_panel() -> Image.Image:
    image = card(0)
    draw = ImageDraw.Draw(image)
    draw.rectangle((760, 0, 1204, 780), fill="#1d2733")
    write(draw, 800, 300, ["Rookstone", "Seattle", "London", "+44 20 7946 0001"], "#ffffff")
    return image


def framed() -> Image.Image:
    image = Image.new("RGB", (1404, 980), "#0b5c8a")
    image.paste(card(2), (100, 100))
    return image


@pytest.mark.parametrize("draw", [two_people, dark_panel, framed])
@pytest.mark.parametrize("kind", ["flat", "table", "grey"])
def test_one_card_is_never_cut_apart(rapid, draw, kind):
    image = draw()
    data = photograph_far(image, kind, 0.7, 3) if kind != "flat" else jpeg_of(image)
    assert len(read_photo(data, rapid, region="US").cards) == 1


def test_two_panels_below_one_heading_stay_one_card(rapid):
    assert len(read_photo(jpeg_of(two_panels()), rapid, region="US").cards) == 1


def test_both_sides_of_one_card_are_not_two_people(rapid):
    data = photograph_several([card(0), card(0, seed=4)], "table", 9)
    assert len(read_photo(data, rapid, region="US").cards) == 1


def test_an_empty_table_has_no_cards(rapid):
    blank = Image.new("RGB", (900, 600), "#60422c")
    assert find_parts(jpeg_array(blank), [], [], region="US") == []
    assert small_card(jpeg_array(blank), []) is None


def jpeg_of(image: Image.Image) -> bytes:
    return jpeg(jpeg_array(image), 92)


def jpeg_array(image: Image.Image):
    import numpy as np

    return np.asarray(image.convert("RGB"))
