"""`python -m tests.bench.uploads --count 1000`: drop photos on Capture all at once and print the app's memory, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import psutil
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, STEP_LIMIT_MS, App, open_page, running_app, settle

ADD_EVENT = "insert into events (name, date) values ('Fair', '2026-11-03') returning id"
LIMIT_S = 1800
LOOK_EVERY_S = 0.05
# What a session lets go of late is not held against it.
SETTLE_S = 10


def measure(count: int = 1000, megabytes: float = 2.5) -> dict[str, float]:
    """Return the memory (MB, resident) of the app's own process before, while and after it takes photos in."""
    with tempfile.TemporaryDirectory(prefix="uploads-") as folder, running_app(WORKERS="0") as app:
        photos = make_photos(Path(folder), count, megabytes)
        app.query(ADD_EVENT)
        process = psutil.Process(app.process.pid)
        with capture_page(app) as page:
            before = memory(process)
            with watch(process) as peak:
                seconds = drop(page, app, photos)
                settle(page)
                time.sleep(SETTLE_S)
            after = memory(process)
    return {
        "uploads": count,
        "app_mb_before": before,
        "app_mb_peak": round(max(peak), 1),
        "app_mb_after_1000_uploads": after,
        "growth_mb": round(after - before, 1),
        "seconds_to_take_in": round(seconds, 1),
    }


def make_photos(folder: Path, count: int, megabytes: float) -> list[Path]:
    """Return photos of that size, no two with the same pixels: a little noise, and what makes up the size behind it."""
    photos = [folder / f"IMG_{number:04}.jpg" for number in range(count)]
    for photo in photos:
        picture = BytesIO()
        Image.frombytes("L", (32, 20), os.urandom(640)).save(picture, "JPEG")
        photo.write_bytes(picture.getvalue() + os.urandom(int(megabytes * 1e6)))
    return photos


@contextmanager
def capture_page(app: App) -> Iterator[Page]:
    """Open the Capture page in a browser of its own."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    expect.set_options(timeout=STEP_LIMIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = chromium.new_page(base_url=app.url)
        open_page(page, "Capture")
        yield page
        chromium.close()


def drop(page: Page, app: App, photos: list[Path]) -> float:
    """Give the page all photos at once, and return the seconds until the last was taken in."""
    start = time.monotonic()
    uploader = page.locator(".st-key-cards input[type=file]")
    uploader.set_input_files(photos, timeout=LIMIT_S * 1000)
    while app.query("select count(*) from contacts") != [(len(photos),)]:
        assert time.monotonic() - start < LIMIT_S, "the photos were not taken in"
        time.sleep(0.2)
    return time.monotonic() - start


@contextmanager
def watch(process: psutil.Process) -> Iterator[list[float]]:
    """Collect the process's memory until the end of the block."""
    seen, over = [memory(process)], threading.Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            seen.append(memory(process))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()


def memory(process: psutil.Process) -> float:
    """Return the process's resident memory in MB, its workers' and the database's not counted."""
    return round(process.memory_info().rss / 1e6, 1)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--megabytes", type=float, default=2.5)
    print(json.dumps(measure(**vars(parser.parse_args())), indent=2))


if __name__ == "__main__":
    main()
