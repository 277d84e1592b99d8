"""Two readers of one card: what differs, what does not, and what one of them adds."""

import pytest

from lib.cards.model import CONTACT_FIELDS, Reading
from lib.cards.otherwise import Comparison, compare, most_alike
from lib.cards.reading import raw_data
from lib.reasons import REASONS
from tests.unit.cards.cards import Row, read

CARD: tuple[Row, ...] = (("Jane Miller", 1.6), "Sales Director", "jane.miller@nordhaven.com", "www.nordhaven.com")


def says(engine: str, *cards: tuple[Row, ...]) -> Reading:
    return Reading(engine=engine, engine_version="1", seconds=1.0, cards=tuple(read(*rows) for rows in cards))


def compared(mine: tuple[Row, ...], theirs: tuple[Row, ...], *, may_fill: bool = True) -> Comparison:
    """What EasyOCR says of a card that RapidOCR read and nobody touched."""
    raw = raw_data(says("rapidocr", mine), 0)
    values = {name: (raw["fields"].get(name) or {}).get("value") for name in CONTACT_FIELDS}
    return compare(raw, values, says("easyocr", theirs), may_fill=may_fill)


@pytest.mark.parametrize(
    "theirs",
    [
        CARD,
        (("JANE MILLER", 1.6), "Sales  Director", "jane.miller@nordhaven.com", "www.nordhaven.com"),
        (("Jane Miller", 1.6), "jane.miller@nordhaven.com"),
    ],
    ids=["the same", "in capitals", "less of it"],
)
def test_the_same_letters_are_no_difference_and_nothing_read_says_nothing(theirs: tuple[Row, ...]) -> None:
    found = compared(CARD, theirs)
    assert (found.differing, found.filled, found.is_for_review) == ((), {}, False)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("Sales Direktor", "title"),
        ("Sales Dirëctor", "title"),
    ],
)
def test_one_letter_is_a_difference(line: str, field: str) -> None:
    theirs: tuple[Row, ...] = (("Jane Miller", 1.6), line, "jane.miller@nordhaven.com", "www.nordhaven.com")
    assert compared(CARD, theirs).differing == (field,)


def test_in_an_address_every_dot_counts() -> None:
    theirs: tuple[Row, ...] = (
        ("Jane Miller", 1.6),
        "Sales Director",
        "janemiller@nordhaven.com",
        "www.nordhaven.com",
    )
    assert compared(CARD, theirs).differing == ("email",)


def test_the_mobile_number_beside_the_office_number_is_no_contradiction() -> None:
    office: Row = "Phone +49 30 901820"
    mobile: Row = "Mobile +49 151 23456789"
    assert "phone" not in compared((*CARD, office), (*CARD, office, mobile)).differing


def test_what_only_the_other_one_read_is_kept_with_its_place_but_not_its_lines() -> None:
    found = compared((("Jane Miller", 1.6), "Sales Director"), CARD)
    assert found.filled["email"] == "jane.miller@nordhaven.com"
    field = found.raw["fields"]["email"]
    assert (field["lines"], field["evidence"][-1], len(field["box"])) == ([], "read by EasyOCR", 4)


def test_where_nothing_may_be_filled_it_is_a_suggestion() -> None:
    found = compared((("Jane Miller", 1.6), "Sales Director"), CARD, may_fill=False)
    assert found.filled == {}
    assert "email" in found.differing
    assert "email" not in found.raw["fields"]


@pytest.mark.parametrize(("mine", "theirs"), [("rapidocr", "EasyOCR"), ("easyocr", "RapidOCR")])
def test_why_to_look_is_told_by_sentences_that_one_can_look_for(mine: str, theirs: str) -> None:
    raw = raw_data(says(mine, (("Jane Mlller", 1.6), "Sales Director")), 0)
    values = {name: (raw["fields"].get(name) or {}).get("value") for name in CONTACT_FIELDS}
    other = "easyocr" if mine == "rapidocr" else "rapidocr"
    reasons = compare(raw, values, says(other, CARD), may_fill=True).raw["reasons"]
    told = {f"{theirs} has a different name.", f"Only {theirs} found the e-mail address: compare it with the card."}
    assert told <= set(reasons) & set(REASONS)


def test_what_is_stored_is_not_changed_in_place() -> None:
    raw = raw_data(says("rapidocr", CARD), 0)
    before = repr(raw)
    compare(raw, dict.fromkeys(CONTACT_FIELDS), says("easyocr", CARD), may_fill=True)
    assert repr(raw) == before


def test_of_several_cards_the_contacts_own_is_meant() -> None:
    other: tuple[Row, ...] = (("Tom Becker", 1.6), "Buyer", "tom.becker@foxglove.de")
    values = {**dict.fromkeys(CONTACT_FIELDS), "full_name": "Jane Miller"}
    assert most_alike(says("easyocr", other, CARD), values) == 1
