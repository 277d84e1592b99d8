"""Lines of made-up cards, as a reader would give them: with what real cards do to a parser, and a reader's mistakes."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from anyascii import anyascii
from faker import Faker

from lib.cards.model import Line

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_PT", "sv_SE", "pl_PL", "en_IN")
REGIONS = dict(zip(LOCALES, ("US", "GB", "DE", "FR", "ES", "IT", "NL", "PT", "SE", "PL", "IN"), strict=True))
CODES = {
    "US": "+1 212 555 {}",
    "GB": "+44 20 7946 {}",
    "DE": "+49 30 90{}",
    "FR": "+33 1 42 68 {}",
    "ES": "+34 91 555 {}",
    "IT": "+39 06 6982 {}",
    "NL": "+31 20 555 {}",
    "PT": "+351 21 345 {}",
    "SE": "+46 8 508 {}",
    "PL": "+48 22 555 {}",
    "IN": "+91 22 6655 {}",
}
FORMS = {
    "US": ("Inc.", "LLC", "Corp."),
    "GB": ("Ltd", "LLP", "Limited"),
    "DE": ("GmbH", "AG", "GmbH & Co. KG"),
    "FR": ("SAS", "SARL"),
    "ES": ("S.L.", "S.A."),
    "IT": ("S.r.l.", "S.p.A."),
    "NL": ("B.V.",),
    "PT": ("Lda.",),
    "SE": ("AB",),
    "PL": ("Sp. z o.o.",),
    "IN": ("Pvt. Ltd.",),
}
BRANDS = (
    "Nordhaven",
    "Veltrix",
    "Quorvia",
    "Bluefern",
    "Tessaro",
    "Kilnbrook",
    "Ostrava Nine",
    "Lumenta",
    "Harrow & Pike",
    "Castellane",
    "Brightwater",
    "Zephyrine",
    "Mirador",
    "Oakline",
    "Polvera",
    "Strandfeld",
    "Ironbay",
    "Calyx",
    "Dunmore",
    "Fennwick",
    "Arcadis Nova",
    "Solvane",
    "Peregrin",
    "Thornbury",
    "Vantor",
    "Weststrom",
    "Yarrow",
    "Evergrid",
)
TRADES = (
    "Logistics",
    "Consulting",
    "Software",
    "Engineering",
    "Foods",
    "Capital",
    "Partners",
    "Biotech",
    "Interiors",
    "Shipping",
    "Insurance",
    "Design Studio",
    "Law",
    "Energy",
    "Robotics",
    "Textiles",
    "Event Services",
)
TITLES = (
    "Head of Marketing",
    "Sales Director",
    "Software Engineer",
    "Managing Partner",
    "Chief Financial Officer",
    "Key Account Manager",
    "Geschäftsführer",
    "Leiterin Einkauf",
    "Responsable commercial",
    "Directora de Ventas",
    "Ingegnere",
    "Dyrektor handlowy",
    "Säljare",
    "Product Owner",
    "Purchasing & Supply Chain Lead",
    "Senior Process Chemist",
    "Attorney-at-Law",
    "Bid Writer",
    "Regional Manager Northern Europe",
    "Founder",
    "Associate Professor",
    "Projektleiter Tiefbau",
    "Chargée d'affaires",
)
LONG_TITLES = (
    ("Vice President", "Strategic Partnerships"),
    ("Director of Research", "and Development"),
    ("Leiter Vertrieb", "Nord- und Osteuropa"),
    ("Senior Manager,", "Corporate Communications"),
    ("Head of Finance &", "Administration"),
)
SLOGANS = (
    "Ideas that move",
    "Your partner for clean water",
    "Wir machen Zukunft",
    "Engineering tomorrow",
    "People first. Always.",
    "Established 1984",
    "A member of the Harlow network",
    "Passion for precision",
)
DEPARTMENTS = (
    "Department of Chemistry",
    "Division Automotive",
    "Faculty of Law",
    "Corporate Banking",
    "Abteilung Einkauf",
)
SYLLABLES = ("ka", "ro", "mi", "ven", "du", "tar", "el", "shi", "no", "bran", "go", "lu", "pe", "zan", "ti", "ori")


@dataclass
class MadeUp:
    """A card's truth and its lines."""

    full_name: str
    email: str
    companies: list[str]  # any of them is right: the brand, the legal name
    title: str | None
    phone: str
    region: str
    lines: list[Line] = field(default_factory=list)


Rows = list[tuple[str, float]]  # text, letter size


def make_card(seed: int, noise: float = 0.0) -> MadeUp:
    """Return a card; `noise` is the share of lines in which the reader makes a mistake."""
    chance = random.Random(seed)
    locale = chance.choice(LOCALES)
    region = REGIONS[locale]
    faker = Faker(locale)
    faker.seed_instance(seed)
    names, name_parts = _company(chance, region), _name(chance, faker)
    domain = _domain(chance, names, region)
    mailbox = "info" if chance.random() < 0.08 else _local(chance, name_parts)
    title, title_lines = _title(chance)
    digits = "".join(str(chance.randrange(10)) for _ in range(4))
    card = MadeUp(
        full_name=_printed(chance, name_parts),
        email=f"{mailbox}@{domain}",
        companies=[],
        title=title,
        phone=CODES[region].format(digits),
        region=region,
    )
    card.companies, top, bottom = _company_rows(chance, names, faker)
    head = _head(chance, card, top, title_lines)
    small = _small_print(chance, card, domain, faker)
    blocks = [head, small, bottom] if chance.random() < 0.8 else [small, head, bottom]
    card.lines = _place(chance, blocks, noise)
    return card


@dataclass(frozen=True)
class CompanyNames:
    """The brand, the legal name and its form."""

    brand: str
    legal: str
    form: str


def _company(chance: random.Random, region: str) -> CompanyNames:
    brand, trade, form = chance.choice(BRANDS), chance.choice(TRADES), chance.choice(FORMS[region])
    return CompanyNames(brand, f"{brand} {trade} {form}" if chance.random() < 0.7 else f"{brand} {form}", form)


def _company_rows(chance: random.Random, names: CompanyNames, faker: Faker) -> tuple[list[str], Rows, Rows]:
    """Return the names that are right, the rows at the top, those at the bottom."""
    brand, legal, style = names.brand, names.legal, chance.random()
    if style < 0.3:  # the brand as a logo, the legal name small at the bottom
        return [brand, brand.upper(), legal], [(chance.choice([brand, brand.upper()]), 2.2)], [(legal, 0.9)]
    if style < 0.5:  # over two lines
        words, size = legal.split(), chance.choice([1.4, 1.8])
        cut = max(1, len(words) // 2)
        rows = [(" ".join(words[:cut]), size), (" ".join(words[cut:]), size)]
        return [legal, legal.rsplit(" ", 1)[0]], rows, []
    if style < 0.6:  # glued to the address
        return [legal, brand], [], [(f"{legal}, {_street(faker)}", 1.0)]
    return [legal], [(chance.choice([legal, legal.upper()]), chance.choice([1.0, 1.4, 1.9]))], []


def _head(chance: random.Random, card: MadeUp, top: Rows, title_lines: list[str]) -> Rows:
    slogan: Rows = [(chance.choice(SLOGANS), 0.8)] if chance.random() < 0.25 else []
    if card.title and chance.random() < 0.08:
        return [*top, *slogan, (card.full_name + chance.choice([", ", " | "]) + card.title, 1.3)]
    person: Rows = [(card.full_name, chance.choice([1.2, 1.5, 1.8])), *((line, 1.0) for line in title_lines)]
    if chance.random() < 0.2:
        person.append((chance.choice(DEPARTMENTS), 1.0))
    return [*top, *slogan, *person] if chance.random() < 0.6 else [*person, *top, *slogan]


def _small_print(chance: random.Random, card: MadeUp, domain: str, faker: Faker) -> Rows:
    texts = [_label(chance, "T") + card.phone, _label(chance, "E") + card.email]
    if chance.random() < 0.5 and domain != "gmail.com":
        texts.append(chance.choice(["", "www.", "https://www."]) + domain)
    if chance.random() < 0.7:
        texts += [_street(faker), f"{faker.postcode()} {faker.city()}"]
    if chance.random() < 0.5:
        texts.append(chance.choice(["Fax ", "F: "]) + card.phone[:-4] + "9999")
    chance.shuffle(texts)
    return [(text, 1.0) for text in texts]


def _name(chance: random.Random, faker: Faker) -> list[str]:
    if chance.random() < 0.15:  # unknown to every list
        return ["".join(chance.choices(SYLLABLES, k=2)).title(), "".join(chance.choices(SYLLABLES, k=3)).title()]
    parts = [*faker.first_name().split()[:1], *faker.last_name().split()]
    if chance.random() < 0.1:
        parts.insert(1, chance.choice("ABCDEFGHJKLMPRSTW") + ".")
    if chance.random() < 0.06:
        parts.insert(1, chance.choice(["van", "von", "de", "della"]))
    return parts


def _printed(chance: random.Random, parts: list[str]) -> str:
    name = " ".join(parts)
    if chance.random() < 0.3:
        name = name.upper()
    if chance.random() < 0.08:
        name = chance.choice(["Dr. ", "Prof. Dr. ", "Dipl.-Ing. "]) + name
    if chance.random() < 0.08:
        name += chance.choice([", PhD", " MBA", ", CPA", " M.Sc."])
    return name


def _ascii(text: str) -> str:
    return "".join(c for c in anyascii(text).lower() if c.isalnum())


def _local(chance: random.Random, parts: list[str]) -> str:
    words = [_ascii(part) for part in parts if len(_ascii(part)) > 1]
    first, last = words[0], words[-1]
    return chance.choice(
        [f"{first}.{last}"] * 5
        + [
            f"{first[0]}{last}",
            f"{first[0]}.{last}",
            first,
            last,
            f"{first}{last}",
            f"{last}.{first}",
            f"{first}_{last}",
            f"{first}{last[0]}",
            f"{first}.{last}{chance.randrange(1, 99)}",
        ]
    )


def _domain(chance: random.Random, names: CompanyNames, region: str) -> str:
    if chance.random() < 0.06:
        return "gmail.com"
    ending = {"US": "com", "GB": "co.uk", "IN": "co.in"}.get(region, region.lower())
    if chance.random() < 0.4:
        ending = "com"
    core, brand = names.legal.removesuffix(names.form).strip(), _ascii(names.brand)
    initials = "".join(word[0] for word in core.split() if word != "&").lower()
    rare = [initials if len(initials) > 2 else brand, f"{brand}-group"]
    return f"{chance.choice([brand] * 4 + [_ascii(core)] * 3 + rare)}.{ending}"


def _title(chance: random.Random) -> tuple[str | None, list[str]]:
    roll = chance.random()
    if roll < 0.1:
        return None, []
    if roll < 0.25:
        pair = chance.choice(LONG_TITLES)
        return " ".join(pair), list(pair)
    title = chance.choice(TITLES)
    title = title.upper() if chance.random() < 0.2 else title
    return title, [title]


def _street(faker: Faker) -> str:
    return faker.street_address().replace("\n", ", ")


def _label(chance: random.Random, kind: str) -> str:
    return chance.choice(
        {
            "T": ["", "T ", "Tel.", "Tel: ", "Phone ", "P. ", "Office:"],
            "E": ["", "E ", "E-Mail: ", "Mail:", "Email "],
        }[kind]
    )


def _place(chance: random.Random, blocks: list[list[tuple[str, float]]], noise: float) -> list[Line]:
    y, x, lines = 60.0, chance.choice([60.0, 400.0]), []
    for block in blocks:
        for text, size in block:
            height = 26 * size
            width = len(text) * height * 0.5
            bad = chance.random() < noise
            box = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
            lines.append(Line(text=_misread(chance, text) if bad else text, box=box, score=0.85 if bad else 0.99))
            y += height * 1.3
        y += 50
    return lines


def _misread(chance: random.Random, text: str) -> str:
    """Return the text with one of the mistakes that readers make."""
    roll = chance.random()
    if roll < 0.3 and " " in text:
        return text.replace(" ", "", 1)
    if roll < 0.5:
        return text.replace(",", ".") if "," in text else text.replace(".", " ", 1)
    swaps = {"l": "1", "o": "0", "i": "l", "m": "rn", "e": "c", "B": "8", "S": "5", "a": "o"}
    spots = [i for i, c in enumerate(text) if c in swaps]
    if not spots:
        return text
    spot = chance.choice(spots)
    return text[:spot] + swaps[text[spot]] + text[spot + 1 :]
