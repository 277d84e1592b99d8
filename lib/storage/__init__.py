"""Card images and exported files, in a folder or in an S3 bucket, each under an address that the database keeps."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lib.errors import NotFound, StorageUnavailable
from lib.settings import get_settings
from lib.storage.bucket import Patience
from lib.storage.files import CONTENT_TYPES
from lib.storage.store import ImageStore, open_store

# A key of ours at the end of an address. Only these are ever read or deleted, wherever the folder moved meanwhile.
KEY = re.compile(r"(cards/[0-9]+|exports)/[0-9a-f]{32}\.[a-z0-9]{1,5}\Z")
# How long a signed address is good for: to be clicked, not to be kept.
LINK_S = 300


def new_address(*, event_id: int, photo_name: str) -> str:
    """Return an address that no image has yet."""
    extension = Path(photo_name).suffix.lower().lstrip(".") or "jpg"
    # Some stores guess by the name what a file is, whatever they are told: no address of ours ends in .html.
    return _new_address(f"cards/{event_id}", extension if extension in CONTENT_TYPES else "bin")


def new_export_address(extension: str) -> str:
    """Return an address that no exported file has yet."""
    return _new_address("exports", extension)


def put_image(url: str, data: bytes) -> None:
    """Store the image so that it outlives a power cut. Raises StorageUnavailable; then it is not stored."""
    _store("keep").write(_key(url), data)


def put_images(images: Sequence[tuple[str, bytes]]) -> None:
    """Store the images (address, bytes), a few at a time.

    Raises StorageUnavailable when all that were begun are over; then some may be stored.
    """
    _store("keep").each(put_image, images)


def save_image(data: bytes, *, event_id: int, photo_name: str) -> str:
    """Return the new address of the stored image. Raises StorageUnavailable; then nothing is stored."""
    url = new_address(event_id=event_id, photo_name=photo_name)
    put_image(url, data)
    return url


def load_image(url: str) -> bytes:
    """Return the bytes as they were given, all of them. Raises NotFound, StorageUnavailable."""
    data = _store("look").read(_key(url))
    if data is None:
        raise NotFound("The photo is not in the image store any more.", "Take the card's photo again.")
    return data


def signed_url(url: str, *, seconds: int = LINK_S) -> str | None:
    """Return an address that shows the image, as it was taken, to whoever has it, for so many seconds.

    None where there is none: the images lie in a folder, or in a store that is reached by plain http over a network.
    It is made without asking the store. Not to be kept or logged: it is a key. Raises NotFound, StorageUnavailable.
    """
    return _store("look").sign(_key(url), seconds)


def delete_images(urls: Iterable[str]) -> None:
    """Delete the images; those already gone, or never ours, are no error.

    Raises StorageUnavailable after all were tried.
    """
    keys = [found.group() for url in urls if (found := KEY.search(url))]
    try:
        if keys:
            _store("look").delete(keys)
    except StorageUnavailable as error:
        raise StorageUnavailable(
            f"Card images are still to be deleted. {error.message}", f"{error.remedy} It is tried again every minute."
        ) from None


@contextmanager
def new_file(url: str) -> Iterator[BinaryIO]:
    """Give a file to write, as large as it may be; at the end it is stored so that it outlives a power cut.

    Raises StorageUnavailable; then, and after any other error, it is not stored.
    """
    with _store("file").new(_key(url)) as file:
        yield file


def open_file(url: str, folder: Path) -> Path:
    """Return where the stored file can be read: where it lies, or a copy in `folder` of what a bucket holds.

    Raises NotFound, StorageUnavailable.
    """
    path = _store("file").path(_key(url), folder)
    if path is None:
        raise NotFound("The file is not in the store any more.", "Export the campaign again.")
    return path


def check_storage() -> None:
    """Raise StorageUnavailable unless the store can be written to, read and cleaned, saying which of these fails."""
    key, data, step = f"cards/0/{uuid.uuid4().hex}.bin", uuid.uuid4().bytes, "written to"
    try:
        store = _store("look")
        store.write(key, data)
        step = "read"
        if load_image(key) != data:
            raise StorageUnavailable("It gave back something else than it was given.", "Check AWS_ENDPOINT_URL.")
        step = "cleaned"
        store.delete([key])
    except (StorageUnavailable, NotFound) as error:
        if step != "cleaned":
            # It may be there all the same: an answer that is lost says nothing.
            with suppress(StorageUnavailable):
                _store("look").delete([key])
        raise StorageUnavailable(f"The image store cannot be {step}. {error.message}", error.remedy) from None


def _new_address(folder: str, extension: str) -> str:
    return f"{get_settings().storage.rstrip('/')}/{folder}/{uuid.uuid4().hex}.{extension}"


def _key(url: str) -> str:
    found = KEY.search(url)
    if found is None:
        raise NotFound("This address is none of the image store's.", "Take the card's photo again.")
    return found.group()


def _store(patience: Patience) -> ImageStore:
    return open_store(get_settings(), patience)
