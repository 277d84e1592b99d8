"""`python -m tests.bench.queue` (make bench-queue): how much of the machine the queue turns into read cards."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from lib.capture import capture_photo
from lib.contacts.events import EventDetails, add_event
from lib.database import close_database, open_database, transaction
from lib.jobs.progress import count_progress
from lib.jobs.supervisor import Supervisor
from lib.settings import ROOT, get_settings
from tests.bench import capture_page, uploads
from tests.bench.reading import make_samples

CARDS = 80
SEED = 4_000
LIMIT_S = 900
# Of each worker: it still loads its models while the other reads already, and ends before it.
WARMING = 3

# One process that reads photos on one thread, as a worker does; it says how long it read, without loading.
READ = """
import sys, time
from pathlib import Path
from lib.cards import open_reader
from lib.errors import MeishiError
from lib.settings import get_settings
reader = open_reader(get_settings(), threads=1)
paths = [Path(path) for path in sys.argv[1:]]
reader.read(paths[0].read_bytes())
print("ready", flush=True); sys.stdin.readline()
started = time.perf_counter()
for path in paths:
    try:
        reader.read(path.read_bytes())
    except MeishiError:
        pass
print(time.perf_counter() - started, flush=True)
"""


def measure(cards: int = CARDS) -> dict[str, float]:
    """Return the figures of the queue: what one reader does alone, as many as cores at once, and the workers."""
    cores = os.cpu_count() or 1
    with _home() as folder:
        paths = []
        for sample in make_samples(cards, SEED):
            paths.append(folder / sample.name)
            paths[-1].write_bytes(sample.data)
        alone = [_read_at_once([paths[::2]])]
        side_by_side = _read_at_once([paths[place::cores] for place in range(cores)])
        works, overhead = _through_the_queue(paths, cores)
        alone.append(_read_at_once([paths[1::2]]))
    single = statistics.mean(alone)
    return {
        "cards": cards,
        "cores": cores,
        "reader_cards_per_second": round(single, 3),
        "readers_at_once_cards_per_second": round(side_by_side, 3),
        "workers_cards_per_second": round(works, 3),
        "throughput_ratio": round(works / (cores * single), 3),
        "throughput_ratio_to_readers_at_once": round(works / side_by_side, 3),
        "overhead_ms_per_card": round(overhead * 1000, 1),
    }


@contextmanager
def _home() -> Iterator[Path]:
    """A home of its own, with the models that are there already."""
    folder = Path(tempfile.mkdtemp(prefix="meishi-bench-"))
    folder.chmod(0o755)
    before = dict(os.environ)
    os.environ |= {"MEISHI_HOME": str(folder), "WORKERS": str(os.cpu_count() or 1)}
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("STORAGE_URL", None)
    get_settings.cache_clear()
    close_database()
    try:
        yield folder
    finally:
        close_database()
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()
        shutil.rmtree(folder, ignore_errors=True)


def _read_at_once(shares: Sequence[Sequence[Path]]) -> float:
    """Return the cards a second that readers of one thread each do, one a share, side by side."""
    command = [sys.executable, "-c", READ]
    readers = [
        subprocess.Popen(
            [*command, *map(str, share)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for share in shares
    ]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    for reader in readers:
        assert reader.stdin is not None
        reader.stdin.write("\n")
        reader.stdin.flush()
    spent = [float(reader.communicate(timeout=LIMIT_S)[0]) for reader in readers]
    return sum(len(share) / seconds for share, seconds in zip(shares, spent, strict=True))


def _through_the_queue(paths: Sequence[Path], cores: int) -> tuple[float, float]:
    """Return the cards a second that a worker a core reads, and the seconds around the reading of each."""
    open_database(get_settings())
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Fair", date=dt.date(2026, 4, 20)))
    for path in paths:
        capture_photo(event_id, path.name, path.read_bytes())
    workers = Supervisor(cores)
    try:
        deadline = time.monotonic() + LIMIT_S
        while _waiting(event_id) and time.monotonic() < deadline:
            time.sleep(0.5)
    finally:
        workers.stop()
    done = _readings()
    # While all workers read: after each has loaded its models, before the first runs out of cards.
    steady = done[WARMING * cores : -cores]
    elapsed = (steady[-1][0] - steady[0][0]).total_seconds()
    read = len(steady) - 1
    return read / elapsed, elapsed * cores / read - statistics.mean(seconds for _, seconds in steady[1:])


def _waiting(event_id: int) -> int:
    with transaction() as db:
        return count_progress(db, event_id).waiting


def _readings() -> list[tuple[dt.datetime, float]]:
    """Return when each reading ended and how long the reader itself took, in the order of ending."""
    ended = """
        select ocr_jobs.completed_at, cast(activity_logs.metadata ->> 'seconds' as double precision)
        from ocr_jobs
        join activity_logs on cast(activity_logs.metadata ->> 'job_id' as int) = ocr_jobs.id
        where activity_logs.action = 'contact_processed' and activity_logs.metadata ? 'seconds'
        order by ocr_jobs.completed_at"""
    with transaction() as db:
        return [(at, seconds) for at, seconds in db.execute(text(ended)).all()]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write build/bench-queue.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.queue", description=__doc__)
    parser.add_argument("--cards", type=int, default=CARDS, help="how many cards go through the queue")
    parser.add_argument("--uploads", type=int, default=1000, help="how many photos are dropped on the page")
    parser.add_argument("--only-queue", action="store_true", help="leave the page and the uploads out")
    options = parser.parse_args(arguments)
    figures = measure(options.cards)
    if not options.only_queue:
        figures |= uploads.measure(options.uploads)
        figures |= {f"capture_{name}": value for name, value in capture_page.measure().items()}
    path = Path("build/bench-queue.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
