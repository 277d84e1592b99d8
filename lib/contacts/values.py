"""What a contact's fields may hold: texts a person typed, tidied or refused with the reason."""

from __future__ import annotations

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from lib.errors import NotValid
from lib.text import clean_text

# The columns' lengths in the schema document.
LIMITS = {
    "full_name": 255,
    "email": 255,
    "company": 255,
    "title": 255,
    "phone": 50,
    "linkedin_url": 255,
    "notes": 10_000,
}
EDITABLE = tuple(LIMITS)
LABELS = {
    "full_name": "name",
    "email": "e-mail address",
    "company": "company",
    "title": "title",
    "phone": "phone number",
    "linkedin_url": "LinkedIn address",
    "notes": "notes",
}
LINKEDIN = re.compile(r"(https?://)?([a-z]{2,3}\.)?linkedin\.com/\S+", re.IGNORECASE)
EXTENSION = re.compile(r"\.(jpe?g|png|webp|heic|heif)$", re.IGNORECASE)


def clean_value(field: str, value: str | None, region: str) -> str | None:
    """Return what the column `field` should hold, None for nothing. Raises NotValid, which repeats what was typed.

    `region` (two letters) is the country of a phone number that names none.
    """
    text = clean_text(value, LABELS[field], LIMITS[field])
    if text is None:
        return None
    if field == "phone":
        return _phone(text, region)
    check = {"full_name": _name, "email": _email, "linkedin_url": _linkedin}.get(field)
    return clean_text(check(text), LABELS[field], LIMITS[field]) if check else text


def _name(text: str) -> str:
    if EXTENSION.search(text):
        raise NotValid(f"“{text}” is a photo's name, not a person's.", "Write the name on the card.")
    return " ".join(text.split())


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise NotValid(f"“{text}” is not an e-mail address: {error}", "Compare it with the card.") from None


def _phone(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise NotValid(f"“{text}” is not a phone number.", "Write it with its country code, such as +49 30 901820.")
    if number.extension:
        raise NotValid(f"“{text}” has an extension, which has no place here.", "Write it in the notes.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _linkedin(text: str) -> str:
    if not LINKEDIN.fullmatch(text):
        raise NotValid(f"“{text}” is not a LinkedIn address.", "Write it as linkedin.com/in/name.")
    return text if text.lower().startswith("http") else f"https://{text}"
