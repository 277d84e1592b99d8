"""Places for the tests of backups: a database and a home each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.backup.making import make_backup
from lib.backup.place import open_place
from lib.backup.restoring import Restored, restore_backup
from lib.database.embedded import EmbeddedServer
from lib.settings import Settings
from tests.backup_data import MakePlace, settings_for
from tests.conftest import TEMPLATE, run


@contextmanager
def places(server: EmbeddedServer, folder: Path) -> Iterator[MakePlace]:
    """Give what makes places; `empty` ones have no tables at all."""
    made: list[str] = []

    def make(*, empty: bool = False, **more: object) -> Settings:
        name = f"place_{uuid.uuid4().hex[:12]}"
        run(server, f"create database {name} template {'template0' if empty else TEMPLATE}")
        made.append(name)
        home = folder / name
        home.mkdir()
        return settings_for(server.url(name), home, **more)

    yield make
    for name in made:
        run(server, f"drop database {name} with (force)")


def back_up(settings: Settings) -> Path:
    """Return the file of a new backup."""
    with open_place(settings) as place:
        return make_backup(place).path


def restore(path: Path, settings: Settings, *, replace: bool = False) -> Restored:
    """Restore the backup."""
    with open_place(settings) as place:
        return restore_backup(path, place, replace=replace)
