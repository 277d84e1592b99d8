"""Queries that a person writes: whatever they say, they see their own organisation alone."""

from __future__ import annotations

import psycopg
import pytest

from lib.analytics.notebook import QueryError, Result, open_reader, run_query
from lib.analytics.notebook.reader import forget_reader
from lib.database import transaction
from tests.tenants.conftest import Two
from tests.tenants.filling import OURS, THEIRS
from tests.tenants.rehearsal import acting

# Each tries to be another: as organisation, as role, past the policies, or by what tells of rows without showing them.
HOSTILE = [
    "select set_config('meishi.org_id', '{org}', true), (select string_agg(full_name, ' ') from contacts)",
    "with other as materialized (select set_config('meishi.org_id', '{org}', true) as org)"
    " select full_name from other cross join contacts where org = '{org}'",
    "select full_name, set_config('meishi.org_id', '{org}', false) from contacts",
    "select set_config('meishi.email', 'owner@quillon.example.com', true), (select string_agg(email, ' ') from users)",
    "select set_config('row_security', 'off', true), (select string_agg(full_name, ' ') from contacts)",
    "select set_config('role', 'tenants_owner', true), (select string_agg(full_name, ' ') from contacts)",
    "select set_config('role', '{reader}', true), (select string_agg(full_name, ' ') from contacts)",
    "select set_config('session_authorization', '{reader}', true), (select string_agg(name, ' ') from events)",
    "select set_config('search_path', 'pg_temp, public', true), (select string_agg(full_name, ' ') from contacts)",
    "select query_to_xml('set meishi.org_id = {org}', true, true, ''), string_agg(full_name, ' ') from contacts",
    "select query_to_xml('select full_name from contacts', true, true, '')",
    "select table_to_xml('contacts', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select schema_to_xml('public', true, true, '')",
    "select full_name from contacts where org_id = {org}",
    "select full_name from contacts where org_id = {org} or true",
    "select full_name from contacts where 1 / (case when org_id = {org} then 0 else 1 end) = 1",
    "select cast(full_name as integer) from contacts where org_id = {org}",
    "select full_name from sendable_drafts",
    "select contact_id, engine from processing_spans where contact_id = {contact}",
    "select step, contacts, org_id from funnel_view",
    "select step, contacts from funnel_view_now",
    "select note, hash from suppressions",
    "select kind, org_id from suppressions",
    "select name from organizations",
    "select email from users",
    "select before from undo_rows",
    "select url from loose_images",
    "select args from procrastinate_jobs",
    "select most_common_vals from pg_stats where tablename = 'contacts'",
    "select stavalues1 from pg_statistic",
    "select query from pg_stat_activity",
    "select content from rows_of_contacts(array[{contact}])",
    "select id from judge_drafts({campaign}, '{{}}', false, true, '{{}}', '{{}}')",
    "select remake_kept('funnel_view')",
    "select add_organization('x', 'x@example.com')",
    "select put_back_rows({undo}, 'contacts')",
    "select make_notebook_reader('x')",
    "select last_value from contacts_id_seq",
    "select lo_get(1)",
    "select pg_read_file('postgresql.conf')",
    "select dblink('dbname=postgres', 'select 1')",
    "table contacts",
    "table email_drafts",
    "table activity_logs",
    "table saved_queries",
    "table email_exports",
]  # fmt: skip


def asked(sql: str) -> str:
    """Return all that the notebook shows for the query: its rows, or what is wrong with it."""
    answer = run_query(sql)
    if isinstance(answer, QueryError):
        return f"{answer.message} {answer.advice}"
    assert isinstance(answer, Result)
    return str(answer.data.to_dict("list"))


def test_whatever_a_query_says_it_shows_nothing_of_the_other(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting(two.theirs.org_id):
        theirs, _ = open_reader()
        forget_reader()
    about = {
        "org": two.theirs.org_id, "reader": theirs, "contact": two.theirs.ada_id, "campaign": two.theirs.campaign_id,
        "undo": two.theirs.undo_id,
    }  # fmt: skip
    with acting(two.ours.org_id):
        _, address = open_reader()
        said = {sql: as_reader(address, sql.format(**about)) for sql in HOSTILE}
    assert [sql for sql, answer in said.items() if THEIRS.lower() in answer] == []
    # These would have shown them: they show who asks.
    assert sum(OURS.lower() in answer for answer in said.values()) > 12


def as_reader(address: dict, sql: str) -> str:
    """Return all that the server says to the reader itself: what the notebook refuses to send is tried too."""
    told = []
    with psycopg.connect(**{**address, "autocommit": True, "prepare_threshold": None}) as db:
        db.add_notice_handler(lambda notice: told.append(notice.message_primary))
        try:
            told += map(str, db.execute(sql.encode()).fetchall())
            # A setting that outlives its transaction changes nothing either.
            told += map(str, db.execute("select full_name from contacts").fetchall())
        except psycopg.Error as error:
            told.append(f"{error} {error.diag.message_detail}")
    return " ".join(map(str, told)).lower()


def test_the_notebook_itself_asks_as_its_organisation(two: Two) -> None:
    trick = f"select set_config('meishi.org_id', '{two.theirs.org_id}', true), full_name from contacts"
    with acting(two.ours.org_id):
        assert OURS in asked(trick)
        assert THEIRS not in asked("select full_name from contacts")
    with acting(two.theirs.org_id):
        seen = asked("select full_name from contacts")
        assert THEIRS in seen
        assert OURS not in seen


def test_the_reader_that_was_there_before_sees_nothing_any_more(two: Two) -> None:
    name = "select 'meishi_reader_' || oid from pg_database where datname = current_database()"
    with acting(two.ours.org_id), transaction() as db:
        former = db.exec_driver_sql(name).scalar_one()
        db.exec_driver_sql(f"create role {former} login")
        db.exec_driver_sql(f"grant select on contacts to {former}")
    address = {"host": two.url.query["host"], "dbname": two.url.database, "user": former}
    assert as_reader(address, f"select set_config('meishi.org_id', '{two.ours.org_id}', false)") == "('1',)"
