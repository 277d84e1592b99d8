"""Files by key in a folder or in a bucket. What goes wrong is raised as it comes; `explain` has the words for it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import NotFoundError, PermissionDeniedError

from lib.errors import StorageUnavailable
from lib.loopback import is_loopback
from lib.settings import Settings
from lib.storage.bucket import Patience, explain, open_bucket

# What a browser may show; it saves everything else to disk. Nothing here can run a script, whatever is in the file.
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
}
READ_AT_ONCE = 1 << 20


class Folder:
    """A folder, which is made with the first file."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.where = folder, str(folder.resolve())

    def has(self, key: str) -> bool:
        """Whether there is a file."""
        return (self._folder / key).is_file()

    def get(self, key: str) -> tuple[int, Iterator[bytes]]:
        """Return how large it is and its bytes."""
        file = (self._folder / key).open("rb")
        return os.fstat(file.fileno()).st_size, _chunks(file)

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Store the bytes, or those of a file."""
        with self.new(key) as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                shutil.copyfileobj(data, file, READ_AT_ONCE)

    @contextmanager
    def new(self, key: str) -> Iterator[BinaryIO]:
        """Give a file to write; at the end it outlives a power cut, after an error it is gone.

        Until then it has the name that it is swept by: what is killed leaves nothing.
        """
        path, half = self._folder / key, self._folder / f"{key}#1"
        file = self._begun(half)
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
            flush(path.parent)
        except BaseException:
            half.unlink(missing_ok=True)
            raise

    def delete(self, keys: list[str]) -> None:
        """Delete the files, half ones too, and the folders that are empty then. Raises after all were tried."""
        failed: list[OSError] = []
        for key in keys:
            try:
                for name in (f"{key}#1", key):
                    (self._folder / name).unlink(missing_ok=True)
            except OSError as error:
                failed.append(error)
            with suppress(OSError):
                for parent in (self._folder / key).parents[: key.count("/")]:
                    parent.rmdir()
        if failed:
            raise failed[0]

    def room_taken(self) -> int:
        """Return the bytes of all files."""
        taken = 0
        for where, _, names in os.walk(self._folder):
            for name in names:
                with suppress(FileNotFoundError):  # swept meanwhile
                    taken += Path(where, name).stat().st_size
        return taken

    def explain(self, what: str, error: Exception) -> StorageUnavailable:
        """Return the error in words. Of the system's errors its own word holds nothing of the path."""
        reason = getattr(error, "strerror", None) or type(error).__name__
        return StorageUnavailable(
            f"The image store could not be {what} ({reason}).", "Check the disk's space and rights, or STORAGE_URL."
        )

    def _begun(self, half: Path) -> BinaryIO:
        # Closed to other accounts at the top: `mode` is not for the parents that are made on the way.
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The next ones may go meanwhile, with the last file in them.
        for _ in range(5):
            with suppress(FileNotFoundError):
                half.parent.mkdir(parents=True, exist_ok=True)
                return half.open("w+b")
        raise FileNotFoundError


class Bucket:
    """A bucket. Raises StorageUnavailable where it cannot be opened; nobody is asked yet."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self.where = f"{settings.aws_endpoint_url} {settings.storage.rstrip('/')}"
        endpoint = urlsplit(settings.aws_endpoint_url or "https://")
        self._may_sign = endpoint.scheme == "https" or is_loopback(endpoint.hostname)
        self._bucket = open_bucket(settings, patience)

    def has(self, key: str) -> bool:
        """Whether there is a file."""
        with suppress(NotFoundError, FileNotFoundError):
            return bool(self._bucket.head(key))
        return False

    def get(self, key: str) -> tuple[int, Iterator[bytes]]:
        """Return how large it is and its bytes."""
        found = self._bucket.get(key)
        if found.meta["e_tag"] is None:
            # Whatever answers there, such as a network's sign-in page, knows nothing of the store's checksums.
            raise explain("read", ValueError("MissingEtag"))
        return found.meta["size"], map(bytes, found)

    def put(self, key: str, data: bytes | BinaryIO) -> None:
        """Store the bytes, or those of a file, and how it is given out.

        Where nothing is said a store looks into it, and finds HTML.
        """
        shown_as = CONTENT_TYPES.get(key.rsplit(".", 1)[-1])
        attributes = {
            "Content-Type": shown_as or "application/octet-stream",
            "Content-Disposition": "inline" if shown_as else "attachment",
            "Cache-Control": "private, no-store",
        }
        self._bucket.put(key, data, attributes=attributes)

    @contextmanager
    def new(self, key: str) -> Iterator[BinaryIO]:
        """Give a file to write; at the end it is stored."""
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            self.put(key, file)

    def delete(self, keys: list[str]) -> None:
        """Delete the files, a thousand in one request."""
        with suppress(NotFoundError, FileNotFoundError):
            self._bucket.delete(keys)

    def sign(self, key: str, seconds: int) -> str | None:
        """Return an address for whoever has it; None where it would go over a network in the clear."""
        return obstore.sign(self._bucket, "GET", key, dt.timedelta(seconds=seconds)) if self._may_sign else None

    def room_taken(self) -> int:
        """Return the bytes of all files; 0 where we may not list them."""
        with suppress(PermissionDeniedError):
            return sum(found["size"] for batch in self._bucket.list() for found in batch)
        return 0

    explain = staticmethod(explain)


def flush(folder: Path) -> None:
    """Have the disk keep the names in the folder before anybody relies on them."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(READ_AT_ONCE):
            yield chunk
