"""The file of a backup: a plain tar that any program can open, written and read as a stream.

It is read by rules stricter than tar's, which make it safe to read one from anywhere: nothing but regular files under
names of ours, in the order they are written in, and none is ever written to a path that the file names.
"""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lib.backup.errors import BackupDamaged, NotABackup

BLOCK = tarfile.BLOCKSIZE
ZEROS = bytes(BLOCK)
READ_AT_ONCE = 1 << 20
ABOUT, KEY_FILE, SUMS, MANIFEST = "about.json", "suppression.key", "SHA256SUMS", "manifest.json"
# The members in their order.
NAMES = (
    re.compile(r"about\.json"),
    re.compile(r"tables/[a-z][a-z0-9_]{0,62}\.[0-9]{5}\.copy\.gz"),
    re.compile(r"suppression\.key"),
    re.compile(r"images/(?:cards/[0-9]+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5}"),
    re.compile(r"SHA256SUMS"),
    re.compile(r"manifest\.json"),
)
# Those that are read whole have a limit; the others are read by the piece.
LIMITS = {ABOUT: 1 << 20, KEY_FILE: 1 << 12, MANIFEST: 16 << 20}


class TarWriter:
    """Writes members one after the other; `sums` holds a line for each, as `sha256sum -c` reads them."""

    def __init__(self, file: BinaryIO) -> None:
        self.sha256 = hashlib.sha256()
        self.sums: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the writer)
        self._file = file

    def add(self, name: str, size: int, chunks: Iterable[bytes]) -> None:
        """Write a member. Raises BackupDamaged where there are more or fewer bytes than `size`."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._write(info.tobuf(tarfile.USTAR_FORMAT))
        written, sha256 = 0, hashlib.sha256()
        for chunk in chunks:
            self._write(chunk)
            sha256.update(chunk)
            written += len(chunk)
        if written != size:
            raise BackupDamaged(f"{name} changed while it was read.", "Make the backup again.")
        self._write(bytes(-size % BLOCK))
        self.sums.write(sum_line(sha256.hexdigest(), name))

    def add_sums(self) -> str:
        """Write the sums of all members so far, and return their own."""
        self.sums.seek(0)
        sha256, size = hashlib.sha256(), 0
        while chunk := self.sums.read(READ_AT_ONCE):
            sha256.update(chunk)
            size += len(chunk)
        self.sums.seek(0)
        self.add(SUMS, size, iter(lambda: self.sums.read(READ_AT_ONCE), b""))
        return sha256.hexdigest()

    def close(self) -> None:
        """Write the end, and have the disk keep it all."""
        self._write(2 * ZEROS)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.sums.close()

    def _write(self, data: bytes) -> None:
        self.sha256.update(data)
        self._file.write(data)


@dataclass(frozen=True)
class Member:
    """One file in the backup."""

    name: str
    size: int


class TarReader:
    """Gives the members one after the other; `read` reads from the one given last. Raises BackupDamaged.

    With `whole` every byte goes through `sha256`; else what is not asked for is skipped.
    """

    def __init__(self, file: BinaryIO, *, whole: bool = False) -> None:
        self.sha256 = hashlib.sha256()
        self._file, self._whole = file, whole
        self._left = self._padding = 0
        self._size = os.fstat(file.fileno()).st_size

    def __iter__(self) -> Iterator[Member]:
        place, before = 0, ""
        while (block := self._read(BLOCK)) != ZEROS:
            member = self._member(block, is_first=not before)
            found = next((at for at, name in enumerate(NAMES) if name.fullmatch(member.name)), -1)
            # Names of one kind go up, too: none can come twice.
            if found < place or (found == place and member.name <= before):
                raise damaged(f"{member.name[:80]!r} does not belong there")
            if member.size > LIMITS.get(member.name, member.size):
                raise damaged(f"{member.name} is too large")
            place, before = found, member.name
            self._left, self._padding = member.size, -member.size % BLOCK
            yield member
            self._skip(self._left + self._padding)
        if not before:
            raise _no_backup()
        if NAMES[place].pattern != NAMES[-1].pattern:
            raise damaged("its end is missing")
        while rest := self._take(READ_AT_ONCE):
            if rest.strip(b"\0"):
                raise damaged("something follows its end")

    def read(self, size: int = READ_AT_ONCE) -> bytes:
        """Return the next bytes of the member, none at its end."""
        data = self._read(min(size, self._left))
        self._left -= len(data)
        return data

    def chunks(self) -> Iterator[bytes]:
        """Yield the member's bytes."""
        while data := self.read():
            yield data

    def _member(self, block: bytes, *, is_first: bool) -> Member:
        try:
            info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeError):
            info = tarfile.TarInfo()
            info.type = b"?"
        if info.type != tarfile.REGTYPE or info.size < 0 or (is_first and info.name != ABOUT):
            if is_first:
                raise _no_backup()
            raise damaged("a part of it is no plain file")
        if info.size > self._size - self._file.tell():
            raise damaged("its end is missing")
        return Member(info.name, info.size)

    def _read(self, size: int) -> bytes:
        data = self._take(size)
        if len(data) < size:
            if self._file.tell() < BLOCK:
                raise _no_backup()
            raise damaged("its end is missing")
        return data

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        if self._whole:
            self.sha256.update(data)
        return data

    def _skip(self, size: int) -> None:
        if not self._whole:
            self._file.seek(size, os.SEEK_CUR)
            return
        while size > 0:
            size -= len(self._read(min(size, READ_AT_ONCE)))


def sum_line(sha256: str, name: str) -> bytes:
    """Return the line of a member in SHA256SUMS."""
    return f"{sha256}  {name}\n".encode()


def damaged(how: str) -> BackupDamaged:
    """Return the error of a backup that is not as it was written."""
    return BackupDamaged(
        f"The backup is damaged: {how}.", "Nothing was restored. Take another backup, or copy this one anew."
    )


def _no_backup() -> NotABackup:
    return NotABackup("This file is no backup of Meishi.", "Give the path of a file that ends in .tar.")
