"""A store of card images and exported files, by key: a folder or a bucket, whichever settings it is of."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from obstore.exceptions import BaseError, NotFoundError

from lib.errors import StorageUnavailable
from lib.settings import Settings
from lib.storage.bucket import Patience
from lib.storage.files import Bucket, Folder

# A bucket answers after some tens of milliseconds, however many ask; a disk keeps several files at one go.
AT_ONCE = 6


@lru_cache(maxsize=12)
def open_store(settings: Settings, patience: Patience = "file") -> ImageStore:
    """Return the store of the settings. Raises StorageUnavailable; nobody is asked yet."""
    return ImageStore(settings, patience)


class ImageStore:
    """Files under keys. `base` is what their addresses begin with, `folder` where they lie, None for a bucket.

    Whatever goes wrong is StorageUnavailable.
    """

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self.base, self.folder = settings.storage.rstrip("/"), settings.image_folder
        self._files = Folder(self.folder) if self.folder else Bucket(settings, patience)

    def is_same(self, other: ImageStore) -> bool:
        """Whether both are one store."""
        return self._files.where == other._files.where

    def has(self, key: str) -> bool:
        """Whether anything is there under this key."""
        with self._in_words("read"):
            return self._files.has(key)

    def open(self, key: str) -> tuple[int, Iterator[bytes]] | None:
        """Return how large it is and its bytes; None where it is not there."""
        with self._in_words("read"):
            try:
                size, chunks = self._files.get(key)
            except (NotFoundError, FileNotFoundError) as error:
                # A store says the same of a bucket.
                if "NoSuchBucket" in str(error):
                    raise
                return None
        return size, self._read(size, chunks)

    def read(self, key: str) -> bytes | None:
        """Return all its bytes; None where it is not there."""
        found = self.open(key)
        return None if found is None else b"".join(found[1])

    def digest(self, key: str) -> str | None:
        """Return the SHA-256 of what is there, None where nothing is."""
        found = self.open(key)
        if found is None:
            return None
        sha256 = hashlib.sha256()
        for chunk in found[1]:
            sha256.update(chunk)
        return sha256.hexdigest()

    def path(self, key: str, folder: Path) -> Path | None:
        """Return where it can be read: where it lies, or a copy in `folder`; None where it is not there."""
        if self.folder:
            return self.folder / key if self.has(key) else None
        found = self.open(key)
        if found is None:
            return None
        path = folder / f"{uuid.uuid4().hex}.{key.rsplit('.', 1)[-1]}"
        try:
            with self._in_words("read"), path.open("wb") as copy:
                copy.writelines(found[1])
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def sign(self, key: str, seconds: int) -> str | None:
        """Return an address that shows it to whoever has it, for so long; None where there is none."""
        with self._in_words("read"):
            return self._files.sign(key, seconds) if isinstance(self._files, Bucket) else None

    def write(self, key: str, data: bytes) -> None:
        """Store it so that it outlives a power cut; after an error it is not stored."""
        with self._in_words("written"):
            self._files.put(key, data)

    @contextmanager
    def new(self, key: str) -> Iterator[BinaryIO]:
        """Give a file to write, as large as it may be; at the end it is stored, after an error it is not."""
        with self._in_words("written"), self._files.new(key) as file:
            yield file

    def put(self, key: str, file: BinaryIO, sha256: str) -> bool:
        """Store the file that has this SHA-256, and read it back; return whether it was not there already.

        Raises StorageUnavailable, also where something else lies under this key.
        """
        there = self.digest(key)
        if there == sha256:
            return False
        if there is not None:
            raise StorageUnavailable(
                f"The image store holds another file under the name {key}.", "Give an empty bucket or folder."
            )
        with self._in_words("written"):
            self._files.put(key, file)
        if self.digest(key) != sha256:
            raise StorageUnavailable(
                "The image store gives back something else than it was given.", "Check it, then try again."
            )
        return True

    def delete(self, keys: list[str]) -> None:
        """Delete them; those already gone are no error. Raises StorageUnavailable after all were tried."""
        with self._in_words("changed"):
            self._files.delete(keys)

    def room_taken(self) -> int:
        """Return how many bytes lie in the store; 0 for a bucket that we may not list."""
        with self._in_words("read"):
            return self._files.room_taken()

    def each(self, work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> None:
        """Do `work` with the arguments of each task, several at a time.

        The first error ends it, and is raised when all that were begun are over.
        """
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store") as pool:
            begun: list[Future[Any]] = []
            try:
                for task in tasks:
                    if len(begun) >= 2 * AT_ONCE:
                        begun.pop(0).result()
                    begun.append(pool.submit(work, *task))
                for done in begun:
                    done.result()
            except BaseException:
                # The others would meet the same; those in hand are waited for at the end of the block.
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _read(self, size: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
        with self._in_words("read"):
            for chunk in chunks:
                size -= len(chunk)
                yield chunk
            if size:
                raise OSError("IncompleteBody")

    @contextmanager
    def _in_words(self, what: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            raise self._files.explain(what, error) from None
