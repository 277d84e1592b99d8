"""Backups: everything in one file, and everything back from it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.backup.making import make_backup
from lib.backup.place import open_place
from lib.backup.restoring import restore_backup
from lib.database.embedded import EmbeddedServer
from lib.settings import Settings
from tests.backup_data import MakePlace, content, fill_place, settings_for
from tests.conftest import TEMPLATE, run


@pytest.fixture
def new_place(server: EmbeddedServer, tmp_path: Path) -> Iterator[MakePlace]:
    """Make places: a database and a home of their own."""
    made: list[str] = []

    def make(template: str = TEMPLATE, **more: object) -> Settings:
        name = f"place_{uuid.uuid4().hex[:12]}"
        run(server, f"create database {name} template {template}")
        made.append(name)
        home = tmp_path / name
        home.mkdir()
        return settings_for(server.url(name), home, **more)

    yield make
    for name in made:
        run(server, f"drop database {name} with (force)")


@pytest.fixture
def full(new_place: MakePlace) -> Settings:
    """A place with something of everything."""
    settings = new_place()
    fill_place(settings)
    return settings


def back_up(settings: Settings) -> Path:
    with open_place(settings) as place:
        return make_backup(place).path


def restore(path: Path, settings: Settings, **more: bool) -> None:
    with open_place(settings) as place:
        restore_backup(path, place, **more)


def test_everything_comes_back_as_it_was(full: Settings, new_place: MakePlace) -> None:
    before = content(full)
    assert all(before.values()), "fill every table"
    path = back_up(full)
    other = new_place()
    restore(path, other)
    assert content(other) == before
