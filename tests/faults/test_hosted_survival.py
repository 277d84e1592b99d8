"""The whole program on a hoster's server and its pooler, which are restarted while it reads: nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lib import settings as settings_module
from lib.database import close_database
from tests.faults.meishi import Meishi
from tests.hosting.pgbouncer import Pooler, pgbouncer
from tests.hosting.postgres import HostedPostgres, hosted_postgres

pytestmark = pytest.mark.faults_long


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path) as server:
        yield server


@pytest.fixture
def pooler(hosted: HostedPostgres) -> Iterator[Pooler]:
    with pgbouncer(hosted, default_pool_size=3, query_wait_timeout=30) as running:
        yield running


class HostedMeishi(Meishi):
    """The program on the database at `url`; its tests ask the server at `direct`."""

    def __init__(self, home: Path, url: str, direct: str) -> None:
        super().__init__(home, {"DATABASE_URL": url, "WORKERS": "2"})
        self._direct = direct

    def query(self, sql: str) -> list[tuple]:
        """Return what the database says."""
        with psycopg.connect(self._direct, connect_timeout=5) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []


@pytest.mark.parametrize("how", ["fast", "immediate", "the pooler", "away for long"])
def test_restarted_again_and_again_while_cards_are_read(
    folder: Path, hosted: HostedPostgres, pooler: Pooler, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    url = hosted.url if how == "fast" else pooler.url
    monkeypatch.setenv("DATABASE_URL", url)
    settings_module.get_settings.cache_clear()
    meishi = HostedMeishi(folder, url, hosted.url)
    meishi.capture(12)
    close_database()
    meishi.start()
    try:
        for read in (1, 4, 7):
            meishi.wait_for(f"select count(*) >= {read} from ocr_jobs where status = 'completed'", [(True,)])
            pull(hosted, pooler, how)
        meishi.check_nothing_lost(12)
        deadline = time.monotonic() + 60
        while len(meishi.workers()) < 2:
            assert time.monotonic() < deadline, "the workers did not come back"
            time.sleep(0.5)
    finally:
        meishi.stop()


def pull(hosted: HostedPostgres, pooler: Pooler, how: str) -> None:
    """Restart the server or its pooler."""
    if how == "the pooler":
        pooler.restart(away_s=2)
    elif how == "away for long":
        hosted.restart(away_s=40)
    else:
        hosted.restart(how)
