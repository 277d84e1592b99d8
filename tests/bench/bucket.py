"""`python -m tests.bench.bucket` (make bench-bucket): what a bucket far away costs: requests and time of photos."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import close_database, open_database, transaction
from lib.errors import StorageUnavailable
from lib.images import new_images
from lib.settings import ROOT, get_settings
from lib.storage import check_storage, delete_images, load_image, new_export_address, new_file, save_image, signed_url
from lib.ui.intake import Intake
from tests.hosting.s3 import Faulty, faulty, s3_server

PHOTOS = 40
DELAYS_MS = (0, 50, 200)
# A phone's photo, made small.
BYTES = 1_500_000


def measure() -> dict[str, Any]:
    """Return the figures at each delay (milliseconds that every request takes longer), and of a store that fails."""
    with _bucket() as proxy:
        figures: dict[str, Any] = {f"delay_{delay}_ms": _measure(proxy, delay) for delay in DELAYS_MS}
        figures["waits_s"] = _measure_waits(proxy)
    return figures


def _measure(proxy: Faulty, delay_ms: int) -> dict[str, Any]:
    proxy.delay_s = delay_ms / 1000
    with transaction() as db:
        event_id = add_event(db, EventDetails(name=f"Fair {delay_ms}", date=dt.date(2026, 4, 20)))
    proxy.forget()
    began = time.perf_counter()
    intake = Intake(lambda photo: capture_photo(event_id, *photo))
    intake.add([(f"{number}.jpg", os.urandom(BYTES)) for number in range(PHOTOS)])
    intake.wait(600)
    seconds = time.perf_counter() - began
    found: dict[str, Any] = {
        "photos": intake.taken,
        "capture_s": round(seconds, 2),
        "requests_a_photo": proxy.count() / PHOTOS,
        "requests_at_once": proxy.most_at_once(),
    }
    url = save_image(os.urandom(BYTES), event_id=1, photo_name="card.jpg")
    found["look_at_one_ms"] = _milliseconds(lambda: load_image(url))
    found["sign_one_ms"] = _milliseconds(lambda: signed_url(url))
    found["nine_cards_of_one_photo_ms"] = _milliseconds(lambda: _cut(event_id), times=3)
    urls = [save_image(b"photo", event_id=1, photo_name="card.jpg") for _ in range(20)]
    found["delete_20_ms"] = _milliseconds(lambda: delete_images(urls), times=1)
    found["check_ms"] = _milliseconds(check_storage, times=3)
    return found


def _cut(event_id: int) -> None:
    with new_images([("card.jpg", b"card")] * 9, event_id=event_id):
        pass


def _measure_waits(proxy: Faulty) -> dict[str, float]:
    """Return how long it takes until the sentence is there, by what the store does and what is wanted of it."""
    proxy.heal()
    url = save_image(b"photo", event_id=1, photo_name="card.jpg")
    wants: dict[str, Callable[[], object]] = {
        "show": lambda: load_image(url),
        "store": lambda: save_image(b"photo", event_id=1, photo_name="card.jpg"),
        "delete": lambda: delete_images([url]),
        "export": _export,
        "check": check_storage,
    }
    found = {}
    for name, want in wants.items():
        for fault, change in (
            ("503", {"status": 503}),
            ("silent", {"is_stalled": True}),
            ("gone", {"is_down": True}),
        ):
            for setting, value in change.items():
                setattr(proxy, setting, value)
            began = time.perf_counter()
            try:
                want()
            except StorageUnavailable:
                found[f"{name}_{fault}"] = round(time.perf_counter() - began, 1)
            proxy.heal()
    return found


def _export() -> None:
    with new_file(new_export_address("csv")) as file:
        file.write(b"email\n")


def _milliseconds(work: Callable[[], object], times: int = 10) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return round(statistics.median(taken) * 1000, 1)


@contextmanager
def _bucket() -> Iterator[Faulty]:
    folder = Path(tempfile.mkdtemp(prefix="meishi-bench-"))
    folder.chmod(0o755)
    (folder / "s3").mkdir()
    with s3_server(folder / "s3") as server, faulty(server.endpoint) as proxy:
        os.environ.update(server.environment, AWS_ENDPOINT_URL=proxy.endpoint, MEISHI_HOME=str(folder))
        get_settings.cache_clear()
        open_database(get_settings())
        try:
            yield proxy
        finally:
            close_database()
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench-bucket.json")
    out = parser.parse_args().out
    figures = measure()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
