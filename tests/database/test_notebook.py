"""The notebook's reader: what it may see, and all that it may not do, on every server."""

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, text

from lib import settings as settings_module
from lib.analytics.notebook import QueryError, Result, Run, list_tables, open_reader, run_query
from lib.analytics.notebook import running as running_module
from lib.analytics.notebook.reader import NotebookUnavailable, forget_reader
from lib.database import close_database, open_database, transaction
from lib.database.embedded import EmbeddedServer
from tests.conftest import run


@pytest.fixture(autouse=True)
def contacts(opened: URL) -> None:
    with transaction() as db:
        db.execute(text("insert into contacts (full_name) values ('Ada Example')"))


def counted_contacts() -> int:
    with transaction() as db:
        return int(db.execute(text("select count(*) from contacts where full_name = 'Ada Example'")).scalar_one())


def refused(sql: str) -> str:
    answer = run_query(sql)
    assert isinstance(answer, QueryError), answer
    return answer.message


def rows(sql: str, **values: str) -> list[list[object]]:
    answer = run_query(sql, values)
    assert isinstance(answer, Result), answer
    return answer.data.to_numpy().tolist()


def connect_as_reader() -> psycopg.Connection:
    return psycopg.connect(**{**open_reader()[1], "autocommit": True})


WRITES = [
    "insert into events (name, date) values ('x', now())",
    "update contacts set full_name = 'x'",
    "delete from contacts",
    "truncate contacts",
    "with gone as (delete from contacts returning id) select id from gone",
    "with added as (insert into events (name, date) values ('x', now()) returning id) select id from added",
    "select id from contacts for update",
    "select id into stolen from contacts",
    "create table stolen as select id from contacts",
    "create temporary table stolen (id integer)",
    "drop table contacts",
    "alter table contacts add column x integer",
    "create function x() returns integer language sql return 1",
    "do $$ begin delete from contacts; end $$",
    "call x()",
    "lock table contacts in access exclusive mode",
    "copy contacts to stdout",
    "copy contacts to program 'id'",
    "copy contacts from '/etc/passwd'",
    "prepare x as delete from contacts",
    "explain analyze delete from contacts",
    "select put_back_rows(1, 'contacts')",
    "select nextval('contacts_id_seq')",
    "select setval('contacts_id_seq', 1)",
    "select make_notebook_reader('x')",
    "select grant_notebook_reader('x') from pg_read_file('/etc/hostname')",
    "select query_to_xml('delete from contacts', true, true, '')",
    "select lo_from_bytea(0, 'x')",
    "select pg_logical_emit_message(false, 'x', 'x')",
    "comment on table contacts is 'x'",
    "vacuum contacts",
    "grant all on contacts to public",
    "listen x",
    "notify x",
    "begin",
    "commit",
    "set transaction read write",
    "select 1; delete from contacts",
    "select 1; commit; delete from contacts",
    "select 1) to stdout; --",
    "",
    ";",
]


def test_nothing_is_written() -> None:
    # In one test: each would need a database of its own, and none changes it.
    for sql in WRITES:
        assert refused(sql)
        assert counted_contacts() == 1, sql


def test_the_role_itself_may_not_write() -> None:
    with connect_as_reader() as connection:
        connection.execute("set default_transaction_read_only = off")
        for sql in (sql for sql in WRITES if sql.startswith(("insert", "update", "delete", "truncate", "with"))):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql)


SECRETS = [
    "select pg_read_file('/etc/passwd')",
    "select pg_read_binary_file('/etc/passwd')",
    "select pg_ls_dir('/')",
    "select pg_stat_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/x')",
    "select rolpassword from pg_authid",
    "select passwd from pg_shadow",
    "select * from pg_hba_file_rules",
    "select * from pg_largeobject",
    "select stavalues1 from pg_statistic",
    "select dblink('dbname=postgres', 'select 1')",
]


def test_neither_files_nor_passwords_are_read() -> None:
    for sql in SECRETS:
        message = refused(sql)
        assert "permission denied" in message or "does not exist" in message or "superuser" in message, sql


SETTINGS = [
    "select set_config('role', 'postgres', true)",
    "select set_config('role', 'postgres', false)",
    "select set_config('session_authorization', 'postgres', true)",
    "select set_config('temp_file_limit', '-1', true)",
    "select set_config('transaction_read_only', 'off', true)",
    "select set_config('log_statement', 'none', true)",
    "set role postgres",
    "set session authorization postgres",
    "reset role",
    "alter role current_user superuser",
    "select pg_reload_conf()",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'",
]


def test_the_role_and_its_limits_stay() -> None:
    for sql in SETTINGS:
        assert refused(sql)
    assert rows("select cast(current_user as text), cast(session_user as text)") == [[open_reader()[0]] * 2]


def test_the_owners_queries_are_not_seen() -> None:
    with transaction() as db:
        db.execute(text("select 'secret words'"))
        found = rows("select query from pg_stat_activity where usename = 'postgres' and pid <> pg_backend_pid()")
    assert found
    assert not any("secret" in str(query) for (query,) in found)


def test_private_tables_are_not_shown() -> None:
    with transaction() as db:
        shown = list_tables(db, open_reader()[0])
    for table in ["undo_memories", "undo_rows", "loose_images", "suppression_key_checks", "procrastinate_jobs"]:
        assert "permission denied" in refused(f"select * from {table}")
        assert table not in shown


def test_of_opt_outs_neither_hash_nor_note_is_shown() -> None:
    assert rows("select count(kind) from suppressions") == [[0]]
    for column in ("hash", "note", "*", "suppressions"):
        assert "permission denied" in refused(f"select {column} from suppressions")


# Another table is shown unless its comment begins with `Private`: is it meant to be?
SHOWN = {
    "activity_logs",
    "contacts",
    "dashboard_views",
    "different_contacts",
    "email_campaigns",
    "email_drafts",
    "email_exports",
    "email_templates",
    "events",
    "first_draft_time_view",
    "funnel_view",
    "lead_group_contacts",
    "lead_groups",
    "ocr_jobs",
    "processing_spans",
    "processing_times_view",
    "saved_queries",
    "sendable_drafts",
    "suppressions",
    "upload_to_email_time_view",
}


def test_only_these_tables_and_views_are_shown() -> None:
    with transaction() as db:
        assert set(list_tables(db, open_reader()[0])) == SHOWN


def test_every_other_table_is_listed_and_can_be_read() -> None:
    with transaction() as db:
        tables = list_tables(db, open_reader()[0])
    assert {"contacts", "events", "email_drafts", "activity_logs", "saved_queries"} <= set(tables)
    for table, columns in tables.items():
        assert isinstance(
            run_query(f"select {', '.join(column.column_name for column in columns)} from {table}"), Result
        )


def test_tables_and_columns_of_later_migrations_are_readable() -> None:
    open_reader()
    with transaction() as db:
        db.execute(text("create table later (id integer, secret text)"))
        db.execute(text("alter table suppressions add column later text"))
    assert "permission denied" in refused("select id from later")
    forget_reader()
    assert rows("select id, secret from later") == []
    assert rows("select later from suppressions") == []
    with transaction() as db:
        db.execute(text("comment on column later.secret is 'Private'"))
    forget_reader()
    assert rows("select id from later") == []
    assert "permission denied" in refused("select secret from later")


def test_no_function_runs_with_its_owners_rights() -> None:
    with transaction() as db:
        found = db.execute(
            text("select proname from pg_proc where prosecdef and pronamespace = cast('public' as regnamespace)")
        ).all()
    assert found == []


def test_a_query_that_runs_forever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(running_module.SETTINGS, "statement_timeout", "1s")
    # By that alone: one that nothing stopped would come to its end, or to none.
    monkeypatch.setitem(running_module.SETTINGS, "transaction_timeout", "0")
    monkeypatch.setattr(running_module, "ALARM_S", 600)
    assert "took longer" in refused("select pg_sleep(60)")
    # Also one that takes the limit away first.
    assert "took longer" in refused("select set_config('statement_timeout', '0', false), pg_sleep(60)")
    assert "took longer" in refused(
        "with recursive n as (select 1 as n union all select n from n) select count(*) from n"
    )


def test_a_stopped_query_ends_on_the_server_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("statement_timeout", "transaction_timeout"):
        monkeypatch.setitem(running_module.SETTINGS, name, "600s")
    query = Run("select pg_sleep(500), 'to be stopped'")
    wait_for(1)
    query.stop()
    wait_for(0)
    assert isinstance(query.finish(), QueryError)


def wait_for(count: int) -> None:
    asked = text("select count(*) from pg_stat_activity where usename = notebook_reader() and state = 'active'")
    deadline = time.monotonic() + 60
    while True:
        with transaction() as db:  # within one, the answer stays the same
            if db.execute(asked).scalar_one() == count:
                return
        assert time.monotonic() < deadline, f"not {count} queries"
        time.sleep(0.1)


def test_a_fourth_query_at_once_is_refused() -> None:
    queries = [Run("select pg_sleep(14)") for _ in range(3)]
    try:
        assert refused("select 1") == "Too many queries are running."
    finally:
        for query in queries:
            query.stop()
    assert rows("select 1") == [[1]]


def test_more_rows_than_fit_are_cut_and_said_so() -> None:
    answer = run_query("select n from generate_series(1, 1000000) as n")
    assert isinstance(answer, Result)
    assert (len(answer.data), answer.cut) == (10_000, "rows")
    exactly = run_query("select n from generate_series(1, 10000) as n")
    assert isinstance(exactly, Result)
    assert (len(exactly.data), exactly.cut) == (10_000, None)


def test_a_result_larger_than_its_limit_is_cut() -> None:
    answer = run_query("select repeat('x', 1000000) from generate_series(1, 1000)")
    assert isinstance(answer, Result)
    assert (answer.cut, len(answer.data)) == ("bytes", 9)


@pytest.mark.parametrize(
    "sql",
    [
        "select repeat('x', 1000000000)",
        "select repeat('x', 450000000) from generate_series(1, 3)",
        "select array_agg(repeat(cast(n as text), 1000)) from generate_series(1, 10000000) as n",
        "select * from generate_series(1, 1000000000000) order by 1 desc",
    ],
)
def test_gigabytes_take_neither_the_app_nor_the_server_down(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setitem(running_module.SETTINGS, "statement_timeout", "6s")
    before = memory_kb()
    refused(sql)
    assert memory_kb() - before < 50_000
    assert counted_contacts() == 1


def memory_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


LOCKS = [
    "pg_advisory_lock(7)",
    "pg_advisory_lock_shared(7)",
    "pg_advisory_xact_lock(7)",
    "pg_advisory_xact_lock_shared(1, 7)",
    "pg_try_advisory_lock(7)",
    "pg_try_advisory_xact_lock_shared(7)",
]


def test_the_apps_locks_cannot_be_held() -> None:
    for lock in LOCKS:
        assert "permission denied" in refused(f"select cast({lock} as text)"), lock


def test_an_app_that_is_no_superuser_keeps_its_locks(
    opened: URL, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_as(opened, owner, monkeypatch)
    for lock in LOCKS:
        with transaction() as db:
            assert db.execute(text(f"select cast({lock} as text)")).scalar_one() in ("", "true")


def test_locks_and_messages_do_not_outlive_the_query() -> None:
    open_reader()
    with transaction() as db:  # as where nobody could take them away
        db.execute(text("grant execute on function pg_advisory_lock(bigint) to public"))
    assert rows("select cast(pg_advisory_lock(7) as text)") == [[""]]
    with transaction() as db:
        assert db.execute(text("select pg_try_advisory_xact_lock(7)")).scalar_one()


def test_values_are_bound_and_never_part_of_the_text() -> None:
    assert rows("select :name as name, ':name' as same", name="x'; drop table contacts; --") == [
        ["x'; drop table contacts; --", ":name"]
    ]
    assert rows(
        "select count(*) from contacts where cast(:id as integer) is null or id = cast(:id as integer)", id=""
    ) == [[1]]


def test_an_error_behind_a_parameter_stands_at_its_place() -> None:
    answer = run_query("select :long_name,\n  nam from contacts -- ü", {"long_name": "x"})
    assert isinstance(answer, QueryError)
    assert answer.place is not None
    assert (answer.place.line, answer.place.column) == (2, 3)


def test_types_arrive_as_what_they_are() -> None:
    answer = run_query(
        "select 1 as n, 1.5 as d, true as b, date '2025-01-02' as day, now() as t, array[1, 2] as a, "
        "'infinity'::timestamp as far, null as nothing, 1 as n"
    )
    assert isinstance(answer, Result)
    kinds = [str(kind) for kind in answer.data.dtypes]
    assert kinds[:3] == ["Int64", "float64", "boolean"]
    assert kinds[3].startswith("datetime64")
    assert "UTC" in kinds[4]
    assert answer.data["a"].tolist() == ["{1,2}"]
    assert answer.data["far"].tolist() == ["infinity"]
    assert list(answer.data)[-1] == "n (2)"


@pytest.fixture
def owner(server: EmbeddedServer, opened: URL) -> Iterator[str]:
    """Whoever owns the tables, without the right to make roles."""
    name = f"owner_{opened.database}"
    run(server, f"create role {name} login")
    with transaction() as db:
        db.execute(text(f"alter database {opened.database} owner to {name}"))
        db.execute(text(f"grant all on schema public to {name}"))
        for table in db.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all():
            db.execute(text(f"alter table {table} owner to {name}"))
        db.execute(text("select 1"))
    yield name
    close_database()


def open_as(url: URL, owner: str, monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    close_database()
    monkeypatch.setenv("DATABASE_URL", url.set(username=owner).render_as_string(hide_password=False))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    settings_module.get_settings.cache_clear()
    open_database(settings_module.get_settings())


def test_an_owner_who_may_make_no_role_is_told_what_to_do(
    opened: URL, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_as(opened, owner, monkeypatch)
    with pytest.raises(NotebookUnavailable, match="may not make one") as error:
        open_reader()
    assert f'alter role "{owner}" createrole;' in error.value.allow
    assert "NOTEBOOK_DATABASE_URL" in error.value.allow


def test_an_owner_who_may_make_roles_gets_a_reader(
    server: EmbeddedServer, opened: URL, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, f"alter role {owner} createrole")
    open_as(opened, owner, monkeypatch)
    assert rows("select full_name from contacts") == [["Ada Example"]]
    assert "permission denied" in refused("select * from undo_rows")


def test_a_reader_made_by_an_administrator_is_used(
    server: EmbeddedServer, opened: URL, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(server, f"create role given_{opened.database} login")
    given = opened.set(username=f"given_{opened.database}").render_as_string(hide_password=False)
    open_as(opened, owner, monkeypatch, NOTEBOOK_DATABASE_URL=given)
    assert rows("select full_name, cast(current_user as text) from contacts") == [
        ["Ada Example", f"given_{opened.database}"]
    ]
    assert "permission denied" in refused("select * from undo_rows")


def test_a_reader_that_may_write_is_refused(opened: URL, owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in (owner, "postgres"):
        given = opened.set(username=role).render_as_string(hide_password=False)
        open_as(opened, owner, monkeypatch, NOTEBOOK_DATABASE_URL=given)
        with pytest.raises(NotebookUnavailable, match="can do more than read"):
            open_reader()


@pytest.fixture
def guarded(server: EmbeddedServer, opened: URL) -> Iterator[URL]:
    """The same database, to which nobody gets without a password, with an owner who has one."""
    run(server, f"create role keeper_{opened.database} superuser login password 'open sesame'")
    rules = server.data / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local {opened.database} all scram-sha-256\n{before}")
    run(server, "select pg_reload_conf()")
    yield opened.set(username=f"keeper_{opened.database}", password="open sesame")
    close_database()
    rules.write_text(before)
    run(server, "select pg_reload_conf()")


def test_where_passwords_are_asked_for_the_reader_has_one(
    server: EmbeddedServer, guarded: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_as(guarded, str(guarded.username), monkeypatch)
    assert rows("select full_name from contacts") == [["Ada Example"]]
    _, address = open_reader()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**{**address, "password": "open sesame"})
    # Another password of the owner's, another one of the reader's.
    run(server, f"alter role {guarded.username} password 'close sesame'")
    open_as(guarded.set(password="close sesame"), str(guarded.username), monkeypatch)
    assert rows("select full_name from contacts") == [["Ada Example"]]
    assert open_reader()[1]["password"] != address["password"]
