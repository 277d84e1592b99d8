"""How sure each field is (0-1), and why, in words for the reviewer.

What speaks for a field is weighed by hand; CALIBRATION then makes it the share of fields that were right with as much
to speak for them. It orders fields for review; whether a card is accepted without one is decided by the rules of
`gate`, because no threshold on a probability was right often enough.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lib.cards.assign import Choice
from lib.cards.details import Details
from lib.cards.extract import domains
from lib.cards.extract.email import Email
from lib.cards.extract.phones import Phone
from lib.cards.names import known_share, local_fit
from lib.cards.scores import company_match
from lib.cards.span import Span

# By field, (shift, slope) on the scale of log-odds. Fitted by `python -m tests.bench.calibrate` on 280 made-up cards.
CALIBRATION: dict[str, tuple[float, float]] = {
    "full_name": (0.55, 0.7),
    "email": (0.1, 1.15),
    "company": (-0.2, 1.01),
    "title": (0.19, 0.67),
    "phone": (0.7, 1.29),
    "linkedin_url": (0.41, 2.05),
    "website": (0.21, 1.54),
}
# Below what a code on the card is believed with (codes.CONFIDENCE).
HIGHEST = 0.985


@dataclass(frozen=True)
class Belief:
    """A confidence, 0-1, and what speaks for or against the value."""

    confidence: float
    evidence: tuple[str, ...]


def believe_name(span: Span, choice: Choice, score: float) -> Belief:
    """Return how sure the name is: most of it comes from the mailbox and the known names."""
    evidence = []
    fit = local_fit(span.name, choice.email.local) if span.name and choice.email else 0.0
    if fit >= 0.9:
        evidence.append("matches the e-mail address")
    elif fit >= 0.5:
        evidence.append("partly matches the e-mail address")
    known = known_share(span.name) if span.name else 0.0
    if known == 1:
        evidence.append("all words are known names")
    elif known > 0:
        evidence.append("some words are known names")
    if span.height >= 1.25:
        evidence.append("printed larger than the rest")
    return Belief(_sigmoid(choice.name_score * 0.7, 0.99) * _read(score), tuple(evidence))


def believe_email(email: Email, choice: Choice, details: Details, score: float) -> Belief:
    """Return how sure the address is: 0.9 by its form, more when name or website agree, less when repaired."""
    sure, evidence = 0.9, ["has the form of an e-mail address"]
    name = choice.name.name if choice.name else None
    if name and local_fit(name, email.local) == 1:
        sure, evidence = sure + 0.06, [*evidence, "matches the name"]
    if domains.owned(email.domain) in {domains.owned(w.value.split("/")[0]) for w in details.websites}:
        sure, evidence = sure + 0.03, [*evidence, "same domain as the website"]
    if email.repaired:
        sure, evidence = sure - 0.3, [*evidence, "was misread and put right: check every sign"]
    if len(details.emails) > 1:
        sure, evidence = sure - 0.05, [*evidence, "one of several addresses on the card"]
    return Belief(sure * _read(score), tuple(evidence))


def believe_company(span: Span, choice: Choice, details: Details, score: float) -> Belief:
    """Return how sure the company is; never above 0.9, for the brand and the legal name are easily confused."""
    evidence = []
    if company_match(span, details.labels) >= 0.6:
        evidence.append("matches the e-mail's or website's domain")
    if span.legal_form:
        evidence.append(f"has the legal form {span.legal_form}")
    elif span.company_share:
        evidence.append("has a word that companies are named with")
    return Belief(_sigmoid(choice.company_score * 0.6, 0.9) * _read(score), tuple(evidence))


def believe_title(span: Span, choice: Choice, score: float) -> Belief:
    """Return how sure the title is."""
    evidence = ["has words of job titles"] if span.title_share or span.has_title_word else []
    if choice.name and span.lines[0] > choice.name.lines[-1]:
        evidence.append("stands below the name")
    return Belief(_sigmoid(choice.title_score * 0.8, 0.97) * _read(score), tuple(evidence))


def believe_phone(phone: Phone, score: float) -> Belief:
    """Return how sure the number is: 0.96 when valid in its country, 0.6 when possible, else 0.3."""
    if phone.e164 is None:
        return Belief(0.3 * _read(score), ("is no number of a known country: digits as printed",))
    where = "has the country code printed" if phone.printed.lstrip("( ").startswith(("+", "00")) else None
    valid = "is a valid number" if phone.is_valid else "has the right length, but is in no known range"
    sure = (0.96 if phone.is_valid else 0.6) - (0.0 if where else 0.08)
    return Belief(sure * _read(score), tuple(filter(None, (valid, where or "country code added from the card"))))


def believe_address_of_web(score: float) -> Belief:
    """Return how sure a website or profile is: its form says it all."""
    return Belief(0.93 * _read(score), ("has the form of an address on the web",))


def calibrated(name: str, confidence: float) -> float:
    """Return the share of fields, 0-1, that were right where the rules were as sure as this."""
    shift, slope = CALIBRATION.get(name, (0.0, 1.0))
    return round(min(_sigmoid(shift + slope * logit(confidence), 1.0), HIGHEST), 3)


def logit(confidence: float) -> float:
    """Return the log-odds of a probability, which is kept a little away from 0 and 1."""
    kept = min(max(confidence, 0.01), HIGHEST)
    return math.log(kept / (1 - kept))


def _sigmoid(value: float, highest: float) -> float:
    return highest / (1 + math.exp(-value))


def _read(score: float) -> float:
    """Return the factor for the engine's own score of a line: below 0.8 the text itself is in doubt."""
    return 1.0 if score >= 0.9 else max(score, 0.1)
