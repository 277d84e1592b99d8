"""Which country a card is from, by what stands on it besides numbers and domains."""

from __future__ import annotations

import re

from lib.cards.words import CJK

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
    (r"\bsp\. ?z ?o\.? ?o\.?|\bs\.c\.", ("PL",)),
    (r"\b(?:L\.?L\.?C|Inc|Corp)\b", ("US",)),
)
_PLACES = (
    (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\bUnited Kingdom\b|\bEngland\b", "GB"),
    (r"\b[A-Z]{2},? \d{5}(?:-\d{4})?\b|\bUSA\b", "US"),
    (r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b|\bCanada\b", "CA"),
    (r"\b\d{4} ?[A-Z]{2}\b|\bNetherlands\b|\bNederland\b", "NL"),
    (r"\bGermany\b|\bDeutschland\b|\w(?:straße|strasse|str\.)", "DE"),
    (r"\bFrance\b|\brue\b|\bCEDEX\b", "FR"),
    (r"\bEspaña\b|\bSpain\b|\b[Cc]alle\b", "ES"),
    (r"\bItaly\b|\bItalia\b|\b[Vv]iale?\b|\b[Pp]iazza\b", "IT"),
    (r"\bAustralia\b|\b(?:NSW|VIC|QLD|ACT|TAS),? \d{4}\b", "AU"),
    (r"\bIndia\b|\bMumbai\b|\bDelhi\b|\bBengaluru\b|\bBangalore\b", "IN"),
    (r"\bSwitzerland\b|\bSchweiz\b|\bSuisse\b", "CH"),
    (r"\bAustria\b|\bÖsterreich\b", "AT"),
    (r"\bSweden\b|\bSverige\b|\w(?:vägen|gatan|gränd)\b", "SE"),
    (r"\bDubai\b|\bAbu Dhabi\b|\bU\.?A\.?E\b", "AE"),
    (r"\bSingapore\b", "SG"),
    (r"\bJapan\b|〒|東京都|大阪府", "JP"),
    (r"\bHong Kong\b|香港", "HK"),
    (r"\bP\.? ?R\.? China\b|\bBeijing\b|\bShanghai\b|\bShenzhen\b|北京|上海", "CN"),
)


def regions_in_text(texts: list[str]) -> list[str]:
    """Return the countries (ISO 3166) that places and legal forms hint at, places first."""
    joined = "\n".join(texts)
    found = [region for pattern, region in _PLACES if re.search(pattern, joined)]
    for pattern, regions in _FORMS:
        if re.search(pattern, joined, re.I if "LLP" in pattern else 0):
            found.extend(regions)
    if CJK.search(joined):
        found.append("JP" if re.search(r"[぀-ヿ]", joined) else "CN")
    return list(dict.fromkeys(found))
