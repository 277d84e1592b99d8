"""`python -m tests.bench.backup` (make bench-backup): how long backup, restore and move take, and how much memory."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psycopg

from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT

IMAGE_BYTES = 300_000
ADD_IMAGES = """
update contacts set business_card_url = images.url
from (select unnest(%s::text[]) as url, unnest(%s::int[]) as place) as images
join (select id, row_number() over (order by id) as place from contacts) as numbered on numbered.place = images.place
where contacts.id = numbered.id
"""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, add to build/bench-backup.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backup", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--images", type=int, default=1_000)
    options = parser.parse_args(arguments)
    path = ROOT / "build" / "bench-backup.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[f"{options.contacts} contacts, {options.images} images"] = measure(options.contacts, options.images)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(known, indent=2) + "\n")
    print(json.dumps(known, indent=2))


def measure(contacts: int, images: int) -> dict[str, object]:
    """Return the figures of one place and of those that it is restored in and moved to."""
    folder = Path(tempfile.mkdtemp(prefix="meishi-bench-backup-", dir=os.environ.get("BENCH_FOLDER")))
    folder.chmod(0o755)
    homes = {name: folder / name for name in ("from", "restored", "moved")}
    servers = [EmbeddedServer(home) for home in homes.values()]
    try:
        for server in servers:
            server.start()
        _run(homes["from"], "lib.demo", "--contacts", str(contacts))
        _add_images(homes["from"], servers[0], images)
        figures: dict[str, object] = {"backup": _run(homes["from"], "lib.backup", "make")}
        [file] = (homes["from"] / "backups").iterdir()
        figures["file_mb"] = round(file.stat().st_size / 1e6, 1)
        figures["images_mb"] = images * IMAGE_BYTES / 1e6
        figures["verify"] = _run(homes["from"], "lib.backup", "verify", str(file))
        rows, size = _said(file)
        figures |= {"rows": rows, "rows_mb": round(size / 1e6, 1)}
        figures["restore"] = _run(homes["restored"], "lib.backup", "restore", str(file))
        lines = folder / "moved.env"
        lines.write_text(f"MEISHI_HOME={homes['moved']}\n")
        figures["move"] = _run(homes["from"], "lib.backup", "move", str(lines))
        for step in ("backup", "verify", "restore", "move"):
            found = figures[step]
            assert isinstance(found, dict)
            found["rows_per_s"] = round(rows / found["seconds"])
            found["mb_per_s"] = round((size + images * IMAGE_BYTES) / 1e6 / found["seconds"], 1)
        return figures
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder)


def _add_images(home: Path, server: EmbeddedServer, count: int) -> None:
    urls = []
    for place in range(count):
        key = f"cards/{place % 20 + 1}/{uuid.uuid4().hex}.jpg"
        path = home / "images" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(IMAGE_BYTES))
        urls.append((home / "images" / key).as_uri())
    with psycopg.connect(host=str(server.socket_folder), user="postgres", dbname="meishi") as db:
        db.execute(ADD_IMAGES, [urls, list(range(1, count + 1))])


def _run(home: Path, module: str, *arguments: str) -> dict[str, float]:
    """Return how long the command took, and the most memory that it held."""
    began = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "MEISHI_HOME": str(home), "WORKERS": "0"},
        stdout=sys.stderr,
    )
    _, status, used = os.wait4(running.pid, 0)
    assert status == 0, f"{module} {arguments} failed"
    # Linux counts in kilobytes.
    return {"seconds": round(time.perf_counter() - began, 1), "peak_mb": round(used.ru_maxrss / 1024)}


def _said(file: Path) -> tuple[int, int]:
    """Return how many rows are in a backup, and their bytes unpacked."""
    from lib.backup.checking import check_backup

    with check_backup(file) as checked:
        tables = checked.manifest.tables
        return sum(table.rows for table in tables), sum(table.bytes for table in tables)


if __name__ == "__main__":
    main()
