"""`python -m tests.faults.hostile_worker NAME`: a real worker whose reader does with each photo what NAME says."""

from __future__ import annotations

import re
import sys
import time
from types import SimpleNamespace

from lib.cards import Reading
from lib.jobs import limits, reading, upkeep, worker


def sleeping(photo: bytes) -> Reading:
    time.sleep(600)
    raise AssertionError("nobody ended this")


def holding_the_gil(photo: bytes) -> Reading:
    # No thread of Python runs while the expression is tried: twice the time for each letter.
    re.fullmatch(r"(a+)+b", "a" * 60)
    raise AssertionError("nobody ended this")


def devouring(photo: bytes) -> Reading:
    eaten = []
    while True:
        eaten.append(bytearray(50_000_000))


READERS = {read.__name__: read for read in (sleeping, holding_the_gil, devouring)}


def load_reader() -> SimpleNamespace:
    limits.bound_memory()
    return SimpleNamespace(read=READERS[sys.argv[1]])


if __name__ == "__main__":
    limits.LIMITS_S = {"rapidocr": 1.5}
    limits.GRACE_S = 1.0
    limits.HEADROOM = 400_000_000
    upkeep.SILENCE_S = 2.0
    upkeep.LOOK_EVERY_S = 0.2
    worker.HEARTBEAT_S = 1
    reading._load_reader = load_reader
    worker.work()
