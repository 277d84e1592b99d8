"""A backup read from its beginning to its end, every byte: is it as it was written?"""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lib.backup.errors import BackupTooNew
from lib.backup.manifest import About, Manifest, read_about, read_manifest
from lib.backup.tar import (
    ABOUT,
    KEY_FILE,
    MANIFEST,
    READ_AT_ONCE,
    SUMS,
    Member,
    TarReader,
    damaged,
    sum_line,
)
from lib.database import migrations

GZIP = 31
# A row of PostgreSQL has no more than a gigabyte; nothing of ours has more beside it in one part.
LARGEST_PART = (1 << 30) + (64 << 20)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A backup in which everything is as it was written; it is closed to others until the block ends."""

    path: Path
    about: About
    manifest: Manifest
    key: bytes | None
    sha256: str
    file: BinaryIO
    sums: BinaryIO

    def members(self) -> Iterator[tuple[Member, TarReader]]:
        """Yield the members again, each with what reads it. Raises BackupDamaged where one changed meanwhile.

        Those that are not read are skipped.
        """
        self.file.seek(0)
        self.sums.seek(0)
        reader = TarReader(self.file)
        for member in reader:
            if member.name in (SUMS, MANIFEST):
                continue
            again = _Again(reader)
            yield member, again
            line = self.sums.readline()
            if again.is_read and sum_line(again.sha256.hexdigest(), member.name) != line:
                raise damaged(f"{member.name} changed meanwhile")


class _Again(TarReader):
    """Reads one member and keeps its sum."""

    def __init__(self, reader: TarReader) -> None:
        self._reader, self.is_read, self.sha256 = reader, False, hashlib.sha256()

    def read(self, size: int = READ_AT_ONCE) -> bytes:
        self.is_read = True
        data = self._reader.read(size)
        self.sha256.update(data)
        return data


@contextmanager
def check_backup(path: Path) -> Iterator[Checked]:
    """Give the backup when all of it was read and found whole.

    Raises NotABackup, BackupDamaged, BackupTooNew.
    """
    with path.open("rb") as file, tempfile.TemporaryFile() as sums:
        reader, found = TarReader(file, whole=True), _Found(sums)
        for member in reader:
            found.add(member, reader)
        about, manifest, key = found.result()
        yield Checked(
            path=path, about=about, manifest=manifest, key=key, sha256=reader.sha256.hexdigest(), file=file, sums=sums
        )


class _Found:
    """What was met while reading."""

    def __init__(self, sums: BinaryIO) -> None:
        self.sums = sums
        self._held: dict[str, bytes] = {}
        self._sums_sha256 = ""
        self._rows: dict[str, tuple[int, int, int]] = {}
        self._images = self._image_bytes = 0

    def add(self, member: Member, reader: TarReader) -> None:
        if member.name == SUMS:
            self._sums_sha256 = self._compare(reader)
            return
        sha256 = hashlib.sha256()
        if member.name in (ABOUT, KEY_FILE, MANIFEST):
            self._held[member.name] = b"".join(reader.chunks())
            sha256.update(self._held[member.name])
            if member.name == ABOUT:
                refuse_newer(read_about(self._held[ABOUT]))
        elif member.name.startswith("tables/"):
            self._count(member.name, _hashed(reader, sha256))
        else:
            self._images, self._image_bytes = self._images + 1, self._image_bytes + member.size
            for chunk in reader.chunks():
                sha256.update(chunk)
        if member.name != MANIFEST:
            self.sums.write(sum_line(sha256.hexdigest(), member.name))

    def result(self) -> tuple[About, Manifest, bytes | None]:
        manifest = read_manifest(self._held[MANIFEST])
        if manifest.sums_sha256 != self._sums_sha256:
            raise damaged("its list of sums was changed or is missing")
        said = {table.name: (table.rows, table.bytes, table.parts) for table in manifest.tables if table.parts}
        if said != self._rows or (manifest.images, manifest.image_bytes) != (self._images, self._image_bytes):
            raise damaged("it holds something else than it says")
        if (manifest.suppression_key == "inside") != (KEY_FILE in self._held):
            raise damaged("the key of the opt-out list is missing")
        key = self._held.get(KEY_FILE)
        return read_about(self._held[ABOUT]), manifest, key.strip() if key else None

    def _count(self, name: str, chunks: Iterator[bytes]) -> None:
        table, number = name.removeprefix("tables/").split(".")[:2]
        rows, size, parts = self._rows.get(table, (0, 0, 0))
        if int(number) != parts + 1:
            raise damaged(f"a part of the table {table} is missing")
        last = b""
        for text in unpacked(chunks):
            rows, size, last = rows + text.count(b"\n"), size + len(text), text
        if not last.endswith(b"\n"):
            raise damaged(f"a row of the table {table} is cut off")
        self._rows[table] = (rows, size, parts + 1)

    def _compare(self, reader: TarReader) -> str:
        """Return the sum of the sums, which are what was read so far."""
        sha256, rest = hashlib.sha256(), b""
        self.sums.seek(0)
        for chunk in reader.chunks():
            sha256.update(chunk)
            if self.sums.read(len(chunk)) != chunk:
                raise damaged("a file in it is not as it was written")
            rest = chunk
        if self.sums.read(1) or not rest:
            raise damaged("a file in it is not in its list")
        return sha256.hexdigest()


def refuse_newer(about: About) -> None:
    """Raise BackupTooNew unless the backup's migrations are ours, or the first of ours."""
    ours = migrations.known()
    if any(name not in ours for name, _ in about.migrations):
        raise BackupTooNew("A newer Meishi made this backup.", "Update this program, then restore it.")
    if about.migrations != tuple(ours.items())[: len(about.migrations)]:
        raise BackupTooNew("A Meishi with other tables made this backup.", "Restore it with that program.")


def unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what was packed, a piece at a time. Raises BackupDamaged, also where it would be absurdly large."""
    packer, size = zlib.decompressobj(wbits=GZIP), 0
    try:
        for chunk in chunks:
            while chunk:
                text = packer.decompress(chunk, READ_AT_ONCE)
                size += len(text)
                if size > LARGEST_PART or packer.unused_data:
                    raise damaged("a packed part holds more than it can")
                if text:
                    yield text
                chunk = packer.unconsumed_tail
    except zlib.error:
        raise damaged("a packed part cannot be unpacked") from None
    if not packer.eof:
        raise damaged("a packed part is cut off")


def _hashed(reader: TarReader, sha256: object) -> Iterator[bytes]:
    for chunk in reader.chunks():
        sha256.update(chunk)  # type: ignore[attr-defined]
        yield chunk
