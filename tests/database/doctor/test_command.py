"""The doctor as a whole: every check is made, nothing is changed, no secret told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError, ProgrammingError

from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.doctor import CHECKS, Case, Finding, examine
from lib.doctor.__main__ import main
from lib.settings import get_settings
from tests.conftest import run
from tests.database.doctor.looking import only, said


def test_an_installation_that_is_well_has_nothing_wrong(
    opened: URL, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in lines} == set(CHECKS)
    assert not [line for line in lines if line.startswith("WRONG")]


def test_a_setting_that_cannot_be_used_is_said_and_python_is_looked_at_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKERS", "many")
    get_settings.cache_clear()
    found = dict(examine())
    assert found["Python"].status == "ok"
    assert said(found["Settings"])[0] == "wrong"
    assert "WORKERS" in found["Settings"].message


def test_a_check_that_breaks_keeps_none_of_the_others_from_being_made(
    opened: URL, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaking_check(case: Case) -> Iterator[Finding]:
        raise RuntimeError("unforeseen\nWRONG    forged")

    monkeypatch.setitem(CHECKS, "Disks", breaking_check)
    monkeypatch.delitem(CHECKS, "Reader")
    assert main(["--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "wrong"
    assert [found["check"] for found in told["findings"] if found["status"] == "wrong"] == ["Disks"]
    assert {found["check"] for found in told["findings"]} == set(CHECKS)
    assert not any("\n" in found["message"] for found in told["findings"])


def test_nothing_is_changed_and_no_secret_told(
    home: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty database stays empty: whoever looks must not be who migrates it."""
    run(server, "create database untouched")
    monkeypatch.setenv("DATABASE_URL", server.url("untouched").render_as_string() + "&password=data-s3cret")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-s3cret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SUPPRESSION_KEY", "0123456789-s3cret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "aws-s3cret")
    monkeypatch.delitem(CHECKS, "Reader")
    get_settings.cache_clear()
    assert main([]) == 1
    printed = "".join(capsys.readouterr())
    assert "s3cret" not in printed
    assert "The database is empty" in printed
    engine = make_engine(server.url("untouched"))
    with engine.connect() as db:
        assert (
            db.execute(text("select count(*) from pg_class where relnamespace = 'public'::regnamespace")).scalar()
            == 0
        )
    engine.dispose()
    run(server, "drop database untouched with (force)")
    assert {path.name for path in home.iterdir()} <= {"images"}


def test_its_connection_can_only_read(case: Case) -> None:
    with pytest.raises((InternalError, ProgrammingError), match="read-only"), case.database() as db:
        db.execute(text("delete from contacts"))


def test_a_home_that_is_not_there_is_not_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEISHI_HOME", str(home / "none"))
    get_settings.cache_clear()
    case = Case(get_settings())
    assert "make run" in only("Database", case).remedy
    assert "make run" in only("Images", case).remedy
    assert not (home / "none").exists()
