"""Why a person should look at a card: every sentence that a reader gives, which review can look for."""

from __future__ import annotations

NAMES = {
    "full_name": "name",
    "email": "e-mail address",
    "company": "company",
    "title": "title",
    "phone": "phone number",
    "linkedin_url": "LinkedIn address",
}
# The two that decide whether a card is accepted unseen.
DECIDING = ("full_name", "email")
# Who else may give an account of the person.
CODE = "the code on the card"
OTHER_SIDE = "the other side"
MODEL = "the vision model"
# Readers by the names that people know them by.
READERS = {"rapidocr": "RapidOCR", "easyocr": "EasyOCR"}

NO_NAME = "No name was found."
NO_EMAIL = "No e-mail address was found."
HARD_NAME = "The line of the name is hard to read."
HARD_EMAIL = "The line of the e-mail address is hard to read."
CUT_NAME = "The words of the name were run together and cut apart."
COMPANY_NAME = "The name has a word that companies are named with."
TITLE_NAME = "The name has a word of job titles."
REPAIRED_EMAIL = "The e-mail address was misread and put right."
DOMAIN_DIGITS = "The e-mail's domain has digits, which may be misread letters."
UNCONFIRMED_DOMAIN = "The e-mail's domain is neither the website's nor the company's name."
UNFIT_EMAIL = "The e-mail address does not exactly fit the name."
UNLISTED_NAME = "A part of the name is neither in the e-mail address nor a known name."
SEVERAL_PEOPLE = "The card has more than one personal e-mail address."
UNSURE_READER = "This reader often loses the dots of addresses: compare them with the card."
DIFFERENT_SIDES = "Name and e-mail address stand on different sides of the card and do not prove each other."
SEVERAL_BACKS = "The photo of the other side shows several cards: only the first one was read."
SEEN_AS_FAX = "The vision model takes the phone number for a fax."
# Behind these stands what was wrong.
UNREAD_BACK = "The other side was not read."
UNCHECKED = "The vision model did not check this card."


def is_different(what: str, name: str) -> str:
    """Return the reason for a look at a field of which another account has another value."""
    return f"{what[0].upper()}{what[1:]} has a different {NAMES[name]}."


def is_read_in_two_ways(name: str) -> str:
    """Return the reason for a look at a field that a second reading did not confirm."""
    return f"The {NAMES[name]} was read in two ways."


def is_only_seen(what: str, name: str) -> str:
    """Return the reason for a look at a field that one account of the card alone has."""
    return f"Only {what} found the {NAMES[name]}: compare it with the card."


def is_cut_out(cards: int | None = None) -> str:
    """Return the reason for a look at one of several `cards`; without their number, what one looks for."""
    return f"Cut from a photo with {cards or 'several'} cards: check that nothing is missing."


# As they are kept for finding: without what is behind a first sentence, and without the number of cards.
REASONS = (
    NO_NAME,
    NO_EMAIL,
    HARD_NAME,
    HARD_EMAIL,
    CUT_NAME,
    COMPANY_NAME,
    TITLE_NAME,
    REPAIRED_EMAIL,
    DOMAIN_DIGITS,
    UNCONFIRMED_DOMAIN,
    UNFIT_EMAIL,
    UNLISTED_NAME,
    SEVERAL_PEOPLE,
    UNSURE_READER,
    *(is_read_in_two_ways(name) for name in DECIDING),
    is_cut_out(),
    DIFFERENT_SIDES,
    SEVERAL_BACKS,
    UNREAD_BACK,
    *(is_different(what, name) for what in (CODE, OTHER_SIDE, MODEL) for name in NAMES),
    *(is_only_seen(MODEL, name) for name in NAMES),
    SEEN_AS_FAX,
    UNCHECKED,
    *(is_different(reader, name) for reader in READERS.values() for name in NAMES),
    *(is_only_seen(reader, name) for reader in READERS.values() for name in NAMES),
)
