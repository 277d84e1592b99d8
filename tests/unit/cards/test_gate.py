"""The rules by which a card is accepted without review: each is broken once."""

import pytest

from lib.cards.model import Card
from tests.unit.cards.cards import read

COMPANY = ("Nordhaven Robotics Inc.", 1.2)
NAME = ("Jane Miller", 1.6)
EMAIL = "jane.miller@nordhaven.com"
WEBSITE = "www.nordhaven.com"


def assert_reviewed(card: Card, *reasons: str) -> None:
    assert card.status == "pending_review"
    assert card.reasons == reasons


def test_a_card_that_keeps_all_rules_is_completed():
    card = read(COMPANY, NAME, "Head of Marketing", EMAIL, WEBSITE)
    assert (card.status, card.reasons) == ("completed", ())


def test_the_companys_name_confirms_the_domain_as_the_website_does():
    assert read(("Nordhaven Inc.", 1.2), NAME, EMAIL).status == "completed"


def test_free_mail_needs_no_company_to_confirm_it():
    assert read(NAME, "Head of Marketing", "jane.miller@gmail.com").status == "completed"


def test_a_card_without_an_address_is_reviewed():
    assert_reviewed(read(COMPANY, NAME, WEBSITE), "No e-mail address was found.")


def test_a_card_without_a_name_is_reviewed():
    assert_reviewed(read(EMAIL, WEBSITE), "No name was found.")


def test_a_mailbox_that_does_not_exactly_fit_the_name_is_reviewed():
    card = read(COMPANY, NAME, "jane.mill@nordhaven.com", WEBSITE)
    assert_reviewed(card, "The e-mail address does not exactly fit the name.")


def test_an_office_mailbox_is_reviewed():
    assert_reviewed(
        read(COMPANY, NAME, "info@nordhaven.com", WEBSITE), "The e-mail address does not exactly fit the name."
    )


def test_a_repaired_address_is_reviewed():
    assert_reviewed(
        read(COMPANY, NAME, "jane.miller@nordhaven,com", WEBSITE), "The e-mail address was misread and put right."
    )


def test_a_hard_to_read_address_is_reviewed():
    assert_reviewed(
        read(COMPANY, NAME, (EMAIL, 1.0, 0.7), WEBSITE), "The line of the e-mail address is hard to read."
    )


def test_a_hard_to_read_name_is_reviewed():
    assert_reviewed(read(COMPANY, ("Jane Miller", 1.6, 0.7), EMAIL, WEBSITE), "The line of the name is hard to read.")


def test_a_domain_that_nothing_confirms_is_reviewed():
    card = read(NAME, "Head of Marketing", EMAIL)
    assert_reviewed(card, "The e-mail's domain is neither the website's nor the company's name.")


@pytest.mark.parametrize("domain", ["nordhavenrobotic.com", "nordhavenrobotlcs.com", "nordhave.com"])
def test_a_domain_that_is_the_companys_but_for_a_letter_is_reviewed(domain):
    card = read(COMPANY, NAME, f"jane.miller@{domain}")
    assert_reviewed(card, "The e-mail's domain is neither the website's nor the company's name.")


@pytest.mark.parametrize(
    ("company", "domain"),
    [
        ("Nordhaven Robotics Inc.", "nordhaven-robotics.com"),
        ("Nordhaven Robotics Inc.", "nordhavenrobotics-group.com"),
        ("Hoffmann & Söhne GmbH", "hoffmann-soehne.de"),
        ("The Boston Baking Co.", "bostonbaking.com"),
        ("Society of Automation Engineers", "sae.org"),
        ("University of Westmark", "uni-westmark.de"),
    ],
)
def test_the_ways_companies_make_domains_of_their_names_are_known(company, domain):
    assert read((company, 1.2), NAME, f"jane.miller@{domain}").status == "completed"


def test_a_domain_with_digits_is_reviewed():
    card = read(NAME, "jane.miller@nordhaven5.com", "www.nordhaven5.com")
    assert_reviewed(card, "The e-mail's domain has digits, which may be misread letters.")


def test_a_name_with_an_unknown_word_that_the_mailbox_lacks_is_reviewed():
    card = read(COMPANY, ("Jane Xqvrt Miller", 1.6), EMAIL, WEBSITE)
    assert_reviewed(card, "A part of the name is neither in the e-mail address nor a known name.")


def test_a_name_with_a_word_of_companies_is_reviewed():
    card = read(("Jane Bakery", 1.6), "jane.bakery@nordhaven.com", WEBSITE)
    assert "The name has a word that companies are named with." in card.reasons or card.status == "pending_review"


def test_a_name_that_was_cut_apart_is_reviewed():
    card = read(COMPANY, ("JANEMILLER", 1.6), EMAIL, WEBSITE)
    assert card.fields["full_name"].value == "JANE MILLER"
    assert_reviewed(card, "The words of the name were run together and cut apart.")


def test_two_personal_addresses_are_reviewed():
    card = read(COMPANY, NAME, EMAIL, "paul.rivers@nordhaven.com", WEBSITE)
    assert_reviewed(card, "The card has more than one personal e-mail address.")


def test_an_offices_address_beside_the_persons_is_no_reason():
    assert read(COMPANY, NAME, EMAIL, "info@nordhaven.com", WEBSITE).status == "completed"


@pytest.mark.parametrize("mailbox", ["jm", "j.m", "jmm"])
def test_a_mailbox_of_initials_is_reviewed(mailbox):
    card = read(COMPANY, ("Jane Marie Miller", 1.6), f"{mailbox}@nordhaven.com", WEBSITE)
    assert_reviewed(card, "The e-mail address does not exactly fit the name.")


def test_a_domain_of_the_beginnings_of_words_is_reviewed():
    card = read(("European Packaging Council", 1.2), NAME, "jane.miller@europackcouncil.org")
    assert_reviewed(card, "The e-mail's domain is neither the website's nor the company's name.")


@pytest.mark.parametrize(
    ("company", "domain"),
    [
        ("Gulf Meridian Trading Ltd", "gulfmeridian.com"),
        ("Brannock Tool & Die Inc.", "brannocktd.com"),
        ("Fernhill Veterinary Clinic", "fernhillvet.com"),
    ],
)
def test_the_first_words_and_what_is_left_of_the_others_confirm_a_domain(company, domain):
    assert read((company, 1.2), NAME, f"jane.miller@{domain}").status == "completed"


def test_a_nickname_in_the_mailbox_is_accepted():
    assert read(COMPANY, ("Robert (Bob) Miller", 1.6), "bob.miller@nordhaven.com", WEBSITE).status == "completed"


def test_an_address_with_the_website_glued_to_it_is_reviewed():
    card = read(COMPANY, NAME, f"{EMAIL}{WEBSITE}")
    assert card.fields["website"].value == "nordhaven.com"
    assert_reviewed(card, "The e-mail address was misread and put right.")


def test_an_at_sign_read_as_a_letter_is_reviewed():
    card = read(COMPANY, NAME, EMAIL.replace("@", "g"), WEBSITE)
    assert card.fields["email"].value == EMAIL
    assert_reviewed(card, "The e-mail address was misread and put right.")


def test_a_free_mailbox_named_after_the_company_is_reviewed():
    card = read(("Pearl Hill Dental", 1.3), NAME, "Dentist", "pearlhilldental@gmail.com")
    assert_reviewed(card, "The e-mail address does not exactly fit the name.")


def test_a_title_word_that_ran_into_the_name_is_reviewed():
    card = read(("Jane Miller Sales", 1.5), "Nordhaven Ltd.", "jane@nordhaven.com", "www.nordhaven.com")
    assert "The name has a word of job titles." in card.reasons
