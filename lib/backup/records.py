"""What is known of backups: one line each in the table `backups`, begun before the file and kept alive meanwhile."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from lib.backup.errors import BackupFailed, was_interrupted
from lib.backup.making import NAME, Made
from lib.backup.place import Place
from lib.backup.tables import SQL
from lib.database import get_row
from lib.errors import MeishiError
from lib.settings import Settings

SEEN_EVERY_S = 10.0
# One whose line stands still for longer is nobody's.
SILENCE_S = 90
GIVEN_UP = "The program that made it was ended."


@dataclass(frozen=True, kw_only=True)
class LastBackup:
    """The newest good backup; None where there is none. `error`: why the newest one failed, where it did."""

    finished_at: dt.datetime | None
    bytes: int | None
    host: str | None
    folder: str | None
    file_name: str | None
    missing: int | None
    seconds_ago: float | None
    error: str | None
    failed_host: str | None
    failed_folder: str | None


def last_backup(db: Connection) -> LastBackup:
    """Return what is known of the last backup."""
    found = get_row(db, SQL["get_last_backups"], LastBackup)
    assert found is not None  # noqa: S101  (one row, always)
    return found


def begin_scheduled(db: Connection, settings: Settings) -> int | None:
    """Return the id of the backup that is due now and that the caller is to make; None where there is none."""
    db.execute(SQL["give_up_backups"], {"given_up": GIVEN_UP, "silence_s": SILENCE_S})
    about = {"every_s": 3600 * settings.backup_every_hours, "given_up": GIVEN_UP}
    if not db.execute(SQL["is_backup_due"], about).scalar_one():
        return None
    return _add(db, settings, is_scheduled=True)


@contextmanager
def recorded(place: Place, *, is_scheduled: bool, backup_id: int | None = None) -> Iterator[Callable[[Made], Made]]:
    """Give what notes the backup that is made in the block, in a line of its own or in the one of `backup_id`.

    Its error is noted too. While the block lasts the line is kept alive.
    """
    if backup_id is None:
        with place.engine.begin() as db:
            backup_id = _add(db, place.settings, is_scheduled=is_scheduled)
    assert backup_id is not None  # noqa: S101  (only scheduled ones are one at a time)
    found = backup_id

    def note(made: Made) -> Made:
        manifest = made.manifest
        contacts, name = manifest.rows_of("contacts"), made.path.name
        about = {"contacts": contacts, "images": manifest.images, "missing": manifest.missing, "error": None}
        if not _finish(place, found, file_name=name, bytes=made.bytes, sha256=made.sha256, **about):
            # This machine slept for so long that another one took over.
            made.path.unlink(missing_ok=True)
            raise BackupFailed("Another worker makes this backup now.", "Nothing is to be done.")
        return made

    over = threading.Event()
    alive = threading.Thread(target=_keep_alive, args=(place, found, over), daemon=True, name="backup")
    alive.start()
    try:
        yield note
    except BaseException as error:
        with suppress(SQLAlchemyError, MeishiError):
            _finish(place, found, error=_said_of(error))
        raise
    finally:
        over.set()
        alive.join()


def delete_older(place: Place) -> list[Path]:
    """Return the scheduled backups of this machine's folder that made way: all but the newest `BACKUP_KEEP` ones.

    Those made by hand stay, and files that are none of ours.
    """
    folder = place.settings.backups
    about = {"host": socket.gethostname(), "folder": str(folder)}
    with place.engine.connect() as db:
        known = [(row.id, row.file_name) for row in db.execute(SQL["list_good_scheduled"], about)]
    there = [(id, folder / name) for id, name in known if NAME.fullmatch(name) and (folder / name).is_file()]
    gone: list[Path] = []
    for id, path in there[max(1, place.settings.backup_keep) :]:
        path.unlink(missing_ok=True)
        with place.engine.begin() as db:
            db.execute(SQL["note_deleted_backup"], {"backup_id": id})
        gone.append(path)
    return gone


def _said_of(error: BaseException) -> str:
    if was_interrupted(error) or not isinstance(error, Exception):
        return GIVEN_UP
    if isinstance(error, MeishiError):
        return str(error)
    return f"Something went wrong that nobody foresaw ({type(error).__name__})."


def _add(db: Connection, settings: Settings, *, is_scheduled: bool) -> int | None:
    about = {"is_scheduled": is_scheduled, "host": socket.gethostname(), "folder": str(settings.backups)}
    found: int | None = db.execute(SQL["add_backup"], about).scalar()
    return found


def _finish(place: Place, backup_id: int, **found: object) -> bool:
    empty = dict.fromkeys(("file_name", "bytes", "sha256", "contacts", "images", "missing", "error"))
    with place.engine.begin() as db:
        return bool(db.execute(SQL["finish_backup"], {**empty, **found, "backup_id": backup_id}).all())


def _keep_alive(place: Place, backup_id: int, over: threading.Event) -> None:
    while not over.wait(SEEN_EVERY_S):
        # A database that is away for a moment: the next time is soon enough.
        with suppress(SQLAlchemyError), place.engine.begin() as db:
            db.execute(SQL["see_backup"], {"backup_id": backup_id})
