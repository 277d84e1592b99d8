"""Card images and exported files, in a folder or in an S3 bucket, each under an address that the database keeps."""

from __future__ import annotations

import os
import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from lib.errors import NotFound, StorageUnavailable
from lib.settings import Settings, get_settings

# A key of ours at the end of an address. Only these are ever read or deleted, wherever the folder moved meanwhile.
KEY = re.compile(r"(cards/\d+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5}$")
CONTENT_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def new_address(*, event_id: int, photo_name: str) -> str:
    """Return an address that no image has yet."""
    extension = re.sub(r"[^a-z0-9]", "", Path(photo_name).suffix.lower())[:5] or "jpg"
    return f"{get_settings().storage.rstrip('/')}/cards/{event_id}/{uuid.uuid4().hex}.{extension}"


def new_export_address(extension: str) -> str:
    """Return an address that no exported file has yet."""
    return f"{get_settings().storage.rstrip('/')}/exports/{uuid.uuid4().hex}.{extension}"


def put_image(url: str, data: bytes) -> None:
    """Store the image so that it outlives a power cut. Raises StorageUnavailable; then it is not stored."""
    key = _key(url)
    content_type = CONTENT_TYPES.get(key.rsplit(".", 1)[-1], "application/octet-stream")
    folder = _folder()
    try:
        _store().put(key, data, attributes=None if folder else {"Content-Type": content_type})
        if folder:
            _flush(folder / key)
    except (BaseError, OSError) as error:
        raise _unavailable("written", error) from error


def save_image(data: bytes, *, event_id: int, photo_name: str) -> str:
    """Return the new address of the stored image. Raises StorageUnavailable; then nothing is stored."""
    url = new_address(event_id=event_id, photo_name=photo_name)
    put_image(url, data)
    return url


def load_image(url: str) -> bytes:
    """Return the bytes as they were given. Raises NotFound, StorageUnavailable."""
    try:
        return bytes(_store().get(_key(url)).bytes())
    except (NotFoundError, FileNotFoundError):
        raise NotFound("The photo is not in the image store any more.", "Take the card's photo again.") from None
    except (BaseError, OSError) as error:
        raise _unavailable("read", error) from error


def delete_images(urls: Iterable[str]) -> None:
    """Delete the images; those already gone, or never ours, are no error.

    Raises StorageUnavailable after all were tried, saying how many are left.
    """
    failed: list[Exception] = []
    for url in urls:
        found = KEY.search(url)
        try:
            if found is not None:
                _delete(found.group())
        except (BaseError, OSError, StorageUnavailable) as error:
            failed.append(error)
    if failed:
        raise StorageUnavailable(
            f"{len(failed)} card images could not be deleted ({type(failed[0]).__name__}).",
            "It is tried again every minute; check the disk's rights, or STORAGE_URL and its keys.",
        ) from failed[0]


@contextmanager
def new_file(url: str) -> Iterator[BinaryIO]:
    """Give a file to write, as large as it may be; at the end it is stored so that it outlives a power cut.

    Raises StorageUnavailable; then, and after any other error, it is not stored.
    """
    key, folder = _key(url), _folder()
    try:
        if folder is None:
            with tempfile.TemporaryFile() as file:
                yield file
                file.seek(0)
                _store().put(key, file)
        else:
            with _new_local_file(folder / key) as file:
                yield file
    except (BaseError, OSError) as error:
        raise _unavailable("written", error) from error


def open_file(url: str, folder: Path) -> Path:
    """Return where the stored file can be read: where it lies, or a copy in `folder` of what a bucket holds.

    Raises NotFound, StorageUnavailable.
    """
    key, own_folder = _key(url), _folder()
    if own_folder is not None:
        if (own_folder / key).is_file():
            return own_folder / key
        raise NotFound("The file is not in the store any more.", "Export the campaign again.")
    path = folder / f"{uuid.uuid4().hex}.{key.rsplit('.', 1)[-1]}"
    try:
        with path.open("wb") as copy:
            for chunk in _store().get(key):
                copy.write(chunk)
    except (NotFoundError, FileNotFoundError):
        path.unlink(missing_ok=True)
        raise NotFound("The file is not in the store any more.", "Export the campaign again.") from None
    except (BaseError, OSError) as error:
        path.unlink(missing_ok=True)
        raise _unavailable("read", error) from error
    return path


def check_storage() -> None:
    """Raise StorageUnavailable unless the store can be written to, read and cleaned."""
    delete_images([save_image(b"check", event_id=0, photo_name="check.txt")])


@contextmanager
def _new_local_file(path: Path) -> Iterator[BinaryIO]:
    """Give the file under the name that it is swept by when it never gets its own: what is killed leaves nothing."""
    half = path.with_name(f"{path.name}#1")
    _store()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with half.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        _flush(path.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _delete(key: str) -> None:
    if folder := _folder():
        # The name an image is written under before it gets its own; killed in between, that is what stays.
        (folder / f"{key}#1").unlink(missing_ok=True)
    try:
        _store().delete(key)
    except (NotFoundError, FileNotFoundError):
        return


def _flush(path: Path) -> None:
    """Have the disk keep the file and its name before anybody relies on it."""
    for kept in {path, path.parent} if path.is_file() else {path}:
        descriptor = os.open(kept, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _key(url: str) -> str:
    found = KEY.search(url)
    if found is None:
        raise NotFound("This address is none of the image store's.", "Take the card's photo again.")
    return found.group()


def _folder() -> Path | None:
    """Return the folder that the images lie in; None for a bucket."""
    address = urlsplit(get_settings().storage)
    return Path(unquote(address.path)) if address.scheme == "file" else None


def _store() -> ObjectStore:
    return _open_store(get_settings())


@lru_cache(maxsize=4)
def _open_store(settings: Settings) -> ObjectStore:
    address = urlsplit(settings.storage)
    folder = _folder()
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _unavailable("opened", error) from error
        return LocalStore(folder, automatic_cleanup=True)
    return S3Store(
        address.netloc,
        prefix=address.path.strip("/") or None,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=settings.aws_secret_access_key,
        endpoint=settings.aws_endpoint_url,
        region=settings.aws_region,
        client_options={"allow_http": (settings.aws_endpoint_url or "").startswith("http://"), "timeout": "30s"},
        retry_config={"max_retries": 3},
    )


def _unavailable(what: str, error: Exception) -> StorageUnavailable:
    # Only the kind of error is repeated: the text of an S3 error may hold request details.
    return StorageUnavailable(
        f"The image store could not be {what} ({type(error).__name__}).",
        "Check the disk's space and rights, or STORAGE_URL and its keys.",
    )
