"""Taking many photos in behind the page: neither a click nor a reload nor another page cuts it off."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from lib.errors import AlreadyThere, MeishiError, NotFound
from lib.logs import refer

# What takes a card in, whatever a card is to its caller.
Take = Callable[[Any], object]

log = logging.getLogger(__name__)


class Intake:
    """Takes cards in, one after the other, until none is left or one cannot be taken in for now.

    A card leaves the row only once it is taken in, so that nothing is lost; it is let go of then.
    """

    def __init__(self, take: Take) -> None:
        self._take = take
        self._row: deque[Any] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.total = 0
        self.taken = 0
        self.left_out = 0
        self.repeated: list[str] = []
        self.failure: MeishiError | None = None

    @property
    def done(self) -> int:
        """How many are dealt with."""
        return self.total - len(self._row)

    @property
    def is_over(self) -> bool:
        """Whether all is taken in."""
        with self._lock:
            return not self._row and self._thread is None

    def add(self, cards: Sequence[Any]) -> None:
        """Put the cards at the end of the row, and go on."""
        with self._lock:
            self._row.extend(cards)
            self.total += len(cards)
        self.go_on()

    def go_on(self) -> None:
        """Take in what is left, where nobody does already."""
        with self._lock:
            if self._row and self._thread is None:
                self.failure = None
                # A daemon: the app's end does not wait for a thousand photos.
                self._thread = threading.Thread(target=self._run, daemon=True, name="intake")
                self._thread.start()

    def leave_out(self) -> None:
        """Go on without the one that could not be taken in."""
        with self._lock:
            if self.failure is not None:
                self._row.popleft()
                self.failure = None
        self.go_on()

    def wait(self, seconds: float) -> None:
        """Return when nothing goes on any more, at the latest after so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _run(self) -> None:
        while self._take_next():
            pass

    def _take_next(self) -> bool:
        """Take one in; whether there is another one to take now."""
        try:
            self._take(self._row[0])
            self.taken += 1
        except AlreadyThere as error:
            self.repeated.append(error.message)
        except NotFound as error:  # the event was deleted: nowhere to take the others
            return self._stop(error, keep=False)
        except MeishiError as error:
            return self._stop(error)
        except Exception:
            reference = refer(log, "taking a photo in failed")
            remedy = f"If it comes back, look for the reference {reference} in the log."
            return self._stop(MeishiError("A photo could not be taken in.", remedy))
        with self._lock:
            self._row.popleft()
            if not self._row:
                self._thread = None
            return bool(self._row)

    def _stop(self, error: MeishiError, *, keep: bool = True) -> bool:
        with self._lock:
            self.failure = error
            self._thread = None
            if not keep:
                self._row.clear()
        return False


# By event: whoever looks at it, from whatever tab, sees how far its photos are.
_intakes: dict[int, Intake] = {}
_lock = threading.Lock()


def take_in(event_id: int, cards: Sequence[Any], take: Take) -> Intake:
    """Have `take` called with each card, behind those of the event that still wait. Return how it goes."""
    with _lock:
        intake = _intakes.setdefault(event_id, Intake(take))
        intake.add(cards)
    return intake


def get_intake(event_id: int) -> Intake | None:
    """Return how far the event's photos are taken in, None where there are none."""
    return _intakes.get(event_id)


def pop_finished(event_id: int) -> Intake | None:
    """Return what was taken in, once, when it is over."""
    with _lock:
        intake = _intakes.get(event_id)
        return _intakes.pop(event_id) if intake is not None and intake.is_over else None
