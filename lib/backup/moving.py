"""All there is from one place to another: images first, then every row at once, counted and summed on both sides."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import PydanticBaseSettingsSource
from sqlalchemy import Connection

from lib.backup.errors import BackupFailed, PlaceNotEmpty
from lib.backup.loading import load, what_is_there
from lib.backup.place import Place, held, refuse_workers
from lib.backup.restoring import note_pictures, put_key, refresh_dashboards
from lib.backup.room import Need, of_images, of_rows, refuse_without_room
from lib.backup.tables import SQL, Columns, as_snapshot, at_home, list_tables, read_ids, read_rows
from lib.contacts.suppression_key import SuppressionKeyLost, check_value_of, read_key
from lib.errors import NotFound, SettingsError
from lib.settings import REMEDIES, Settings

# Settings that say where data are: what the file leaves out of these is the local default.
OF_A_PLACE = (
    "database_url", "storage_url", "aws_access_key_id", "aws_secret_access_key", "aws_endpoint_url", "aws_region",
)  # fmt: skip
# Lines that a place drops by itself as time goes by: they do not tell whether the rest is the same.
PASSING = ("loose_images", "undo_memories", "undo_rows")
# So many images are begun together.
AT_A_TIME = 500
# A sum of sums, so that the order of the rows does not matter.
MODULUS = 1 << 256


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A table, or the images, in both places. Equal sums: the same rows, whatever their order."""

    name: str
    here: int
    there: int
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What was moved, or had been before; `missing`: images that the database names and the old place lacks."""

    compared: list[Compared]
    was_there: bool
    missing: list[str]
    key_is_local: bool


class _Alone(Settings):
    """Settings of what they are given, whatever the environment says."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type, init_settings: PydanticBaseSettingsSource, *_: object, **__: object
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


def settings_of(path: Path, here: Settings) -> Settings:
    """Return the settings of the place that the file's lines lead to; the home is today's where it names none.

    Raises NotFound, SettingsError.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", "Write the lines into it that are to be in .env afterwards.")
    lines = {name.lower(): value for name, value in dotenv_values(path).items() if value}
    kept = {name: getattr(here, name) for name in Settings.model_fields if name not in OF_A_PLACE}
    try:
        return _Alone(**{**kept, **{name: value for name, value in lines.items() if name in Settings.model_fields}})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).lower()
        raise SettingsError(f"The setting {name.upper()} in {path} cannot be used.", REMEDIES.get(name, "")) from None


def move(here: Place, there: Place, *, while_working: bool = False) -> Moved:
    """Return what was moved: all of it is in both places then, and nothing was taken away here.

    A break leaves the other place without rows; moved again, only what is missing is copied. Raises PlaceInUse,
    PlaceNotEmpty, SuppressionKeyLost, NoRoom and what else goes wrong with databases and images.
    """
    if not while_working:
        remedy = "Stop the app and its workers, then move again; or add --while-working: what they do stays here."
        refuse_workers(here, remedy=remedy)
    with as_snapshot(here.engine) as db:
        _refuse_same(db, there)
        compared = _compare_filled(db, there)
        if compared is None:
            refuse_without_room(_needs(db, here, there))
        _share_key(db, here, there)
        missing = _copy_pictures(db, here, there)
        was_there = compared is not None
        if compared is None:
            compared = _copy_rows(db, there)
    if not was_there:
        refresh_dashboards(there)
    images = Compared(name="images", here=missing.copied, there=missing.copied, is_same=True)
    key_is_local = read_key(there.settings) is not None and not there.settings.suppression_key
    return Moved(compared=[*compared, images], was_there=was_there, missing=missing.names, key_is_local=key_is_local)


def _refuse_same(db: Connection, there: Place) -> None:
    mark = secrets.randbits(62)
    db.execute(SQL["mark_place"], {"mark": mark})
    with there.engine.connect() as other:
        if other.execute(SQL["is_same_place"], {"mark": mark}).scalar_one():
            raise PlaceNotEmpty("Both are the same database.", "Give a file with the settings of another one.")


def _needs(db: Connection, here: Place, there: Place) -> list[Need]:
    """Return what is to be written, and where."""

    def images() -> int:
        # Of a move that broke off some lie there already.
        is_same = here.pictures.is_same(there.pictures)
        return 0 if is_same else max(0, here.pictures.room_taken() - there.pictures.room_taken())

    def rows() -> int:
        return sum(len(row) for table in list_tables(db) for row in read_rows(db, table))

    return [*of_images(there, images), *of_rows(there, rows)]


def _share_key(db: Connection, here: Place, there: Place) -> None:
    """Have the key of the opt-out list in the other place's home, too."""
    check_value = db.execute(SQL["get_check_value"]).scalar()
    if check_value is None:
        return
    ours, theirs = read_key(here.settings), read_key(there.settings)
    if theirs is not None and check_value_of(theirs).hex() == check_value:
        return
    if ours is None or check_value_of(ours).hex() != check_value:
        raise SuppressionKeyLost(
            "The key of the opt-out list is missing.", "Put it back in its place first, so that it can move along."
        )
    if there.settings.suppression_key:
        raise SettingsError(
            "SUPPRESSION_KEY of the other place is not the one that the opt-outs here were made with.",
            "Give both the same, or take the setting out.",
        )
    put_key(there.settings.meishi_home, ours)


def _compare_filled(db: Connection, there: Place) -> list[Compared] | None:
    """Return how both compare where all of this is in the other place already, None where that one is empty.

    Raises PlaceNotEmpty for one that holds something else.
    """
    with as_snapshot(there.engine) as other:
        found = what_is_there(other)
        if not found:
            return None
        compared = []
        for table in list_tables(db):
            if table.name not in PASSING:
                ours, theirs = (
                    _sum_up(at_home(table, read_rows(side, table), there.pictures.base)) for side in (db, other)
                )
                compared.append(Compared(name=table.name, here=ours[0], there=theirs[0], is_same=ours == theirs))
    if not all(one.is_same for one in compared):
        raise PlaceNotEmpty(
            f"There are other data in {there.name} already: {found}.",
            "Give an empty database; for the embedded one, another MEISHI_HOME. If this was moved before, one of the "
            "two was changed since: the newer is the one to use.",
        )
    return compared


@dataclass
class _Pictures:
    copied: int
    names: list[str]


def _copy_pictures(db: Connection, here: Place, there: Place) -> _Pictures:
    keys = db.execute(SQL["list_pictures"], execution_options={"yield_per": AT_A_TIME}).scalars()
    is_same = here.pictures.is_same(there.pictures)
    found, lock = _Pictures(0, []), threading.Lock()

    def copy(key: str) -> None:
        picture = here.pictures.open(key)
        if picture is None:
            with lock:
                found.names.append(key)
            return
        if is_same:
            with lock:
                found.copied += 1
            return
        file, sha256 = held(picture[1])
        with file:
            # Reads back what it has stored, or what was there, and compares.
            there.pictures.put(key, file, sha256)
        with lock:
            found.copied += 1

    for some in keys.partitions(AT_A_TIME):
        if not is_same:
            note_pictures(there, some)
        there.pictures.each(copy, ((key,) for key in some))
    found.names.sort()
    return found


def _copy_rows(db: Connection, there: Place) -> list[Compared]:
    rows = _Rows(db, there.pictures.base)
    compared: list[Compared] = []

    def check(other: Connection) -> None:
        """Read back what is to be committed."""
        for name, (table, count) in rows.tables.items():
            if name != "loose_images":
                theirs = _sum_up(read_rows(other, table))
                same = theirs == rows.sums[name]
                compared.append(Compared(name=name, here=count, there=theirs[0], is_same=same))
        if different := [one.name for one in compared if not one.is_same]:
            raise BackupFailed(
                f"What arrived is not what was sent: {', '.join(different)}.", "Nothing was moved. Try it again."
            )

    load(there, rows, check=check)
    return compared


class _Rows:
    """The rows of an open place, summed up as they are read."""

    def __init__(self, db: Connection, base: str) -> None:
        self._db, self._base = db, base
        self.migrations = tuple((row.name, row.sha256) for row in db.execute(SQL["list_migrations"]))
        self.ids = read_ids(db)
        self.sums: dict[str, tuple[int, int]] = {}
        # As many as are sent: the snapshot is of one moment.
        self.tables = {table.name: (table, _count(db, table)) for table in list_tables(db)}

    def rows(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        for name, (table, _) in self.tables.items():
            yield name, self._summed(name, at_home(table, read_rows(self._db, table), self._base))

    def _summed(self, name: str, rows: Iterable[bytes]) -> Iterator[bytes]:
        count = total = 0
        for row in rows:
            count, total = count + 1, total + _number(row)
            yield row
        self.sums[name] = (count, total % MODULUS)


def _sum_up(rows: Iterable[bytes]) -> tuple[int, int]:
    count = total = 0
    for row in rows:
        count, total = count + 1, total + _number(row)
    return count, total % MODULUS


def _number(row: bytes) -> int:
    return int.from_bytes(hashlib.sha256(row).digest(), "big")


def _count(db: Connection, table: Columns) -> int:
    return int(db.exec_driver_sql(f'select count(*) from "{table.name}"').scalar_one())  # noqa: S608 (our own)
