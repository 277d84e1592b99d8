"""Taking a photo in: image stored, contact made, reading queued."""

from __future__ import annotations

from pathlib import PurePath

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.contacts.values import EXTENSION, clean_text
from lib.database import load_queries, transaction
from lib.jobs.reading import enqueue_reading
from lib.storage import delete_images, save_image

SQL = load_queries("contacts")


def capture_photo(event_id: int, photo_name: str, data: bytes) -> int:
    """Return the id of the contact that the photo will become. Nothing is judged here: that is the reader's job.

    The image is stored first, then contact, job and activity in one transaction; when that fails the image goes
    again. Raises StorageUnavailable, DatabaseUnavailable.
    """
    name = as_photo_name(photo_name)
    url = save_image(data, event_id=event_id, photo_name=name)
    try:
        with transaction() as db:
            return _add_contact(db, event_id, name, url, len(data))
    except Exception:
        delete_images([url])
        raise


def as_photo_name(name: str) -> str:
    """Return the file's name as `full_name` may hold it: at most 255 characters, ending like a picture's."""
    name = clean_text(PurePath(name.replace("\\", "/")).name[-1000:], "photo's name", 1000) or "photo"
    found = EXTENSION.search(name)
    extension = found.group() if found else ".jpg"
    stem = name[: found.start()] if found else name
    return stem[: 255 - len(extension)] + extension


def _add_contact(db: Connection, event_id: int, name: str, url: str, size: int) -> int:
    parameters = {"event_id": event_id, "photo_name": name, "business_card_url": url}
    contact_id = int(db.execute(SQL["add_contact"], parameters).scalar_one())
    log_activity(db, "contact_uploaded", "contact", contact_id, photo=name, bytes=size, event_id=event_id)
    enqueue_reading(db, contact_id, name)
    return contact_id
