"""The rehearsed migration against the catalogue: nothing is forgotten, whatever migrations come."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import Connection, text

from lib.database import load_queries, migrations, transaction
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from tests.conftest import TEMPLATE, running_server
from tests.database import test_named_queries
from tests.servers import DEBIAN_15
from tests.tenants.conftest import Two
from tests.tenants.rehearsal import CHANGED, acting, rehearse
from tests.tenants.roles import ROLE, hand_over, libpq, make_database, make_role

# Tables of no organisation, and why. A migration that adds a table adds it to the organisations', or here.
NOBODYS = {
    "organizations": "who there is",
    "schema_migrations": "the installation's",
    "backups": "the installation's: a backup holds everybody",
    "procrastinate_workers": "workers work for everybody",
    "procrastinate_jobs": "numbers alone, each job with its organisation",
    "procrastinate_events": "as its jobs",
    "procrastinate_periodic_defers": "the queue's own",
}
# Unique without the organisation: numbers that are given once in the installation, and addresses with 128 random bits.
UNIQUE_ANYWAY = {
    "id",
    "contact_id",
    "other_id",
    "campaign_id",
    "lead_group_id",
    "undo_id",
    "table_name",
    "key",
    "url",
}
TABLES = """
select cast(relname as text) as name, relrowsecurity and relforcerowsecurity as is_forced
from pg_class where relnamespace = cast('public' as regnamespace) and relkind in ('r', 'p')"""
COLUMNS = """
select cast(attname as text) from pg_attribute
where attrelid = cast(:name as regclass) and attnum > 0 and not attisdropped"""


def list_tables(db: Connection) -> dict[str, bool]:
    """Return every table, and whether its rows are kept apart even from its owner."""
    return {row.name: row.is_forced for row in db.execute(text(TABLES))}


def values(db: Connection, sql: str) -> list[object]:
    return list(db.execute(text(sql)).scalars())


def test_every_table_belongs_to_an_organisation_or_is_named_as_nobodys(two: Two) -> None:
    with transaction() as db:
        tables = list_tables(db)
    assert {name for name, is_forced in tables.items() if not is_forced} == NOBODYS.keys() & tables.keys()


def test_every_row_has_its_organisation_and_its_user(two: Two) -> None:
    with transaction() as db:
        for table, is_forced in list_tables(db).items():
            columns = set(db.execute(text(COLUMNS), {"name": table}).scalars())
            if is_forced:
                assert "org_id" in columns, table
                # A kept result was made by nobody.
                assert "user_id" in columns or table.endswith("_view") or table == "users", table


def test_every_table_has_rows_of_both(two: Two) -> None:
    with transaction() as db:
        tables = [table for table, is_forced in list_tables(db).items() if is_forced]
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id), transaction() as db:
            assert [table for table in tables if not db.execute(text(f"select count(*) from {table}")).scalar()] == []


def test_what_was_there_belongs_to_the_default_organisation_and_its_user(two: Two) -> None:
    owners = (
        "select org_id, user_id, (select email from users where users.id = contacts.user_id) as email, count(*) as n"
        " from contacts group by org_id, user_id"
    )
    with acting(1), transaction() as db:
        found = db.execute(text(owners)).all()
    assert [(row.org_id, row.email) for row in found] == [(1, "owner@example.com")]
    assert found[0].n > 120


def test_what_is_one_of_a_kind_is_so_in_its_organisation(two: Two) -> None:
    unique = """
    select cast(indexrelid as regclass) as name,
      array(select cast(attname as text) from pg_attribute
            where attrelid = indrelid and attnum = any(indkey) and attnum > 0) as columns
    from pg_index join pg_class on pg_class.oid = indrelid
    where indisunique and relforcerowsecurity and relnamespace = cast('public' as regnamespace)"""
    with transaction() as db:
        found = {str(row.name): set(row.columns) for row in db.execute(text(unique))}
    # An address signs in to one organisation; it is the one thing that must be known of all.
    assert [
        name
        for name, columns in found.items()
        if "org_id" not in columns and (not columns or columns - UNIQUE_ANYWAY) and name != "idx_users_email"
    ] == []


def test_no_reference_leads_out_of_an_organisation(two: Two) -> None:
    plain = """
    select conname from pg_constraint
    join pg_class as referencing on referencing.oid = conrelid
    join pg_class as referenced on referenced.oid = confrelid
    where contype = 'f' and referencing.relforcerowsecurity and referenced.relforcerowsecurity
      and cardinality(conkey) < 2"""
    with transaction() as db:
        assert values(db, plain) == []


def test_views_show_what_the_one_who_asks_may_see(two: Two) -> None:
    trusting = """
    select relname from pg_class
    where relnamespace = cast('public' as regnamespace) and (
      relkind = 'm' or relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}', false))"""
    with transaction() as db:
        assert values(db, trusting) == []


def test_no_function_works_as_its_owner(two: Two) -> None:
    definers = """
    select proname from pg_proc where prosecdef and pronamespace = cast('public' as regnamespace)"""
    with transaction() as db:
        assert values(db, definers) == []


def test_the_role_passes_no_policy(two: Two) -> None:
    with transaction() as db:
        powers = "select rolname from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)"
        assert values(db, powers) == []


def test_all_queries_but_four_run_as_they_stand(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    # As they are in the files: the fixture has put the changed ones in their place.
    monkeypatch.setattr(test_named_queries, "load_queries", load_queries.__wrapped__)
    queries = dict(test_named_queries.all_queries())
    changed = {f"{topic}.{name}" for topic, name in CHANGED}
    assert {name for name, query in queries.items() if "materialized view" in query.text} == changed
    with acting(1), transaction() as db:
        for name in queries.keys() - changed:
            parameters = dict.fromkeys(queries[name].compile().params)
            db.execute(text(f"explain {queries[name].text}").bindparams(**parameters))
        for query in CHANGED.values():
            db.execute(query)


def test_the_program_finds_its_own_migrations(two: Two) -> None:
    engine = make_engine(two.url)
    with engine.connect() as connection:
        assert migrations.migrate(connection) == []
    engine.dispose()


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="Debian's PostgreSQL 15 is not installed")
def test_the_steps_run_on_the_oldest_server_too() -> None:
    add = "insert into events (name, date) values (%s, now())"
    with running_server("debian15") as server:
        db = migrated(server)
        db.execute(add, ["Before"])
        rehearse(db)
        assert seen(db, None) == []
        assert seen(db, 1) == ["Before"]
        with db.transaction():
            db.execute("select add_organization('Second', 'second@example.com')")
            db.execute(add, ["Second's"])
        assert (seen(db, 1), seen(db, 2)) == (["Before"], ["Second's"])
        db.close()


def migrated(server: EmbeddedServer) -> psycopg.Connection:
    """Return a connection, as a role without rights, to a database with the program's tables."""
    make_role(server)
    url = make_database(server, "rehearsed", TEMPLATE)
    hand_over(server, "rehearsed")
    assert url.username == ROLE
    return psycopg.connect(libpq(url), autocommit=True)


def seen(db: psycopg.Connection, org_id: int | None) -> list[str]:
    """Return the names of the events that an organisation sees, none where nobody says which."""
    with db.transaction():
        if org_id:
            db.execute("select set_config('meishi.org_id', %s, true)", [str(org_id)])
        return [name for (name,) in db.execute("select name from events order by id").fetchall()]
