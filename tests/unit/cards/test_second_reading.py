import pytest

from lib.cards.gate import UNLISTED_NAME
from lib.cards.second import TWICE, confirm
from tests.unit.cards.cards import read

ROWS = ("Meridox Ltd.", ("Xqeni Wrtplk", 1.6), "Engineer", "xqeni@meridox.co.uk", "www.meridox.co.uk")


def again(card, **changed):
    """Return what reads the card's lines a second time, some otherwise: `changed` by the word they hold."""
    lines = {line.box: line.text for line in card.lines}

    def read_again(boxes):
        texts = [lines[box] for box in boxes]
        return [next((new for word, new in changed.items() if word in text.lower()), text) for text in texts]

    return read_again


def test_a_name_that_nobody_listed_is_accepted_when_it_is_read_the_same_twice():
    card = read(*ROWS)
    assert card.reasons == (UNLISTED_NAME,)
    twice = confirm(card, again(card), region="GB")
    assert (twice.status, twice.reasons) == ("completed", ())
    assert TWICE in twice.fields["full_name"].evidence
    assert twice.fields["email"].confidence >= card.fields["email"].confidence


def test_spaces_and_capitals_make_no_difference():
    card = read(*ROWS)
    assert confirm(card, again(card, wrtplk="XqeniWrtplk"), region="GB").status == "completed"


def test_a_line_that_is_hard_to_read_is_not_accepted_for_being_read_twice():
    card = read(ROWS[0], ("Xqeni Wrtplk", 1.6, 0.9), *ROWS[2:])
    assert confirm(card, again(card), region="GB").reasons == (UNLISTED_NAME,)


def test_an_address_read_in_two_ways_is_reviewed_with_both():
    card = read(*ROWS[:2], "xqeni.wrtplk@meridox.co.uk", ROWS[4])
    found = confirm(card, again(card, **{"xqeni.": "xqeni.wrtplx@meridox.co.uk"}), region="GB")
    assert found.status == "pending_review"
    assert "The e-mail address was read in two ways." in found.reasons
    assert found.fields["email"].value == "xqeni.wrtplk@meridox.co.uk"
    (conflict,) = found.extra["conflicts"]
    assert (conflict["field"], conflict["other"]) == ("email", "xqeni.wrtplx@meridox.co.uk")


def test_of_two_readings_the_one_that_fits_the_name_is_kept():
    card = read(*ROWS[:2], "xqeni.wrtplx@meridox.co.uk", ROWS[4])
    found = confirm(card, again(card, **{"xqeni.": "xqeni.wrtplk@meridox.co.uk"}), region="GB")
    assert found.fields["email"].value == "xqeni.wrtplk@meridox.co.uk"
    assert found.status == "pending_review"


def test_a_repaired_address_that_is_read_plainly_the_second_time_is_believed():
    card = read("Meridox Ltd.", ("Jane Miller", 1.6), "jane.miller@meridox,co.uk", "www.meridox.co.uk")
    assert card.reasons == ("The e-mail address was misread and put right.",)
    found = confirm(card, again(card, **{"jane.": "jane.miller@meridox.co.uk"}), region="GB")
    assert (found.status, found.fields["email"].value) == ("completed", "jane.miller@meridox.co.uk")


@pytest.mark.parametrize("rows", [("Jane Miller",), ("Meridox Ltd.", "+44 20 7946 0958"), ROWS])
def test_a_reader_without_a_second_reading_changes_nothing(rows):
    card = read(*rows)
    assert confirm(card, lambda boxes: [], region="GB") == card


def test_a_card_without_an_address_is_read_twice_too():
    card = read(("Jane Miller", 1.6), "Engineer", "+44 20 7946 0958")
    assert TWICE in confirm(card, again(card), region="GB").fields["full_name"].evidence
