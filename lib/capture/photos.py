"""One photo, or the two sides of one card: image stored, contact made, reading queued."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lib.activity import log_activity
from lib.cards import fingerprint
from lib.contacts.contacts import get_contact
from lib.contacts.values import EXTENSION
from lib.database import load_queries, transaction
from lib.errors import AlreadyThere, NotFound, NotValid
from lib.images import new_images
from lib.jobs.joining import NO_BACK, lock_sides
from lib.jobs.reading import enqueue_reading
from lib.text import clean_text

SQL = load_queries("contacts")
JOBS = load_queries("jobs")
SIDES = load_queries("sides")


@dataclass(frozen=True)
class Photo:
    """A photo given: its name, its bytes, and what is the same for the same pixels."""

    name: str
    data: bytes
    fingerprint: str

    @classmethod
    def of(cls, name: str, data: bytes) -> Photo:
        """Return the photo under a name that a contact may have."""
        return cls(as_photo_name(name), data, fingerprint(data))


def capture_photo(event_id: int, photo_name: str, data: bytes, back: tuple[str, bytes] | None = None) -> int:
    """Return the id of the contact that the photo will become. Nothing is judged here: that is the reader's job.

    `back` (name, bytes) is the photo of the card's other side. The images stay only with contact, job and activity,
    which are written in one transaction. Raises AlreadyThere for a photo whose
    pixels the event has, StorageUnavailable, DatabaseUnavailable, NotFound when the event is gone.
    """
    photos = [Photo.of(photo_name, data)] + ([Photo.of(*back)] if back else [])
    # A side taken twice is one side.
    photos = list({photo.fingerprint: photo for photo in reversed(photos)}.values())[::-1]
    with _stored(event_id, photos) as (db, urls):
        return _add_contact(db, event_id, list(zip(photos, urls, strict=True)))


def add_back(contact_id: int, photo_name: str, data: bytes) -> None:
    """Make the photo the back of a card just captured, and have both sides read.

    Raises what `capture_photo` raises, and NotValid for a card that somebody has worked on, or that has a back.
    """
    with transaction() as db:
        contact = get_contact(db, contact_id)
    if contact is None or contact.event_id is None:
        raise NotFound("This card is not there any more.", "It was deleted meanwhile; take both sides again.")
    photo = Photo.of(photo_name, data)
    with _stored(contact.event_id, [photo]) as (db, (url,)):
        front = next(iter(lock_sides(db, [contact_id])), None)
        if front is None or not front.is_untouched or front.back_image_url is not None:
            raise NotValid(
                "This card was changed meanwhile.", "Take the photo as a card of its own, and join the two on Review."
            )
        db.execute(SIDES["forget_jobs"], {"contact_id": contact_id})
        parameters = {"contact_id": contact_id, "photo_name": front.photo_name, **_as_back(photo, url)}
        db.execute(SIDES["add_back"], parameters)
        about = {"photo": photo.name, "bytes": len(data), "event_id": contact.event_id, "side": "back"}
        log_activity(db, "contact_uploaded", "contact", contact_id, **about)
        enqueue_reading(db, contact_id, front.photo_name, front.photo_fingerprint)


@contextmanager
def _stored(event_id: int, photos: Sequence[Photo]) -> Iterator[tuple[Connection, list[str]]]:
    """Give a transaction, and the addresses of the photos' images, which stay only if it does."""
    with transaction() as db:
        _refuse_same(db, event_id, photos)
    try:
        with new_images([(photo.name, photo.data) for photo in photos], event_id=event_id) as (db, urls):
            # Once more, now alone: the same photo may have come in from another tab meanwhile.
            for photo in sorted(photos, key=lambda photo: photo.fingerprint):
                db.execute(JOBS["lock_photo"], {"photo_fingerprint": photo.fingerprint, "event_id": event_id})
            _refuse_same(db, event_id, photos)
            yield db, urls
    except IntegrityError as error:
        raise NotFound("This event is not there any more.", "It was deleted meanwhile; choose another.") from error


def _refuse_same(db: Connection, event_id: int, photos: Sequence[Photo]) -> None:
    for photo in photos:
        parameters = {"photo_fingerprint": photo.fingerprint, "event_id": event_id}
        same = db.execute(JOBS["find_same_photo"], parameters).scalar()
        if same is not None:
            whole = "It was not taken in twice." if len(photos) == 1 else "Neither side of this card was taken in."
            raise AlreadyThere(f"{photo.name} is the same photo as that of {same}.", whole)


def as_photo_name(name: str) -> str:
    """Return the file's name as `full_name` may hold it: at most 255 characters, ending like a picture's."""
    last = " ".join(PurePath(name.replace("\\", "/")).name[-1000:].split())
    name = clean_text(last, "photo's name", 1000) or "photo"
    found = EXTENSION.search(name)
    extension = found.group() if found else ".jpg"
    stem = name[: found.start()] if found else name
    return stem[: 255 - len(extension)] + extension


def _as_back(photo: Photo, url: str) -> dict[str, str]:
    return {"back_image_url": url, "back_photo_name": photo.name, "back_photo_fingerprint": photo.fingerprint}


def _add_contact(db: Connection, event_id: int, sides: Sequence[tuple[Photo, str]]) -> int:
    """Return the id of the new contact whose card has these sides, each a photo and its address."""
    front, url = sides[0]
    parameters = {"event_id": event_id, "photo_name": front.name, "business_card_url": url, **NO_BACK}
    about: dict[str, Any] = {"photo": front.name, "bytes": len(front.data), "event_id": event_id}
    for back, back_url in sides[1:]:
        parameters |= _as_back(back, back_url)
        about |= {"back_photo": back.name, "back_bytes": len(back.data)}
    contact_id = int(db.execute(SQL["add_contact"], parameters).scalar_one())
    log_activity(db, "contact_uploaded", "contact", contact_id, **about)
    enqueue_reading(db, contact_id, front.name, front.fingerprint)
    return contact_id
