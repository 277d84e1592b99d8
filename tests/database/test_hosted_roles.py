"""A role with no more rights than it needs is enough; what is missing is said with what an administrator can run."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from lib import settings as settings_module
from lib.analytics.notebook import Result, open_reader, run_query
from lib.analytics.notebook.reader import NotebookUnavailable
from lib.analytics.refreshing import KEPT, refresh
from lib.database import close_database, open_database, transaction
from lib.database.migrations import MigrationRefused
from lib.jobs.upkeep import Lookout, take_up_jobs
from lib.settings import ROOT, Settings, get_settings
from tests.hosting.postgres import ADMIN, ADMIN_PASSWORD, BINARIES, PASSWORD, ROLE, HostedPostgres, hosted_postgres

GUEST = "guest"
RIGHTS = "select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls from pg_roles where rolname = current_user"


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path_factory.mktemp("hosted")) as server:
        server.add_role(GUEST)
        yield server


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    close_database()
    yield
    close_database()


@pytest.fixture
def others(hosted: HostedPostgres) -> Iterator[str]:
    """A database that belongs to the administrator."""
    hosted.run("create database others")
    yield "others"
    close_database()
    hosted.run("drop database others with (force)")


def open_as(hosted: HostedPostgres, role: str, database: str) -> None:
    password = ADMIN_PASSWORD if role == ADMIN else PASSWORD
    close_database()
    open_database(Settings(database_url=hosted.url_of(role, password, database)))


def check_it_works() -> None:
    """Do what asks for most rights: locks, what only an owner may, and what the workers see to."""
    with transaction() as db:
        assert db.execute(text(RIGHTS)).scalar_one() is False
        db.execute(text("insert into contacts (full_name) values ('Ada Example')"))
        db.execute(text("update dashboard_views set seconds = 0, as_of = '2020-01-01', changes = -1"))
        assert refresh(db) == list(KEPT)
    take_up_jobs(Lookout())


def test_a_role_that_owns_its_database_alone_is_enough(hosted: HostedPostgres) -> None:
    open_as(hosted, ROLE, "meishi")
    check_it_works()


def test_a_role_that_may_only_make_tables_is_enough(hosted: HostedPostgres, others: str) -> None:
    hosted.run(f"grant create on schema public to {GUEST}", others)
    open_as(hosted, GUEST, others)
    check_it_works()


def test_a_search_without_its_extension_finds_the_same(hosted: HostedPostgres, others: str) -> None:
    hosted.run(f"grant create on schema public to {GUEST}", others)
    open_as(hosted, GUEST, others)
    with transaction() as db:
        assert db.execute(text("select count(*) from pg_extension where extname = 'pg_trgm'")).scalar_one() == 0
        db.execute(text("insert into contacts (full_name, company) values ('Ada Example', 'Example Optics')"))
        found = text("select full_name from contacts where search_text ilike '%ple opt%'")
        assert db.execute(found).scalars().all() == ["Ada Example"]


@pytest.mark.parametrize("role", [GUEST, ROLE], ids=["a guest", "the database's owner"])
def test_tables_that_another_role_made_are_handed_over(hosted: HostedPostgres, others: str, role: str) -> None:
    if role == ROLE:
        hosted.run(f"alter database {others} owner to {role}")
    open_as(hosted, ADMIN, others)
    hosted.run(f"grant all on all tables in schema public to {role}", others)
    with pytest.raises(MigrationRefused) as refused:
        open_as(hosted, role, others)
    assert refused.value.message.startswith(f"The tables belong to the role {ADMIN}")
    run_as_told(hosted, others, refused.value.remedy)
    open_as(hosted, role, others)
    check_it_works()


def test_a_role_that_may_not_take_locks_is_told(hosted: HostedPostgres, others: str) -> None:
    hosted.run(f"grant create on schema public to {GUEST}", others)
    open_as(hosted, GUEST, others)
    # As the notebook's migration does where a superuser runs it (see make_notebook_reader).
    hosted.run("revoke execute on function pg_advisory_xact_lock(bigint) from public", others)
    with pytest.raises(MigrationRefused, match=f"The role {GUEST} may not take the locks") as refused:
        open_as(hosted, GUEST, others)
    run_as_told(hosted, others, refused.value.remedy)
    open_as(hosted, GUEST, others)


def run_as_told(hosted: HostedPostgres, database: str, remedy: str) -> None:
    """Run the command in the remedy as an administrator would."""
    command = shlex.split(remedy.partition(": ")[2].partition(",")[0])
    assert command[0] == "psql"
    address = hosted.url_of(ADMIN, ADMIN_PASSWORD, database)
    for _ in range(2):  # it may be run again
        subprocess.run([BINARIES / "psql", *command[1:], address], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def test_a_role_without_any_right_is_told_what_to_grant(hosted: HostedPostgres, others: str) -> None:
    with pytest.raises(MigrationRefused, match="grant create on schema public"):
        open_as(hosted, GUEST, others)


def test_the_notebook_says_what_it_lacks_and_takes_a_role_made_for_it(
    hosted: HostedPostgres, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", hosted.url)
    open_database(get_settings())
    with pytest.raises(NotebookUnavailable) as missing:
        open_reader()
    assert "NOTEBOOK_DATABASE_URL" in missing.value.allow
    (making,) = [line for line in missing.value.allow.splitlines() if line.startswith("create role")]
    hosted.run(making.replace("'…'", "'for the notebook'"))
    monkeypatch.setenv("NOTEBOOK_DATABASE_URL", hosted.url_of("meishi_notebook", "for the notebook"))
    settings_module.get_settings.cache_clear()
    answer = run_query("select count(*) from events")
    assert isinstance(answer, Result), answer


def test_the_notebook_makes_its_role_where_it_may(
    hosted: HostedPostgres, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted.add_role("maker", options="createrole")
    hosted.run("create database making owner maker")
    monkeypatch.setenv("DATABASE_URL", hosted.url_of("maker", PASSWORD, "making"))
    settings_module.get_settings.cache_clear()
    open_database(get_settings())
    answer = run_query("select count(*) from events")
    assert isinstance(answer, Result), answer
