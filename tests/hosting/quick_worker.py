"""`python -m tests.hosting.quick_worker`: a real worker whose reader takes no time, and who notices soon what died.

A photo's bytes are who it is of: `b"Ada Example"` is read as Ada Example, ada.example@example.com.
"""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace

from lib.cards import Reading
from lib.cards.model import Card, Field
from lib.jobs import reading, upkeep, worker

COMMAND = (sys.executable, "-m", "tests.hosting.quick_worker")
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
READING_S = 0.05


def read(photo: bytes) -> Reading:
    """Return what such a photo says."""
    time.sleep(READING_S)
    name = photo.decode()
    values = {
        "full_name": name,
        "email": f"{name.lower().replace(' ', '.')}@example.com",
        "company": "Example Optics",
    }
    fields = {
        column: Field(value=value, confidence=0.97, box=BOX, lines=(0,), evidence=())
        for column, value in values.items()
    }
    card = Card(status="completed", confidence=0.97, reasons=(), fields=fields, lines=(), extra={})
    return Reading(engine="rapidocr", engine_version="3", seconds=READING_S, cards=(card,))


if __name__ == "__main__":
    upkeep.SILENCE_S, upkeep.LOOK_EVERY_S, upkeep.TIDY_EVERY_S = 2.0, 0.2, 1.0
    worker.HEARTBEAT_S = 0.5  # type: ignore[assignment]
    reading._load_reader = lambda engine=None: SimpleNamespace(read=read)  # type: ignore[assignment]
    worker.work()
