"""From the lines of one card to its fields: pure, the same lines always give the same card."""

from __future__ import annotations

from typing import Any

from lib.cards import confidence
from lib.cards.addresses import looks_like_address
from lib.cards.assign import Choice, choose
from lib.cards.confidence import Belief
from lib.cards.details import Details, find_details
from lib.cards.extract.phones import digits_of, primary
from lib.cards.gate import reasons
from lib.cards.layout import Layout, box_round
from lib.cards.model import Card, Field, Line
from lib.cards.span import Span
from lib.cards.wording import as_company, as_name, as_title


def parse_lines(lines: tuple[Line, ...], *, region: str) -> Card:
    """Return the card that lines in reading order make. `region` (ISO 3166) places numbers that nothing else places.

    The card's confidence is the lower one of name and e-mail, 0 when either is missing: those two decide whether a
    message reaches the right person.
    """
    layout = Layout(lines)
    details = find_details([line.text for line in lines], region)
    choice = choose(layout, details)
    fields = _fields(lines, details, choice)
    why = reasons(choice, details, lines)
    sure = [fields[name].confidence if name in fields else 0.0 for name in ("full_name", "email")]
    return Card(
        status="pending_review" if why else "completed",
        confidence=min(sure),
        reasons=why,
        fields=fields,
        lines=lines,
        extra=_extra(lines, details, choice),
    )


def _fields(lines: tuple[Line, ...], details: Details, choice: Choice) -> dict[str, Field]:
    fields: dict[str, Field] = {}

    def put(key: str, value: str, where: tuple[int, ...], belief: Belief) -> None:
        box = box_round([lines[index].box for index in where])
        fields[key] = Field(
            value=value,
            confidence=confidence.calibrated(key, belief.confidence),
            box=box,
            lines=where,
            evidence=belief.evidence,
        )

    def score(span: Span) -> float:
        return min(lines[index].score for index in span.lines)

    if choice.name:
        belief = confidence.believe_name(choice.name, choice, score(choice.name))
        put("full_name", as_name(choice.name.text), choice.name.lines, belief)
    if mail := choice.email:
        put(
            "email", mail.value, (mail.line,), confidence.believe_email(mail, choice, details, lines[mail.line].score)
        )
    if choice.company:
        belief = confidence.believe_company(choice.company, choice, details, score(choice.company))
        put("company", as_company(choice.company.text), choice.company.lines, belief)
    if choice.title:
        belief = confidence.believe_title(choice.title, choice, score(choice.title))
        put("title", as_title(choice.title.text), choice.title.lines, belief)
    if phone := primary(details.phones):
        value = phone.e164 or digits_of(phone.printed)
        put("phone", value, (phone.line,), confidence.believe_phone(phone, lines[phone.line].score))
    for key, found in (("linkedin_url", details.linkedin), ("website", next(iter(details.websites), None))):
        if found:
            put(key, found.value, (found.line,), confidence.believe_address_of_web(lines[found.line].score))
    return fields


def _extra(lines: tuple[Line, ...], details: Details, choice: Choice) -> dict[str, Any]:
    """Return what has no column: all numbers and addresses, the postal address, what was left over."""
    taken = {
        index
        for span in (choice.name, choice.title, choice.company, choice.legal_name)
        if span
        for index in span.lines
    }
    free = [(index, rest) for index, rest in enumerate(details.rests) if rest.strip() and index not in taken]
    address = [rest for _, rest in free if looks_like_address(rest)]
    return {
        "phones": [phone.as_json() for phone in details.phones],
        "emails": [email.value for email in details.emails],
        "websites": [website.value for website in details.websites],
        "legal_name": choice.legal_name.text if choice.legal_name else None,
        "address": ", ".join(address) or None,
        "other": [rest for _, rest in free if rest not in address],
    }
