"""Room is looked for before a restore or a move writes anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.backup.checking import check_backup
from lib.backup.errors import NoRoom, PlaceNotEmpty
from lib.backup.making import make_backup
from lib.backup.moving import move
from lib.backup.place import Place, open_place
from lib.backup.restoring import Restored, restore_backup
from lib.backup.room import bytes_of_rows
from lib.contacts.suppression_key import FILE
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.settings import Settings
from lib.storage.store import open_store
from lib.words import size_in_words
from tests.backup_data import MakePlace, content, fill_place, url_of
from tests.conftest import running_server
from tests.database.backup_places import back_up, restore
from tests.database.upgrades.states import bring_to

Leave = Callable[[int], None]
# A server that is just made has more of its log than these few rows fill.
LOG_THERE = 16 << 20


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with running_server("embedded") as running:
        yield running


@pytest.fixture
def leave(monkeypatch: pytest.MonkeyPatch) -> Leave:
    """Give what leaves so many bytes on every disk."""
    usage = shutil.disk_usage("/")
    return lambda free: monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))


def embedded(place: Place) -> Place:
    """Return the place as one whose database is the embedded server's."""
    settings = place.settings.model_copy(update={"database_url": None})
    return Place(settings=settings, engine=place.engine, pictures=place.pictures)


def restore_at_home(path: Path, settings: Settings, *, replace: bool = False) -> Restored:
    with open_place(settings) as place:
        return restore_backup(path, embedded(place), replace=replace)


def is_untouched(settings: Settings) -> bool:
    return not any(content(settings).values()) and list(settings.meishi_home.iterdir()) == []


def bytes_inside(path: Path) -> tuple[int, int]:
    """Return how much the images and the rows of a backup are."""
    with check_backup(path) as checked:
        rows = sum(table.bytes for table in checked.manifest.tables)
        return checked.manifest.image_bytes, rows


def test_a_restore_without_room_writes_nothing(full: Settings, new_place: MakePlace, leave: Leave) -> None:
    path, other = back_up(full), new_place()
    images, rows = bytes_inside(path)
    needed = images + bytes_of_rows(rows, log_there=LOG_THERE)
    leave(needed - 1)
    with pytest.raises(NoRoom, match=rf"^The images and the database may take {size_in_words(needed)}, and "):
        restore_at_home(path, other)
    assert is_untouched(other)
    leave(needed)
    restore_at_home(path, other)
    assert content(other) == content(full)


def test_of_a_hosted_database_nothing_is_guessed(full: Settings, new_place: MakePlace, leave: Leave) -> None:
    path, other = back_up(full), new_place()
    images, _ = bytes_inside(path)
    leave(images - 1)
    with pytest.raises(NoRoom, match=r"^The images may take"):
        restore(path, other)
    leave(images)
    restore(path, other)


def test_images_that_lie_there_already_need_no_room(full: Settings, new_place: MakePlace, leave: Leave) -> None:
    path, other = back_up(full), new_place()
    shutil.copytree(full.meishi_home / "images", other.meishi_home / "images")
    leave(0)
    assert restore(path, other).images_there > 5


def test_the_backup_of_what_is_replaced_counts(full: Settings, leave: Leave) -> None:
    path, before = back_up(full), content(full)
    leave(1 << 20)
    with pytest.raises(NoRoom, match=r"^The database and the backup of what is there may take .*BACKUP_FOLDER"):
        restore_at_home(path, full, replace=True)
    assert content(full) == before
    assert list(full.backups.iterdir()) == [path]


def test_tables_of_an_older_meishi_are_there_twice_for_a_while(new_place: MakePlace, leave: Leave) -> None:
    older, other = new_place(empty=True), new_place()
    bring_to(url_of(older), "0016")
    fill_place(older, "0016")
    engine = make_engine(url_of(older))
    path = make_backup(Place(settings=older, engine=engine, pictures=open_store(older))).path
    engine.dispose()
    images, rows = bytes_inside(path)
    needed = images + bytes_of_rows(2 * rows, log_there=LOG_THERE)
    leave(needed - 1)
    with pytest.raises(NoRoom):
        restore_at_home(path, other)
    leave(needed)
    restore_at_home(path, other)


def test_a_move_without_room_writes_nothing(full: Settings, new_place: MakePlace, leave: Leave) -> None:
    other = new_place()
    leave(1000)
    with open_place(full) as here, open_place(other) as there:
        with pytest.raises(NoRoom, match=r"^The images and the database may take"):
            move(here, embedded(there))
        with pytest.raises(NoRoom, match=r"^The images may take"):
            move(here, there)
    assert is_untouched(other)


def test_what_moved_before_needs_no_room_to_be_found_there(
    full: Settings, new_place: MakePlace, leave: Leave
) -> None:
    with open_place(full) as here, open_place(new_place()) as there:
        move(here, there)
        leave(0)
        assert move(here, embedded(there)).was_there


def test_the_key_of_a_place_with_other_data_stays(full: Settings, new_place: MakePlace) -> None:
    other = new_place()
    fill_place(other)
    (other.meishi_home / FILE).write_text("the key of somebody else's list\n")
    with open_place(full) as here, open_place(other) as there:
        with there.engine.begin() as db:
            db.exec_driver_sql("delete from contacts where id = (select min(id) from contacts)")
        with pytest.raises(PlaceNotEmpty):
            move(here, there)
    assert (other.meishi_home / FILE).read_text() == "the key of somebody else's list\n"
