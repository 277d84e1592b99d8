"""Which country a card is from, by what stands on it besides numbers and domains."""

from __future__ import annotations

import re
from itertools import pairwise

from lib.cards.words import CJK, fold, grouped_words

# Legal forms that (nearly) one country has. GmbH and AG are Austrian and Swiss too: their numbers show which.
_FORMS = (
    (r"\b(?:Ltd|LLP|PLC|Limited)\b", ("GB", "IN", "IE")),
    (r"\b(?:GmbH|mbH|UG|KG|e\.K\.|OHG|AG)\b", ("DE", "AT", "CH")),
    (r"\b(?:SARL|S\.A\.R\.L\.|SAS|SASU|EURL)(?!\w)", ("FR",)),
    (r"\b[Ss]\.?[Rr]\.?[Ll]\.?(?!\w)", ("IT", "RO")),
    (r"\bS\.?p\.?A\.?(?!\w)", ("IT",)),
    (r"\bS\.?L\.?U?\.?(?!\w)", ("ES",)),
    (r"\bB\.?V\.?(?!\w)|\bN\.V\.", ("NL", "BE")),
    (r"\bAB\b", ("SE",)),
    (r"\bA/S\b|\bApS\b", ("DK",)),
    (r"\bOyj?\b", ("FI",)),
    (r"\bAS\b|\bASA\b", ("NO",)),
    (r"\bLda\b\.?|\bLDA\b", ("PT",)),
    (r"\bLtda\b", ("BR",)),
    (r"\bPty\b", ("AU",)),
    (r"\bPte\b", ("SG",)),
    (r"\bSdn\b", ("MY",)),
    (r"\bPvt\b", ("IN",)),
    (r"\bK\.?K\.(?!\w)|株式会社|有限会社|合同会社", ("JP",)),
    (r"有限公司|集团", ("CN", "HK", "TW")),
    (r"주식회사", ("KR",)),
    (r"\bООО\b|\bЗАО\b|\bПАО\b", ("RU",)),
    (r"\b[Ss]p\. ?z ?o\.? ?o\.?|\bs\.c\.", ("PL",)),
    (r"\b(?:L\.?L\.?C|Inc|Corp)\b", ("US",)),
)
# The form of a postcode or a word of streets, where it is (nearly) one country's.
_POSTCODES = (
    (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", "GB"),
    (r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b", "US"),
    (r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b", "CA"),
    (r"\b\d{4} ?[A-Z]{2}\b", "NL"),
    # Four digits of a postcode beside a German street: Swiss, else Austrian.
    (
        r"(?s)(?=.*\w(?:straße|strasse|str\.|gasse|weg))(?!.*\b\d{5} [A-ZÄÖÜ])"
        r"(?=.*(?<!\d)(?<!\d[ -])\d{4} [A-ZÄÖÜ][a-zäöü])",
        "CH",
    ),
    (r"\w(?:straße|strasse|str\.)", "DE"),
    (r"\brue\b|\bCEDEX\b", "FR"),
    (r"\b[Cc]alle\b", "ES"),
    (r"\b[Vv]iale?\b|\b[Pp]iazza\b", "IT"),
    (r"\b(?:NSW|VIC|QLD|ACT|TAS),? \d{4}\b", "AU"),
    (r"\w(?:vägen|gatan|gränd)\b", "SE"),
)


# What telephones are called, where nothing says more.
_LABELS = (
    (r"\b(?:Telefon|Durchwahl|Handy|Fon|Telefax)\b", ("DE", "AT", "CH")),
    (r"\bT[ée]l[ée]copie|\bLigne directe|\bTél\b", ("FR", "BE", "CH")),
    (r"\b(?:Telemóvel|Tlm|Telefone)\b", ("PT", "BR")),
    (r"\b(?:Móvil|Teléfono)\b", ("ES", "MX")),
    (r"\b(?:Diretto|Telefono|Cell\.)", ("IT",)),
    (r"\bVäxel\b", ("SE",)),
)


def regions_in_text(texts: list[str]) -> list[str]:
    """Return the countries (ISO 3166) that places and legal forms hint at, places first."""
    joined = "\n".join(texts)
    found = _named(texts)
    found += [region for pattern, region in _POSTCODES if re.search(pattern, joined)]
    for pattern, regions in _FORMS:
        if re.search(pattern, joined, re.I if "LLP" in pattern else 0):
            found.extend(regions)
    for pattern, regions in _LABELS:
        if re.search(pattern, joined):
            found.extend(regions)
    # One word of it is the name's or a sign's; a card from there has more.
    if sum(bool(CJK.search(text)) for text in texts) >= 3:
        found.append("JP" if re.search(r"[぀-ヿ]", joined) else "CN")
    return list(dict.fromkeys(found))


def _named(texts: list[str]) -> list[str]:
    """Return the countries of which a place is named, the last named first: an address ends with its country."""
    found: list[str] = []
    for text in reversed(texts):
        words = [word.strip(".,;:()[]|") for word in fold(text).split()]
        spoken = {*words, *map("_".join, pairwise(words))}
        for country, places in grouped_words("places").items():
            if spoken & places or any(CJK.match(place) and place in text for place in places):
                found.append(country)
    return found
