"""Card images and exported files, in a folder or in an S3 bucket, each under an address that the database keeps."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from lib.bucket import Patience, explain, open_bucket
from lib.errors import NotFound, StorageUnavailable
from lib.loopback import is_loopback
from lib.settings import Settings, get_settings

# A key of ours at the end of an address. Only these are ever read or deleted, wherever the folder moved meanwhile.
KEY = re.compile(r"(cards/[0-9]+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5}\Z")
# What a browser may show; it saves everything else to disk. Nothing here can run a script, whatever is in the file.
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
}
# A bucket answers after some tens of milliseconds, however many ask.
PUT_AT_ONCE = 4
# How long a signed address is good for: to be clicked, not to be kept.
LINK_S = 300


def new_address(*, event_id: int, photo_name: str) -> str:
    """Return an address that no image has yet."""
    extension = Path(photo_name).suffix.lower().lstrip(".") or "jpg"
    # Some stores guess by the name what a file is, whatever they are told: no address of ours ends in .html.
    extension = extension if extension in CONTENT_TYPES else "bin"
    return f"{get_settings().storage.rstrip('/')}/cards/{event_id}/{uuid.uuid4().hex}.{extension}"


def new_export_address(extension: str) -> str:
    """Return an address that no exported file has yet."""
    return f"{get_settings().storage.rstrip('/')}/exports/{uuid.uuid4().hex}.{extension}"


def put_image(url: str, data: bytes) -> None:
    """Store the image so that it outlives a power cut. Raises StorageUnavailable; then it is not stored."""
    _put(_key(url), data)


def put_images(images: Sequence[tuple[str, bytes]]) -> None:
    """Store the images (address, bytes), a few at a time.

    Raises StorageUnavailable when all that were begun are over; then some may be stored.
    """
    if len(images) < 2:
        for url, data in images:
            put_image(url, data)
        return
    with ThreadPoolExecutor(min(PUT_AT_ONCE, len(images)), thread_name_prefix="put") as pool:
        begun = [pool.submit(put_image, url, data) for url, data in images]
        try:
            for done in begun:
                done.result()
        except BaseException:
            # The others would meet the same; those in hand are waited for at the end of the block.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def save_image(data: bytes, *, event_id: int, photo_name: str) -> str:
    """Return the new address of the stored image. Raises StorageUnavailable; then nothing is stored."""
    url = new_address(event_id=event_id, photo_name=photo_name)
    put_image(url, data)
    return url


def load_image(url: str) -> bytes:
    """Return the bytes as they were given, all of them. Raises NotFound, StorageUnavailable."""
    try:
        found = _store("look").get(_key(url))
        data = bytes(found.bytes())
    except (NotFoundError, FileNotFoundError) as error:
        raise _not_found(
            error, "The photo is not in the image store any more.", "Take the card's photo again."
        ) from None
    except (BaseError, OSError) as error:
        raise _unavailable("read", error) from None
    if _folder() is None and (found.meta["e_tag"] is None or len(data) != found.meta["size"]):
        # Whatever answers there, such as a network's sign-in page, knows nothing of the store's checksums.
        raise explain("read", ValueError("MissingEtag"))
    return data


def signed_url(url: str, *, seconds: int = LINK_S) -> str | None:
    """Return an address that shows the image, as it was taken, to whoever has it, for so many seconds.

    None where there is none: the images lie in a folder, or in a store that is reached by plain http over a network.
    It is made without asking the store. Not to be kept or logged: it is a key. Raises NotFound, StorageUnavailable.
    """
    key, endpoint = _key(url), urlsplit(get_settings().aws_endpoint_url or "https://")
    if _folder() is not None or (endpoint.scheme != "https" and not is_loopback(endpoint.hostname)):
        return None
    store = _store("look")
    assert isinstance(store, S3Store)  # noqa: S101  (what is no folder is a bucket)
    try:
        return obstore.sign(store, "GET", key, dt.timedelta(seconds=seconds))
    except BaseError as error:
        raise _unavailable("read", error) from None


def delete_images(urls: Iterable[str]) -> None:
    """Delete the images; those already gone, or never ours, are no error.

    Raises StorageUnavailable after all were tried.
    """
    keys = [found.group() for url in urls if (found := KEY.search(url))]
    failed: list[Exception] = []
    # A bucket takes a thousand in one request; a folder's are as many files.
    for some in [keys] if _folder() is None else [[key] for key in keys]:
        try:
            if some:
                _delete(some)
        except (BaseError, OSError, StorageUnavailable) as error:
            failed.append(error)
    if failed:
        reason = failed[0] if isinstance(failed[0], StorageUnavailable) else _unavailable("changed", failed[0])
        raise StorageUnavailable(
            f"Card images are still to be deleted. {reason.message}",
            f"{reason.remedy} It is tried again every minute.",
        ) from None


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
                _store("file").put(key, file, attributes=attributes_of(key))
        else:
            _store("file")
            with new_local_file(folder / key) as file:
                yield file
    except (BaseError, OSError) as error:
        raise _unavailable("written", error) from None


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
            for chunk in _store("file").get(key):
                copy.write(chunk)
    except (NotFoundError, FileNotFoundError) as error:
        path.unlink(missing_ok=True)
        raise _not_found(error, "The file is not in the store any more.", "Export the campaign again.") from None
    except (BaseError, OSError) as error:
        path.unlink(missing_ok=True)
        raise _unavailable("read", error) from None
    return path


def check_storage() -> None:
    """Raise StorageUnavailable unless the store can be written to, read and cleaned, saying which of these fails."""
    key, data = _key(new_address(event_id=0, photo_name="check.txt")), uuid.uuid4().bytes
    try:
        _checked("written to", lambda: _put(key, data, "look"))
        _checked("read", lambda: _compare(key, data))
    except StorageUnavailable:
        # It may be there all the same: an answer that is lost says nothing.
        with suppress(BaseError, OSError, StorageUnavailable):
            _delete([key])
        raise
    _checked("cleaned", lambda: _delete([key]))


@contextmanager
def new_local_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file of a folder's to write; at the end it outlives a power cut, after an error it is gone.

    Until then it has the name that it is swept by: what is killed leaves nothing.
    """
    half = path.with_name(f"{path.name}#1")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with half.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        flush(path.parent)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def _put(key: str, data: bytes, patience: Patience = "keep") -> None:
    folder = _folder()
    try:
        _store(patience).put(key, data, attributes=None if folder else attributes_of(key))
        if folder:
            flush(folder / key)
    except (BaseError, OSError) as error:
        raise _unavailable("written", error) from None


def attributes_of(key: str) -> dict[str, str]:
    """Return how a bucket gives the file out. Where nothing is said a store looks into it, and finds HTML."""
    shown_as = CONTENT_TYPES.get(key.rsplit(".", 1)[-1])
    return {
        "Content-Type": shown_as or "application/octet-stream",
        "Content-Disposition": "inline" if shown_as else "attachment",
        "Cache-Control": "private, no-store",
    }


def _delete(keys: list[str]) -> None:
    if folder := _folder():
        for key in keys:
            # The name an image is written under before it gets its own; killed in between, that is what stays.
            (folder / f"{key}#1").unlink(missing_ok=True)
    with suppress(NotFoundError, FileNotFoundError):
        _store("look").delete(keys)


def flush(path: Path) -> None:
    """Have the disk keep the file and its name, or a folder's names, before anybody relies on it."""
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
    return get_settings().image_folder


def _store(patience: Patience) -> ObjectStore:
    return _open_store(get_settings(), patience)


@lru_cache(maxsize=12)
def _open_store(settings: Settings, patience: Patience) -> ObjectStore:
    folder = _folder()
    if folder is None:
        return open_bucket(settings, patience)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unavailable("opened", error) from None
    return LocalStore(folder, automatic_cleanup=True)


def _compare(key: str, data: bytes) -> None:
    if load_image(key) != data:
        raise StorageUnavailable("It gave back something else than it was given.", "Check AWS_ENDPOINT_URL.")


def _checked(what: str, step: Callable[[], None]) -> None:
    """Take a step of the check. Raises StorageUnavailable saying that it was this one."""
    try:
        step()
    except (BaseError, OSError, StorageUnavailable, NotFound) as error:
        known = error if isinstance(error, StorageUnavailable | NotFound) else _unavailable(what, error)
        raise StorageUnavailable(f"The image store cannot be {what}. {known.message}", known.remedy) from None


def _not_found(error: Exception, message: str, remedy: str) -> NotFound | StorageUnavailable:
    """Return what it means that something is not there: a store says the same of a bucket."""
    return explain("read", error) if "NoSuchBucket" in str(error) else NotFound(message, remedy)


def _unavailable(what: str, error: Exception) -> StorageUnavailable:
    if _folder() is None:
        return explain(what, error)
    # Of the system's errors, what obstore says and its own kind hold nothing of the path.
    said = re.search(r'message: "([^"]*)"', str(error))
    reason = said.group(1) if said else getattr(error, "strerror", None) or type(error).__name__
    return StorageUnavailable(
        f"The image store could not be {what} ({reason}).", "Check the disk's space and rights, or STORAGE_URL."
    )
