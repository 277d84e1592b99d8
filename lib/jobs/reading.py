"""Reading a card as a job: `ocr_jobs` is its visible record, and only the latest attempt writes a result."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import procrastinate
from procrastinate.retry import RetryDecision
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.activity import log_activity
from lib.cards import CONTACT_FIELDS, Reader, Reading, open_reader, raw_data
from lib.cards.sides import read_sides
from lib.contacts.values import LIMITS
from lib.database import get_row, load_queries, transaction
from lib.errors import DatabaseUnavailable, MeishiError, StorageUnavailable
from lib.jobs.cards import add_card, own_images, replace_image
from lib.jobs.comparing import save_comparison
from lib.jobs.joining import join_other_side
from lib.jobs.limits import Limits, bound_memory, bounded, unbounded
from lib.jobs.queue import defer, queue
from lib.logs import about, refer
from lib.settings import get_settings
from lib.storage import load_image
from lib.text import to_json

SQL = load_queries("jobs")
CONTACTS = load_queries("contacts")
MAX_ATTEMPTS = 3
KILLER = "This photo stopped the reader three times. Take the card's photo again, or type the contact in by hand."
# Faults of the surroundings, which pass; everything else about a photo would be the same next time.
PASSING = (StorageUnavailable, DatabaseUnavailable, OperationalError)
# Of a job's starts, while the store is away: for about ten minutes. The queue puts nothing off for longer than one.
STORE_STARTS = 15
LONGEST_WAIT_S = 50
# Less than a worker that ends is given to finish.
OUTAGE_S = 15.0
OUTAGE_LOOK_S = 0.5

# Warming up and the first card must not both load the models.
_loading = threading.Lock()
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One try at a job; its number is the fence its result must pass."""

    id: int
    attempts: int
    contact_id: int
    business_card_url: str
    back_image_url: str | None
    # Another engine reads what was read before: its result stands beside the contact's values.
    is_comparison: bool


def enqueue_reading(db: Connection, contact_id: int, photo_name: str, photo_fingerprint: str | None = None) -> int:
    """Return the id of the new job that will read the contact's photo, queued in the caller's transaction."""
    parameters = {"contact_id": contact_id, "photo_name": photo_name, "photo_fingerprint": photo_fingerprint}
    job_id = int(db.execute(SQL["add_job"], parameters).scalar_one())
    defer(db, read_card, lock=f"ocr_job/{job_id}", job_id=job_id)
    return job_id


class AgainSoon(procrastinate.BaseRetryStrategy):
    """What passes is tried again, after seconds and then after most of a minute; `run_reading` ends it."""

    def get_retry_decision(self, *, exception: BaseException, job: procrastinate.jobs.Job) -> RetryDecision | None:
        """Return when to try again; None for what does not pass."""
        if not isinstance(exception, PASSING):
            return None
        return RetryDecision(retry_in={"seconds": min(5 * 2 ** min(job.attempts, 10), LONGEST_WAIT_S)})


@queue.task(name="read_card", retry=AgainSoon())
def read_card(job_id: int) -> None:
    """Read the photo of job `job_id` with this worker's reader or the engine it names, within the limits of a job."""
    with about(job_id=job_id):
        with transaction() as db:
            engine = db.execute(SQL["get_engine"], {"job_id": job_id}).scalar()
            retries = db.execute(SQL["count_retries"], {"lock": f"ocr_job/{job_id}"}).scalar() or 0
        within = partial(bounded, reader=engine)
        may_wait = retries + 1 < STORE_STARTS
        run_reading(job_id, lambda photo: open_worker_reader(engine).read(photo), within=within, may_wait=may_wait)


def open_worker_reader(engine: str | None = None) -> Reader:
    """Return this process's reader, or that of an `engine`, loaded at the first call that asks for it.

    The workers share the cores between them.
    """
    with _loading:
        return _load_reader() if engine in (None, get_settings().ocr_engine) else _load_reader(engine)


@cache
def _load_reader(engine: str | None = None) -> Reader:
    settings = get_settings()
    reader = open_reader(settings, engine, threads=max(1, (os.cpu_count() or 1) // max(1, settings.workers)))
    bound_memory()
    return reader


def run_reading(
    job_id: int, read: Callable[[bytes], Reading], within: Limits = unbounded, *, may_wait: bool = False
) -> None:
    """Take the job through its states with `read`, which turns a photo's bytes into a reading.

    What is wrong with the photo ends the job `failed` with a sentence, and so does what exceeds the limits that it
    is read `within`. Raises StorageUnavailable (to be tried again) while attempts are left, of which a store that is
    away costs none where the job `may_wait` for it.
    """
    attempt = _start(job_id)
    if attempt is None:
        return
    read_contacts = [attempt.contact_id]
    try:
        with within(lambda message: _fail(attempt, message)):
            reading = _read_photos(attempt, read)
        read_contacts = _through_outage(lambda: _complete(attempt, reading)) or read_contacts
    except PASSING as error:
        if may_wait and isinstance(error, StorageUnavailable):
            with transaction() as db:
                db.execute(SQL["give_back_attempt"], {"job_id": attempt.id, "attempts": attempt.attempts})
            raise
        if attempt.attempts < MAX_ATTEMPTS:
            raise
        _fail(attempt, str(error))
    except MeishiError as error:
        _fail(attempt, str(error))
    except Exception:
        reference = refer(log, "reading failed", job_id=job_id, contact_id=attempt.contact_id)
        _fail(attempt, f"The reader stumbled over this photo (reference {reference}). Take it again, or type it in.")
    for contact_id in () if attempt.is_comparison else read_contacts:
        join_other_side(contact_id)


def _read_photos(attempt: Attempt, read: Callable[[bytes], Reading]) -> Reading:
    """Return the reading of the contact's photo, or of the two sides of its card."""
    front, back = attempt.business_card_url, attempt.back_image_url
    if back is None:
        return read(load_image(front))
    reading = read_sides(lambda: read(load_image(front)), lambda: read(load_image(back)))
    # A card with two sides keeps both photos as they are, even where its front's shows other cards.
    return replace(reading, cards=(replace(reading.cards[0], outline=None), *reading.cards[1:]))


def _through_outage(write: Callable[[], list[int]]) -> list[int]:
    """Return what `write` returns, tried again while the database is away: a restart does not cost a reading."""
    deadline = time.monotonic() + OUTAGE_S
    while True:
        try:
            return write()
        except DatabaseUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(OUTAGE_LOOK_S)


def _start(job_id: int) -> Attempt | None:
    """Return the new attempt; None where nothing is to be done: deleted, finished, or given up now."""
    with transaction() as db:
        attempt = get_row(db, SQL["start_job"], Attempt, {"job_id": job_id})
    if attempt is not None and attempt.attempts > MAX_ATTEMPTS:
        _fail(attempt, KILLER)
        return None
    return attempt


def _complete(attempt: Attempt, reading: Reading) -> list[int]:
    """Store the reading; return the contacts that were read: more than one where the photo shows several cards."""
    if attempt.is_comparison:
        return _complete_comparison(attempt, reading)
    if len(reading.cards) > 1:
        return _complete_several(attempt, reading)
    with transaction() as db:
        is_saved = _finish(db, attempt, "completed", None) and _save(db, attempt.contact_id, attempt.id, reading, 0)
    return [attempt.contact_id] if is_saved else []


def _complete_comparison(attempt: Attempt, reading: Reading) -> list[int]:
    """Put the reading beside the contact; return none, as whose other side it is was asked when it was first read."""
    with transaction() as db:
        if _finish(db, attempt, "completed", None):
            save_comparison(db, attempt.contact_id, attempt.id, reading)
    return []


def _complete_several(attempt: Attempt, reading: Reading) -> list[int]:
    """Store each card with its own image: the first one's contact is the one that was captured."""
    with own_images(attempt.id, attempt.business_card_url, reading) as (db, own, images):
        if not (_finish(db, attempt, "completed", None) and _save(db, attempt.contact_id, attempt.id, own, 0)):
            return []
        replace_image(db, attempt.contact_id, images[0])
        contact_ids = [attempt.contact_id]
        for index, image in enumerate(images[1:], start=1):
            added, job_id = add_card(db, attempt.id, attempt.contact_id, image)
            _save(db, added, job_id, own, index)
            contact_ids.append(added)
    return contact_ids


def _save(db: Connection, contact_id: int, job_id: int, reading: Reading, index: int) -> bool:
    """Write a card of the reading to a contact; false where that waits for none any more."""
    card = reading.cards[index]
    values = {name: card.fields[name].value if name in card.fields else None for name in CONTACT_FIELDS}
    # What is longer than its column is no such value; it stays in the raw data, and a person looks at it.
    fitting = {name: value if value and len(value) <= LIMITS[name] else None for name, value in values.items()}
    status = card.status if fitting == values else "pending_review"
    about = {
        **fitting,
        "contact_id": contact_id,
        "ocr_confidence": round(card.confidence, 2),
        "ocr_raw_data": to_json(raw_data(reading, index)),
        "status": status,
    }
    if db.execute(CONTACTS["save_reading"], about).scalar() is None:
        return False
    metadata = {"status": status, "engine": reading.engine, "seconds": round(reading.seconds, 3)}
    log_activity(db, "contact_processed", "contact", contact_id, job_id=job_id, **metadata)
    return True


def _fail(attempt: Attempt, message: str) -> None:
    with transaction() as db:
        if not _finish(db, attempt, "failed", message):
            return
        is_failed = db.execute(CONTACTS["fail_reading"], {"contact_id": attempt.contact_id}).scalar() is not None
        if is_failed or attempt.is_comparison:
            metadata = {"status": "failed", "error": message}
            log_activity(db, "contact_processed", "contact", attempt.contact_id, job_id=attempt.id, **metadata)


def _finish(db: Connection, attempt: Attempt, status: str, message: str | None) -> bool:
    """Whether this attempt may write: false once another worker has taken the job over, or its contact is gone."""
    # The contact first, as a deletion takes them: the other order could lock both out.
    db.execute(CONTACTS["lock_contact"], {"contact_id": attempt.contact_id})
    parameters = {"job_id": attempt.id, "attempts": attempt.attempts, "status": status, "error_message": message}
    return db.execute(SQL["finish_job"], parameters).scalar() is not None
