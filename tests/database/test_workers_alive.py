"""Who takes jobs now."""

import pytest
from sqlalchemy import Connection, text

from lib.workers import SILENCE_S, count_workers_alive


@pytest.mark.parametrize(("silent_for_s", "alive"), [(0, 1), (SILENCE_S - 5, 1), (SILENCE_S + 5, 0), (-3600, 0)])
def test_a_worker_is_alive_while_its_heartbeat_is_young(db: Connection, silent_for_s: int, alive: int) -> None:
    beat = "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => :seconds))"
    db.execute(text(beat), {"seconds": silent_for_s})
    assert count_workers_alive(db) == alive


def test_nobody_is_alive_where_no_worker_ever_was(db: Connection) -> None:
    assert count_workers_alive(db) == 0
