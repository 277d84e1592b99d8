"""Card images that come and go with their contacts: never one without the other, whatever is killed in between.

The table `loose_images` holds every image that no contact may show: noted here before it is stored, and by triggers
when a contact goes or shows another one. A trigger also takes the line away when a contact shows it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from lib.database import load_queries, transaction
from lib.errors import DatabaseUnavailable, StorageUnavailable
from lib.storage import delete_images, new_address, put_images

SQL = load_queries("images")
# Deleted in one transaction: a bucket takes some tens of milliseconds for each.
SWEPT_AT_ONCE = 100

log = logging.getLogger(__name__)


@contextmanager
def new_images(pictures: Sequence[tuple[str, bytes]], *, event_id: int) -> Iterator[tuple[Connection, list[str]]]:
    """Give a transaction and the addresses of these pictures (name, bytes), stored.

    They stay if the transaction does and lets a contact show them; else they are deleted, at once or by the next
    sweep. Raises StorageUnavailable, DatabaseUnavailable.
    """
    urls = [new_address(event_id=event_id, photo_name=name) for name, _ in pictures]
    note_images(urls)
    try:
        with transaction() as db:
            hold_images(db, urls)
            put_images([(url, data) for url, (_, data) in zip(urls, pictures, strict=True)])
            yield db, urls
            db.execute(SQL["release_images"], {"urls": urls})
    except DatabaseUnavailable:
        # Whether it was committed is not known: whoever sweeps looks whether a contact shows them.
        raise
    except Exception:
        _discard(urls)
        raise


def sweep_images() -> int:
    """Delete the images that no contact shows; return how many. Raises StorageUnavailable, DatabaseUnavailable."""
    swept = 0
    while True:
        # In the transaction that forgets them: what cannot be deleted stays noted.
        with transaction() as db:
            taken = db.execute(SQL["take_loose_images"], {"limit": SWEPT_AT_ONCE}).all()
            lost = [image.url for image in taken if not image.is_shown]
            delete_images(lost)
        swept += len(lost)
        if len(taken) < SWEPT_AT_ONCE:
            return swept


def note_images(urls: Sequence[str]) -> None:
    """Note images that are to be stored in a transaction which begins now, and holds them first."""
    with transaction() as db:
        db.execute(SQL["note_images"], {"urls": list(urls)})


def hold_images(db: Connection, urls: Sequence[str]) -> None:
    """Keep noted images from being swept while the transaction lasts. Raises StorageUnavailable if they were."""
    held = db.execute(SQL["hold_images"], {"urls": list(urls)}).all()
    if len(held) < len(urls):
        # The program slept between the two transactions, as a closed laptop does.
        raise StorageUnavailable("The photo was not stored in time.", "Try it again.")


def _discard(urls: Sequence[str]) -> None:
    """Delete images at once that are not to stay; the error that brought us here is the one to show."""
    try:
        delete_images(urls)
        with transaction() as db:
            db.execute(SQL["forget_images"], {"urls": list(urls)})
    except (StorageUnavailable, DatabaseUnavailable) as error:
        log.warning("images are left to be swept: %s", error)
