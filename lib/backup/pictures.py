"""Card images and exported files of one store, by key: read, written and looked at, whichever settings it is of."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError

from lib.bucket import explain, open_bucket
from lib.errors import StorageUnavailable
from lib.settings import Settings
from lib.storage import attributes_of, new_local_file

READ_AT_ONCE = 1 << 20
# Up to here a file from elsewhere is held in memory, then on disk.
IN_MEMORY = 8 << 20
# A bucket answers after some tens of milliseconds, however many ask.
AT_ONCE = 6


class Pictures:
    """The store of `settings`; `base` is what its addresses begin with."""

    def __init__(self, settings: Settings) -> None:
        self.base = settings.storage.rstrip("/")
        self.folder = settings.image_folder
        self._where = str(self.folder.resolve()) if self.folder else f"{settings.aws_endpoint_url} {self.base}"
        self._bucket = None if self.folder else open_bucket(settings, "file")

    def open(self, key: str) -> tuple[int, Iterator[bytes]] | None:
        """Return how large it is and its bytes; None where it is not there. Raises StorageUnavailable."""
        try:
            if self.folder is not None:
                file = (self.folder / key).open("rb")
                return os.fstat(file.fileno()).st_size, self._translated(_chunks(file))
            assert self._bucket is not None  # noqa: S101  (one of the two)
            found = self._bucket.get(key)
            return found.meta["size"], self._translated(bytes(chunk) for chunk in found)
        except (NotFoundError, FileNotFoundError) as error:
            if "NoSuchBucket" in str(error):
                raise explain("read", error) from None
            return None
        except (BaseError, OSError) as error:
            raise self._unavailable("read", error) from None

    def has(self, key: str) -> bool:
        """Whether anything is there under this key. Raises StorageUnavailable."""
        try:
            if self.folder is not None:
                return (self.folder / key).is_file()
            assert self._bucket is not None  # noqa: S101  (one of the two)
            self._bucket.head(key)
        except (NotFoundError, FileNotFoundError):
            return False
        except (BaseError, OSError) as error:
            raise self._unavailable("read", error) from None
        return True

    def is_same(self, other: Pictures) -> bool:
        """Whether both are one store."""
        return self._where == other._where

    def digest(self, key: str) -> str | None:
        """Return the SHA-256 of what is there, None where nothing is. Raises StorageUnavailable."""
        found = self.open(key)
        if found is None:
            return None
        sha256 = hashlib.sha256()
        for chunk in found[1]:
            sha256.update(chunk)
        return sha256.hexdigest()

    def put(self, key: str, file: BinaryIO, sha256: str) -> bool:
        """Store it so that it outlives a power cut, and read it back; return whether it was not there already.

        Raises StorageUnavailable, also where something else lies under this key.
        """
        there = self.digest(key)
        if there == sha256:
            return False
        if there is not None:
            raise StorageUnavailable(
                f"The image store holds another file under the name {key}.", "Give an empty bucket or folder."
            )
        try:
            self._write(key, file)
        except (BaseError, OSError) as error:
            raise self._unavailable("written", error) from None
        if self.digest(key) != sha256:
            raise StorageUnavailable(
                "The image store gives back something else than it was given.", "Check it, then try again."
            )
        return True

    def room_taken(self) -> int:
        """Return how many bytes lie in the store; 0 for a bucket that we may not list. Raises StorageUnavailable."""
        try:
            if self.folder is None:
                assert self._bucket is not None  # noqa: S101  (one of the two)
                with suppress(PermissionDeniedError):
                    return sum(found["size"] for batch in self._bucket.list() for found in batch)
                return 0
            return sum(_size(Path(where) / name) for where, _, names in os.walk(self.folder) for name in names)
        except (BaseError, OSError) as error:
            raise self._unavailable("read", error) from None

    def each(self, work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> None:
        """Do `work` with the arguments of each task, in a bucket several at a time; the first error ends it."""
        if self.folder is not None:
            for task in tasks:
                work(*task)
            return
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures") as pool:
            begun: list[Future[Any]] = []
            try:
                for task in tasks:
                    if len(begun) >= 2 * AT_ONCE:
                        begun.pop(0).result()
                    begun.append(pool.submit(work, *task))
                for done in begun:
                    done.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _write(self, key: str, file: BinaryIO) -> None:
        if self.folder is None:
            assert self._bucket is not None  # noqa: S101  (one of the two)
            self._bucket.put(key, file, attributes=attributes_of(key))
            return
        # Closed to other accounts at the top: `mode` is not for the parents that are made on the way.
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with new_local_file(self.folder / key) as copy:
            shutil.copyfileobj(file, copy, READ_AT_ONCE)

    def _translated(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from chunks
        except (BaseError, OSError) as error:
            raise self._unavailable("read", error) from None

    def _unavailable(self, what: str, error: Exception) -> StorageUnavailable:
        if self.folder is None:
            return explain(what, error)
        reason = getattr(error, "strerror", None) or type(error).__name__
        return StorageUnavailable(
            f"The image store could not be {what} ({reason}).", "Check the disk's space and rights, or STORAGE_URL."
        )


def held(chunks: Iterable[bytes]) -> tuple[BinaryIO, str]:
    """Return a file with the bytes, at its beginning, and their SHA-256; it is gone when it is closed."""
    sha256 = hashlib.sha256()
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed by who asks)
    for chunk in chunks:
        sha256.update(chunk)
        file.write(chunk)
    file.seek(0)
    return cast(BinaryIO, file), sha256.hexdigest()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(READ_AT_ONCE):
            yield chunk


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # swept meanwhile
        return 0
