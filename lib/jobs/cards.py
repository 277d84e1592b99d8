"""Several cards in one photo: each becomes a contact with a picture of its own card alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from lib.activity import log_activity
from lib.cards import Reading
from lib.cards.cutting import as_own_photos
from lib.contacts.values import EXTENSION
from lib.database import get_row, load_queries, transaction
from lib.errors import NotFound
from lib.images import new_images
from lib.storage import load_image

SQL = load_queries("cards")
NAME_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that is read: its event, and the name it came by."""

    event_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class OwnImage:
    """The picture of one card: its address, its size in bytes, and the name of the photo for a contact."""

    url: str
    size: int
    photo_name: str


@contextmanager
def own_images(job_id: int, photo_url: str, reading: Reading) -> Iterator[tuple[Connection, Reading, list[OwnImage]]]:
    """Give a transaction, the reading with its boxes in pixels of the cards' own images, and those.

    The images stay where the transaction lets contacts show them. A card without outline keeps the photo. Raises
    StorageUnavailable, NotFound.
    """
    with transaction() as db:
        photo = get_row(db, SQL["get_photo"], Photo, {"job_id": job_id})
    if photo is None:
        raise NotFound("This photo is not there any more.", "It was deleted meanwhile.")
    cut = list(as_own_photos(load_image(photo_url), reading.cards))
    pictures = [("card.jpg", data) for data, _ in cut if data]
    with new_images(pictures, event_id=photo.event_id) as (db, urls):
        left = iter(urls)
        images = [
            OwnImage(
                url=next(left) if data else photo_url, size=len(data or b""), photo_name=numbered(photo.name, number)
            )
            for number, (data, _) in enumerate(cut, start=1)
        ]
        yield db, replace(reading, cards=tuple(card for _, card in cut)), images


def add_card(db: Connection, job_id: int, contact_id: int, image: OwnImage) -> tuple[int, int]:
    """Return the ids of a new contact beside the one that was captured, still to take its reading, and of its job."""
    about = {"contact_id": contact_id, "photo_name": image.photo_name, "business_card_url": image.url}
    added = int(db.execute(SQL["add_card"], about).scalar_one())
    its_job = {"contact_id": added, "photo_name": image.photo_name, "job_id": job_id}
    added_job = int(db.execute(SQL["add_read_job"], its_job).scalar_one())
    log_activity(
        db, "contact_uploaded", "contact", added, photo=image.photo_name, bytes=image.size, cut_from=contact_id
    )
    return added, added_job


def replace_image(db: Connection, contact_id: int, image: OwnImage) -> None:
    """Give a contact the picture of its own card in place of the photo."""
    db.execute(SQL["replace_image"], {"contact_id": contact_id, "business_card_url": image.url})


def numbered(photo_name: str, number: int) -> str:
    """Return the name of a photo's card as `full_name` may hold it: "IMG_1 (2).jpg" for the second; the photo's own
    for the first.
    """
    if number == 1:
        return photo_name
    tail = f" ({number}).jpg"
    return EXTENSION.sub("", photo_name)[: NAME_LENGTH - len(tail)] + tail
