"""Moving: everything from one place to another, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.backup import moving
from lib.backup.errors import BackupFailed, PlaceInUse, PlaceNotEmpty
from lib.backup.making import make_backup
from lib.backup.moving import Moved, move, settings_of
from lib.backup.place import Place, open_place
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.errors import NotFound, SettingsError, StorageUnavailable
from lib.settings import Settings
from lib.storage.store import open_store
from tests.backup_data import HEAD, MakePlace, content, fill_place, image, settings_for, url_of
from tests.conftest import running_server
from tests.database.backup_places import back_up, restore
from tests.database.upgrades.states import bring_to, connect
from tests.hosting.pgbouncer import pgbouncer
from tests.hosting.postgres import HostedPostgres, hosted_postgres
from tests.hosting.s3 import S3Server, faulty, s3_server


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server that one moves from."""
    with running_server("embedded") as running:
        yield running


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path_factory.mktemp("hosted")) as running:
        yield running


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


def moved(here: Settings, there: Settings, *, while_working: bool = False) -> Moved:
    with open_place(here) as old, open_place(there) as new:
        return move(old, new, while_working=while_working)


def run_in(settings: Settings, statement: str) -> None:
    with connect(url_of(settings)) as db:
        db.execute(statement.encode())


def rows(settings: Settings) -> dict[str, object]:
    """Return all rows but those that a place drops by itself."""
    return {table: found for table, found in content(settings).items() if table != "loose_images"}


def lines(tmp_path: Path, **settings: str) -> Path:
    path = tmp_path / "hosted.env"
    path.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
    return path


@pytest.mark.parametrize("pooled", [False, True], ids=["directly", "through a transaction pooler"])
def test_a_laptop_moves_to_a_hosted_server_and_back(
    pooled: bool, full: Settings, new_place: MakePlace, hosted: HostedPostgres, bucket: S3Server, tmp_path: Path
) -> None:
    before = rows(full)
    url = hosted.add_database(f"moved_{pooled}".lower())
    environment = {**bucket.environment, "STORAGE_URL": f"s3://{bucket.bucket}/pooled-{pooled}".lower()}
    with pgbouncer(hosted, mode="transaction") as pooler:
        there = settings_of(lines(tmp_path, DATABASE_URL=pooler.through(url) if pooled else url, **environment), full)
        found = moved(full, there)
        assert all(one.is_same for one in found.compared)
        assert not found.was_there
        assert not found.missing
        assert rows(there) == before
        store = open_store(there)
        for key in fill_keys(full):
            chunks = store.open(key)
            assert chunks is not None
            assert b"".join(chunks[1]) == image(key)
        assert moved(full, there).was_there
        home = new_place()
        assert all(one.is_same for one in moved(there, home).compared)
    assert rows(home) == before
    names = [path.relative_to(full.meishi_home) for path in full.meishi_home.rglob("*.*") if path.is_file()]
    for name in names:
        assert (home.meishi_home / name).read_bytes() == (full.meishi_home / name).read_bytes()


def fill_keys(settings: Settings) -> list[str]:
    folder = settings.meishi_home / "images"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def test_a_place_in_a_bucket_is_backed_up_and_restored_into_a_folder(
    full: Settings, new_place: MakePlace, hosted: HostedPostgres, bucket: S3Server, tmp_path: Path
) -> None:
    url = hosted.add_database("backed_up")
    with faulty(bucket.endpoint) as proxy:
        environment = {**bucket.environment, "AWS_ENDPOINT_URL": proxy.endpoint, "STORAGE_URL": "s3://cards/backup"}
        there = settings_of(
            lines(tmp_path, DATABASE_URL=url, BACKUP_FOLDER=str(tmp_path / "files"), **environment), full
        )
        moved(full, there)
        home = new_place()
        assert restore(back_up(there), home).images == len(fill_keys(full))
        assert rows(home) == rows(full)
        assert fill_keys(home) == fill_keys(full)
        made = set((tmp_path / "files").iterdir())
        proxy.cut_answer_after, proxy.methods = 1000, frozenset({"GET"})
        with pytest.raises(StorageUnavailable):
            back_up(there)
        assert set((tmp_path / "files").iterdir()) == made
        again = settings_of(
            lines(
                tmp_path, **{**environment, "STORAGE_URL": "s3://cards/again", "AWS_ENDPOINT_URL": bucket.endpoint},
                DATABASE_URL=hosted.add_database("again"), MEISHI_HOME=str(tmp_path / "again"),
            ),
            full,
        )  # fmt: skip
        restore(made.pop(), again)
        assert rows(again) == rows(full)
        assert [key for key in fill_keys(full) if not open_store(again).has(key)] == []


def test_an_older_backup_is_restored_by_a_role_without_rights(
    new_place: MakePlace, hosted: HostedPostgres, tmp_path: Path
) -> None:
    older = new_place(empty=True)
    bring_to(url_of(older), "0015")
    fill_place(older, "0015")
    engine = make_engine(url_of(older))
    path = make_backup(Place(settings=older, engine=engine, pictures=open_store(older))).path
    engine.dispose()
    there = settings_for(hosted.add_database("older"), tmp_path / "there")
    restore(path, there)
    bring_to(url_of(older), HEAD)
    assert content(there) == content(older)


def test_a_place_that_was_used_since_is_not_written_over(full: Settings, new_place: MakePlace) -> None:
    there = new_place()
    moved(full, there)
    run_in(there, "update contacts set notes = 'new' where id = (select min(id) from contacts)")
    was = content(there)
    with pytest.raises(PlaceNotEmpty, match=r"other data.*another MEISHI_HOME"):
        moved(full, there)
    assert content(there) == was


def test_a_place_does_not_move_into_itself(full: Settings) -> None:
    # By another spelling of its address, too.
    same = full.model_copy(update={"database_url": f"{full.database_url}&application_name=other"})
    before = content(full)
    with pytest.raises(PlaceNotEmpty, match="same database"):
        moved(full, same)
    assert content(full) == before


def test_it_waits_until_workers_are_done_unless_told(full: Settings, new_place: MakePlace) -> None:
    run_in(full, "insert into procrastinate_workers default values")
    there = new_place()
    with pytest.raises(PlaceInUse, match="Stop the app"):
        moved(full, there)
    assert moved(full, there, while_working=True).compared
    with connect(url_of(there)) as db:
        # Workers that are alive there are nobody here.
        assert not db.execute("select 1 from procrastinate_workers").fetchall()


def test_a_break_while_images_are_copied_is_taken_up(
    full: Settings, hosted: HostedPostgres, bucket: S3Server, tmp_path: Path
) -> None:
    url = hosted.add_database("broken")
    with faulty(bucket.endpoint) as proxy:
        environment = {**bucket.environment, "AWS_ENDPOINT_URL": proxy.endpoint, "STORAGE_URL": "s3://cards/broken"}
        there = settings_of(lines(tmp_path, DATABASE_URL=url, **environment), full)
        with open_place(full) as old, open_place(there) as new:
            key = fill_keys(full)[0]
            with (full.meishi_home / "images" / key).open("rb") as file:
                new.pictures.put(key, file, hashlib.sha256(image(key)).hexdigest())
            proxy.status, proxy.methods = 403, frozenset({"PUT"})
            with pytest.raises(StorageUnavailable):
                move(old, new)
        assert not any(found for table, found in rows(there).items())
        proxy.heal()
        proxy.forget()
        assert moved(full, there).compared
        assert proxy.count("PUT") == len(fill_keys(full)) - 1
    assert rows(there) == rows(full)


def test_what_arrives_otherwise_is_not_kept(
    full: Settings, new_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, sent = new_place(), moving._Rows.rows

    def altered(self: moving._Rows) -> Iterator[object]:
        for name, found in sent(self):
            yield name, (row.replace(b"Spring", b"Autumn") for row in found)

    monkeypatch.setattr(moving._Rows, "rows", altered)
    run_in(full, "update events set name = 'Spring Fair'")
    with pytest.raises(BackupFailed, match="events"):
        moved(full, there)
    assert not any(found for found in rows(there).values())


def test_an_image_under_the_same_name_is_never_written_over(full: Settings, new_place: MakePlace) -> None:
    there = new_place()
    other = there.meishi_home / "images" / fill_keys(full)[0]
    other.parent.mkdir(parents=True)
    other.write_bytes(b"somebody else's")
    with pytest.raises(StorageUnavailable, match="another file under the name"):
        moved(full, there)
    assert other.read_bytes() == b"somebody else's"


def test_a_shared_store_is_left_alone(full: Settings, new_place: MakePlace) -> None:
    there = new_place(storage_url=full.storage)
    moved(full, there)
    with connect(url_of(there)) as db:
        addresses = [row["url"] for row in db.execute("select url from loose_images")]
    assert len(addresses) == 2, "only those that were loose before"
    assert rows(there) == rows(full)


def test_the_file_tells_the_place_and_nothing_else_does(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere.example.com/other")
    monkeypatch.setenv("STORAGE_URL", "s3://other")
    there = settings_of(lines(tmp_path, MEISHI_HOME=str(tmp_path)), full)
    assert (there.database_url, there.storage_url, there.meishi_home) == (None, None, tmp_path)
    same_home = settings_of(lines(tmp_path, DATABASE_URL="postgresql://db.example.com/meishi"), full)
    assert same_home.meishi_home == full.meishi_home


def test_a_wrong_line_is_named_without_its_value(full: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as found:
        settings_of(lines(tmp_path, DATABASE_URL="mysql://root:geheim@db.example.com/x"), full)
    assert "geheim" not in str(found.value)
    with pytest.raises(NotFound):
        settings_of(tmp_path / "missing.env", full)
