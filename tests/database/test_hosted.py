"""The whole way on a hoster's server: by itself, and behind a pooler that gives each session or transaction another."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib import app
from lib import settings as settings_module
from lib.analytics.notebook import Result, open_reader
from lib.analytics.notebook import run_query as run_in_notebook
from lib.analytics.notebook.reader import NotebookUnavailable
from lib.analytics.queries import FOLDER, run_query
from lib.analytics.refreshing import KEPT, refresh
from lib.capture import capture_photo
from lib.contacts import many
from lib.contacts.contacts import update_contact, verify_contacts
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.contacts.suppressions import add_suppression
from lib.contacts.undo import undo
from lib.database import close_database, current_engine, open_database, statement, transaction
from lib.demo.crowd import add_crowd, remove_crowd
from lib.jobs import reading, upkeep
from lib.jobs.drafting import enqueue_drafts
from lib.jobs.queue import queue, worker_connector
from lib.outreach.campaigns import add_campaign, get_campaign
from lib.outreach.drafts import approve_all
from lib.outreach.exports import export_campaign
from lib.outreach.templates import add_template
from lib.settings import ROOT, get_settings
from tests.hosting.pgbouncer import Pooler, pgbouncer
from tests.hosting.postgres import PASSWORD, HostedPostgres, hosted_postgres
from tests.hosting.quick_worker import read

PAGES = ["Home.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]
PEOPLE = ("Ada Example", "Ben Sample", "Cleo Muster")
# A pooler of one connection: no transaction of ours may wait for another.
POOLS = {"session": {"default_pool_size": 20}, "transaction": {"default_pool_size": 1, "query_wait_timeout": 20}}


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the program gets to its database: `pooler` is None where it goes to the server itself."""

    server: HostedPostgres
    pooler: Pooler | None
    database: str

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return self.by("meishi", PASSWORD)

    def by(self, role: str, password: str) -> str:
        """Return the address for another role."""
        direct = self.server.url_of(role, password, self.database)
        return self.pooler.through(direct) if self.pooler else direct


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path_factory.mktemp("hosted")) as server:
        yield server


@pytest.fixture(scope="module")
def session(hosted: HostedPostgres) -> Iterator[Pooler]:
    with pgbouncer(hosted, "session", **POOLS["session"]) as pooler:
        yield pooler


@pytest.fixture(scope="module")
def transactions(hosted: HostedPostgres) -> Iterator[Pooler]:
    with pgbouncer(hosted, "transaction", **POOLS["transaction"]) as pooler:
        yield pooler


@pytest.fixture(params=["direct", "session", "transactions"])
def way(request: pytest.FixtureRequest, hosted: HostedPostgres) -> Iterator[Way]:
    pooler = None if request.param == "direct" else request.getfixturevalue(request.param)
    yield from a_way(hosted, pooler)


@pytest.fixture
def by_transactions(hosted: HostedPostgres, transactions: Pooler) -> Iterator[Way]:
    yield from a_way(hosted, transactions)


def a_way(hosted: HostedPostgres, pooler: Pooler | None) -> Iterator[Way]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    hosted.add_database(name)
    yield Way(server=hosted, pooler=pooler, database=name)
    close_database()
    hosted.run(f"drop database {name} with (force)")


@pytest.fixture(autouse=True)
def fresh(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_supervisor", None)
    monkeypatch.setattr(reading, "_load_reader", lambda engine=None: SimpleNamespace(read=read))
    close_database()


def open_by(way: Way, monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in {"DATABASE_URL": way.url, **settings}.items():
        monkeypatch.setenv(name, value)
    settings_module.get_settings.cache_clear()
    open_database(get_settings())


def work() -> None:
    """Do all jobs that wait, as a worker does them."""

    async def all_jobs() -> None:
        with queue.replace_connector(worker_connector(current_engine().url)) as connected:
            async with connected.open_async():
                await connected.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(all_jobs())


def scalar(sql: str) -> object:
    with transaction() as db:
        return db.execute(text(sql)).scalar_one()


def capture(*names: str) -> list[int]:
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    return [capture_photo(event_id, f"{name}.jpg", name.encode()) for name in names]


def test_from_a_photo_to_a_file(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    open_by(way, monkeypatch)
    contact_ids = capture(*PEOPLE)
    work()
    assert scalar("select string_agg(full_name, ', ' order by id) from contacts") == ", ".join(PEOPLE)
    review(contact_ids)
    campaign_id = write_to(contact_ids)
    assert export(campaign_id) == ["ada.byron@example.com", "ben.sample@example.com"]
    ask_dashboards()
    upkeep._tidy()
    upkeep.take_up_jobs(upkeep.Lookout())
    assert scalar("select count(*) from loose_images") == 0
    # Nothing stayed behind with a connection that others use.
    assert scalar("select count(*) from pg_listening_channels()") == 0
    assert scalar("select count(*) from pg_prepared_statements") == 0
    assert way.server.run("select count(*) from pg_locks where locktype = 'advisory'") == [(0,)]


def review(contact_ids: list[int]) -> None:
    ada, _, cleo = contact_ids
    with transaction() as db:
        update_contact(db, ada, {"full_name": "Ada Byron", "email": "ada.byron@example.com"}, region="GB")
    with transaction() as db:
        undo_id = many.delete(db, [cleo])
    with transaction() as db:
        assert undo(db, undo_id) == [cleo]
    with transaction() as db:
        verify_contacts(db, contact_ids)


def write_to(contact_ids: list[int]) -> int:
    """Return the id of a campaign with written and approved drafts; one of the people opted out meanwhile."""
    with transaction() as db:
        group_id = add_group(db, "Leads")
        add_members(db, group_id, contact_ids)
        template_id = add_template(db, "Hello", "To {{fullName}}", "Hi {{firstName}}, what does {{company}} need?")
        campaign_id = add_campaign(db, "After the fair", group_id, template_id)
        enqueue_drafts(db, campaign_id)
    work()
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
        assert campaign is not None
        assert campaign.status == "ready"
        assert approve_all(db, campaign_id) == len(contact_ids)
        add_suppression(db, "cleo.muster@example.com")
    return campaign_id


def export(campaign_id: int) -> list[str]:
    with transaction() as db:
        exported = export_campaign(db, campaign_id, approved_only=True)
    lines = exported.path.read_text().splitlines()
    return sorted(word.strip('"') for line in lines[1:] for word in line.split(",") if "@" in word)


def ask_dashboards() -> None:
    with transaction() as db:
        for path in sorted(FOLDER.glob("*.sql")):
            names = statement(path.read_text()).compile().params
            run_query(db, path.stem, **{**dict.fromkeys(names), "today": dt.date(2026, 4, 20)})
        db.execute(text("update dashboard_views set as_of = '2020-01-01', changes = -1"))
    with transaction() as db:
        assert refresh(db) == list(KEPT)


def test_a_crowd_is_copied_in_and_taken_away(by_transactions: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    open_by(by_transactions, monkeypatch)
    assert add_crowd(500, dt.datetime(2026, 4, 20)).contacts == 500
    assert remove_crowd().contacts == 500


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens(by_transactions: Way, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    open_by(by_transactions, monkeypatch)
    capture(*PEOPLE)
    shown = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).switch_page(page).run()
    assert not shown.exception
    assert not shown.error


def test_sessions_count_in_utc_whoever_had_the_connection_before(
    by_transactions: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by(by_transactions, monkeypatch)
    with psycopg.connect(by_transactions.url) as other:
        other.execute("set timezone = 'Asia/Tokyo'")
        other.commit()
    assert scalar("show timezone") == "UTC"


def test_the_notebook_reads_through_a_pooler_that_knows_all_roles(
    by_transactions: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_transactions.server.run("alter role meishi createrole")
    try:
        open_by(by_transactions, monkeypatch)
        answer = run_in_notebook("select count(*) from contacts")
    finally:
        by_transactions.server.run("alter role meishi nocreaterole")
    assert isinstance(answer, Result), answer


def test_the_notebook_says_what_to_set_where_a_pooler_does_not_know_its_role(
    hosted: HostedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pgbouncer(hosted, knows_all_roles=False) as pooler:
        open_by(Way(server=hosted, pooler=pooler, database="meishi"), monkeypatch)
        hosted.run("alter role meishi createrole")
        try:
            with pytest.raises(NotebookUnavailable) as missing:
                open_reader()
        finally:
            hosted.run("alter role meishi nocreaterole")
            close_database()
    assert "NOTEBOOK_DATABASE_URL" in missing.value.remedy
