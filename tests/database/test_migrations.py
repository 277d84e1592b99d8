from pathlib import Path

import pytest
from sqlalchemy import URL, text

from lib.database.engine import make_engine
from lib.database.migrations import FOLDER, MigrationRefused, migrate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in FOLDER.glob("*.sql"):
        (tmp_path / path.name).write_text(path.read_text())
    return tmp_path


def test_a_migrated_database_has_nothing_left_to_apply(database_url: URL) -> None:
    with make_engine(database_url).connect() as connection:
        assert migrate(connection) == []


def test_a_new_file_is_applied_once(database_url: URL, folder: Path) -> None:
    (folder / "9000_more.sql").write_text("create table more (share text default '50 %');\nselect ':x';")
    with make_engine(database_url).connect() as connection:
        assert migrate(connection, folder) == ["9000_more.sql"]
        assert migrate(connection, folder) == []


def test_an_edited_file_is_refused(database_url: URL, folder: Path) -> None:
    path = folder / "0002_integrity.sql"
    path.write_text(path.read_text() + "-- edited")
    with make_engine(database_url).connect() as connection, pytest.raises(MigrationRefused, match="was edited"):
        migrate(connection, folder)


def test_a_database_newer_than_the_program_is_refused(database_url: URL, folder: Path) -> None:
    (folder / "0003_queue.sql").unlink()
    with make_engine(database_url).connect() as connection, pytest.raises(MigrationRefused, match="newer"):
        migrate(connection, folder)


def test_a_failing_file_leaves_nothing_behind(database_url: URL, folder: Path) -> None:
    (folder / "9000_first.sql").write_text("create table first ();")
    (folder / "9001_second.sql").write_text("create table second (; ")
    with make_engine(database_url).connect() as connection:
        with pytest.raises(Exception, match="syntax error"):
            migrate(connection, folder)
        assert connection.execute(text("select to_regclass('first')")).scalar_one() is None
