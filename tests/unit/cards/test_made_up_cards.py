"""How often fields of generated cards are right. The floors lie a little under what was measured."""

import pytest

from lib.cards.measure import Tally
from lib.cards.parse import parse_lines
from tests.unit.cards.made_up import make_card


def tally(noise: float, seeds: range) -> Tally:
    counts = Tally()
    for seed in seeds:
        card = make_card(seed, noise)
        reading = parse_lines(tuple(card.lines), region=card.region)
        truth = {"full_name": card.full_name, "email": card.email, "company": card.companies[0], "title": card.title}
        found = reading.fields.get("company")
        if found and found.value in card.companies:
            truth["company"] = found.value
        counts.add(reading, {**truth, "phones": [{"printed": card.phone.replace(" ", ""), "kind": "office"}]})
    return counts


@pytest.fixture(scope="module")
def clean_cards() -> Tally:
    return tally(0.0, range(5000, 5120))


@pytest.mark.parametrize(
    ("field", "floor"), [("full_name", 0.97), ("email", 0.98), ("company", 0.95), ("title", 0.95)]
)
def test_fields_of_clean_cards_are_right(clean_cards, field, floor):
    assert clean_cards.right[field] / clean_cards.given[field] >= floor


def test_name_and_address_of_accepted_cards_are_right_also_where_lines_are_misread():
    counts = tally(0.2, range(6000, 6200))
    assert counts.shared >= 0.25 * counts.cards
    assert counts.shared_right >= 0.95 * counts.shared
