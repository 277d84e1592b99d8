"""From every earlier state of the schema, filled as the program of that time left it, to today's: nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import URL, Connection, text

from lib.contacts.undo import undo
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.database.migrations import migrate
from lib.settings import ROOT
from tests.conftest import run
from tests.database.test_named_queries import all_queries
from tests.database.upgrades.states import (
    FILLS,
    STATES,
    Content,
    bring_to,
    connect,
    fill,
    list_columns,
    migrations_until,
    read_content,
)

HEAD = STATES[-1]
# What an upgrade changes of older columns on purpose, by table and column; so far nothing.
CHANGED_ON_PURPOSE: set[tuple[str, str]] = set()
# Times at which a migration or a trigger ran, and what the server counts of its own work.
OF_THE_RUN = {
    ("schema_migrations", "applied_at"),
    ("procrastinate_events", "at"),
    ("email_drafts", "written_at"),
    ("undo_rows", "before"),  # of a draft, with its written_at
    ("dashboard_views", "as_of"),
    ("dashboard_views", "changes"),
    ("dashboard_views", "seconds"),
}
upgraded_elsewhere: dict[str, Content] = {}


@dataclass(frozen=True)
class Upgraded:
    """A database that came from `state`: what was in it before, and its address."""

    state: str
    before: Content
    url: URL


@contextmanager
def empty_database(server: EmbeddedServer) -> Iterator[URL]:
    name = f"upgrade_{uuid.uuid4().hex[:12]}"
    run(server, f"create database {name}")
    yield server.url(name)
    run(server, f"drop database {name} with (force)")


@pytest.fixture(scope="module", params=STATES)
def upgraded(server: EmbeddedServer, request: pytest.FixtureRequest) -> Iterator[Upgraded]:
    """A database of an earlier state, brought to today's as the program does it."""
    with empty_database(server) as url:
        bring_to(url, request.param)
        fill(url, request.param)
        before = read_content(url)
        bring_to(url, HEAD)
        yield Upgraded(request.param, before, url)


@pytest.fixture
def db(upgraded: Upgraded) -> Iterator[Connection]:
    """A connection to the upgraded database, in a transaction that is rolled back."""
    engine = make_engine(upgraded.url)
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
    engine.dispose()


def test_the_fills_leave_no_table_and_no_column_of_their_state_empty(upgraded: Upgraded) -> None:
    empty = [table for table, rows in upgraded.before.items() if not rows]
    assert not empty, f"fill them in {FILLS.name}/: {empty}"
    for table, rows in upgraded.before.items():
        columns = next(iter(rows.values()))
        unknown = [column for column in columns if all(row[column] is None for row in rows.values())]
        assert not unknown, f"no fill gives {table} a value of {unknown}"


def test_every_row_and_value_is_as_it_was(upgraded: Upgraded) -> None:
    after = read_content(upgraded.url)
    for table, rows in upgraded.before.items():
        added = after[table].keys() - rows.keys()
        assert not added or table == "schema_migrations", (table, added)
        for key, row in rows.items():
            assert key in after[table], f"{table} {key} is lost"
            kept = {column: after[table][key].get(column, "no such column") for column in row}
            changed = {column for column in row if kept[column] != row[column]}
            assert {(table, column) for column in changed} <= CHANGED_ON_PURPOSE, (key, row, kept)


def test_ids_go_on_where_they_were(upgraded: Upgraded, db: Connection) -> None:
    added = db.execute(text("insert into contacts (full_name) values ('Next') returning id")).scalar_one()
    assert added > max(int(key) for key in upgraded.before["contacts"])


def test_contacts_are_found_by_what_they_were_called(db: Connection) -> None:
    rows = db.execute(text("select id, search_text, reasons, more_image_urls from contacts order by id")).all()
    found = {row.id: row for row in rows}
    assert found[101].search_text == "zoe muller bjork & sons zoe.mueller@example.com"
    assert found[102].search_text == "山田 太郎 株式会社例 taro@example.com"
    assert found[102].reasons == ["The name may be another line.", "Cut from a photo with several cards"]
    assert {row.reasons for row in rows if row.id != 102} == {None}
    assert {tuple(row.more_image_urls) for row in rows if row.id != 1001} == {()}
    rare = db.execute(text("select rare_letters, rare_letters(search_text) from contacts"))
    assert all(kept == reckoned for kept, reckoned in rare)


def test_one_person_on_two_cards_is_found(db: Connection) -> None:
    twin = "select id from contacts where likeness_keys(full_name, email, company) && likeness_keys('Zoë Mueller', null, 'Bjork')"
    assert db.execute(text(twin)).scalars().all() == [101]


def test_campaigns_keep_the_words_of_their_template(upgraded: Upgraded, db: Connection) -> None:
    of_campaigns = text("select id, template_subject, template_body, instructions, generation from email_campaigns")
    for campaign in db.execute(of_campaigns):
        if campaign.id in (101, 102, 103) and upgraded.state < "0012":
            assert campaign.template_subject == "About {{company}}"
            assert campaign.template_body.startswith("Hi {{firstName|there}},\n")
        assert (campaign.instructions, campaign.generation) == ({}, 0) or campaign.id == 1201


def test_drafts_say_when_they_were_written(upgraded: Upgraded, db: Connection) -> None:
    of_drafts = text("select id, created_at, written_at, approved_at from email_drafts where id < 1201")
    for draft in db.execute(of_drafts):
        assert draft.approved_at is None
        assert upgraded.state >= "0012" or draft.written_at == draft.created_at


def test_what_is_kept_for_the_dashboards_is_what_their_queries_say(db: Connection) -> None:
    for view in db.execute(text("select matviewname, definition from pg_matviews")).all():
        # A state that had the view already filled its tables behind it: a worker makes it anew.
        db.execute(text(f"refresh materialized view {view.matviewname}"))
        kept = db.execute(text(f"select to_jsonb(v) from {view.matviewname} as v")).scalars().all()
        live = db.execute(text(f"select to_jsonb(v) from ({view.definition.rstrip(';')}) as v")).scalars().all()
        assert kept == live
        assert kept


def test_how_long_each_step_took_is_reckoned_for_every_contact(upgraded: Upgraded, db: Connection) -> None:
    spans = text("select count(*), count(distinct contact_id) from processing_spans where stretch = 'contact'")
    count = len(upgraded.before["contacts"])
    assert db.execute(spans).one() == (count, count)
    reading = text("select seconds from processing_spans where stretch = 'reading' and contact_id = 101")
    assert db.execute(reading).scalar_one() == 4


# The first state of a program, the last one before outreach, and today's.
@pytest.mark.parametrize("upgraded", ["0003", "0011", HEAD], indirect=True)
def test_every_question_the_program_asks_is_answered(db: Connection) -> None:
    for name, query in all_queries():
        # These two write, into the table that they are told.
        if query.text.lower().startswith(("select", "with")) and not name.startswith("undo.put_back"):
            with db.begin_nested() as safe:
                found = db.execute(query, dict.fromkeys(query.compile().params))
                assert not found.returns_rows or found.all() is not None, name
                safe.rollback()


@pytest.mark.parametrize("upgraded", [state for state in STATES if state >= "0009"], indirect=True)
def test_what_was_deleted_before_the_upgrade_is_had_back(upgraded: Upgraded, db: Connection) -> None:
    assert undo(db, 901) == [901]
    eve = db.execute(text("select full_name, search_text, more_image_urls from contacts where id = 901")).one()
    assert eve == ("Eve Deleted", "eve deleted example lenses eve@example.com", [])
    draft = db.execute(
        text("select subject, generation, written_at, created_at, approved_reasons from email_drafts where id = 901")
    )
    subject, generation, written_at, created_at, reasons = draft.one()
    assert (subject, generation, reasons) == ("To Eve", 0, [])
    assert upgraded.state >= "0012" or written_at == created_at
    for table in ("lead_group_contacts", "ocr_jobs"):
        assert db.execute(text(f"select count(*) from {table} where contact_id = 901")).scalar_one() == 1


@pytest.mark.parametrize("upgraded", [state for state in STATES if state >= "0009"], indirect=True)
def test_what_was_corrected_before_the_upgrade_is_taken_back(db: Connection) -> None:
    assert undo(db, 902) == [902]
    finn = db.execute(text("select full_name, status, search_text from contacts where id = 902")).one()
    assert finn == ("Finn Correced", "pending_review", "finn correced example lenses finn@example.com")


def test_an_upgraded_database_has_the_tables_of_a_new_one(upgraded: Upgraded, server: EmbeddedServer) -> None:
    assert list_columns(upgraded.url) == list_columns(server.url("meishi_template"))


def test_the_servers_agree(upgraded: Upgraded) -> None:
    after = read_content(upgraded.url)
    for table, column in OF_THE_RUN:
        for row in after[table].values():
            row.pop(column)
    assert upgraded_elsewhere.setdefault(upgraded.state, after) == after


def test_a_database_that_lived_through_all_states_keeps_what_each_brought(server: EmbeddedServer) -> None:
    with empty_database(server) as url:
        for state in STATES:
            before = read_content(url)
            assert len(bring_to(url, state)) == 1
            after = read_content(url)
            for table, rows in before.items():
                for key, row in rows.items():
                    assert row.items() <= after[table][key].items() or table in {t for t, _ in CHANGED_ON_PURPOSE}
            fill(url, state, alone=True)
        assert not [table for table, rows in read_content(url).items() if not rows]


UPGRADE = """
import sys
from sqlalchemy import make_url
from lib.database.engine import make_engine
from lib.database.migrations import migrate
with make_engine(make_url(sys.argv[1])).connect() as connection:
    print(" ".join(migrate(connection)))
"""
Begin = Callable[[URL], "subprocess.Popen[str]"]


@pytest.fixture
def begin_upgrade() -> Iterator[Begin]:
    """Return what begins an upgrade in a process of its own."""
    begun: list[subprocess.Popen[str]] = []

    def begin(url: URL) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", UPGRADE, url.render_as_string(hide_password=False)]
        begun.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()


@pytest.fixture
def of_0003(server: EmbeddedServer) -> Iterator[URL]:
    """A database as the first version left it."""
    with empty_database(server) as url:
        bring_to(url, "0003")
        fill(url, "0003")
        yield url


def held_back(url: URL) -> AbstractContextManager[None]:
    """Hold every upgrade back at 0012, when eight files are done: it wants this table for itself."""

    @contextmanager
    def holding() -> Iterator[None]:
        with connect(url) as db, db.transaction():
            db.execute("select from email_campaigns")
            yield

    return holding()


def wait_for(url: URL, question: str, expected: int) -> None:
    with connect(url) as db:
        deadline = time.monotonic() + 60
        while (found := db.execute(question).fetchone()["count"]) != expected:
            assert time.monotonic() < deadline, (question, found)
            time.sleep(0.02)


WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
UPGRADING = "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"


def test_of_two_that_upgrade_at_once_one_does_it(of_0003: URL, begin_upgrade: Begin) -> None:
    before = read_content(of_0003)
    with held_back(of_0003):
        both = [begin_upgrade(of_0003), begin_upgrade(of_0003)]
        wait_for(of_0003, WAITING, 2)
    said = sorted(process.communicate(timeout=60)[0].split() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert (said[0], len(said[1])) == ([], len(STATES) - 3)
    assert read_content(of_0003)["contacts"].keys() == before["contacts"].keys()


def test_an_upgrade_that_is_killed_has_changed_nothing_and_is_done_the_next_time(
    of_0003: URL, begin_upgrade: Begin
) -> None:
    before, columns = read_content(of_0003), list_columns(of_0003)
    with held_back(of_0003):
        killed = begin_upgrade(of_0003)
        wait_for(of_0003, WAITING, 1)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    wait_for(of_0003, UPGRADING, 0)
    assert list_columns(of_0003) == columns
    assert read_content(of_0003) == before
    assert len(bring_to(of_0003, HEAD)) == len(STATES) - 3


def test_an_older_program_leaves_an_upgraded_database_alone(of_0003: URL) -> None:
    bring_to(of_0003, HEAD)
    after = read_content(of_0003)
    engine = make_engine(of_0003)
    with (
        migrations_until("0003") as folder,
        engine.connect() as connection,
        pytest.raises(Exception, match="newer Meishi"),
    ):
        migrate(connection, folder)
    engine.dispose()
    assert read_content(of_0003) == after
