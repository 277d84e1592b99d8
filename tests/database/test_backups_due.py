"""Scheduled backups: one when it is due, whoever notices, and what becomes of older ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lib import settings as settings_module
from lib.backup.errors import BackupFailed
from lib.backup.making import Made, make_backup
from lib.backup.place import Place, open_place
from lib.backup.records import GIVEN_UP, begin_scheduled, delete_older, last_backup, recorded
from lib.database import close_database, open_database
from lib.database.embedded import EmbeddedServer
from lib.errors import DatabaseUnavailable
from lib.jobs import backing_up, upkeep
from tests.conftest import running_server
from tests.database.backup_places import places


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with running_server("embedded") as running:
        yield running


@pytest.fixture
def place(server: EmbeddedServer, tmp_path: Path) -> Iterator[Place]:
    """A place that wants a backup a day, of which it keeps two."""
    with places(server, tmp_path) as make, open_place(make(backup_every_hours=24, backup_keep=2)) as opened:
        yield opened


def begin(place: Place) -> int | None:
    with place.engine.begin() as db:
        return begin_scheduled(db, place.settings)


def change(place: Place, statement: str, **values: object) -> None:
    with place.engine.begin() as db:
        db.execute(text(statement), values)


def make(place: Place, *, is_scheduled: bool = True, backup_id: int | None = None) -> Made:
    with recorded(place, is_scheduled=is_scheduled, backup_id=backup_id) as note:
        return note(make_backup(place))


def asked(db: Connection, question: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(text(question))]


def test_of_many_workers_one_makes_the_backup(place: Place) -> None:
    together = threading.Barrier(8)

    def try_it(_: int) -> int | None:
        together.wait()
        return begin(place)

    with ThreadPoolExecutor(8) as pool:
        begun = [found for found in pool.map(try_it, range(8)) if found is not None]
    assert len(begun) == 1
    assert begin(place) is None


def test_the_next_is_due_when_its_hours_are_over(place: Place) -> None:
    make(place, backup_id=begin(place))
    assert begin(place) is None
    change(place, "update backups set started_at = started_at - interval '23 hours 59 minutes'")
    assert begin(place) is None
    change(place, "update backups set started_at = started_at - interval '1 minute'")
    assert begin(place) is not None


def test_one_made_by_hand_puts_off_none(place: Place) -> None:
    make(place, is_scheduled=False)
    assert begin(place) is not None


def test_after_a_failure_it_is_tried_again_in_an_hour(place: Place) -> None:
    with (
        pytest.raises(BackupFailed),
        recorded(place, is_scheduled=True, backup_id=begin(place)),
    ):
        raise BackupFailed("The disk is full.", "Make room.")
    with place.engine.connect() as db:
        assert last_backup(db).error == "The disk is full. Make room."
    assert begin(place) is None
    change(place, "update backups set started_at = started_at - interval '1 hour'")
    assert begin(place) is not None


def test_one_whose_worker_was_killed_is_made_again_at_once_but_not_for_ever(place: Place) -> None:
    for _ in range(2):
        assert begin(place) is not None
        change(place, "update backups set seen_at = seen_at - interval '91 seconds' where finished_at is null")
    assert begin(place) is None
    with place.engine.connect() as db:
        assert asked(db, "select error from backups") == [(GIVEN_UP,), (GIVEN_UP,)]
    change(place, "update backups set started_at = started_at - interval '1 hour'")
    assert begin(place) is not None


def test_an_interrupt_is_no_failure_though_the_connection_it_cut_off_fails_too(place: Place) -> None:
    def cut_off() -> None:
        try:
            raise KeyboardInterrupt
        finally:
            raise DatabaseUnavailable("another command is already in progress", "")

    with pytest.raises(DatabaseUnavailable), recorded(place, is_scheduled=True, backup_id=begin(place)):
        cut_off()
    with place.engine.connect() as db:
        assert asked(db, "select error from backups") == [(GIVEN_UP,)]
    assert begin(place) is not None


def test_a_clock_that_was_set_back_stops_nothing(place: Place) -> None:
    first = begin(place)
    change(
        place, "update backups set seen_at = seen_at + interval '1 day', started_at = started_at + interval '1 day'"
    )
    assert begin(place) not in (None, first)


def test_one_that_was_given_up_leaves_no_file(place: Place) -> None:
    """The machine slept while it was made, and another one took over."""
    backup_id = begin(place)
    change(place, "update backups set finished_at = localtimestamp, error = :error", error=GIVEN_UP)
    with pytest.raises(BackupFailed, match="Another worker"):
        make(place, backup_id=backup_id)
    assert list(place.settings.backups.iterdir()) == []


def test_the_newest_are_kept_and_those_made_by_hand(place: Place) -> None:
    by_hand = make(place, is_scheduled=False)
    foreign = place.settings.backups / "meishi-2020-01-01T0000Z.tar"
    foreign.write_bytes(b"put there by somebody")
    made = []
    for _ in range(4):
        made.append(make(place, backup_id=begin(place)).path)
        change(place, "update backups set started_at = started_at - interval '1 day'")
    assert delete_older(place) == made[1::-1]
    assert {*place.settings.backups.iterdir()} == {by_hand.path, foreign, *made[2:]}
    assert delete_older(place) == []
    with place.engine.connect() as db:
        assert asked(db, "select count(*) from backups where deleted_at is not null") == [(2,)]


def test_failures_and_files_that_are_gone_do_not_count_as_kept(place: Place) -> None:
    made = []
    for _ in range(3):
        made.append(make(place, backup_id=begin(place)).path)
        change(place, "update backups set started_at = started_at - interval '1 day'")
    with pytest.raises(BackupFailed), recorded(place, is_scheduled=True, backup_id=begin(place)):
        raise BackupFailed("The disk is full.")
    made[2].unlink()
    assert delete_older(place) == []
    assert made[0].exists()
    assert made[1].exists()


def test_what_was_made_is_written_down(place: Place) -> None:
    change(place, "insert into contacts (full_name) values ('Ada Example')")
    made = make(place, is_scheduled=False)
    with place.engine.connect() as db:
        last = last_backup(db)
        [row] = asked(db, "select contacts, images, missing, bytes, sha256, is_scheduled, error from backups")
    assert row == (1, 0, 0, made.path.stat().st_size, made.sha256, False, None)
    assert (last.file_name, last.error) == (made.path.name, None)
    assert last.seconds_ago is not None
    assert 0 <= last.seconds_ago < 60


def test_an_error_that_nobody_foresaw_is_noted_too(place: Place) -> None:
    with pytest.raises(ZeroDivisionError), recorded(place, is_scheduled=True, backup_id=begin(place)):
        _ = 1 / 0
    with place.engine.connect() as db:
        assert "ZeroDivisionError" in str(last_backup(db).error)


def test_it_is_kept_alive_while_it_is_made(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.backup.records.SEEN_EVERY_S", 0.05)
    backup_id = begin(place)
    change(place, "update backups set seen_at = seen_at - interval '80 seconds'")
    with recorded(place, is_scheduled=True, backup_id=backup_id), place.engine.connect() as db:
        for _ in range(100):
            db.rollback()
            if asked(db, "select seen_at > localtimestamp - interval '10 seconds' from backups") == [(True,)]:
                break
            threading.Event().wait(0.05)
        else:
            pytest.fail("its line stands still")


def test_without_the_setting_there_is_none(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def never(*_: object) -> None:
        pytest.fail("nobody asked for a backup")

    monkeypatch.setattr(backing_up, "begin_scheduled", never)
    monkeypatch.setattr(backing_up, "transaction", never)
    backing_up.back_up_when_due()


def test_a_workers_upkeep_begins_the_one_that_is_due(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str, ...]] = []
    monkeypatch.setenv("MEISHI_HOME", str(place.settings.meishi_home))
    monkeypatch.setenv("BACKUP_EVERY_HOURS", "24")
    settings_module.get_settings.cache_clear()
    monkeypatch.setattr(backing_up, "_making", None)
    monkeypatch.setattr(backing_up.subprocess, "Popen", lambda command, **_: begun.append(command))
    close_database()
    open_database(place.settings)
    try:
        for _ in range(2):
            upkeep._tidy()
    finally:
        close_database()
        settings_module.get_settings.cache_clear()
    with place.engine.connect() as db:
        [(backup_id,)] = asked(db, "select id from backups")
    assert begun == [(*backing_up.COMMAND, str(backup_id))]
