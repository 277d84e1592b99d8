"""Whether what is to be written fits where it is to go: reckoned before anything is written."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lib.backup.errors import NoRoom
from lib.backup.place import Place, existing
from lib.backup.tables import SQL
from lib.database import load_queries
from lib.words import size_in_words

ROOM = load_queries("backup/room")
# Bytes of tables and indexes for one of COPY's text: measured with `lib.demo --contacts` 20,000 (2.3 with 100,000,
# 2.2 with 400,000; 1.5 where the 20,000 held what is read of a card). The server's log of changes grew by as much
# again, to 1.12 GB at most. Where there is no room for the log the server goes down: so it counts.
TABLES_PER_COPIED = 2.4
LARGEST_LOG = 1_125_000_000
# Beyond what was reckoned: the log's files are of 16 MB each, and a backup has more inside than rows and images.
SPARE = 32 << 20


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is to be written into a folder, its bytes, and the setting that leads it elsewhere."""

    what: str
    folder: Path
    bytes: int
    setting: str


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A file system, and the bytes that are free there."""

    device: int
    free: int


def disk_of(folder: Path) -> Disk:
    """Return the file system that the folder is on, or will be."""
    there = existing(folder)
    return Disk(device=there.stat().st_dev, free=shutil.disk_usage(there).free)


def refuse_without_room(needs: Iterable[Need], disk_of: Callable[[Path], Disk] = disk_of) -> None:
    """Raise NoRoom where what goes to one file system is together more than is free there."""
    on_disks: dict[int, list[Need]] = defaultdict(list)
    free: dict[int, int] = {}
    for need in needs:
        disk = disk_of(need.folder)
        on_disks[disk.device].append(need)
        free[disk.device] = disk.free
    for device, there in on_disks.items():
        if sum(need.bytes for need in there) > free[device]:
            raise _no_room([need for need in there if need.bytes], free[device])


def _no_room(needs: list[Need], free: int) -> NoRoom:
    needed = size_in_words(sum(need.bytes for need in needs))
    folder = max(needs, key=lambda need: need.bytes).folder
    return NoRoom(
        f"{_listed([need.what for need in needs], 'and').capitalize()} may take {needed}, and there are "
        f"{size_in_words(free)} left in {folder}.",
        f"Make room there, or set {_listed([need.setting for need in needs], 'or')} to a folder on another disk.",
    )


def _listed(words: list[str], link: str) -> str:
    return f" {link} ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def of_backup(place: Place, what: str = "the backup") -> Need:
    """Return what a backup of the place may take. Raises StorageUnavailable."""
    with place.engine.connect() as db:
        rows = int(db.execute(SQL["get_room_taken"]).scalar_one())
    size = rows + place.pictures.room_taken() + SPARE
    return Need(what=what, folder=place.settings.backups, bytes=size, setting="BACKUP_FOLDER")


def of_rows(place: Place, copied: Callable[[], int], *, times: int = 1) -> list[Need]:
    """Return what rows take, `copied` bytes as COPY writes them, so many `times` over.

    Nothing where the database is not the embedded one: how much room a server has it does not tell.
    """
    if place.settings.database_url:
        return []
    with place.engine.connect() as db:
        server = db.execute(ROOM["look_at_server"]).one()
    size = bytes_of_rows(copied() * times, log_there=server.log_bytes)
    return [Need(what="the database", folder=Path(server.folder), bytes=size, setting="MEISHI_HOME")]


def bytes_of_rows(copied: int, *, log_there: int) -> int:
    """Return the bytes of tables, indexes and what the log of changes grows by: what is there of it is used anew."""
    tables = round(copied * TABLES_PER_COPIED)
    return tables + max(0, min(tables, LARGEST_LOG) - log_there) + SPARE


def of_images(place: Place, size: Callable[[], int]) -> list[Need]:
    """Return what images of `size` bytes take; nothing in a bucket, whose room nobody knows."""
    if place.pictures.folder is None:
        return []
    return [Need(what="the images", folder=place.pictures.folder, bytes=size(), setting="STORAGE_URL")]
