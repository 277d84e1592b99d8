"""Whether the lines of a logo, of whatever sizes, are one company's name: hand weights, roughly log-odds."""

from __future__ import annotations

from itertools import pairwise

from lib.cards.domain_match import CONFIRMED, match
from lib.cards.legal import find_legal_form, without_legal_form
from lib.cards.span import Span, is_department, is_list, trade_share
from lib.cards.words import has_strong, share_in, words_of

# Behind one of these at the end of a line, or before one at its start, the name or title goes on.
JOINING = {"&", "and", "und", "et", "of", "de", "for", "to", "the", "y", "e", "i", "och", "en"} | {
    *("du", "des", "del", "della", "degli", "di", "da", "do", "für", "fur", "pour", "der", "van", "by"),
}


def holds_together(span: Span, labels: list[str]) -> float:
    """Return what speaks for the lines of a logo being one name: each must add to it, and none be something else."""
    score = 0.1 - 0.4 * (len(span.links) - 1) - 0.6 * span.is_row
    fits = [max((match(link, label) for label in labels), default=0.0) for link in span.links]
    for position, (before, after) in enumerate(pairwise(span.links)):
        first, words = words_of(before), words_of(after)
        trade = max(trade_share(words), trade_share(first) * (position == 0))
        is_joined = after.lstrip()[:1] in "&+" or bool(JOINING & {*first[-1:], *words[:1]})
        upper, lower = span.sizes[position : position + 2]
        is_alike = max(upper, lower) < 1.25 * min(upper, lower)
        adds = trade >= 0.5 or is_joined
        score += 0.9 * (trade >= 0.5) + 1.2 * is_joined + 0.9 * (is_alike and upper > 1.3)
        score += 0.8 * (words[:1] == ["of"])
        if find_legal_form(after):
            # In small print below a logo it is the legal name, unless all it says is the trade: TOOL & DIE, INC.
            goes_on = upper < 1.6 * lower or trade_share(words_of(without_legal_form(after))) >= 0.5
            score += 1.2 if goes_on else -2.3
        score -= 0.9 * (
            trade == 0 and not find_legal_form(after) and not is_joined and not (is_alike and upper > 1.3)
        )
        score -= 4.0 * _says_again(first, words)
        # What the domain is made of is whole without a line that does not add to it.
        score -= 1.2 * (fits[position] >= 0.95 and not adds)
        score -= 2.0 * (fits[position + 1] >= 0.95 and not is_joined and trade_share(first) < 0.5)
        score -= 0.8 * (len(words) > 3 and trade > 0 and not is_joined) + 2.0 * (len(words) > 5 and not is_joined)
        score -= 2.5 * has_strong(words, "titles") + 4.0 * (is_list(after) or is_department(after))
        score -= 2.0 * share_in(words, "slogans") + 2.0 * (share_in(words, "slogans") >= 0.3)
        score -= 3.0 * any(c.isdigit() for c in after) + 2.0 * (find_legal_form(before) is not None and not is_joined)
    whole = max((match(span.text, label) for label in labels), default=0.0)
    return score + 2.0 * max(whole - max(fits), 0.0)


def _says_again(brand: list[str], words: list[str]) -> bool:
    """Return whether a line is the one above it in full: two names, not one.

    QUORVEX / Quorvex Tools GmbH, SGE / Society of Glass Engineers.
    """
    short = "".join(brand)
    is_acronym = 3 <= len(short) <= 5 and match(" ".join(words), short) >= CONFIRMED
    return is_acronym or (len(short) > 2 and words[: len(brand)] == brand)
