"""What of a logo, of the legal name and of the lines beside them is the company."""

import pytest

from tests.unit.cards.cards import read, values

NAME = ("Jane Miller", 1.4)


def below(mailbox: str = "jane.miller@gmail.com") -> tuple[str, ...]:
    """Return the small print under a logo and a name."""
    return ("Sales Manager", "+1 212 555 0123", mailbox, "12 Main Street", "Springfield, IL 62704")


def company(*logo, mailbox: str = "jane.miller@gmail.com") -> str | None:
    return values(*logo, NAME, *below(mailbox)).get("company")


def test_a_large_word_that_nothing_else_explains_is_the_company():
    assert company(("Quorvex", 2.5)) == "Quorvex"


@pytest.mark.parametrize(
    ("brand", "descriptor"),
    [
        (("Quorvex", 2.4), ("Machine Tools", 1.0)),
        (("Fernhill", 2.6), ("Veterinary Clinic", 1.1)),
        (("Restaurant", 1.0), ("Quorvex", 2.4)),
        (("Bramwell", 2.0), ("TOOL & DIE, INC.", 1.0)),
    ],
)
def test_a_descriptor_in_another_size_belongs_to_the_brand(brand, descriptor):
    assert company(brand, descriptor) == f"{brand[0]} {descriptor[0]}"


@pytest.mark.parametrize(
    ("logo", "domain"),
    [
        (("Hollis", "Marine", "Services"), "hollismarineservices.com"),
        (("Upper", "Valley", "Building", "Supply"), "uppervalleybuildingsupply.com"),
    ],
)
def test_a_name_may_go_over_three_or_four_lines(logo, domain):
    found = company(*((line, 1.8) for line in logo), mailbox=f"jane.miller@{domain}")
    assert found == " ".join(logo)


def test_a_line_of_a_name_that_titles_have_too_belongs_to_it():
    assert company(("Valley", 1.8), ("Building", 1.8), ("Supply", 1.8)) == "Valley Building Supply"


def test_a_line_between_in_another_size_does_not_break_a_name():
    found = company(("LAW OFFICES OF", 1.0), ("Peterson", 1.6), ("& Bryce", 1.6), mailbox="jane@petersonbryce.com")
    assert found == "LAW OFFICES OF Peterson & Bryce"


@pytest.mark.parametrize(
    "logo",
    [
        (("Harrow", 1.8), ("& Finch", 1.8)),
        (("Academy", 1.8), ("of Glass Art", 1.8)),
        (("Institute", 1.8), ("of Marine Biology", 1.0)),
    ],
)
def test_a_line_that_begins_with_a_joining_word_goes_on(logo):
    assert company(*logo) == " ".join(text for text, _ in logo)


def test_two_lines_of_one_row_may_be_one_name():
    found = company(("Quorvex", 2.4), "Tools")
    assert found == "Quorvex Tools"


@pytest.mark.parametrize("legal", ["Quorvex GmbH", "Quorvex Tools GmbH"])
def test_a_legal_name_right_below_its_brand_is_kept_apart(legal):
    card = read(("QUORVEX", 2.6), (legal, 0.8), NAME, *below("jane.miller@quorvex.de"))
    assert (card.fields["company"].value, card.extra["legal_name"]) == ("QUORVEX", legal)


@pytest.mark.parametrize("domain", ["quorvex.co.uk", "quorvex-tools.co.uk", "gmail.com"])
def test_a_brand_that_begins_the_legal_name_at_the_foot_is_the_company(domain):
    card = read(("Quorvex", 2.4), NAME, *below(f"jane.miller@{domain}"), ("Quorvex Machine Tools Ltd", 0.8))
    assert (card.fields["company"].value, card.extra["legal_name"]) == ("Quorvex", "Quorvex Machine Tools Ltd")


def test_a_parent_company_is_not_the_legal_name():
    card = read(
        ("Quorvex", 2.4), NAME, *below("jane.miller@quorvex.com"), ("A division of Hollis Holdings Inc.", 0.8)
    )
    assert (card.fields["company"].value, card.extra["legal_name"]) == ("Quorvex", None)


def test_a_legal_name_as_large_as_the_rest_is_the_company_itself():
    card = read("Quorvex", NAME, *below(), "Quorvex Machine Tools Ltd")
    assert (card.fields["company"].value, card.extra["legal_name"]) == ("Quorvex Machine Tools Ltd", None)


def test_large_initials_that_are_the_domain_are_the_company():
    card = read(("HHL", 2.4), NAME, *below("jane.miller@hhl.co.uk"), ("Harbour & Hill Logistics Ltd", 0.8))
    assert (card.fields["company"].value, card.extra["legal_name"]) == ("HHL", "Harbour & Hill Logistics Ltd")


@pytest.mark.parametrize(
    ("domain", "called"), [("sge.org", "SGE"), ("glassengineers.org", "Society of Glass Engineers")]
)
def test_initials_and_what_they_stand_for_are_not_one_name(domain, called):
    assert company(("SGE", 2.5), "Society of Glass Engineers", mailbox=f"jane.miller@{domain}") == called


@pytest.mark.parametrize(
    "line",
    [
        "Ideas that move",
        "Quality you can trust",
        "We care for your smile",
        "Human Resources",
        "Research and Development",
        "Dealers in glass and tiles",
        "Manufacturers of fine glass",
        "An authorized Zebrano dealer",
        "Licensed & Insured",
        "Pumps • Valves • Fittings",
        "Pumps, Valves, Fittings",
        "A division of Hollis Holdings Inc.",
    ],
)
@pytest.mark.parametrize("mailbox", ["jane.miller@gmail.com", "jane.miller@quorvex.com"])
def test_slogans_departments_and_lists_beside_the_company_are_no_part_of_it(line, mailbox):
    assert company(("Quorvex", 2.5), line, mailbox=mailbox) == "Quorvex"


@pytest.mark.parametrize(
    "line",
    [
        "Nordhaven GmbH, Hafenstr. 12",
        "Nordhaven GmbH · Hafenstr. 12 · 20457 Hamburg",
        "Nordhaven GmbH | Hafenstr. 12 | 20457 Hamburg",
    ],
)
def test_the_address_behind_a_company_is_cut_off(line):
    assert company(line, mailbox="jane.miller@nordhaven.de") == "Nordhaven GmbH"


def test_a_company_without_legal_form_is_cut_off_too():
    line = "Fernhill Veterinary Clinic, 12 Main Street, Springfield, IL 62704"
    assert company(line, mailbox="jane.miller@fernhillvet.com") == "Fernhill Veterinary Clinic"


def test_a_village_above_its_postcode_is_neither_name_nor_company():
    found = values(NAME, "Sales Manager", "Nether Wallingford", "Oxfordshire OX10 9AB", "jane.miller@gmail.com")
    assert (found["full_name"], found.get("company")) == ("Jane Miller", None)


def test_a_word_of_the_company_and_its_registration_are_told_apart():
    found = company("Quorvex Tools Pty Ltd ABN 12 345 678 901", mailbox="jane@quorvex.com.au")
    assert found == "Quorvex Tools Pty Ltd"


@pytest.mark.parametrize("printed", ["Quorvex®", "Quorvex™", "*Quorvex*", "Quorvex."])
def test_the_marks_of_a_logo_are_left_out(printed):
    assert company((printed, 2.5), mailbox="jane.miller@quorvex.com") == "Quorvex"


def test_a_round_logo_read_as_a_letter_is_left_out():
    assert company(("O Quorvex", 2.5), mailbox="jane.miller@quorvex.com") == "Quorvex"
