"""How a domain was made from a company's name, and when that confirms it."""

import pytest

from lib.cards.domain_match import CONFIRMED, match


@pytest.mark.parametrize(
    ("company", "label"),
    [
        ("Nordhaven Robotics Inc.", "nordhavenrobotics"),
        ("Harbour & Hill", "harbourhill"),
        ("Harbour & Hill", "harbourandhill"),
        ("The Harbour Café", "harbourcafe"),
        ("Köhler Bau GmbH", "koehler-bau"),
        ("Köhler Bau GmbH", "kohlerbau"),
    ],
)
def test_the_whole_name_fits_fully(company, label):
    assert match(company, label) == 1.0


@pytest.mark.parametrize(
    ("company", "label"),
    [
        ("Harbour Market Trading", "harbourmarket"),
        ("Gulf Meridian Trading", "gulfmeridian"),
        ("Lambelet Vins", "lambelet"),
        ("Brannock Tool & Die", "brannocktd"),
        ("Brannock Tool & Die, Inc.", "brannocktd"),
        ("Nordhaven Robotics", "nordhavenr"),
    ],
)
def test_the_first_words_alone_or_with_the_initials_of_the_others_confirm(company, label):
    assert match(company, label) >= CONFIRMED


@pytest.mark.parametrize(
    ("company", "label"),
    [
        ("Szent Borbála Megyei Kórház", "borbalakorhaz"),
        ("Fernhill Veterinary Clinic", "fernhillvet"),
        ("Nordhaven Robotics", "nordhavenrob"),
        ("Universität Westmark", "uni-westmark"),
    ],
)
def test_words_in_their_order_of_which_one_is_whole_confirm(company, label):
    assert match(company, label) >= CONFIRMED


@pytest.mark.parametrize(
    ("company", "label"), [("European Packaging Council", "europackcouncil"), ("Nordhaven Robotics", "nordrob")]
)
def test_beginnings_of_words_fit_but_do_not_confirm(company, label):
    assert 0.6 < match(company, label) < CONFIRMED


@pytest.mark.parametrize(
    ("company", "label"),
    [
        ("Harbour Hill Logistics Ltd", "hhl"),
        ("Harbour Hill Logistics Ltd", "hhlcorp"),
        ("Harbour Hill Logistics", "hhlogistics"),
    ],
)
def test_initials_confirm(company, label):
    assert match(company, label) >= CONFIRMED


@pytest.mark.parametrize("label", ["quorvexgroup", "quorvex-online", "quorvexltd"])
def test_what_is_hung_on_for_a_free_domain_is_left_out(label):
    assert match("Quorvex", label) >= CONFIRMED


@pytest.mark.parametrize(
    ("company", "label"),
    [
        ("Nordhaven Robotics", "nordhavenrobotic"),
        ("Nordhaven Robotics", "nordhavenrobotlcs"),
        ("Nordhaven", "nordhave"),
        ("Nordhaven", "nordhavens"),
        ("Quorvex Tools", "quorvextool"),
        ("Gulf Meridian Trading", "gulfmeridan"),
        ("European Packaging Council", "euopackcouncil"),
    ],
)
def test_a_letter_more_or_less_does_not_confirm(company, label):
    assert match(company, label) < CONFIRMED


@pytest.mark.parametrize(
    ("company", "label"), [("Hill Harbour", "harbourhill"), ("Nova", "nordhaven"), ("Nordhaven Robotics", "quorvex")]
)
def test_other_words_or_another_order_do_not_fit(company, label):
    assert match(company, label) < 0.5


def test_one_general_word_of_the_name_does_not_confirm():
    assert match("Harbour Hill Logistics", "logistics") < CONFIRMED
