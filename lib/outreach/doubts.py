"""What a person may want to look at in a model's e-mail; none of it keeps the e-mail back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lib.outreach.checked import Checked, named
from lib.outreach.language import find_language

# A capital inside a sentence: behind a small letter or a comma, not behind a full stop or at the start of a line.
NAME = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w'’-]*[a-zà-ÿ][\w'’-]*")


def find_doubts(email: Checked, facts_used: Iterable[Mapping[str, str]] = ()) -> list[str]:
    """Return warnings as sentences: names that nobody gave the model, facts that it names and did not have."""
    return [doubt for doubt in (_unknown_names(email), _unsupported_facts(email, facts_used)) if doubt]


def _unknown_names(email: Checked) -> str:
    # German writes all its nouns with capitals.
    if find_language(email.body) == "German":
        return ""
    new = {name for name in NAME.findall(email.text) if name.casefold() not in email.known_words}
    new = {name for name in new if re.sub(r"['’]s?$", "", name).casefold() not in email.known_words}
    return f"Names that are in none of the facts: {named(new)}." if new else ""


def _unsupported_facts(email: Checked, facts_used: Iterable[Mapping[str, str]]) -> str:
    missing = {fact["field"][:40] for fact in facts_used if fact["field"] not in email.facts}
    return f"It names facts that it was not given: {named(missing)}." if missing else ""
