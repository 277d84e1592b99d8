"""Waiting until photos are read, by whoever reads them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from types import TracebackType

from lib.capture.batch import list_unread
from lib.database import transaction
from lib.errors import MeishiError
from lib.jobs.supervisor import Supervisor
from lib.workers import count_workers_alive

LOOK_EVERY_S = 0.5
# Long enough for an app that is being started; a script must not wait for ever.
PATIENCE_S = 60.0
NOBODY = "No worker is running: start the app or `make worker`."


class NobodyReads(MeishiError):
    """No worker takes jobs, and none came."""


class Crew:
    """Those who read while a command waits: workers that run anyway, else `own_count` of its own until it ends."""

    def __init__(self, own_count: int, say: Callable[[str], None]) -> None:
        self._own_count = own_count
        self._say = say
        self._own: Supervisor | None = None
        self._was_said = False
        self._last_seen = time.monotonic()

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._own is None:
            return
        if kind is not None:
            self._say("Finishing the cards in hand …")
        self._own.stop()

    def look(self) -> None:
        """See to it that somebody reads. Raises NobodyReads when nobody has for a minute."""
        with transaction() as db:
            alive = count_workers_alive(db)
        if alive:
            self._last_seen = time.monotonic()
        elif not self._was_said:
            self._was_said = True
            self._replace()
        elif time.monotonic() - self._last_seen > PATIENCE_S:
            raise NobodyReads("No worker came to read the photos.", "Start the app or `make worker`.")

    def _replace(self) -> None:
        if self._own_count:
            self._say(f"No worker is running: {self._own_count} of this command's own read until it ends.")
            self._own = Supervisor(self._own_count)
        else:
            self._say(f"{NOBODY} Waiting a minute for one.")


def wait_until_read(contact_ids: Collection[int], crew: Crew) -> Iterator[int]:
    """Yield at each look how many of the contacts the reader is done with, until that is all.

    Raises DatabaseUnavailable, NobodyReads.
    """
    unread = list(contact_ids)
    while True:
        with transaction() as db:
            unread = list_unread(db, unread)
        yield len(contact_ids) - len(unread)
        if not unread:
            return
        crew.look()
        time.sleep(LOOK_EVERY_S)
