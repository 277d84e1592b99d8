"""Contacts by the hundred thousand, to see how the product does with many: made up, and marked as sample data.

Words are copied in, and the server makes people of them: most of the time goes into the indexes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Connection, TextClause

from lib.database import current_engine, load_queries, transaction
from lib.database.bulk import copy_rows, without_indexes, without_triggers
from lib.demo import people
from lib.demo.sample import Made, SampleIsThere
from lib.errors import MeishiError
from lib.reasons import DIFFERENT_SIDES, NO_EMAIL, UNFIT_EMAIL, UNSURE_READER, is_read_in_two_ways
from lib.words import counted

SQL = load_queries("demo/crowd")
SEED = 7
DAYS, EVENTS = 720, 40
# The latest event was so many days ago: long enough for its cards to be read.
LATEST_DAYS_AGO = 4
TABLES = (
    "events", "contacts", "ocr_jobs", "lead_groups", "lead_group_contacts", "email_templates", "email_campaigns",
    "email_drafts", "activity_logs",
)  # fmt: skip
STEPS = (
    "make_cards", "add_events", "add_contacts", "add_jobs", "make_groups", "add_groups", "make_memberships",
    "add_memberships", "add_template", "make_campaigns", "add_campaigns", "add_drafts", "add_card_activity",
    "add_corrections", "add_other_activity", "move_sequences",
)  # fmt: skip
STARTS = ("Ash", "Bram", "Carl", "Dun", "East", "Fair", "Glen", "Hart", "Ing", "Kirk", "Lang", "Marl", "Nor", "Oak",
          "Pem", "Quin", "Ros", "Sel", "Thorn", "Ul", "Vand", "Whit", "Yar", "Zel")  # fmt: skip
ENDS = ("brook", "bury", "combe", "dale", "ens", "feld", "gate", "ham", "holm", "ing", "ker", "ley", "lund", "mann",
        "mere", "more", "nes", "ova", "rup", "sen", "shaw", "son", "stad", "ton", "vik", "well", "wick",
        "worth", "yard")  # fmt: skip
TRADES = ("Tools", "Optics", "Robotics", "Textiles", "Freight", "Energy", "Sensors", "Foods", "Print", "Glass",
          "Labs", "Design", "Motion", "Packaging", "Ceramics", "Marine")  # fmt: skip
DOUBTS = (
    (UNFIT_EMAIL,), (UNSURE_READER,), (NO_EMAIL,), (is_read_in_two_ways("full_name"),),
    (is_read_in_two_ways("email"), UNSURE_READER), (DIFFERENT_SIDES,),
)  # fmt: skip


class RealDataThere(MeishiError):
    """The database holds contacts that are no sample data."""


@dataclass(frozen=True, kw_only=True)
class Fair:
    """An event of the crowd: when it opens (UTC), its cards, and how many came before it."""

    name: str
    opens_at: dt.datetime
    cards: int
    before: int


def add_crowd(count: int, now: dt.datetime, *, beside_real_data: bool = False) -> Made:
    """Return what was made: `count` contacts of two years that end `now` (UTC without zone), all or nothing.

    Nobody else can use the tables meanwhile. Raises SampleIsThere, DatabaseUnavailable,
    and RealDataThere unless told to go `beside_real_data`.
    """
    with transaction() as db:
        db.execute(load_queries("demo")["wait_for_turn"])
        _check(db, beside_real_data)
        raw = _driver(db)
        raw.execute(f"lock table {', '.join(TABLES)} in access exclusive mode")
        fairs = list(make_fairs(count, now))
        with without_indexes(raw, TABLES), without_triggers(raw, TABLES):
            raw.execute("set local maintenance_work_mem = '512MB'")
            raw.execute("set local work_mem = '256MB'")
            _copy_words(db, raw, fairs)
            made = _run(db, STEPS, {"now": now, "count": count})
    _tidy()
    return Made(events=len(fairs), contacts=count, groups=made["add_groups"], campaigns=made["add_campaigns"])


def remove_crowd() -> Made:
    """Return what was taken away: the crowd with all that came of it, nothing of it where there is none."""
    with transaction() as db:
        db.execute(load_queries("demo")["wait_for_turn"])
        if not db.execute(SQL["count_crowd_events"]).scalar_one():
            return Made(events=0, contacts=0, groups=0, campaigns=0)
        raw = _driver(db)
        raw.execute(f"lock table {', '.join(TABLES)} in access exclusive mode")
        db.execute(SQL["find_crowd"])
        gone = _run(db, [name for name in SQL if name.startswith("delete_")], {})
    _tidy()
    return Made(
        events=gone["delete_events"],
        contacts=gone["delete_contacts"],
        groups=gone["delete_groups"],
        campaigns=gone["delete_campaigns"],
    )


def make_fairs(count: int, now: dt.datetime) -> Iterator[Fair]:
    """Yield the events in order: few have most of the cards, and one of the latest is about an average one."""
    random = Random(SEED)  # noqa: S311  (nothing here is secret)
    number = min(EVENTS, count)
    weights = [1 / (rank + 3) for rank in range(number)]
    random.shuffle(weights)
    sizes = [1 + int((count - number) * weight / sum(weights)) for weight in weights]
    sizes[number // 2] += count - sum(sizes)
    first_day = dt.datetime.combine(now.date(), dt.time(9)) - dt.timedelta(days=DAYS)
    for place, cards in enumerate(sizes):
        days = (DAYS - LATEST_DAYS_AGO) * (place + 1) // number
        name = f"{random.choice(people.TOWNS)} {random.choice(TRADES)} Fair {place + 1} (sample)"
        yield Fair(name=name, opens_at=first_day + dt.timedelta(days=days), cards=cards, before=sum(sizes[:place]))


def _check(db: Connection, beside_real_data: bool) -> None:
    if db.execute(load_queries("demo")["count_sample_events"]).scalar_one():
        raise SampleIsThere("Sample data is already there.", "Remove it with: python -m lib.demo --remove")
    real = db.execute(SQL["count_contacts"]).scalar_one()
    if real and not beside_real_data:
        raise RealDataThere(
            f"This database holds {counted(real, 'contact')} beside the sample data.",
            "Set MEISHI_HOME or DATABASE_URL to another, or add --beside-real-data (the app stands still meanwhile).",
        )


def _driver(db: Connection) -> psycopg.Connection:
    """Return psycopg's connection, in the same transaction."""
    connection = db.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101  (the only driver there is)
    return connection


def _copy_words(db: Connection, raw: psycopg.Connection, fairs: list[Fair]) -> None:
    """Give the server what it makes people, companies and events of."""
    db.execute(SQL["make_words"])
    firsts = [name for name in people.FIRST_NAMES if name.isascii() and name.isalpha()]
    lasts = [name for name in people.LAST_NAMES if name.isascii() and name.isalpha()]
    lasts += [start + end for start in STARTS for end in ENDS]
    companies = [f"{last} {trade}" for last in lasts for trade in TRADES]
    kinds = {"first": firsts, "last": lasts, "company": companies, "title": people.TITLES}
    rows = [(kind, place, word) for kind, words in kinds.items() for place, word in enumerate(words)]
    rows += [("doubt", place, json.dumps(doubts)) for place, doubts in enumerate(DOUBTS)]
    copy_rows(raw, "crowd_words", ("kind", "place", "word"), rows)
    db.execute(SQL["prepare_words"])
    db.execute(SQL["make_events"])
    columns = ("number", "name", "opens_at", "cards", "before")
    events = [(place, one.name, one.opens_at, one.cards, one.before) for place, one in enumerate(fairs)]
    copy_rows(raw, "crowd_events", columns, events)


def _run(db: Connection, names: tuple[str, ...] | list[str], parameters: dict[str, Any]) -> dict[str, int]:
    """Return how many rows each of the statements touched."""
    return {name: db.execute(SQL[name], _of(SQL[name], parameters)).rowcount for name in names}


def _of(query: TextClause, parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name in query.compile().params}


def _tidy() -> None:
    """Let the server count what is there now; without it, it would read indexes as if nothing were in them."""
    with current_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        for table in TABLES:
            db.exec_driver_sql(f"vacuum (analyze) {table}")
