"""Legal forms of companies: GmbH & Co. KG, Inc., Sp. z o.o., 株式会社."""

from __future__ import annotations

import re
from functools import lru_cache

from cleanco import basename

from lib.cards.words import fold, word_list

_LONG = re.compile(
    r"(?<!\w)(?:sp\.? ?z ?o\.? ?o|gmbh ?& ?co\.?(?: ?(?:kg|ohg|kgaa))?|ag ?& ?co\.? ?kg"
    r"|(?:co|pvt|pty|pte|sdn|\((?:pvt|pty|pte|private)\))\.?,? ?(?:ltd|bhd|limited)"
    r"|private limited|joint stock company|s\.?a\.? de c\.?v)\.?$",
    re.I,
)
_CJK = re.compile(
    r"株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|集团|주식회사|유한회사|\(주\)|㈜|\(株\)|㈱"
)
# Those that stand before the name.
_BEFORE = {fold(form) for form in ("ООО", "АО", "ЗАО", "ПАО", "ИП", "ОАО", "PT", "CV", "SC", "S.C", "Fa", "Firma")}


def find_legal_form(text: str) -> str | None:
    """Return the legal form that ends the text (or, in some languages, begins it), as printed; else None."""
    cjk = _CJK.search(text)
    if cjk and cjk.group() != text:
        return cjk.group()
    long = _LONG.search(text)
    if long:
        return long.group()
    words = text.replace(",", " ").split()
    if len(words) > 1 and word_list("companies").get(fold(words[-1]).strip("."), False):
        return words[-1]
    if len(words) > 1 and fold(words[0]).strip(".") in _BEFORE:
        return words[0]
    return None


@lru_cache(maxsize=4096)
def without_legal_form(text: str) -> str:
    """Return a company's name without the legal form at its end or start."""
    form = find_legal_form(text)
    while form:
        shorter = re.sub(rf"^{re.escape(form)}\s*|[\s,&]*{re.escape(form)}$", "", text).strip(" ,&")
        if not shorter or shorter == text:
            break
        text, form = shorter, find_legal_form(shorter)
    # cleanco knows the rarer forms of the world; alone it takes words such as AS and SPA for forms.
    return str(basename(text)) or text if len(text.split()) > 2 else text
