"""Card images, in a folder or in an S3 bucket, each under an address that `business_card_url` keeps."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from lib.errors import NotFound, StorageUnavailable
from lib.settings import Settings, get_settings

# A key of ours at the end of an address. Only these are ever read or deleted, wherever the folder moved meanwhile.
KEY = re.compile(r"cards/\d+/[0-9a-f]{32}\.[a-z0-9]{1,5}$")
CONTENT_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def save_image(data: bytes, *, event_id: int, photo_name: str) -> str:
    """Return the address of the stored image. Raises StorageUnavailable; then nothing is stored."""
    extension = re.sub(r"[^a-z0-9]", "", Path(photo_name).suffix.lower())[:5] or "jpg"
    key = f"cards/{event_id}/{uuid.uuid4().hex}.{extension}"
    attributes = None if _is_folder() else {"Content-Type": CONTENT_TYPES.get(extension, "application/octet-stream")}
    try:
        _store().put(key, data, attributes=attributes)
    except (BaseError, OSError) as error:
        raise _unavailable("written", error) from error
    return f"{get_settings().storage.rstrip('/')}/{key}"


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
            "Check the disk's rights, or STORAGE_URL and its keys, and delete them there.",
        ) from failed[0]


def check_storage() -> None:
    """Raise StorageUnavailable unless the store can be written to, read and cleaned."""
    delete_images([save_image(b"check", event_id=0, photo_name="check.txt")])


def _delete(key: str) -> None:
    try:
        _store().delete(key)
    except (NotFoundError, FileNotFoundError):
        return


def _key(url: str) -> str:
    found = KEY.search(url)
    if found is None:
        raise NotFound("This address is none of the image store's.", "Take the card's photo again.")
    return found.group()


def _is_folder() -> bool:
    return get_settings().storage.startswith("file:")


def _store() -> ObjectStore:
    return _open_store(get_settings())


@lru_cache(maxsize=4)
def _open_store(settings: Settings) -> ObjectStore:
    address = urlsplit(settings.storage)
    if address.scheme == "file":
        folder = Path(unquote(address.path))
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
