"""How much a stretch of text looks like a name, a title, a company: hand weights, roughly log-odds, 0 undecided."""

from __future__ import annotations

import math
from itertools import pairwise

from lib.cards.domain_match import match
from lib.cards.legal import without_legal_form
from lib.cards.logos import JOINING, holds_together
from lib.cards.names import is_particle, local_fit
from lib.cards.span import Span, is_department, trade_share
from lib.cards.title_words import counted, has_title_word
from lib.cards.words import CJK, has_strong, share_in, slug, word_list, words_of

IMPOSSIBLE = -9.0


def name_score(span: Span) -> float:
    """Return how much the span looks like a person's name by itself."""
    name = span.name
    if name is None or span.digits or (span.is_stack and len(set(span.links)) < 2):
        return IMPOSSIBLE
    count = name.count
    # Without what stands round the name: Engr. (Chief) B. A. Olubadewo is no chief.
    words = words_of(" ".join(name.tokens))
    score = -1.7 + 3.0 * span.known_names + 0.9 * _size(span)
    score += {1: -2.2, 2: 0.8, 3: 0.7, 4: 0.2}.get(count, -0.8) if not _is_cjk(span) else 0.6
    # A degree or a prefix is left out of the tokens: its presence says that a person is meant.
    score += 1.0 if 1 < len(name.tokens) < len(span.text.replace(",", " ").split()) else 0.0
    score += _case(span)
    score -= 3.0 * share_in(counted(words), "titles") + 1.5 * has_title_word(" ".join(name.tokens), words)
    score -= 2.5 * bool(span.legal_form) + 2.0 * share_in(words, "companies") + 2.0 * span.slogan_share
    score -= 1.5 * (count > 1 and share_in(words[-1:], "companies")) + 3.0 * span.are_degrees + 1.0 * span.in_list
    score -= 3.0 * span.in_address + 1.5 * span.has_detail + 2.0 * span.is_stack + 2.0 * span.is_department
    score -= 0.8 * any(sign in span.text for sign in "&+") + 1.2 * has_strong(words[-1:], "addresses")
    return score - _off(span) - 0.5 * span.is_part - _name_breaks(span)


def _name_breaks(span: Span) -> float:
    """Return what speaks against a name over several lines: less where each line is one word of it."""
    if len(span.links) < 2:
        return 0.0
    single = any(len(words_of(link)) == 1 for link in span.links)
    others = any(share_in(words_of(link), "titles") or trade_share(words_of(link)) for link in span.links)
    return 0.3 if single and len(span.links) == 2 and not others else 1.2 * (len(span.links) - 1)


def title_score(span: Span) -> float:
    """Return how much the span looks like a job title by itself."""
    if (_is_cjk(span) and not span.has_title_word) or span.is_stack:
        return IMPOSSIBLE
    score = -2.0 + 3.2 * span.title_share + (1.6 if span.has_title_word else 0.0)
    score -= 2.0 * bool(span.legal_form) + 0.8 * max(span.company_share - span.title_share, 0)
    score -= 1.5 * span.slogan_share + (3.5 if span.is_department else 0.0) + 3.0 * span.are_degrees
    score -= 1.2 * span.known_names * (1 - span.title_share)
    score -= 1.5 * (span.holds_name and span.title_share < 1)
    score -= 0.4 * span.digits + max(0.0, 0.8 * _size(span))
    # What is left of a line with a number is what the number is called: Secretary, Shop, Home.
    score -= 4.0 * span.announces
    score -= 3.0 * span.in_address + (2.5 if len(span.words) <= 2 else 0.5) * span.has_detail
    score -= 1.5 * (span.is_list and not span.has_title_word) + 2.0 * span.in_list
    length = len(span.words)
    score -= 0.4 * max(length - 7 - 2 * (len(span.links) > 1), 0)
    # The whole line beats its parts: "Vice President, Engineering".
    return score - _off(span) - (1.3 if span.is_part else 0.0) + _title_goes_on(span)


def company_score(span: Span, labels: list[str]) -> float:
    """Return how much the span looks like a company's name. `labels`: the names in the card's domains."""
    if len(span.lines) > 1 and not span.is_stack:
        return IMPOSSIBLE  # the same lines are there as a stack, which asks what each line adds
    matched = company_match(span, labels)
    score = -1.0 + 4.2 * matched + 2.3 * bool(span.legal_form)
    score += 1.4 * span.company_share + 0.5 * (span.company_share > 0) + 1.0 * span.is_institution + 0.9 * _size(span)
    score += 0.5 * (span.rank < 0.25)
    score -= 2.5 * span.slogan_share + 2.0 * span.is_department + 3.5 * span.is_list + 2.0 * span.are_degrees
    score -= 2.2 * span.title_share * (not span.legal_form) + (0.8 if span.has_title_word else 0.0)
    score -= 1.0 * span.known_names * (0.3 if span.legal_form or span.company_share else 1.0)
    score -= 0.3 * span.digits + 0.4 * max(len(span.words) - 7, 0)
    score -= 1.0 * (len(slug(span.text)) < 3 and not _is_cjk(span)) + 1.6 * _is_tail(span)
    score -= 1.5 * span.in_list
    score += 0.4 * ("&" in span.text)
    score += 1.2 * (1 < len(span.words) < 6 and share_in(span.words[-1:], "companies") > 0 and not span.legal_form)
    shown = bool(span.legal_form) or matched >= 0.6
    score -= 2.5 * (span.has_detail and not shown) + 2.0 * (span.in_address and not shown)
    joined = holds_together(span, labels) if span.is_stack else 0.0
    # A village stands by an address; what says of itself that it is a company may stand there too.
    named = shown or span.company_share > 0 or span.is_institution
    return score - 3.0 * span.is_address - (0.2 if named else 1.1) * span.near_address - 0.9 * span.is_part + joined


def _is_tail(span: Span) -> bool:
    """Return whether the span is only the end of a name: a legal form behind general words, such as `Law SAS`."""
    if span.legal_form is None or len(span.lines) > 1:
        return False
    words = words_of(without_legal_form(span.text))
    return trade_share(words) > 0.6 or slug(span.text) == slug(span.legal_form)


def company_match(span: Span, labels: list[str]) -> float:
    """Return how well the span fits the best of the card's domains, 0-1."""
    whole = max((match(span.text, label) for label in labels), default=0.0)
    # A name over several lines may have its own word in only one of them: LAW OFFICES OF / PETERSON & BRYCE.
    return max([whole, *(0.9 * match(link, label) for link in span.links for label in labels)])


def mailbox_link(span: Span, local: str, labels: list[str]) -> float:
    """Return what a mailbox adds to a name's score, 0-4.5.

    An office's mailbox says nothing, nor does one that is named after the company: many free mailboxes are.
    """
    bare = slug(local).rstrip("0123456789")
    if (
        span.name is None
        or bare in word_list("mailboxes")
        or any(len(label) > 3 and label in bare for label in labels)
    ):
        return 0.0
    return 4.5 * local_fit(span.name, local)


def mailbox_score(local: str, position: int) -> float:
    """Return which of several addresses to prefer: the first, and a person's before an office's."""
    return -0.2 * position - (1.0 if slug(local).rstrip("0123456789") in word_list("mailboxes") else 0.0)


def _is_cjk(span: Span) -> bool:
    return bool(CJK.search(span.text))


def _size(span: Span) -> float:
    """Return the letter height against the usual one as a power of two, -1 to 1.5."""
    return min(max(math.log2(max(span.height, 0.1)), -1.0), 1.5)


def _case(span: Span) -> float:
    """Return what capitals say: each word of a name begins with one."""
    if _is_cjk(span):
        return 0.3
    words = [word for word in span.text.split() if word[:1].isalpha() and not is_particle(word)]
    capital = sum(word[0].isupper() for word in words)
    if not words:
        return 0.0
    return 0.6 if capital == len(words) else -0.2 * (len(words) - capital) - 0.3 * (capital == 0)


def _off(span: Span) -> float:
    """Return what speaks against any of the three: an address."""
    return 3.0 * span.is_address + 1.1 * span.near_address


def _title_goes_on(span: Span) -> float:
    """Return what speaks for a title over several lines: a joining sign at the break, words of titles behind it."""
    score = 0.0
    if len(span.links) > 1 and share_in(counted(words_of(span.links[0])), "titles") == 0:
        score -= 2.0
    for before, after in pairwise(span.links):
        words = words_of(after)
        is_joined = before.rstrip().endswith((",", "&", "-", "–", "—", "/")) or bool(
            JOINING & {words_of(before)[-1], *words[:1]}
        )
        share = share_in(counted(words), "titles")
        score += 1.5 if is_joined else 0.3 if share >= 0.5 else -0.4 if share > 0.3 else 0.3
        score -= 2.5 * is_department(after) + 1.5 * share_in(words, "slogans")
        # Two titles below each other are rather two jobs than one.
        score -= 1.2 * (has_strong(words, "titles") and not is_joined)
    return score
