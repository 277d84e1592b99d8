"""What is wrong with an installation, brought about for real, and what the doctor says to do."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError, ProgrammingError

from lib.contacts.suppressions import add_suppression
from lib.database import current_engine, transaction
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.doctor import CHECKS, Case, Finding, examine
from lib.doctor.__main__ import main
from lib.doctor.checks import look
from lib.doctor.data import _look_at_way
from lib.health import LIMIT_S
from lib.settings import Settings, get_settings
from tests.conftest import run
from tests.database.test_health import hanging, seconds
from tests.hosting.pgbouncer import pgbouncer
from tests.hosting.postgres import hosted_postgres
from tests.pages.conftest import server  # one database server is enough

__all__ = ["server"]


@pytest.fixture
def case(opened: URL) -> Iterator[Case]:
    """An installation that is well, its database reached."""
    found = Case(get_settings(), engine=make_engine(opened), has_tables=True)
    yield found
    found.engine.dispose()


@pytest.fixture
def alone(home: Path) -> Callable[..., Case]:
    """An installation with these settings, nothing of it reached yet."""

    def make(**settings: object) -> Case:
        return Case(Settings(**{"meishi_home": home, **settings}))

    return make


def findings(name: str, case: Case) -> list[Finding]:
    return list(look(name, case))


def only(name: str, case: Case) -> Finding:
    """The one thing that is not well."""
    (found,) = [found for found in findings(name, case) if found.status != "ok"]
    assert found.remedy
    return found


def said(found: Finding) -> tuple[str, str]:
    return found.status, f"{found.message} {found.remedy}"


def execute(sql: str, **parameters: object) -> None:
    with current_engine().begin() as db:
        db.execute(text(sql), parameters)


def test_an_installation_that_is_well_has_nothing_wrong(
    opened: URL, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[1] for line in lines} == set(CHECKS)
    assert not [line for line in lines if line.startswith("WRONG")]


def test_a_python_that_is_too_old(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.doctor.program.OLDEST_PYTHON", (99, 0))
    assert "remove .venv" in only("Python", alone()).remedy


def test_packages_that_are_missing_or_others(
    alone: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("no-such-package==1.0\nsqlalchemy==0.1  # old\n")
    monkeypatch.setattr("lib.doctor.program.REQUIREMENTS", pinned)
    missing, other = findings("Packages", alone())
    assert said(missing)[0] == "wrong"
    assert "no-such-package" in missing.message
    assert (other.status, "sqlalchemy" in other.message, "requirements.txt" in other.remedy) == (
        "warning",
        True,
        True,
    )


def test_a_misspelt_setting_is_told_what_it_was_to_be(
    alone: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tmp_path / ".env"
    env.write_text("DATABSE_URL=postgresql://jane:s3cret@x/y\nSTREAMLIT_SERVER_PORT=80\nWORKERS=2\n")
    env.chmod(0o644)
    monkeypatch.setitem(Settings.model_config, "env_file", env)
    monkeypatch.setenv("MEISHI_HOMR", "/x")
    misspelt, also, opened = findings("Settings", alone())
    assert "DATABSE_URL" in misspelt.message
    assert "DATABASE_URL" in misspelt.remedy
    assert "MEISHI_HOME" in also.remedy
    assert opened.remedy == f"Run: chmod 600 {env}"
    assert "s3cret" not in str((misspelt, also, opened))


def test_a_setting_that_cannot_be_used_is_said_and_python_is_looked_at_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKERS", "many")
    get_settings.cache_clear()
    found = dict(examine())
    assert found["Python"].status == "ok"
    assert said(found["Settings"])[0] == "wrong"
    assert "WORKERS" in found["Settings"].message


def test_an_app_open_to_the_network(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    status, words = said(only("Sign-in", alone()))
    assert status == "wrong"
    assert "SIGN_IN" in words


def test_a_sign_in_that_lacks_its_secrets_or_lets_others_read_them(
    alone: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("[auth]\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    case = alone(sign_in="oidc", sign_in_allow="ada@example.com")
    assert "lacks" in only("Sign-in", case).message
    secrets.write_text(
        '[auth]\nredirect_uri = "https://meishi.example.com/oauth2callback"\nclient_id = "meishi"\n'
        'cookie_secret = "0123456789abcdef0123456789abcdef"\nclient_secret = "s3cret"\n'
        'server_metadata_url = "https://id.example.com/.well-known/openid-configuration"\n'
    )
    assert [found.status for found in findings("Sign-in", case)] == ["ok"]
    secrets.chmod(0o644)
    assert "chmod 600" in only("Sign-in", case).remedy


@pytest.mark.parametrize(("name", "status"), [("LITTLE_BYTES", "warning"), ("TOO_LITTLE_BYTES", "wrong")])
def test_a_disk_that_is_nearly_full(alone: Callable, monkeypatch: pytest.MonkeyPatch, name: str, status: str) -> None:
    monkeypatch.setattr(f"lib.doctor.program.{name}", 10**18)
    found = only("Disks", alone())
    assert (found.status, "Make room" in found.remedy) == (status, True)


def test_a_database_that_nobody_answers_for(alone: Callable) -> None:
    found = only("Database", alone(database_url="postgresql://jane:s3cret@127.0.0.1:9/meishi"))
    assert said(found)[0] == "wrong"
    assert "127.0.0.1:9" in found.message
    assert "DATABASE_URL" in found.remedy
    assert "s3cret" not in str(found)


def test_a_database_that_hangs_keeps_nobody_waiting(alone: Callable, server: EmbeddedServer) -> None:

    url = server.url().render_as_string(hide_password=False)
    with hanging(server):
        began = time.monotonic()
        assert only("Database", alone(database_url=url)).status == "wrong"
        assert seconds(began) < LIMIT_S + 1


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
values (false, 'laptop', '/backups', localtimestamp - make_interval(hours => :ago), localtimestamp - make_interval(hours => :ago), :error)"""


def test_backups_that_are_missing_old_or_failed(case: Case) -> None:
    assert "make backup" in only("Backups", case).remedy
    execute(BACKUP, ago=200, error=None)
    assert "200 hours old" in only("Backups", case).message
    execute(BACKUP, ago=1, error=None)
    assert [found.status for found in findings("Backups", case)] == ["ok"]
    execute(BACKUP, ago=0, error="The disk is full.")
    assert said(only("Backups", case)) == (
        "wrong",
        "The last backup failed: The disk is full. Look at /backups on laptop.",
    )


def test_a_notebooks_role_that_may_do_more_or_is_not_there(case: Case, opened: URL, alone: Callable) -> None:
    powerful = opened.render_as_string(hide_password=False)
    given = Case(case.settings.model_copy(update={"notebook_database_url": powerful}), case.engine, True)
    assert "superuser" in only("Notebook", given).message
    away = case.settings.model_copy(update={"notebook_database_url": "postgresql://reader:s3cret@127.0.0.1:9/x"})
    found = only("Notebook", Case(away, case.engine, True))
    assert said(found)[0] == "wrong"
    assert "s3cret" not in str(found)


WAITING = "insert into procrastinate_jobs (queue_name, task_name, lock) values ('default', 'read_card', 'ocr_job/1')"
WORKER = "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => :silent))"


def test_photos_that_wait_for_nobody_and_for_too_long(case: Case) -> None:
    execute(WAITING)
    found = only("Queue", case)
    assert (found.status, "make worker" in found.remedy) == ("wrong", True)
    execute(WORKER, silent=0)
    assert [found.status for found in findings("Queue", case)] == ["ok"]
    execute("insert into ocr_jobs (photo_name, created_at) values ('a.jpg', localtimestamp - interval '3 hours')")
    assert "3.0 hours" in only("Queue", case).message


def test_workers_that_are_not_there_or_silent(case: Case) -> None:
    assert "No worker is alive" in only("Workers", case).message
    execute(WORKER, silent=0)
    execute(WORKER, silent=60)
    assert "1 ended without a word" in only("Workers", case).message


def test_a_reader_that_is_not_installed(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lib.cards.engines.rapid", None)
    found = only("Reader", alone())
    assert (found.status, "requirements.txt" in found.remedy) == ("wrong", True)


def test_a_reader_that_misreads(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.doctor.work.CARD", (("Jane Miller", 120, 64), ("jame@example.com", 480, 40)))
    assert "read jame@example.com where" in only("Reader", alone()).message


@contextmanager
def model_server(status: int, body: bytes = b"{}") -> Iterator[str]:
    """A server that says so to whoever asks for its models."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (401, b"", "wrong", "OPENAI_API_KEY"),
        (404, b"", "warning", "/v1"),
        (200, b'{"data": [{"id": "other"}]}', "warning", "OPENAI_MODEL"),
    ],
)
def test_a_models_server_that_is_not_as_it_should_be(
    alone: Callable, status: int, body: bytes, expected: str, words: str
) -> None:
    with model_server(status, body) as address:
        found = only("Model", alone(openai_base_url=address, openai_api_key="sk-s3cret", openai_model="qwen3"))
    assert (found.status, words in found.remedy) == (expected, True)
    assert "sk-s3cret" not in str(found)


def test_a_models_server_that_is_away_and_a_reader_without_one(alone: Callable) -> None:
    assert "OPENAI_BASE_URL" in only("Model", alone(openai_base_url="http://127.0.0.1:9/v1")).remedy
    assert "OPENAI_BASE_URL" in only("Model", alone(ocr_engine="vision")).remedy
    with model_server(200, b'{"data": [{"id": "qwen3"}]}') as address:
        assert findings("Model", alone(openai_base_url=address, openai_model="qwen3"))[0].status == "ok"


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
