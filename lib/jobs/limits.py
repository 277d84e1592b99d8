"""What one job may take of the machine: so much time and so much memory, whatever the photo.

Decoders and models are native code, which Python cannot interrupt: a job that takes too long ends with its process,
and the supervisor starts another one.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from lib.cards.memory import needs_too_much_memory, out_of_memory
from lib.settings import get_settings

# Seconds of one job, by reader. On half a core a page of small print took RapidOCR 54 s, and a card may have two
# sides; EasyOCR took 8 to 40 s a card, a vision model may take a minute, and a photo shows up to 20 cards. The clocks
# that count them stand still while a laptop sleeps.
LIMITS_S = {"rapidocr": 180.0, "easyocr": 1200.0, "vision": 1500.0}
# The kernel's own timer comes so much later: for when no thread of Python runs, or the database does not answer.
GRACE_S = 15.0
# Bytes above what the loaded models take. No lawful photo took half of it.
HEADROOM = 3_000_000_000
# The kernel ends a worker before the app (0) and the database where the whole machine runs out of memory.
OOM_SCORE = "500"
TOO_SLOW = (
    "This photo took the reader longer than it may. "
    "Take it again with fewer cards in the picture, or type the contact in by hand."
)

# Given what ends the job with a sentence; in force while it is entered.
Limits = Callable[[Callable[[str], None]], AbstractContextManager[None]]

log = logging.getLogger(__name__)


@contextmanager
def unbounded(fail: Callable[[str], None]) -> Iterator[None]:
    """Hold what runs inside to nothing: for a process that must not end."""
    yield


@contextmanager
def bounded(fail: Callable[[str], None], reader: str | None = None) -> Iterator[None]:
    """Hold what runs inside to a job's limits; only for a process that is replaced when it ends.

    `reader` is who reads, the settings' own unless given.

    Beyond the time `fail` is told why, and the process ends; where even that does not come about, the kernel ends it.
    Raises PhotoTooLarge beyond the memory; the process then ends after this job.
    """
    limit_s = LIMITS_S[reader or get_settings().ocr_engine]
    watchdog = threading.Timer(limit_s, _give_up, [fail])
    watchdog.daemon = True
    watchdog.start()
    # Nothing handles SIGALRM, so that it kills without asking Python.
    signal.setitimer(signal.ITIMER_REAL, limit_s + GRACE_S)
    try:
        yield
    except Exception as error:
        if not out_of_memory(error):
            raise
        # What the models' arenas took they keep, and which of them broke off half-way is not known.
        _end_after_this_job()
        raise needs_too_much_memory() from error
    finally:
        watchdog.cancel()
        signal.setitimer(signal.ITIMER_REAL, 0)


def bound_memory() -> None:
    """Let this process take `HEADROOM` more than it has now: what asks for more gets a MemoryError.

    Linux only: macOS accepts the limit and does not keep it.
    """
    if sys.platform != "linux":
        return
    import resource

    # Not the address space, of which torch and ONNX Runtime reserve far more than they use.
    most = _data_bytes() + HEADROOM
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    # A container may forbid it; then the kernel chooses by size alone.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE, encoding="ascii")


def _data_bytes() -> int:
    """Return what the kernel counts against RLIMIT_DATA: private writable memory, used or not (proc(5), VmData)."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmData:"))
    return int(line.split()[1]) * 1024


def _give_up(fail: Callable[[str], None]) -> None:
    log.warning("a job took too long: this worker ends and is replaced")
    try:
        fail(TOO_SLOW)
    except Exception:
        # The job is then taken up again like that of any worker that died.
        log.exception("the job could not be ended")
    finally:
        # Not sys.exit: the job's thread sits in native code and would never hear of it.
        os._exit(1)


def _end_after_this_job() -> None:
    log.warning("a job took too much memory: this worker ends and is replaced")
    os.kill(os.getpid(), signal.SIGTERM)
