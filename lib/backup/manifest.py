"""What a backup says of itself: at its beginning what it needs to be read, at its end all that is in it."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lib.backup.errors import BackupTooNew
from lib.backup.tar import damaged

FORMAT = 1
# Of the images that are missing so many are named.
NAMED = 10_000
Kind = TypeVar("Kind")
KeyPlace = Literal["inside", "environment", "none"]


@dataclass(frozen=True, kw_only=True)
class About:
    """The first member: what one must know to read the others. `migrations`: name and SHA-256, in order."""

    __pydantic_config__ = ConfigDict(extra="ignore")

    format: int
    made_at: dt.datetime
    migrations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table's rows as COPY writes them, in `parts` files."""

    name: str
    columns: tuple[str, ...]
    rows: int
    bytes: int
    parts: int


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The last member. `ids`: by table and column the last one given. `suppression_check`: tells the opt-out key."""

    __pydantic_config__ = ConfigDict(extra="ignore")

    tables: tuple[Table, ...]
    ids: dict[str, int]
    images: int
    image_bytes: int
    missing: int
    missing_images: tuple[str, ...]
    suppression_key: KeyPlace
    suppression_check: str | None
    sums_sha256: str
    server: str

    def rows_of(self, table: str) -> int:
        """Return how many rows of the table are inside."""
        return next((found.rows for found in self.tables if found.name == table), 0)


def as_json(value: About | Manifest) -> bytes:
    """Return it as the backup holds it."""
    return (json.dumps(asdict(value), default=str, ensure_ascii=False, indent=1) + "\n").encode()


def read_about(data: bytes) -> About:
    """Return what the first member says. Raises BackupTooNew, BackupDamaged."""
    found = _loaded(data)
    # Looked at by itself: of a newer format nothing else is known.
    if isinstance(found.get("format"), int) and found["format"] > FORMAT:
        raise BackupTooNew("A newer Meishi made this backup.", "Update this program, then restore it.")
    return _as(About, found)


def read_manifest(data: bytes) -> Manifest:
    """Return what the last member says. Raises BackupDamaged."""
    return _as(Manifest, _loaded(data))


def _loaded(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise damaged("what it says of itself cannot be read")
    return found


def _as(kind: type[Kind], found: dict[str, Any]) -> Kind:
    try:
        return TypeAdapter(kind).validate_python(found)
    except ValidationError:
        raise damaged("what it says of itself cannot be read") from None
