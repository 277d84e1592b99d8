"""The benchmark measures what it says: the same cards every time, and right counted as right."""

import io

from PIL import Image

from lib.cards import Card, Field
from lib.cards.measure import Tally
from lib.cards.words import fold, name_kinds
from tests.bench import lists
from tests.bench.cards import draw_card
from tests.bench.people import make_person
from tests.bench.photo import photograph
from tests.bench.reading import make_samples, table

NOWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
TRUTH = {
    "full_name": "Ottoline Quistorp",
    "email": "ottoline@rookstone.example",
    "company": "Rookstone",
    "title": "Timber Buyer",
    "phones": [
        {"kind": "office", "e164": "+442079460001", "printed": "020 7946 0001"},
        {"kind": "mobile", "e164": "+447700900001", "printed": "07700 900001"},
    ],
}


def reading(status="completed", **values: str) -> Card:
    fields = {name: Field(value=value, confidence=0.9, box=NOWHERE, lines=(0,)) for name, value in values.items()}
    return Card(status=status, confidence=0.9, reasons=(), fields=fields, lines=(), extra={})


def test_a_seed_always_gives_the_same_photo() -> None:
    first, again = (make_samples(2, seed=3) for _ in range(2))
    assert [sample.data for sample in first] == [sample.data for sample in again]
    assert first[0].data != first[1].data


def test_flat_fair_and_poor_photos_are_pictures() -> None:
    for seed in (4, 5, 6):
        image = Image.open(io.BytesIO(photograph(draw_card(make_person(seed), seed), seed)))
        assert min(image.size) > 600


def test_truth_holds_what_is_printed() -> None:
    for seed in range(12):
        person = make_person(seed)
        truth = person.truth
        assert all(truth[name] for name in ("full_name", "email", "company", "phones"))
        assert truth["company"] in (person.brand, person.legal_name)
        assert all(phone["kind"] in ("mobile", "direct", "office", "fax") for phone in truth["phones"])
        assert all(phone["e164"].startswith("+") for phone in truth["phones"])


def test_half_of_the_names_are_in_no_list_of_the_reader() -> None:
    for name in lists.GIVEN_NAMES + lists.SURNAMES:
        words = name.replace("O'", "O").replace("-", " ").split()
        assert not all(fold(word) in name_kinds() for word in words), name


def test_right_and_wrong_readings_are_counted() -> None:
    tally = Tally()
    right = reading(
        full_name="OTTOLINE QUISTORP",
        email="ottoline@rookstone.example",
        company="Rookstone Ltd",
        title="Timber Buyer",
        phone="+447700900001",
    )
    assert tally.add(right, TRUTH) == []
    wrong = tally.add(reading(full_name="Timber Buyer", phone="+442079460001"), TRUTH)
    assert {name for name, _, _ in wrong} == {"full_name", "email", "company", "title", "phone"}
    figures = tally.figures()
    assert figures["f1_full_name"] == figures["f1_phone"] == 0.5
    assert figures["f1_email"] == 2 / 3
    assert figures["whole_card"] == 0.5
    assert (figures["auto_share"], figures["auto_precision"]) == (1.0, 0.5)


def test_a_wrong_website_leaves_a_card_whole() -> None:
    tally = Tally()
    values = {name: TRUTH[name] for name in ("full_name", "email", "company", "title")}
    tally.add(reading(**values, phone="+447700900001", website="elsewhere.example"), TRUTH)
    assert tally.figures()["whole_card"] == 1


def test_where_no_card_was_accepted_there_is_no_precision() -> None:
    tally = Tally()
    tally.add(reading("pending_review", full_name="Ottoline Quistorp"), TRUTH)
    assert tally.figures()["auto_share"] == 0
    assert "auto_precision" not in tally.figures()


def test_the_table_shows_shares_in_per_cent() -> None:
    assert table({"RapidOCR": {"f1_email": 0.955, "peak_mb": 702.0}}).split()[1:] == [
        "f1_email",
        "95.5%",
        "peak_mb",
        "702",
    ]
