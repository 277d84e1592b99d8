"""Who stands on a card of the benchmark: the truth, and the texts as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import phonenumbers
from anyascii import anyascii
from faker import Faker

from tests.bench import lists

Phone = dict[str, str]
# How the company stands on the card; with logo and brand its name is the brand, else the legal name.
COMPANY_STYLES = ("logo", "logo", "brand", "legal", "two lines")
NUMBER_TYPES = {"mobile": phonenumbers.PhoneNumberType.MOBILE}
KINDS = (
    ("mobile",),
    ("office",),
    ("office", "mobile"),
    ("office", "fax"),
    ("office", "fax", "mobile"),
    ("direct", "office"),
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """The truth of a card in the form of truth.json, and how its parts are printed."""

    truth: dict[str, Any]
    name: str
    title_lines: tuple[str, ...]
    brand: str
    legal_name: str
    company_style: str
    phones: tuple[Phone, ...]
    phone_labels: tuple[str, ...]
    email: str
    website: str | None
    linkedin: str | None
    address: tuple[str, ...]
    slogan: str | None
    department: str | None
    region: str


def make_person(seed: int) -> Person:
    """Return the person of a seed: always the same."""
    chance = Random(seed)
    region = chance.choice(list(lists.COUNTRIES))
    country = lists.COUNTRIES[region]
    faker = Faker(country.locale)
    faker.seed_instance(seed)
    given, surname = _names(chance, faker)
    name = _printed_name(chance, given, surname)
    brand, legal = _company(chance, country)
    domain = _domain(chance, brand, legal, country)
    title_lines = _title(chance, country)
    phones, labels = _phones(chance, region, country)
    mailbox = _mailbox(chance, given, surname)
    host = chance.choice(lists.FREE_MAIL) if chance.random() < 0.08 else domain
    linkedin = f"{_ascii(given)}-{_ascii(surname)}" if chance.random() < 0.3 else None
    street, town = _address(faker)
    person = Person(
        truth={},
        name=name,
        title_lines=title_lines,
        brand=brand,
        legal_name=legal,
        phones=phones,
        phone_labels=labels,
        email=f"{mailbox}@{host}",
        website=chance.choice(("www.", "")) + domain if chance.random() < 0.7 else None,
        linkedin=chance.choice(("linkedin.com/in/", "www.linkedin.com/in/", "in/")) + linkedin if linkedin else None,
        address=(street, town) if chance.random() < 0.8 else (),
        slogan=chance.choice(lists.SLOGANS) if chance.random() < 0.25 else None,
        department=chance.choice(lists.DEPARTMENTS) if chance.random() < 0.12 else None,
        company_style=chance.choice(COMPANY_STYLES),
        region=region,
    )
    person.truth.update(_truth(person))
    return person


def _truth(person: Person) -> dict[str, Any]:
    return {
        "full_name": person.name,
        "email": person.email,
        "company": person.brand if person.company_style in ("logo", "brand") else person.legal_name,
        "legal_name": person.legal_name,
        "title": " ".join(person.title_lines) or None,
        "linkedin_url": person.linkedin,
        "website": person.website,
        "address": ", ".join(person.address) or None,
        "phones": list(person.phones),
        "locale": lists.COUNTRIES[person.region].locale,
    }


def _names(chance: Random, faker: Faker) -> tuple[str, str]:
    """Return given name and surname; half of the surnames stand in no list of the reader."""
    given = chance.choice(lists.GIVEN_NAMES) if chance.random() < 0.15 else faker.first_name()
    surname = chance.choice(lists.SURNAMES) if chance.random() < 0.5 else faker.last_name()
    return given, surname


def _printed_name(chance: Random, given: str, surname: str) -> str:
    initial = f" {chance.choice('ABDEHJKLMRST')}." if chance.random() < 0.08 else ""
    name = f"{given}{initial} {surname}"
    style = chance.random()
    if style < 0.12:
        return name.upper()
    if style < 0.2:
        return f"{given}{initial} {surname.upper()}"
    if style < 0.27:
        return chance.choice(lists.PREFIXES) + name
    return name + chance.choice(lists.DEGREES) if style < 0.34 else name


def _company(chance: Random, country: lists.Country) -> tuple[str, str]:
    """Return the company as people call it, and its legal name."""
    brand, form = chance.choice(lists.BRANDS), chance.choice(country.forms)
    trade = chance.choice(lists.TRADES)
    if chance.random() < 0.5:
        return f"{brand} {trade}", f"{brand} {trade} {form}"
    return brand, f"{brand} {trade} {form}"


def _domain(chance: Random, brand: str, legal: str, country: lists.Country) -> str:
    words = [_ascii(word) for word in brand.split() if _ascii(word)]
    label = chance.choice(("".join(words), "".join(words), "-".join(words), "".join(words[:2])))
    if chance.random() < 0.1 and len(legal.split()) > 3:
        label = "".join(word[0] for word in map(_ascii, legal.split()) if word)
    ending = country.ending if chance.random() < 0.6 else chance.choice(("com", "net", "io", "eu"))
    return f"{label}.{ending}"


def _title(chance: Random, country: lists.Country) -> tuple[str, ...]:
    if chance.random() < 0.1:
        return ()
    if chance.random() < 0.15:
        return chance.choice(lists.LONG_TITLES)
    own = country.titles and chance.random() < 0.6
    return (chance.choice(country.titles if own else lists.TITLES),)


def _phones(chance: Random, region: str, country: lists.Country) -> tuple[tuple[Phone, ...], tuple[str, ...]]:
    """Return the numbers and the labels before them; a label may be glued to its number."""
    kinds = chance.choice(KINDS)
    style = chance.choice((_international, _international, _national, _dotted, _trunk_zero))
    if style is _national and region != "US" and country.ending in ("com", "net"):
        style = _international
    phones, labels = [], []
    glued, bare = chance.random() < 0.2, len(kinds) == 1 and chance.random() < 0.4
    for kind in kinds:
        number = _number(chance, region, kind)
        label = "" if bare else chance.choice(country.labels[kind])
        labels.append(label.rstrip() if glued and len(label) > 2 else label)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        phones.append({"kind": "office" if bare else kind, "e164": e164, "printed": style(number)})
    return tuple(phones), tuple(labels)


def _number(chance: Random, region: str, kind: str) -> phonenumbers.PhoneNumber:
    """Return a valid number: the example of the country's plan with other digits at its end."""
    wanted = NUMBER_TYPES.get(kind, phonenumbers.PhoneNumberType.FIXED_LINE)
    example = phonenumbers.example_number_for_type(region, wanted)
    # E.164 keeps the zero that Italian numbers begin with.
    start = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[:-4]
    tries = (phonenumbers.parse(f"{start}{chance.randrange(10_000):04}", region) for _ in range(20))
    return next((number for number in tries if phonenumbers.is_valid_number(number)), example)


def _international(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _national(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _dotted(number: phonenumbers.PhoneNumber) -> str:
    return _international(number).replace(" ", ".").replace("-", ".")


def _trunk_zero(number: phonenumbers.PhoneNumber) -> str:
    """Return +44 (0)20 …, as many European cards have it."""
    if not _national(number).startswith("0") or number.italian_leading_zero:
        return _international(number)
    code, _, rest = _international(number).partition(" ")
    return f"{code} (0){rest}"


def _mailbox(chance: Random, given: str, surname: str) -> str:
    first, last = _ascii(given), _ascii(surname)
    patterns = (
        f"{first}.{last}",
        f"{first}.{last}",
        f"{first[0]}{last}",
        f"{first[0]}.{last}",
        first,
        last,
        f"{first}_{last}",
    )
    return "info" if chance.random() < 0.06 else chance.choice(patterns)


def _address(faker: Faker) -> tuple[str, str]:
    street, _, town = faker.address().replace("\n", "|").partition("|")
    return street, town.replace("|", ", ")


def _ascii(text: str) -> str:
    return "".join(letter for letter in anyascii(text).lower() if letter.isalnum())
