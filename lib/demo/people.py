"""Made-up people at made-up companies: addresses end in .example, telephone numbers are those kept for fiction."""

from __future__ import annotations

import unicodedata
from random import Random

from lib.demo.drawing import Person

FIRST_NAMES = (
    "Ada", "Amara", "Ana", "Anton", "Beatriz", "Bruno", "Camille", "Carlos", "Chiara", "Clara", "Daniel", "Diego",
    "Elena", "Emil", "Farah", "Felix", "Filipa", "Freya", "Gonçalo", "Hana", "Hugo", "Inês", "Ingrid", "Ivan", "Jana",
    "João", "Jonas", "Julia", "Kofi", "Lars", "Leila", "Lena", "Luca", "Lucía", "Maja", "Marek", "Marta", "Mateo",
    "Mei", "Miguel", "Mina", "Nadia", "Noor", "Nuno", "Olga", "Omar", "Oskar", "Paula", "Priya", "Rafael", "Rita",
    "Rosa", "Sara", "Sofia", "Stefan", "Tariq", "Teresa", "Theo", "Tomás", "Vera", "Yara", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Almeida", "Andersson", "Baptista", "Becker", "Bianchi", "Carvalho", "Castillo", "Costa", "Dubois", "Eriksen",
    "Esteves", "Faria", "Fernández", "Fischer", "Fonseca", "Gallo", "Haddad", "Hansen", "Horvat", "Ibrahim", "Jansen",
    "Keller", "Kovacs", "Kumar", "Larsen", "Lindqvist", "Lopes", "Marchetti", "Martín", "Mendes", "Mensah", "Moreau",
    "Müller", "Nair", "Novak", "Nunes", "Okafor", "Oliveira", "Ortega", "Pereira", "Petrov", "Pinto", "Ramírez",
    "Ribeiro", "Romero", "Rossi", "Sanders", "Santos", "Schneider", "Sequeira", "Silva", "Tanaka", "Teixeira",
    "Vidal", "Wagner", "Weber", "Yilmaz", "Zhang",
)  # fmt: skip
COMPANIES = (
    "Alder & Finch",
    "Blue Heron Labs",
    "Brightwater Tools",
    "Cobalt Freight",
    "Copper Kettle Studio",
    "Delta Grove",
    "Foxglove Design",
    "Granite Robotics",
    "Harbour Print Works",
    "Iris Sensors",
    "Juniper Optics",
    "Kestrel Motion",
    "Lantern Energy",
    "Maple Street Makers",
    "Northlight Textiles",
    "Ostrea Foods",
    "Pebble Circuits",
    "Quarry Acoustics",
    "Redwood Learning",
    "Saltmarsh Ceramics",
    "Tidewater Drones",
    "Umbra Lighting",
    "Violet Ridge Media",
    "Willow Bend Bikes",
)
TITLES = (
    "Account Manager",
    "Buyer",
    "Chief Technology Officer",
    "Co-founder",
    "Community Manager",
    "Design Lead",
    "Founder",
    "Head of Partnerships",
    "Head of Purchasing",
    "Head of Sales",
    "Industrial Designer",
    "Managing Director",
    "Operations Manager",
    "Product Manager",
    "Research Engineer",
    "Sales Director",
)
STREETS = ("Station Road", "Harbour Lane", "Mill Street", "Market Square", "Garden Row", "Bridge Street")
TOWNS = ("Northford", "Eastmere", "Westhaven", "Southwick Bay", "Highcliff")
# Kept for fiction by the regulators of the United Kingdom, Germany, Australia and North America.
NUMBERS = ("+44 20 7946 0{:03d}", "+49 30 23125 {:03d}", "+61 2 5550 0{:03d}", "+1 415 555 01{:02d}")


def make_people(count: int, random: Random) -> list[Person]:
    """Return `count` people, no two of one name."""
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    return [_make_person(first, last, random) for first, last in random.sample(names, count)]


def _make_person(first: str, last: str, random: Random) -> Person:
    company = random.choice(COMPANIES)
    host = f"{_as_address(company)}.example"
    pattern = random.choice(NUMBERS)
    return Person(
        full_name=f"{first} {last}",
        email=f"{_as_address(first)}.{_as_address(last)}@{host}",
        company=company,
        title=random.choice(TITLES),
        phone=pattern.format(random.randrange(100 if "{:02d}" in pattern else 1000)),
        website=f"www.{host}",
        linkedin_url=f"linkedin.com/in/{_as_address(first)}-{_as_address(last)}" if random.random() < 0.35 else None,
        address=f"{random.randrange(1, 120)} {random.choice(STREETS)}, {random.choice(TOWNS)}",
    )


def _as_address(text: str) -> str:
    """Return `text` as an e-mail address or a host may hold it: small ASCII letters, nothing else."""
    plain = unicodedata.normalize("NFKD", text.replace("ø", "o")).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())
