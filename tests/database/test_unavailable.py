"""What a database that cannot be used says, and what to do about it."""

from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import OperationalError

from lib.database import close_database, open_database
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.database.migrations import MigrationRefused
from lib.database.refusals import as_unavailable
from lib.errors import DatabaseUnavailable, SettingsError
from lib.settings import Settings
from tests.conftest import run

ADDRESS = URL.create("postgresql+psycopg", host="db.example.com")


def test_a_role_that_may_not_create_tables_is_told_what_to_grant(server: EmbeddedServer) -> None:
    run(server, "create database empty_one")
    run(server, "create role reader login")
    url = server.url("empty_one").set(username="reader")
    close_database()
    with pytest.raises(MigrationRefused, match="grant create"):
        open_database(Settings(database_url=url.render_as_string()))
    run(server, "drop database empty_one with (force)")
    run(server, "drop role reader")


def test_a_home_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    close_database()
    with pytest.raises(SettingsError, match="MEISHI_HOME"):
        open_database(Settings(meishi_home=tmp_path / "file" / "home"))


@pytest.mark.parametrize(
    ("sqlstate", "said"), [("53100", "disk is full"), ("53300", "no more connections"), ("40P01", "Try it again")]
)
def test_a_living_servers_refusal_is_not_called_silence(sqlstate: str, said: str) -> None:
    class Refusal(Exception):
        pass

    refusal = Refusal("deadlock detected")
    refusal.sqlstate = sqlstate  # type: ignore[attr-defined]
    error = as_unavailable(OperationalError("select 1", {}, refusal), ADDRESS)
    assert said in str(error)
    assert "does not answer" not in str(error)


def test_a_session_counts_in_utc_whatever_the_servers_zone(database_url: URL) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("show timezone")).scalar_one() == "UTC"
    engine.dispose()


def test_a_password_is_never_part_of_what_is_said() -> None:
    close_database()
    with pytest.raises(DatabaseUnavailable) as silent:
        open_database(Settings(database_url="postgresql://jane:s3cret@127.0.0.1:1/x"))
    assert "s3cret" not in str(silent.value)
