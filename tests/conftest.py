"""What tests share: a server per session, a migrated database to copy, settings of their own."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Connection, Engine

from lib import settings as settings_module
from lib.database import close_database, migrations
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from tests.servers import SERVERS, make_server

TEMPLATE = "meishi_template"
# What could be said in the SQL of a newer server alone: every query is planned, every table made and upgraded on both.
ASKS_EVERY_SERVER = {
    "test_named_queries", "test_schema", "test_migrations", "test_upgrades", "test_rehearsal", "test_backup",
    "test_dashboard", "test_dashboard_speed", "test_dashboard_trust", "test_exports", "test_finding", "test_notebook",
    "test_duplicates", "test_undo", "test_suppressions",
}  # fmt: skip
# No setting of the person who runs the tests may reach them.
for name in settings_module.Settings.model_fields.keys() - {"meishi_home", "workers"}:
    os.environ.pop(name.upper(), None)
settings_module.Settings.model_config["env_file"] = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-servers", action="store_true", help="every database test on every PostgreSQL there is")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the second server to the modules that ask it, unless all are asked for."""
    if config.getoption("--all-servers"):
        return
    once = [item for item in items if _is_asked_again(item) and item.path.stem not in ASKS_EVERY_SERVER]
    config.hook.pytest_deselected(items=once)
    left_out = set(once)
    items[:] = [item for item in items if item not in left_out]


def _is_asked_again(item: pytest.Item) -> bool:
    asked = getattr(item, "callspec", None)
    return asked is not None and asked.params.get("server", SERVERS[0]) != SERVERS[0]


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    """A running server with a migrated, empty database to make copies of."""
    with running_server(request.param) as running:
        yield running


@contextmanager
def running_server(name: str) -> Iterator[EmbeddedServer]:
    """Run the server called `name`, with a migrated, empty database to make copies of."""
    # Not pytest's own folder: that is closed to the account the server runs under when the tests run as root.
    home = Path(tempfile.mkdtemp(prefix="meishi-test-"))
    home.chmod(0o755)
    running = make_server(name, home)
    running.start()
    run(running, f"create database {TEMPLATE}")
    engine = make_engine(running.url(TEMPLATE))
    with engine.connect() as connection:
        migrations.migrate(connection)
    engine.dispose()
    yield running
    running.stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def engine(server: EmbeddedServer) -> Iterator[Engine]:
    """Connections to the migrated database; nothing is ever committed there."""
    engine = make_engine(server.url(TEMPLATE))
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def database_url(server: EmbeddedServer, engine: Engine) -> Iterator[URL]:
    """A migrated database of the test's own, for what commits."""
    engine.dispose()  # a template cannot be copied while somebody is connected to it
    name = f"test_{uuid.uuid4().hex[:12]}"
    run(server, f"create database {name} template {TEMPLATE}")
    yield server.url(name)
    run(server, f"drop database {name} with (force)")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of the test's own: a fresh home, no workers."""
    monkeypatch.setenv("MEISHI_HOME", str(tmp_path))
    monkeypatch.setenv("WORKERS", "0")
    settings_module.get_settings.cache_clear()
    yield tmp_path
    settings_module.get_settings.cache_clear()


@pytest.fixture
def opened(home: Path, database_url: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[URL]:
    """This process connected to a database of the test's own, as the app and its workers are."""
    from lib import app
    from lib.database import open_database

    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setattr(app, "_supervisor", None)
    settings_module.get_settings.cache_clear()
    close_database()
    open_database(settings_module.get_settings())
    yield database_url
    close_database()


def run(server: EmbeddedServer, sql: str) -> None:
    """Run one statement outside any transaction."""
    with psycopg.connect(
        host=str(server.socket_folder), user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(sql)
