"""Two organisations in one database: filled before and after the rehearsed migration, and copied for each test."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, text

from lib import settings as settings_module
from lib.analytics import refreshing
from lib.analytics.notebook import reader, running
from lib.database import close_database, current_engine, open_database, transaction
from lib.database.embedded import EmbeddedServer
from lib.demo.crowd import add_crowd
from lib.ui import notebook as notebook_page
from lib.ui.analytics import asking, filters
from tests.conftest import run, running_server
from tests.tenants.filling import OURS, THEIRS, Filled, fill
from tests.tenants.kept import KeptByOrganisation
from tests.tenants.rehearsal import CHANGED, acting, listen, rehearse
from tests.tenants.roles import libpq, make_database, make_role

CROWD = 120


@dataclass(frozen=True, kw_only=True)
class Two:
    """Two organisations in one database: ours was there before the migration, theirs came after it."""

    ours: Filled
    theirs: Filled
    url: URL


@dataclass(frozen=True, kw_only=True)
class Master:
    """The database that each test gets a copy of, with its folder of images and keys."""

    name: str
    home: Path
    ours: Filled
    theirs: Filled


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server; that the steps run on PostgreSQL 15 too has a test of its own."""
    with running_server("embedded") as running:
        make_role(running)
        yield running


@pytest.fixture(scope="session")
def master(server: EmbeddedServer) -> Iterator[Master]:
    """Both organisations, filled: a populated database, the migration, and a second organisation's own data."""
    home = Path(tempfile.mkdtemp(prefix="meishi-tenants-"))
    url = make_database(server, "tenants_master")
    with pytest.MonkeyPatch.context() as patch:
        _set_up(patch, home, url)
        close_database()
        open_database(settings_module.get_settings())
        add_crowd(CROWD, dt.datetime.now(dt.UTC).replace(tzinfo=None))
        ours = fill(OURS, 1)
        with psycopg.connect(libpq(url), autocommit=True) as db:
            rehearse(db)
        for (_, name), query in CHANGED.items():
            patch.setitem(refreshing.SQL, name, query)
        listen(current_engine())
        theirs = _add_theirs()
        close_database()
    settings_module.get_settings.cache_clear()
    yield Master(name="tenants_master", home=home, ours=ours, theirs=theirs)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database_url(server: EmbeddedServer, master: Master) -> Iterator[URL]:
    """A copy of both organisations' database, as the role that owns it."""
    name = f"tenants_{uuid.uuid4().hex[:12]}"
    yield make_database(server, name, master.name)
    run(server, f"drop database {name} with (force)")


@pytest.fixture
def home(tmp_path: Path, master: Master, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Settings of the test's own, and a copy of both organisations' images and key."""
    shutil.copytree(master.home, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("MEISHI_HOME", str(tmp_path))
    monkeypatch.setenv("WORKERS", "0")
    settings_module.get_settings.cache_clear()
    yield tmp_path
    settings_module.get_settings.cache_clear()


@pytest.fixture
def two(opened: URL, master: Master, monkeypatch: pytest.MonkeyPatch) -> Two:
    """The program as it would be after step 5: it says as whom it works, and keeps what it keeps by organisation."""
    listen(current_engine())
    for (_, name), query in CHANGED.items():
        monkeypatch.setitem(refreshing.SQL, name, query)
    monkeypatch.setattr(asking, "_kept_answer", KeptByOrganisation(asking._kept_answer.__wrapped__))
    kept_events = KeptByOrganisation(asking.kept_events.__wrapped__)
    for module in (asking, filters):
        monkeypatch.setattr(module, "kept_events", kept_events)
    for user in (running, notebook_page):
        monkeypatch.setattr(user, "open_reader", _open_reader_anew)
    return Two(ours=master.ours, theirs=master.theirs, url=opened)


def _open_reader_anew() -> tuple[str, reader.Address]:
    reader.forget_reader()
    return reader.open_reader()


def _set_up(patch: pytest.MonkeyPatch, home: Path, url: URL) -> None:
    patch.setenv("MEISHI_HOME", str(home))
    patch.setenv("WORKERS", "0")
    patch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    settings_module.get_settings.cache_clear()


def _add_theirs() -> Filled:
    with transaction() as db:
        added = text("select add_organization(:name, :email)")
        org_id = db.execute(added, {"name": f"{THEIRS} Ltd", "email": "owner@quillon.example.com"}).scalar_one()
    with acting(org_id):
        return fill(THEIRS, org_id)
