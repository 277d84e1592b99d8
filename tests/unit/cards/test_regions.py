"""Which countries the words of a card hint at."""

import pytest

from lib.cards.extract.regions import regions_in_text


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("20457 Hamburg", "DE"),
        ("Kuala Lumpur", "MY"),
        ("NEW YORK", "US"),
        ("São Paulo", "BR"),
        ("Mexico City", "MX"),
        ("Lagos, Nigeria", "NG"),
    ],
)
def test_a_city_names_its_country(text, region):
    assert regions_in_text([text]) == [region]


def test_the_place_named_last_comes_first():
    assert regions_in_text(["Hamburg, Milano", "Lagos, Nigeria"])[0] == "NG"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Exampleton EC1A 1BB", "GB"),
        ("Springfield, IL 62704", "US"),
        ("Exampleton, ON M5V 2T6", "CA"),
        ("1012 AB Voorbeeld", "NL"),
        ("Exampleton NSW 2000", "AU"),
    ],
)
def test_a_postcode_names_its_country(text, region):
    assert regions_in_text([text])[0] == region


@pytest.mark.parametrize(("town", "region"), [("8005 Musterwil", "CH"), ("20457 Musterstadt", "DE")])
def test_beside_a_german_street_the_length_of_the_postcode_decides(town, region):
    assert regions_in_text(["Hafenstr. 12", town])[0] == region


@pytest.mark.parametrize(
    ("form", "region"),
    [("Sp. z o.o.", "PL"), ("sp. z o.o.", "PL"), ("Inc.", "US"), ("GmbH", "DE"), ("S.p.A.", "IT"), ("A/S", "DK")],
)
def test_a_legal_form_hints_at_its_country(form, region):
    assert regions_in_text([f"Nordhaven {form}"])[0] == region


@pytest.mark.parametrize(
    ("label", "region"), [("Telefon", "DE"), ("Ligne directe", "FR"), ("Växel", "SE"), ("Diretto", "IT")]
)
def test_what_a_telephone_is_called_hints_at_a_country(label, region):
    assert regions_in_text([f"{label}: 12 34 56"])[0] == region


def test_a_place_comes_before_a_legal_form():
    assert regions_in_text(["Nordhaven GmbH", "Wien"])[0] == "AT"


def test_three_lines_in_kanji_hint_at_japan_or_china():
    assert regions_in_text(["中村", "主任", "さくら"]) == ["JP"]
    assert regions_in_text(["王伟", "经理", "示例"]) == ["CN"]


def test_one_line_in_kanji_is_only_a_name():
    assert regions_in_text(["佐藤 健", "Ken Sato", "Engineer"]) == []


def test_a_slogan_hints_at_no_country():
    assert regions_in_text(["Ideas that move"]) == []
