"""A backup back into a place: read whole and found good first, then its images, then all its rows at once."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import BinaryIO

from lib.analytics.refreshing import refresh
from lib.backup.checking import Checked, check_backup, unpacked
from lib.backup.errors import PlaceNotEmpty
from lib.backup.loading import Loaded, load, refuse_data, what_is_there
from lib.backup.making import Made, find_backup, make_backup
from lib.backup.place import Place, held, refuse_workers
from lib.backup.records import recorded
from lib.backup.room import Need, of_backup, of_images, of_rows, refuse_without_room
from lib.backup.tables import SQL, Columns, has_addresses
from lib.contacts.suppression_key import FILE, SuppressionKeyLost, check_value_of, read_key
from lib.database.migrations import known
from lib.errors import SettingsError

# So many images are noted at a time.
NOTED_AT_ONCE = 200
ALREADY = (
    "Restore into another place (set MEISHI_HOME, or DATABASE_URL and STORAGE_URL), or add --replace "
    "(make restore FILE=… REPLACE=1): what is there is backed up first, then it makes way."
)


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was restored from which backup. `before`: the backup of what made way; `is_key_lost`: nobody can tell who
    opted out until the key is set.
    """

    checked: Checked
    loaded: Loaded
    images: int
    images_there: int
    before: Made | None
    is_key_lost: bool


def restore_backup(path: Path, place: Place, *, replace: bool = False) -> Restored:
    """Return what was restored. All of it is there then; after an error nothing is, and it can be tried again.

    Raises NotABackup, BackupDamaged, BackupTooNew, PlaceNotEmpty, PlaceInUse, SuppressionKeyLost, NoRoom and what
    else goes wrong with database and images.
    """
    with check_backup(find_backup(path)) as checked:
        if not replace:
            refuse_data(place, remedy=ALREADY)
        refuse_workers_over_data(place)
        _refuse_other_key(place, checked)
        is_backed_up = replace and _has_data(place)
        refuse_without_room(_needs(place, checked, is_backed_up=is_backed_up))
        before = _back_up(place) if is_backed_up else None
        is_key_lost = not _install_key(place, checked)
        images, there = _restore_images(place, checked)
        loaded = load(place, _Rows(checked), replace=replace)
        refresh_dashboards(place)
    return Restored(
        checked=checked, loaded=loaded, images=images, images_there=there, before=before, is_key_lost=is_key_lost
    )


def refresh_dashboards(place: Place) -> None:
    """Make anew what is kept for the dashboards; killed before, a worker does it."""
    with place.engine.begin() as db:
        refresh(db, always=True)


def refuse_workers_over_data(place: Place) -> None:
    """Raise PlaceInUse where workers are at work on what is to make way; in an empty place they do no harm."""
    try:
        refuse_data(place, remedy="")
    except PlaceNotEmpty:
        refuse_workers(place, remedy="Stop the app and its workers (Ctrl+C where they run), then restore again.")


def _has_data(place: Place) -> bool:
    with place.engine.connect() as db:
        return bool(what_is_there(db))


def _needs(place: Place, checked: Checked, *, is_backed_up: bool) -> list[Need]:
    """Return what is to be written, and where."""
    # The tables of an older Meishi are filled beside ours, and let go of at the very end.
    times = 2 if len(checked.about.migrations) < len(known()) else 1
    return [
        *of_images(place, lambda: _bytes_of_new_images(place, checked)),
        *of_rows(place, lambda: sum(table.bytes for table in checked.manifest.tables), times=times),
        *([of_backup(place, "the backup of what is there")] if is_backed_up else []),
    ]


def _bytes_of_new_images(place: Place, checked: Checked) -> int:
    """Return the bytes of the images that do not lie in the store: of a restore that broke off some do."""
    images = (member for member, _ in checked.members() if member.name.startswith("images/"))
    return sum(image.size for image in images if not place.pictures.has(image.name.removeprefix("images/")))


def _back_up(place: Place) -> Made:
    with recorded(place, is_scheduled=False) as record:
        return record(make_backup(place))


def _refuse_other_key(place: Place, checked: Checked) -> None:
    """Raise SuppressionKeyLost where the place's opt-outs and the backup's cannot be one list."""
    with place.engine.connect() as db:
        here = db.execute(SQL["get_check_value"]).scalar()
    theirs = checked.manifest.suppression_check
    if here and theirs and here != theirs:
        raise SuppressionKeyLost(
            "The opt-outs here and those in the backup were made with two keys: they cannot be one list, and nobody "
            "who opted out may be lost.",
            "Restore into an empty place, or delete the opt-outs here first, if that is what you want.",
        )
    if theirs and checked.key and place.settings.suppression_key and not _fits(read_key(place.settings), theirs):
        raise SettingsError(
            "SUPPRESSION_KEY is not the key that the backup's opt-outs were made with.",
            "Take the setting out: the right key is in the backup.",
        )


def _install_key(place: Place, checked: Checked) -> bool:
    """Return whether the backup's opt-outs can be read here, its key being put in the home where that is needed."""
    theirs, key = checked.manifest.suppression_check, checked.key
    if theirs is None or _fits(read_key(place.settings), theirs):
        return True
    if key is None or not _fits(key, theirs):
        return False
    put_key(place.settings.meishi_home, key)
    return True


def put_key(home: Path, key: bytes) -> None:
    """Put the key of the opt-out list into the home; another one that is there keeps beside it."""
    home.mkdir(parents=True, exist_ok=True)
    file, draft = home / FILE, home / f"{FILE}.{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(key + b"\n")
        written.flush()
        os.fsync(written.fileno())
    if file.exists():
        file.rename(home / f"{FILE}.before-{secrets.token_hex(4)}")
    draft.rename(file)


def _fits(key: bytes | None, check_value: str) -> bool:
    return key is not None and hmac.compare_digest(check_value_of(key).hex(), check_value)


def _restore_images(place: Place, checked: Checked) -> tuple[int, int]:
    """Return how many images are there now, and how many of them were before."""
    there: list[bool] = []
    names = (line.decode().strip().partition("  images/")[2] for line in _lines(checked.sums))
    note_pictures(place, (name for name in names if name))

    def put(key: str, file: BinaryIO, sha256: str) -> None:
        with file:
            there.append(not place.pictures.put(key, file, sha256))

    place.pictures.each(put, _images(checked))
    return checked.manifest.images, sum(there)


def _images(checked: Checked) -> Iterator[tuple[str, BinaryIO, str]]:
    for member, reader in checked.members():
        if member.name.startswith("images/"):
            file, sha256 = held(reader.chunks())
            yield member.name.removeprefix("images/"), file, sha256


def note_pictures(place: Place, keys: Iterable[str]) -> None:
    """Note images before they are stored: those that nobody shows in the end are swept.

    Not those that lie there already: they may be somebody else's.
    """
    left = iter(keys)
    while some := list(islice(left, NOTED_AT_ONCE)):
        absent: list[str] = []

        def look(key: str, absent: list[str] = absent) -> None:
            if not place.pictures.has(key):
                absent.append(f"{place.pictures.base}/{key}")

        place.pictures.each(look, ((key,) for key in some))
        with place.engine.begin() as db:
            db.execute(SQL["hold_pictures"], {"urls": [f"{place.pictures.base}/{key}" for key in some]})
            db.execute(SQL["note_pictures"], {"urls": absent})


def _lines(sums: BinaryIO) -> Iterator[bytes]:
    sums.seek(0)
    return iter(sums.readline, b"")


class _Rows:
    """The rows in a backup."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self.migrations = checked.about.migrations
        self.ids = checked.manifest.ids
        self.tables = {
            table.name: (Columns(table.name, table.columns), table.rows) for table in checked.manifest.tables
        }

    def rows(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        members = (found for found in self._checked.members() if found[0].name.startswith("tables/"))
        for table, parts in groupby(members, lambda found: found[0].name.split("/")[1].split(".")[0]):
            chunks = (text for _, reader in parts for text in unpacked(reader.chunks()))
            yield table, _whole_lines(chunks) if has_addresses(table) else chunks


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines, each whole."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line + b"\n"
