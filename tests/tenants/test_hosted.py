"""As a hoster gives it: a role without any rights, and a pooler whose connections are anybody's from one moment to the next."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from lib.database.address import parse_url
from lib.database.engine import make_engine
from lib.database.migrations import migrate
from tests.hosting.pgbouncer import pgbouncer
from tests.hosting.postgres import hosted_postgres
from tests.tenants.rehearsal import SAY, rehearse

ROUNDS = 60


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database behind a transaction pooler, with an event of each organisation."""
    with hosted_postgres(tmp_path, tls=False) as server, pgbouncer(server, "transaction") as pooler:
        engine = make_engine(parse_url(server.url))
        with engine.connect() as connection:
            migrate(connection)
        engine.dispose()
        with psycopg.connect(server.url, autocommit=True) as db:
            db.execute("insert into events (name, date) values ('Ours', now())")
            rehearse(db)
            with db.transaction():
                db.execute("select add_organization('Second', 'second@example.com')")
                db.execute("insert into events (name, date) values ('Theirs', now())")
        yield pooler.url


def names(db: psycopg.Connection, org_id: int | None) -> list[str]:
    """Return the events that one transaction sees."""
    with db.transaction():
        if org_id:
            db.execute(SAY, [str(org_id), "", ""])
        return [name for (name,) in db.execute("select name from events")]


def test_behind_a_transaction_pooler_nobody_works_as_the_one_before(pooled: str) -> None:
    expected = {1: ["Ours"], 2: ["Theirs"], None: []}

    def ask(org_id: int | None) -> set[int]:
        with psycopg.connect(pooled, autocommit=True, prepare_threshold=None) as db:
            for _ in range(ROUNDS):
                assert names(db, org_id) == expected[org_id]
            return {db.execute("select pg_backend_pid()").fetchone()[0] for _ in range(ROUNDS)}

    with ThreadPoolExecutor(9) as threads:
        processes = list(threads.map(ask, [1, 2, None] * 3))
    assert len(set().union(*processes)) < len(processes), "they have shared the server's processes"
