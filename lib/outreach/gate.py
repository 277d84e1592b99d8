"""How many requests may be under way: halved when the server says it is too many, grown back while it answers."""

from __future__ import annotations

import time
from collections.abc import Callable

CEILING = 32
# So many more for each round of answers: fast enough that the level is found again soon after a halving.
GROWTH = 2.0
# What a server that names no time is left alone for; doubled while nothing but refusals comes.
PAUSE_S = 0.25
LONGEST_PAUSE_S = 20.0


class Gate:
    """Additive increase, multiplicative decrease, shared by all that ask one server. Pure: it only keeps count.

    `enter` and `leave` frame each request; of its end `accepted` or `refused` is told before `leave`.
    """

    def __init__(self, ceiling: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._ceiling = min(ceiling, CEILING)
        self._limit = float(self._ceiling)
        self._clock = clock
        self._under_way = 0
        self._opens_at = self._halved_at = self._accepted_at = clock()
        self._refusals_in_a_row = 0

    @property
    def limit(self) -> int:
        """How many may be under way now, at least one."""
        return max(1, int(self._limit))

    @property
    def silent_s(self) -> float:
        """Seconds since the last request that was not refused, or since the beginning."""
        return self._clock() - self._accepted_at

    def wait_s(self) -> float | None:
        """Return the seconds until another may enter: 0 at once, None when one has to leave before."""
        closed_s = self._opens_at - self._clock()
        if closed_s > 0:
            return closed_s
        return 0.0 if self._under_way < self.limit else None

    def enter(self) -> float:
        """Count one more under way. Return when, for `refused`."""
        self._under_way += 1
        return self._clock()

    def leave(self) -> None:
        """Count one less."""
        self._under_way -= 1

    def accepted(self) -> None:
        """Grow a little: by `GROWTH` when as many as may be under way were answered."""
        self._refusals_in_a_row = 0
        self._accepted_at = self._clock()
        self._limit = min(float(self._ceiling), self._limit + GROWTH / self._limit)

    def refused(self, entered_at: float, retry_after_s: float | None) -> None:
        """Halve, once for all that were under way together, and let nobody in before the server wants to be asked."""
        now = self._clock()
        if entered_at >= self._halved_at:
            self._limit, self._halved_at = max(1.0, self._limit / 2), now
            self._refusals_in_a_row += 1
        if retry_after_s is None:
            retry_after_s = min(LONGEST_PAUSE_S, PAUSE_S * 2 ** min(self._refusals_in_a_row, 10))
        self._opens_at = max(self._opens_at, now + retry_after_s)
