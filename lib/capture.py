"""Taking a photo in: image stored, contact made, reading queued."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lib.activity import log_activity
from lib.cards import fingerprint
from lib.contacts.values import EXTENSION
from lib.database import load_queries, transaction
from lib.errors import AlreadyThere, DatabaseUnavailable, NotFound, StorageUnavailable
from lib.jobs.reading import enqueue_reading
from lib.storage import delete_images, save_image
from lib.text import clean_text

SQL = load_queries("contacts")
JOBS = load_queries("jobs")


def capture_photo(event_id: int, photo_name: str, data: bytes) -> int:
    """Return the id of the contact that the photo will become. Nothing is judged here: that is the reader's job.

    The image is stored first, then contact, job and activity in one transaction; when that is refused the image goes
    again. Raises AlreadyThere for a photo whose pixels the event has, StorageUnavailable, DatabaseUnavailable,
    NotFound when the event is gone.
    """
    name = as_photo_name(photo_name)
    photo = fingerprint(data)
    with transaction() as db:
        _refuse_same(db, event_id, name, photo)
    url = save_image(data, event_id=event_id, photo_name=name)
    try:
        with transaction() as db:
            # Once more, now alone: the same photo may have come in from another tab meanwhile.
            db.execute(JOBS["lock_photo"], {"photo_fingerprint": photo, "event_id": event_id})
            _refuse_same(db, event_id, name, photo)
            return _add_contact(db, event_id, name, photo, url, len(data))
    except DatabaseUnavailable:
        # Whether it was committed is not known: an image too many is better than a contact without its photo.
        raise
    except IntegrityError as error:
        _discard(url)
        raise NotFound("This event is not there any more.", "It was deleted meanwhile; choose another.") from error
    except Exception:
        _discard(url)
        raise


def _refuse_same(db: Connection, event_id: int, name: str, photo: str) -> None:
    same = db.execute(JOBS["find_same_photo"], {"photo_fingerprint": photo, "event_id": event_id}).scalar()
    if same is not None:
        raise AlreadyThere(f"{name} is the same photo as that of {same}.", "It was not taken in twice.")


def _discard(url: str) -> None:
    with suppress(StorageUnavailable):  # the error that brought us here is the one to show
        delete_images([url])


def as_photo_name(name: str) -> str:
    """Return the file's name as `full_name` may hold it: at most 255 characters, ending like a picture's."""
    name = clean_text(PurePath(name.replace("\\", "/")).name[-1000:], "photo's name", 1000) or "photo"
    found = EXTENSION.search(name)
    extension = found.group() if found else ".jpg"
    stem = name[: found.start()] if found else name
    return stem[: 255 - len(extension)] + extension


def _add_contact(db: Connection, event_id: int, name: str, photo: str, url: str, size: int) -> int:
    parameters = {"event_id": event_id, "photo_name": name, "business_card_url": url}
    contact_id = int(db.execute(SQL["add_contact"], parameters).scalar_one())
    log_activity(db, "contact_uploaded", "contact", contact_id, photo=name, bytes=size, event_id=event_id)
    enqueue_reading(db, contact_id, name, photo)
    return contact_id
