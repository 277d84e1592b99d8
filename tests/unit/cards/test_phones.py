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


@pytest.mark.parametrize("label", ["Tel/Fax", "Tel./Fax:", "Phone/Fax", "Tel & Fax"])
def test_a_number_for_both_is_no_fax_and_its_label_is_not_kept(label):
    details = find_details([f"{label} +1 212 555 0123"], "US")
    assert [phone.kind for phone in details.phones] == ["office"]
    assert details.rests == ("",)


@pytest.mark.parametrize("line", ["312 555 0104 O  312 555 0199 C", "312 555 0104 (O) 312 555 0199 (C)"])
def test_labels_may_stand_behind_their_numbers(line):
    assert [(phone.e164, phone.kind) for phone in phones(line)] == [
        ("+13125550104", "office"),
        ("+13125550199", "mobile"),
    ]


def test_labels_before_their_numbers_are_not_taken_for_those_behind():
    assert [phone.kind for phone in phones("O 312 555 0104 C 312 555 0199")] == ["office", "mobile"]


@pytest.mark.parametrize("glued", ["T212-555-0123F212-555-0199", "T|212 555 0123|F|212 555 0199"])
def test_labels_and_numbers_may_be_glued_in_a_row(glued):
    assert [(phone.e164, phone.kind) for phone in phones(glued)] == [
        ("+12125550123", "office"),
        ("+12125550199", "fax"),
    ]


@pytest.mark.parametrize("printed", ["0114 496 0137 (6 lines)", "(0114) 496 0137 (6 lines)"])
def test_how_many_lines_a_number_has_is_no_part_of_it(printed):
    assert main_number(printed, region="GB") == "+441144960137"


@pytest.mark.parametrize("hours", ["Mon-Fri 09:00 - 17:30", "Open 8.00-12.00 14.00-18.00", "Mo-Fr 08.00-12.00"])
def test_opening_hours_are_no_number(hours):
    assert phones(hours, region="DE") == ()


def test_a_number_behind_the_opening_hours_is_found():
    assert main_number("Mon-Fri 9:00-17:30, Tel 212 555 0123") == "+12125550123"


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89 3704 0044 0532 0130 00",
        "IBAN: PL61 1090 1014 0000 0712 1981 2874",
        "VAT No. 123 4567 89",
        "NIP 525-244-57-67",
        "NIP: 5252445767",
        "REGON 123456785",
        "USt-IdNr. DE123456789",
        "HRB 123456",
        "P.O. Box 1234567",
    ],
)
def test_numbers_of_banks_offices_and_registers_are_no_telephone(text):
    assert phones(text) == ()


@pytest.mark.parametrize(
    "printed", ["Tel. 05 11 / 36 48 92", "0511/364892", "Tel. 0511 - 36 48 92", "+49 (0) 511 / 36 48 92"]
)
def test_a_german_number_may_have_a_stroke_and_spaces(printed):
    assert main_number(printed, region="DE") == "+49511364892"


def test_a_stroke_between_two_whole_numbers_parts_them():
    found = [phone.e164 for phone in phones("Tel. 2201 5438 / 2205 9916", region="CR")]
    assert found == ["+50622015438", "+50622059916"]


def test_two_numbers_with_country_codes_on_a_line_are_cut_apart():
    found = [phone.e164 for phone in phones("+1 212 555 0123 +1 212 555 0199")]
    assert found == ["+12125550123", "+12125550199"]


@pytest.mark.parametrize(
    ("city", "printed", "e164"),
    [
        ("20457 Hamburg", "040 3496 4545", "+494034964545"),
        ("Milano", "02 6598 1234", "+390265981234"),
        ("Lagos", "0803 123 4567", "+2348031234567"),
        ("Mumbai 400001", "022 2265 4321", "+912222654321"),
        ("Zürich", "044 668 18 00", "+41446681800"),
        ("Sydney", "02 9374 4000", "+61293744000"),
    ],
)
def test_the_country_comes_from_the_city(city, printed, e164):
    assert main_number(f"Tel. {printed}", city) == e164


@pytest.mark.parametrize("printed", ["(212) 555-0123", "212.555.0123", "212-555-0123", "1-212-555-0123"])
def test_the_shape_of_north_american_numbers_places_them(printed):
    assert main_number(printed, region="DE") == "+12125550123"


@pytest.mark.parametrize("printed", ["0 602 748 113", "Tel. 0 602 748 113"])
def test_the_trunk_zero_that_a_country_gave_up_is_dropped(printed):
    assert main_number(printed, "ul. Długa 5", "Kraków") == "+48602748113"


def test_the_zero_of_an_italian_number_stays():
    assert main_number("Tel. 02 6598 1234", "www.example.it") == "+390265981234"


def test_a_house_and_a_postcode_are_no_number():
    assert phones("Sede legale: Via Carriona, 214 - 54033 Carrara", "info@example.it") == ()


@pytest.mark.parametrize("text", ["K.v.K. Leiden 28041176", "Rabobank 31.77.04.218", "C.F. 00647310456"])
def test_numbers_of_registers_and_banks_are_no_telephone(text):
    assert phones(text, "info@example.nl") == ()
