"""`python -m tests.bench.tenants` (make bench-tenants): what many tenants cost, rehearsed on a million contacts.

The same questions of the same database before the rehearsed migration and after it: with one organisation that has
everything, and with a hundred of ten thousand contacts each, asked as one of them.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from lib.analytics import refreshing
from lib.analytics.next_step import read_state
from lib.analytics.queries import run_query
from lib.contacts import duplicates
from lib.contacts.contacts import ContactFilter, count_contacts, list_contacts, verify_contacts
from lib.contacts.events import list_events
from lib.contacts.groups import list_groups, list_members
from lib.database import load_queries
from lib.database.bulk import without_indexes
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.jobs.reading import enqueue_reading
from lib.outreach.campaigns import list_recipients
from lib.outreach.drafts import find_drafts
from lib.outreach.exports.judging import get_profile, question_for_file
from lib.outreach.exports.streaming import write_file
from lib.settings import ROOT
from tests.bench.analytics import DOCUMENT, OF_PERIOD, PERIOD_DAYS, STRETCH, VIEWS, filled
from tests.tenants import rehearsal
from tests.tenants.rehearsal import acting, listen
from tests.tenants.roles import hand_over, libpq, make_database, make_role

MANY, ROUNDS, ORGANISATIONS = 1_000_000, 7, 100
# What is asked as one of the hundred is asked as this one.
ONE_OF_THEM = 7
STATUSES = ("completed", "failed", "pending_review", "user_verified")
LIMIT_S, SLOW_MS, QUICK_MS = 30, 3_000, 500
LIMITS = f"select set_config('statement_timeout', '{LIMIT_S}s', true), set_config('jit', 'off', true)"
DASHBOARD_LIMITS = "select set_config('work_mem', '64MB', true), set_config('random_page_cost', '1.1', true)"
PARENTS = ("events", "lead_groups", "email_templates", "email_campaigns")
# The crowd's events, groups and campaigns once for each organisation, with one in a hundred of its people.
SPREAD = """
insert into organizations (name) select 'Organisation ' || number from generate_series(2, {orgs}) as number;
update contacts set org_id = 1 + id % {orgs}, event_id = event_id + 10000 * (id % {orgs});
update ocr_jobs set org_id = 1 + contact_id % {orgs};
update lead_group_contacts
set org_id = 1 + contact_id % {orgs}, lead_group_id = lead_group_id + 10000 * (contact_id % {orgs});
update email_drafts
set org_id = 1 + contact_id % {orgs}, campaign_id = campaign_id + 10000 * (contact_id % {orgs});
update activity_logs set org_id = 1 + entity_id % {orgs} where entity_type = 'contact';
"""
KEPT = """
insert into dashboard_views (org_id, name, as_of, seconds, changes)
select organizations.id, dashboard_views.name, localtimestamp, 0, -1
from organizations cross join dashboard_views
where organizations.id > 1;
"""
Ask = Callable[[Connection], object]


@contextmanager
def prepared(kept: Path | None, count: int) -> Iterator[tuple[EmbeddedServer, dict[str, URL], dict[str, Any]]]:
    """Give the server, the addresses of the databases `before`, `one` and `hundred`, and what migrating took."""
    with filled(count, kept) as url:
        server = EmbeddedServer(kept / str(count)) if kept else _same_server(url)
        server.start()
        make_role(server)
        took: dict[str, Any] = {}
        urls = {"before": _copy(server, "before", "meishi")}
        hand_over(server, "before")
        _tidy(urls["before"])
        urls["one"] = _copy(server, "one", "before")
        took["migrate_s"], took["locks"] = _migrate(urls["one"])
        urls["hundred"] = _copy(server, "hundred", "before")
        took["migrate_hundred_s"], _ = _migrate(urls["hundred"], orgs=ORGANISATIONS)
        for name in ("one", "hundred"):
            _tidy(urls[name])
        try:
            yield server, urls, took
        finally:
            server.stop()


def _same_server(url: URL) -> EmbeddedServer:
    """Return the server that listens in the folder of the address."""
    return EmbeddedServer(Path(str(url.query["host"])).parents[1])


def _copy(server: EmbeddedServer, name: str, template: str) -> URL:
    with psycopg.connect(libpq(server.url("postgres")), autocommit=True) as db:
        db.execute(f"drop database if exists {name} with (force)")
    return make_database(server, name, template)


def _tidy(url: URL) -> None:
    with psycopg.connect(libpq(url), autocommit=True) as db:
        db.execute("vacuum analyze")


def _migrate(url: URL, orgs: int = 1) -> tuple[dict[str, float], int]:
    """Return the seconds of each step, and how many tables and indexes nobody else could read meanwhile."""
    took = {}
    with psycopg.connect(libpq(url)) as db, db.transaction():
        for path in rehearsal.STEPS:
            if orgs > 1 and path.stem.startswith("4"):
                _spread(db, orgs)
            began = time.perf_counter()
            db.execute(path.read_text().encode())
            took[path.stem] = round(time.perf_counter() - began, 2)
            if orgs > 1 and path.stem.startswith("4"):
                db.execute(KEPT.encode())
        locks = len(db.execute(rehearsal.LOCKS).fetchall())
    return took, locks


def _spread(db: psycopg.Connection, orgs: int) -> None:
    """Spread what is there over the organisations, everything that hangs together in one."""
    tables = ("contacts", "ocr_jobs", "lead_group_contacts", "email_drafts", "activity_logs")
    with without_indexes(db, tables):
        for table in tables:
            db.execute(f"alter table {table} disable trigger user")
        for table in PARENTS:
            _clone(db, table, orgs)
        db.execute(SPREAD.format(orgs=orgs).encode())
        for table in tables:
            db.execute(f"alter table {table} enable trigger user")


def _clone(db: psycopg.Connection, table: str, orgs: int) -> None:
    """Give each organisation its own of each row, with ids 10,000 apart, as are those that it refers to."""
    listed = "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
    columns = [name for (name,) in db.execute(listed, [table])]
    moved = {"id", "lead_group_id", "template_id"}
    values = {name: f"{name} + 10000 * place" if name in moved else name for name in columns}
    values["org_id"] = "1 + place"
    db.execute(
        f"insert into {table} ({', '.join(values)}) select {', '.join(values.values())}"
        f" from {table}, generate_series(1, {orgs - 1}) as place"
    )


def questions(db: Connection) -> dict[str, Ask]:
    """Return what is measured, by name; each asks about people of whoever acts."""
    about = db.execute(text(SUBJECTS)).one()
    event_id, campaign_id, group_id = about.event_id, about.campaign_id, about.group_id
    wanted = ContactFilter(statuses=STATUSES)
    people: list[int] = about.contact_ids

    def search(typed: str) -> Ask:
        return lambda db: list_contacts(db, ContactFilter(statuses=STATUSES, search=typed))

    asked: dict[str, Ask] = {
        "empty transaction": lambda db: db.execute(text("select 1")).scalar(),
        "review: waiting": lambda db: list_contacts(db, ContactFilter()),
        "review: everybody": lambda db: list_contacts(db, wanted),
        "review: page 20": lambda db: list_contacts(db, wanted, offset=1_000),
        "review: one event": lambda db: list_contacts(db, ContactFilter(statuses=STATUSES, event_id=event_id)),
        "review: count": lambda db: count_contacts(db, wanted),
        "search: many have it": search("example"),
        "search: a company": search(about.company),
        "search: one address": search(about.email),
        "search: nobody": search("zzyzx"),
        "duplicates of one": lambda db: duplicates.find(db, people[0]),
        "events": list_events,
        "groups": list_groups,
        "group: members": lambda db: list_members(db, group_id),
        "home": read_state,
        "capture: one card": lambda db: _capture(db, event_id),
        "verify 50": lambda db: verify_contacts(db, people),
        "campaign: whom to write to": lambda db: list_recipients(db, campaign_id),
        "campaign: drafts page": lambda db: find_drafts(db, campaign_id, limit=50),
        "campaign: store 500 drafts": lambda db: _store_drafts(db, about),
        "campaign: export": lambda db: _export(db, campaign_id),
    }
    since = text(f"select localtimestamp - interval '{PERIOD_DAYS} days'")
    moment = db.execute(since).scalar_one()
    for name in (*DOCUMENT, "first_draft_time", *OF_PERIOD, *(name for view in VIEWS.values() for name in view)):
        window = {} if name in (*DOCUMENT, "first_draft_time") else {"since": moment}
        asked[f"dashboard: {name}"] = lambda db, name=name, window=window: _dashboard(db, name, window)  # type: ignore[misc]
    for name in refreshing.KEPT:
        asked[f"kept: {name}"] = lambda db, name=name: db.execute(refreshing.SQL[name]).all()  # type: ignore[misc]
    return asked


SUBJECTS = """
select
  busiest.event_id, chosen.campaign_id, chosen.lead_group_id as group_id, somebody.company, somebody.email,
  (select array_agg(id) from (
    select id from contacts where status = 'completed' order by id limit 50) as few) as contact_ids
from (
  select event_id from contacts where event_id is not null group by event_id order by count(*) desc, event_id limit 1
) as busiest
cross join (
  select email_drafts.campaign_id, email_campaigns.lead_group_id
  from email_drafts join email_campaigns on email_campaigns.id = email_drafts.campaign_id
  group by email_drafts.campaign_id, email_campaigns.lead_group_id
  order by count(*) desc, email_drafts.campaign_id limit 1
) as chosen
cross join (
  select company, email from contacts where email is not null and status = 'user_verified'
  order by md5(cast(id as text)) limit 1
) as somebody"""


def _dashboard(db: Connection, name: str, window: dict[str, Any]) -> object:
    db.execute(text(DASHBOARD_LIMITS))
    return run_query(db, name, **STRETCH, **window)


def _capture(db: Connection, event_id: int) -> None:
    about = {
        "event_id": event_id, "photo_name": "card.jpg", "business_card_url": "file:///cards/1/x.jpg",
        "back_image_url": None, "back_photo_name": None, "back_photo_fingerprint": None,
    }  # fmt: skip
    contact_id = db.execute(load_queries("contacts")["add_contact"], about).scalar_one()
    enqueue_reading(db, contact_id, "card.jpg", "fingerprint")


def _store_drafts(db: Connection, about: Any) -> None:
    """Write to the first people of the group from a new campaign, by the product's own statement."""
    campaign_id = db.execute(
        text("insert into email_campaigns (name, lead_group_id) values ('x', :group_id) returning id"),
        {"group_id": about.group_id},
    ).scalar_one()
    listed = (
        "select contact_id from lead_group_contacts where lead_group_id = :group_id order by contact_id limit 500"
    )
    ids = list(db.execute(text(listed), {"group_id": about.group_id}).scalars())
    written = {"subjects": ["Hello"] * len(ids), "bodies": ["It was good to meet you."] * len(ids)}
    values = {"campaign_id": campaign_id, "generation": 1, "is_rewriting": False, "named_ids": [], "contact_ids": ids}
    db.execute(load_queries("generation")["save_drafts"], {**values, **written, "data": ["{}"] * len(ids)})


def _export(db: Connection, campaign_id: int) -> int:
    profile = get_profile("generic")
    question = question_for_file(db, campaign_id, profile, False)
    return write_file(db, profile, question, io.BytesIO()).rows


def measure(
    server: EmbeddedServer, urls: dict[str, URL], rounds: int, only: str = ""
) -> dict[str, dict[str, dict[str, float]]]:
    """Return medians in milliseconds by question and state; the states take turns with each question.

    A state is a database, and whether a superuser has said that some functions tell nothing (`leakproof.sql`).
    """
    states = {
        "before": ("before", None, False),
        "one": ("one", 1, False),
        "one, leakproof": ("one", 1, True),
        "hundred": ("hundred", ONE_OF_THEM, False),
        "hundred, leakproof": ("hundred", ONE_OF_THEM, True),
    }
    engines = {name: make_engine(url) for name, url in urls.items()}
    for name in ("one", "hundred"):
        listen(engines[name])
    asked = {}
    for state, (name, org_id, _) in states.items():
        with acting(org_id), engines[name].connect() as db:
            asked[state] = questions(db)
    times: dict[str, dict[str, list[float]]] = {}
    for question in asked["before"]:
        if only not in question:
            continue
        for number in range(-1, rounds):
            for state, (name, org_id, is_trusted) in states.items():
                found = times.setdefault(question, {}).setdefault(state, [])
                if found and found[0] > SLOW_MS:
                    continue  # what takes so long is asked once
                _trust(server, name, is_trusted)
                with acting(org_id):
                    took = _ask(engines[name], asked[state][question])
                if number >= 0 or took > SLOW_MS:
                    found.append(took)
        print(
            question,
            {state: round(statistics.median(found), 1) for state, found in times[question].items()},
            flush=True,
        )
    return {
        question: {state: round(statistics.median(found), 2) for state, found in by_state.items()}
        for question, by_state in times.items()
    }


def _ask(engine: Engine, question: Ask) -> float:
    """Return the milliseconds of the question in a transaction of its own, whose writing is taken back.

    The limit where it takes longer. What is quick is asked once before: the superuser's word made the server forget
    what it knew of its tables.
    """
    took = _ask_once(engine, question)
    return _ask_once(engine, question) if took < QUICK_MS else took


def _ask_once(engine: Engine, question: Ask) -> float:
    with engine.connect() as db:
        began = time.perf_counter()
        db.exec_driver_sql(LIMITS)
        try:
            question(db)
        except DBAPIError as error:
            if not isinstance(error.orig, psycopg.errors.QueryCanceled):
                raise
        took = (time.perf_counter() - began) * 1000
        db.rollback()
    return took


def _trust(server: EmbeddedServer, name: str, is_trusted: bool) -> None:
    """Have the superuser say of the functions in `leakproof.sql` that they tell nothing, or that they may."""
    if name == "before":
        return
    said = rehearsal.LEAKPROOF.read_text()
    if not is_trusted:
        said = said.replace("not proleakproof", "proleakproof").replace("%s leakproof", "%s not leakproof")
    with psycopg.connect(libpq(server.url(name)), autocommit=True) as db:
        db.execute(said.encode())


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write build/bench-tenants.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tenants", description=__doc__)
    parser.add_argument("--count", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="a folder in which the filled database stays, to be used again")
    options = parser.parse_args(arguments)
    with prepared(options.keep, options.count) as (server, urls, took):
        print(took, flush=True)
        figures = {
            "contacts": options.count,
            "rounds": options.rounds,
            **took,
            "ms": measure(server, urls, options.rounds),
        }
    path = ROOT / "build" / "bench-tenants.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
