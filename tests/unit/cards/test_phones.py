import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cards.details import find_details
from lib.cards.extract.phones import digits_of, find_phones, primary


def phones(*texts: str, region: str = "US"):
    return find_details(list(texts), region).phones


def main_number(*texts: str, region: str = "US") -> str | None:
    best = primary(phones(*texts, region=region))
    return best.e164 if best else None


def test_a_number_with_country_code_becomes_e164():
    assert main_number("T +44 20 7946 0958") == "+442079460958"


def test_two_zeros_at_the_start_are_a_plus():
    assert main_number("Tel. 0049 30 901820") == "+4930901820"


def test_zeros_inside_a_number_stay():
    assert digits_of("030 900 0049") == "0309000049"


def test_the_trunk_zero_in_brackets_is_dropped():
    assert main_number("+41 (0)44 668 18 00") == "+41446681800"


def test_letters_that_look_like_digits_are_read_as_digits_between_digits():
    assert main_number("Phone +1 2I2-555-O123") == "+12125550123"


@pytest.mark.parametrize("glued", ["Tel+49 30 901820", "Tel.030 901820", "T:030/901820", "电话+49 30 901820"])
def test_a_label_may_be_glued_to_its_number(glued):
    assert main_number(glued, "www.example.de") == "+4930901820"


def test_the_country_comes_from_the_domain():
    assert main_number("030 901820", "jane@example.de") == "+4930901820"


def test_a_domain_that_is_sold_as_a_word_names_no_country():
    assert main_number("Tel (212) 555-0123", "jane@example.io") == "+12125550123"


def test_the_country_comes_from_another_number_on_the_card():
    assert main_number("Mobil 0151 23456789", "Tel. +49 30 901820") == "+4915123456789"


def test_the_country_comes_from_the_legal_form():
    assert main_number("Beispiel GmbH", "Tel. 030 901820") == "+4930901820"


def test_the_given_region_comes_last():
    assert main_number("Tel 020 7946 0958", region="GB") == "+442079460958"


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Mobile", "mobile"),
        ("Cell:", "mobile"),
        ("WhatsApp", "mobile"),
        ("Direct", "direct"),
        ("Durchwahl", "direct"),
        ("Fax", "fax"),
        ("F", "fax"),
        ("Tel.", "office"),
        ("P", "office"),
    ],
)
def test_the_label_says_the_kind(label, kind):
    assert [phone.kind for phone in phones(f"{label} +1 212 555 0123")] == [kind]


def test_a_label_in_brackets_behind_the_number_counts():
    assert [phone.kind for phone in phones("+1 212 555 0123 (cell)")] == ["mobile"]


def test_direct_line_is_not_swallowed_by_line():
    assert [phone.kind for phone in phones("Direct Line: +1 212 555 0123")] == ["direct"]


def test_the_main_number_is_mobile_before_direct_before_office():
    office, direct, mobile = "T +1 212 555 0123", "Direct +1 212 555 0124", "M +1 212 555 0125"
    assert main_number(office, direct, mobile) == "+12125550125"
    assert main_number(office, direct) == "+12125550124"


def test_a_fax_is_never_the_main_number():
    assert main_number("Fax +1 212 555 0123") is None


def test_two_numbers_on_a_line_keep_their_labels():
    found = phones("T +1 212 555 0123 | F +1 212 555 0199")
    assert [(phone.e164, phone.kind) for phone in found] == [("+12125550123", "office"), ("+12125550199", "fax")]


def test_an_extension_is_kept_apart():
    (phone,) = phones("Tel +1 212 555 0123 ext. 45")
    assert (phone.e164, phone.extension) == ("+12125550123", "45")


@pytest.mark.parametrize(
    "text",
    ["VAT 123456789", "P.IVA 01234567890", "CIF B12345678", "Siret 552 100 554 00013", "Springfield, IL 62704-1234"],
)
def test_other_numbers_of_a_card_are_no_telephone(text):
    assert phones(text) == ()


def test_a_labelled_number_of_no_country_is_kept_as_printed():
    (phone,) = phones("Tel 1234567890123")
    assert (phone.e164, phone.printed) == (None, "1234567890123")


@given(st.text(max_size=60))
def test_any_text_can_be_searched_for_numbers(text):
    for phone in find_phones(text, 0):
        assert 0 <= phone.start < phone.end <= len(text)


def test_a_label_with_an_accent_may_be_glued_to_its_number():
    (phone,) = phones("Växel+46 8 19 02 98")
    assert phone.e164 == "+468190298"
