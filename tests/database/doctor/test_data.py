"""A database and what lies in it that are not as they should be, and what the doctor says to do."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import URL

from lib.backup.records import last_backup
from lib.contacts.suppressions import add_suppression
from lib.database import transaction
from lib.database.embedded import EmbeddedServer
from lib.doctor import Case
from lib.doctor.data import _look_at_way
from lib.settings import get_settings
from tests.conftest import run
from tests.database.doctor.looking import execute, findings, only, said
from tests.database.test_health import hanging
from tests.hosting.pgbouncer import pgbouncer
from tests.hosting.postgres import hosted_postgres


def test_a_database_that_nobody_answers_for(alone: Callable) -> None:
    found = only("Database", alone(database_url="postgresql://jane:s3cret@127.0.0.1:9/meishi"))
    assert said(found)[0] == "wrong"
    assert "127.0.0.1:9" in found.message
    assert "DATABASE_URL" in found.remedy
    assert "s3cret" not in str(found)


def test_a_database_that_hangs_keeps_nobody_waiting(alone: Callable, server: EmbeddedServer) -> None:
    url = server.url().render_as_string(hide_password=False)
    with hanging(server):  # until it was found wrong
        assert only("Database", alone(database_url=url)).status == "wrong"


def test_without_a_database_what_lies_in_it_is_not_looked_at(alone: Callable) -> None:
    for name in ("Migrations", "Opt-outs", "Backups", "Notebook", "Queue", "Workers", "Clock"):
        assert "not reached" in only(name, alone()).message


def test_a_role_that_may_make_no_tables(alone: Callable, server: EmbeddedServer) -> None:
    run(server, "create role guest login")
    run(server, "create database empty_doctor")
    try:
        url = server.url("empty_doctor").set(username="guest").render_as_string()
        case = alone(database_url=url)
        found = only("Database", case)
        case.engine.dispose()
        assert said(found)[0] == "wrong"
        assert "grant create" in found.remedy
    finally:
        run(server, "drop database empty_doctor with (force)")
        run(server, "drop role guest")


def test_a_superuser_is_more_than_is_needed(alone: Callable, database_url: URL) -> None:
    case = alone(database_url=database_url.render_as_string(hide_password=False))
    found = only("Database", case)
    case.engine.dispose()
    assert (found.status, "superuser" in found.message) == ("warning", True)


def test_a_way_that_is_not_encrypted() -> None:
    url = URL.create("postgresql+psycopg", host="db.example.com")
    (found,) = _look_at_way(url, is_encrypted=False)
    assert (found.status, "sslmode" in found.remedy) == ("warning", True)


def test_a_pooler_is_told_and_a_wrong_time_zone_found(
    alone: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hosted_postgres(tmp_path) as postgres, pgbouncer(postgres) as pooler:
        case = alone(database_url=pooler.url)
        told = findings("Database", case)
        case.engine.dispose()
        assert "through a pooler" in told[0].message
        assert all(found.status == "ok" for found in told)
        monkeypatch.delenv("PGTZ")
        zone = alone(database_url=postgres.url)
        assert "Asia/Tokyo" in only("Database", zone).message
        zone.engine.dispose()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ("delete from schema_migrations where name like '0016%'", "warning", "not applied yet"),
        (
            "update schema_migrations set sha256 = 'x' where name like '0005%'",
            "wrong",
            "0005_other_side.sql was edited",
        ),
        ("insert into schema_migrations (name, sha256) values ('9999_new.sql', '')", "wrong", "Update this program"),
        ("drop table schema_migrations", "warning", "empty"),
    ],
)
def test_migrations_that_do_not_fit(case: Case, change: str, status: str, words: str) -> None:
    execute(change)
    found = only("Migrations", case)
    assert found.status == status
    assert words in said(found)[1]


def test_clocks_that_are_apart(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr("lib.doctor.data.time.time", lambda: real() + 60)
    found = only("Clock", case)
    assert "60 s apart" in found.message


def test_a_store_that_cannot_be_written_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("STORAGE_URL", (home / "file").as_uri())
    get_settings.cache_clear()
    assert said(only("Images", Case(get_settings())))[0] == "wrong"


def test_a_lost_key_of_the_opt_outs(case: Case, home: Path) -> None:
    with transaction() as db:
        add_suppression(db, "jane@example.com")
    (home / "suppression.key").chmod(0o644)
    assert "chmod 600" in only("Opt-outs", case).remedy
    (home / "suppression.key").unlink()
    found = only("Opt-outs", case)
    assert said(found)[0] == "wrong"
    assert "SUPPRESSION_KEY" in found.remedy


BACKUP = """insert into backups (is_scheduled, host, folder, started_at, finished_at, error)
values (:by_itself, 'laptop', '/backups', localtimestamp - make_interval(hours => :ago), localtimestamp - make_interval(hours => :ago), :error)"""


def test_backups_that_are_missing_old_or_failed(case: Case) -> None:
    assert "make backup" in only("Backups", case).remedy
    execute(BACKUP, ago=200, error=None, by_itself=False)
    assert "8 days ago" in only("Backups", case).message
    execute(BACKUP, ago=5, error=None, by_itself=False)
    assert [found.message for found in findings("Backups", case)] == ["the last good one was made 5 hours ago"]
    execute(BACKUP, ago=1, error="The disk is full.", by_itself=True)
    assert said(only("Backups", case)) == (
        "wrong",
        "The last backup failed: The disk is full. Look at /backups on laptop.",
    )


def test_of_the_last_backup_the_doctor_says_what_home_says(case: Case) -> None:
    """Who makes one by hand is told there that it failed, and neither of the two repeats it."""
    execute(BACKUP, ago=5, error=None, by_itself=True)
    execute(BACKUP, ago=0, error="The disk is full.", by_itself=False)
    with transaction() as db:
        assert last_backup(db).error is None
    assert [found.message for found in findings("Backups", case)] == ["the last good one was made 5 hours ago"]


def test_a_notebooks_role_that_may_do_more_or_is_not_there(case: Case, opened: URL, alone: Callable) -> None:
    powerful = opened.render_as_string(hide_password=False)
    given = Case(case.settings.model_copy(update={"notebook_database_url": powerful}), case.engine, True)
    assert "superuser" in only("Notebook", given).message
    away = case.settings.model_copy(update={"notebook_database_url": "postgresql://reader:s3cret@127.0.0.1:9/x"})
    found = only("Notebook", Case(away, case.engine, True))
    assert said(found)[0] == "wrong"
    assert "s3cret" not in str(found)
