"""Which stretch of text is the name, which the title, which the company: the best choice for all of them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

from lib.cards.details import Details
from lib.cards.extract import domains
from lib.cards.extract.email import Email
from lib.cards.layout import Layout
from lib.cards.names import local_fit
from lib.cards.scores import company_match, company_score, mailbox_link, mailbox_score, name_score, title_score
from lib.cards.span import Span
from lib.cards.spans import make_spans
from lib.cards.words import slug, word_list

# Candidates for each field, besides "none": enough that the exact search over all is done in milliseconds.
CANDIDATES = 7
# How many times larger than the legal name a brand is printed.
BRAND_SIZE = 1.5
# The same where the legal name begins with it.
BEGINNING_SIZE = 1.15


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The chosen spans (None: the card has none) with their scores, and the address that goes with the name."""

    name: Span | None
    title: Span | None
    company: Span | None
    email: Email | None
    legal_name: Span | None = None
    name_score: float = 0.0
    title_score: float = 0.0
    company_score: float = 0.0

    @property
    def total(self) -> float:
        """What is maximised."""
        return self.name_score + self.title_score + self.company_score


def choose(layout: Layout, details: Details) -> Choice:
    """Return the best joint choice of spans that do not overlap."""
    spans = make_spans(layout, details.rests, _mailbox_words(details), details.cut)
    labels = details.labels + _company_mailboxes(details, spans)
    mails: list[Email | None] = list(details.emails[:4]) or [None]
    names = _best(spans, lambda span: max(_with_mail(span, mail, labels) for mail in mails))
    likely = [name for name in names[:3] if name]
    titles = _best(spans, lambda span: title_score(span) + max([_beside(layout, n, span) for n in likely] or [0.8]))
    companies = _best(spans, lambda span: company_score(span, labels))
    scored_titles = {span: title_score(span) for span in titles if span}
    scored_companies = {span: company_score(span, labels) for span in companies if span}
    best: tuple[float, Choice] | None = None
    for (position, mail), name in product(enumerate(mails), names):
        named = _with_mail(name, mail, labels) if name else 0.0
        offset = mailbox_score(mail.local, position) if mail else 0.0
        for title, company in product(titles, companies):
            if _overlap(name, title, company):
                continue
            choice = Choice(
                name=name,
                title=title,
                company=company,
                email=mail,
                name_score=named,
                title_score=scored_titles[title] + _beside(layout, name, title) if title else 0.0,
                company_score=scored_companies[company] if company else 0.0,
            )
            if best is None or choice.total + offset > best[0]:
                best = (choice.total + offset, choice)
    chosen = best[1] if best else Choice(name=None, title=None, company=None, email=None)
    return _with_brand(chosen, spans, labels)


def _with_brand(choice: Choice, spans: list[Span], labels: list[str]) -> Choice:
    """Return the choice with the brand in the logo as company, where the legal name stands in small print.

    The brand is what people call the company; see `_is_brand_of`. Either of the two may have been chosen.
    """
    chosen = choice.company
    if chosen is None:
        return choice
    taken = {piece for span in (choice.name, choice.title, chosen) if span for piece in span.pieces}
    others = [span for span in spans if not taken & span.pieces and not span.is_part]
    if not chosen.legal_form:
        legal = next((span for span in others if span.legal_form and _begins(chosen, span)), None)
        return replace(choice, legal_name=legal)
    brands = [span for span in others if _is_brand_of(span, chosen, labels)]
    if not brands:
        return choice
    return replace(choice, company=max(brands, key=lambda span: company_score(span, labels)), legal_name=chosen)


def _is_brand_of(span: Span, legal: Span, labels: list[str]) -> bool:
    """Return whether a span in larger print is the domain's name, or the words that the legal name begins with."""
    if span.legal_form or span.digits or company_score(span, labels) < 0:
        return False
    if _begins(span, legal) and span.height >= BEGINNING_SIZE * legal.height:
        return True
    return span.height >= BRAND_SIZE * legal.height and company_match(span, labels) >= 0.9


def _begins(brand: Span, legal: Span) -> bool:
    """Return whether the legal name begins with the brand."""
    return len(slug(brand.text)) >= 4 and slug(legal.text).startswith(slug(brand.text))


def _company_mailboxes(details: Details, spans: list[Span]) -> list[str]:
    """Return the mailboxes that are named after a company rather than a person: pearlhilldental of gmail.com."""
    names = {span.name for span in spans if span.name and not span.company_share and not span.legal_form}
    return [
        mail.local
        for mail in details.emails
        if len(mail.local) >= 6
        and mail.local.isalnum()
        and mail.local not in word_list("mailboxes")
        and domains.label(mail.domain) not in mail.local
        and not any(local_fit(name, mail.local) >= 0.7 for name in names)
    ]


def _mailbox_words(details: Details) -> frozenset[str]:
    return frozenset(word for mail in details.emails for word in re.findall(r"[a-z]{2,}", mail.local))


def _best(spans: list[Span], score: Callable[[Span], float]) -> list[Span | None]:
    """Return the best candidates, and None for "the card has none".

    Where a card says it in two scripts, the Latin one is taken: it is what an e-mail can begin with.
    """
    ranked = sorted(((score(span), index) for index, span in enumerate(spans)), reverse=True)
    if any(value > 0.3 and not spans[index].is_foreign for value, index in ranked):
        ranked = [(value, index) for value, index in ranked if not spans[index].is_foreign]
    return [spans[index] for value, index in ranked[:CANDIDATES] if value > -2.0] + [None]


def _with_mail(span: Span, mail: Email | None, labels: list[str]) -> float:
    link = mailbox_link(span, mail.local, labels) if mail else 0.0
    # Of two that fit, the whole name: Wiebke Olde Loh rather than Olde Loh.
    if span.name and link > 4 and not set(span.name.folded) & set(labels):
        link += min(0.5 * (span.name.count - 1), 1.0)
    # What the domain is made of is the company, unless the mailbox is made of it too.
    return name_score(span) + link - (2.5 if link < 4 and company_match(span, labels) >= 0.75 else 0.0)


def _overlap(*spans: Span | None) -> bool:
    pieces = [piece for span in spans if span for piece in span.pieces]
    return len(pieces) != len(set(pieces))


def _beside(layout: Layout, name: Span | None, title: Span) -> float:
    """Return what a title's place says: right below the name (or in its line) is where most stand."""
    if name is None:
        return 0.0
    if name.lines[-1] == title.lines[0]:
        return 0.9
    upper, lower = layout.places[name.lines[-1]], layout.places[title.lines[0]]
    gap = (lower.top - upper.bottom) / max(upper.height, lower.height)
    overlaps = min(upper.right, lower.right) - max(upper.left, lower.left) > 0
    if not overlaps or not -0.5 <= gap <= 1.6:
        return 0.0
    # In line with the name and smaller is a title's own place: enough to believe one whose words nobody listed.
    shift = min(abs(upper.left - lower.left), abs(upper.middle - lower.middle), abs(upper.right - lower.right))
    aligned = shift <= 0.5 * upper.height and lower.height <= 0.95 * upper.height
    return (2.9 if aligned else 1.0) - (0.8 if gap > 0.9 else 0.0)
