"""One file with all there is: written under another name, read back from the disk, and only then given its own."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import tempfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from lib.backup.checking import check_backup
from lib.backup.errors import BackupFailed
from lib.backup.manifest import FORMAT, NAMED, About, KeyPlace, Manifest, Table, as_json
from lib.backup.place import Place
from lib.backup.room import of_backup, refuse_without_room
from lib.backup.tables import SQL, Columns, as_snapshot, list_tables, read_ids, read_rows
from lib.backup.tar import ABOUT, KEY_FILE, MANIFEST, TarWriter
from lib.contacts.suppression_key import read_key
from lib.errors import NotFound
from lib.storage.files import flush

# Rows of a table are in files of about so many bytes before they are packed: one is held in memory.
PART = 16 << 20
# Little time for most of what packing can save.
LEVEL = 1
GZIP = 31
NAME = re.compile(r"meishi-\d{4}-\d\d-\d\dT\d{4}Z(-\d+)?\.tar")
HALF = ".part"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A backup that was made and read back."""

    path: Path
    bytes: int
    sha256: str
    manifest: Manifest
    seconds: float


def make_backup(place: Place) -> Made:
    """Return the backup of the place, in the folder of its settings.

    Raises BackupFailed, NoRoom, DatabaseUnavailable, StorageUnavailable; then no file is left.
    """
    began = time.perf_counter()
    folder = place.settings.backups
    made_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sweep_halves(folder)
        refuse_without_room([of_backup(place)])
        with _new_file(folder, made_at) as (file, path):
            writer = TarWriter(file)
            _write(place, writer, made_at)
            writer.close()
            if hasattr(os, "posix_fadvise"):
                # What is read now comes from the disk, not from memory.
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            with check_backup(Path(file.name)) as checked:
                if checked.sha256 != writer.sha256.hexdigest():
                    raise BackupFailed("The disk gives back something else than was written.", "Check the disk.")
                size, manifest = Path(file.name).stat().st_size, checked.manifest
    except OSError as error:
        raise BackupFailed(
            f"The backup could not be written to {folder}: {error.strerror}.",
            "Make room there, or set BACKUP_FOLDER to a folder you may write to.",
        ) from error
    seconds = time.perf_counter() - began
    return Made(path=path, bytes=size, sha256=checked.sha256, manifest=manifest, seconds=seconds)


def sweep_halves(folder: Path) -> None:
    """Delete what killed programs left half written; what somebody writes this moment stays."""
    for path in folder.glob(f"meishi-*{HALF}"):
        with suppress(OSError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


@contextmanager
def _new_file(folder: Path, made_at: dt.datetime) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a file to write and the path that it has at the end; after an error it is gone."""
    path, half = _free_name(folder, made_at)
    try:
        # Held while it is written, so that nobody sweeps it.
        with half.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file, path
            half.rename(path)
        flush(folder)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _free_name(folder: Path, made_at: dt.datetime) -> tuple[Path, Path]:
    for number in range(1, 1000):
        path = folder / f"meishi-{made_at:%Y-%m-%dT%H%MZ}{f'-{number}' if number > 1 else ''}.tar"
        half = path.with_name(path.name + HALF)
        try:
            os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        if not path.exists():
            return path, half
        half.unlink()
    raise BackupFailed(f"There are too many backups of this minute in {folder}.", "Try it again in a minute.")


def _write(place: Place, writer: TarWriter, made_at: dt.datetime) -> None:
    with tempfile.TemporaryFile() as keys:
        with as_snapshot(place.engine) as db:
            migrations = tuple((row.name, row.sha256) for row in db.execute(SQL["list_migrations"]))
            about = as_json(About(format=FORMAT, made_at=made_at, migrations=migrations))
            writer.add(ABOUT, len(about), [about])
            tables = tuple(_add_table(db, writer, table) for table in list_tables(db))
            ids = read_ids(db)
            check = db.execute(SQL["get_check_value"]).scalar()
            server = str(db.execute(SQL["get_server_version"]).scalar_one())
            # Images take long: they are read when the snapshot has been let go of.
            for key in db.execute(SQL["list_pictures"], execution_options={"yield_per": 1000}).scalars():
                keys.write(f"{key}\n".encode())
        key_place = _add_key(place, writer)
        keys.seek(0)
        count, size, missing, names = _add_pictures(place, writer, (line.decode().strip() for line in keys))
    manifest = as_json(
        Manifest(
            tables=tables, ids=ids, images=count, image_bytes=size, missing=missing, missing_images=tuple(names),
            suppression_key=key_place, suppression_check=check, sums_sha256=writer.add_sums(), server=server,
        )
    )  # fmt: skip
    writer.add(MANIFEST, len(manifest), [manifest])


def _add_table(db: Connection, writer: TarWriter, table: Columns) -> Table:
    rows = size = parts = 0
    packer, packed, inside = zlib.compressobj(LEVEL, wbits=GZIP), [], 0

    def flush() -> None:
        nonlocal packer, packed, inside, parts
        packed.append(packer.flush())
        parts += 1
        writer.add(f"tables/{table.name}.{parts:05}.copy.gz", sum(map(len, packed)), packed)
        packer, packed, inside = zlib.compressobj(LEVEL, wbits=GZIP), [], 0

    for row in read_rows(db, table):
        rows, size, inside = rows + 1, size + len(row), inside + len(row)
        packed.append(packer.compress(row))
        if inside >= PART:
            flush()
    if inside:
        flush()
    return Table(name=table.name, columns=table.columns, rows=rows, bytes=size, parts=parts)


def _add_key(place: Place, writer: TarWriter) -> KeyPlace:
    if place.settings.suppression_key:
        return "environment"
    key = read_key(place.settings)
    if key is None:
        return "none"
    writer.add(KEY_FILE, len(key) + 1, [key + b"\n"])
    return "inside"


def _add_pictures(place: Place, writer: TarWriter, keys: Iterable[str]) -> tuple[int, int, int, list[str]]:
    """Return how many there are and their bytes, how many are missing, and the names of those."""
    count = size = missing = 0
    names: list[str] = []
    for key in keys:
        found = place.pictures.open(key)
        if found is None:
            missing += 1
            names += [key] if missing <= NAMED else []
            continue
        writer.add(f"images/{key}", found[0], found[1])
        count, size = count + 1, size + found[0]
    return count, size, missing, names


def find_backup(path: Path) -> Path:
    """Return the path of a file. Raises NotFound."""
    if path == Path():
        raise NotFound("No backup is named.", "Name its file: make restore FILE=/path/to/meishi-….tar")
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "List the backups with: python -m lib.backup list")
    return path
