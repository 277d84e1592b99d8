"""What writing with a model takes: estimated before, counted after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from lib.outreach.campaigns import list_recipients
from lib.outreach.merge import merge_email
from lib.outreach.people import Person
from lib.outreach.prompt import build_messages
from lib.outreach.scope import SQL, Run, get_run, list_todo
from lib.settings import Settings

# Of English prose; other languages take more tokens, so that this is on the low side for them.
CHARACTERS_PER_TOKEN = 4
# What the JSON, the reasoning and the facts take beside the e-mail.
ANSWER_OVERHEAD = 150
SAMPLE = 20
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Requests and tokens, and what they cost; `cost` is None where no prices are set."""

    requests: int
    tokens_in: int
    tokens_out: int
    cost: Decimal | None
    currency: str = "USD"


def estimate(db: Connection, campaign_id: int, settings: Settings, *, rewrite: bool = False) -> Estimate:
    """Return what writing to everybody who has no draft yet will about take; repairs come on top.

    With `rewrite`: what writing all again will, as a run that rewrites and names nobody does.
    """
    run = get_run(db, campaign_id)
    words = run.words if run else None
    people = _list_asked_for(db, run, rewrite=rewrite) if run and words and settings.has_model else []
    if words is None or not people:
        return _priced(0, 0, 0, settings)
    sample = people[:: max(1, len(people) // SAMPLE)]
    asked = answered = 0
    for person in sample:
        merged = merge_email(words.subject, words.body, person.facts)
        messages = build_messages(merged, person.facts, words.instructions)
        asked += sum(len(message["content"]) for message in messages)
        answered += len(merged.subject) + len(merged.body)
    per_character = len(people) / len(sample) / CHARACTERS_PER_TOKEN
    overhead = len(people) * ANSWER_OVERHEAD
    return _priced(len(people), round(asked * per_character), round(answered * per_character) + overhead, settings)


def _list_asked_for(db: Connection, run: Run, *, rewrite: bool) -> list[Person]:
    if not rewrite:
        return list_todo(db, run)
    spared = set(db.execute(SQL["list_edited"], {"campaign_id": run.id}).scalars())
    return [person for person in list_recipients(db, run.id) if person.contact_id not in spared]


def get_spent(db: Connection, campaign_id: int, settings: Settings) -> Estimate:
    """Return what the campaign's drafts took, as the server counted it; `requests` counts the drafts it wrote at.

    Prices are today's. What was asked for drafts that were cancelled or deleted is not in it.
    """
    spent = db.execute(SQL["get_spent"], {"campaign_id": campaign_id}).one()
    return _priced(spent.requests, int(spent.tokens_in), int(spent.tokens_out), settings)


def _priced(requests: int, tokens_in: int, tokens_out: int, settings: Settings) -> Estimate:
    price_in, price_out = settings.openai_price_in, settings.openai_price_out
    cost = None
    if price_in is not None and price_out is not None:
        cost = (tokens_in * price_in + tokens_out * price_out) / MILLION
    return Estimate(requests=requests, tokens_in=tokens_in, tokens_out=tokens_out, cost=cost)
