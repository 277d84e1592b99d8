"""`python -m tests.bench.exporting`: seconds and memory to export 100,000 drafts, beside PostgreSQL's own COPY."""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import URL, Connection, text

from lib import settings as settings_module
from lib.database import close_database, open_database, transaction
from lib.outreach.exports import PROFILES, export_campaign
from lib.outreach.exports.judging import SQL, question_for_file
from lib.outreach.exports.streaming import stream_rows
from lib.outreach.exports.writing import hash_file, write_csv
from tests.conftest import TEMPLATE, running_server

DRAFTS = 100_000
ROUNDS = 3
CAMPAIGN = 1
# About a kilobyte an e-mail, names of which a third are not plain, no order that a disk would like.
FILL = """
insert into lead_groups (name) values ('Crowd');
insert into events (name, date, location) values ('Spring Fair', '2026-04-20', 'Berlin');
insert into email_campaigns (name, lead_group_id, status) select 'After the fair', id, 'ready' from lead_groups;
insert into contacts (event_id, full_name, email, company, title, phone, linkedin_url, status)
select
  events.id,
  (array['Ada', 'Ben', 'Zoë', 'Dr. Chloé', 'Ana María', 'Omar', 'MEI', 'Lars'])[1 + n % 8] || ' '
    || (array['Example', 'Sample', 'Miller', 'O''Neil', 'Weber', 'Łukasz', 'Okafor'])[1 + n % 7]
    || chr(97 + n % 26) || chr(97 + n / 26 % 26),
  'person' || n || '@example.com', 'Company ' || n % 5000 || ', Ltd', 'Head of Research', '+4930' || 1000000 + n,
  'https://www.linkedin.com/in/person' || n, 'completed'
from events cross join generate_series(1, {drafts}) as n;
insert into lead_group_contacts (lead_group_id, contact_id)
select lead_groups.id, contacts.id from lead_groups cross join contacts;
insert into email_drafts (campaign_id, contact_id, subject, body, personalization_data)
select
  email_campaigns.id, contacts.id, contacts.company || ' and us',
  'Hi ' || contacts.full_name || E',\\n\\n'
    || repeat('what does "' || contacts.company || '" need, and when, in Berlin or elsewhere? ', 14),
  '{{"source": "model", "flags": [], "reasoning": "Because it says so on the card, and the notes agree."}}'
from email_campaigns cross join contacts
order by md5(contacts.email);
vacuum analyze
"""


def measure(drafts: int = DRAFTS) -> dict[str, float]:
    """Return the export's seconds over those of COPY, its memory over the idle process, and what its parts take."""
    with _filled(drafts) as url:
        figures = _measure_time(url)
        figures |= _measure_memory()
    return {name: round(value, 2) for name, value in figures.items()}


@contextmanager
def _filled(drafts: int) -> Iterator[URL]:
    """Give the address of a database with one campaign, and this process a home of its own."""
    with tempfile.TemporaryDirectory(prefix="meishi-bench-") as home, running_server("embedded") as server:
        os.environ |= {
            "MEISHI_HOME": home,
            "WORKERS": "0",
            "DATABASE_URL": server.url(TEMPLATE).render_as_string(hide_password=False),
        }
        settings_module.get_settings.cache_clear()
        with psycopg.connect(
            host=str(server.socket_folder), user="postgres", dbname=TEMPLATE, autocommit=True
        ) as connection:
            # Nobody needs the triggers of a hundred thousand contacts here.
            connection.execute("set session_replication_role = replica")
            for statement in FILL.format(drafts=drafts).split(";\n"):
                connection.execute(statement.encode())
        yield server.url(TEMPLATE)


def _measure_time(url: URL) -> dict[str, float]:
    """Return the medians of rounds in which each way has its turn: what others do meanwhile hits all alike."""
    ways = {"copy_s": _copy, "export_s": _export, "mark_s": _mark}
    parts = {"query_s": _query, "names_s": _names, "csv_s": _csv, "sha_s": _sha}
    open_database(settings_module.get_settings())
    seconds: dict[str, list[float]] = {name: [] for name in (*ways, *parts)}
    # The parts explain the ratio and are not in it: once is enough.
    for round_ways in (*[ways] * ROUNDS, parts):
        for name, run in round_ways.items():
            _vacuum(url)
            seconds[name].append(run())
    close_database()
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    ratios = [export / copy for export, copy in zip(seconds["export_s"], seconds["copy_s"], strict=True)]
    unmarked = [
        (export - mark) / copy
        for export, mark, copy in zip(seconds["export_s"], seconds["mark_s"], seconds["copy_s"], strict=True)
    ]
    return {
        "export_ratio": statistics.median(ratios),
        "export_ratio_best": min(seconds["export_s"]) / min(seconds["copy_s"]),
        "export_ratio_without_marking": statistics.median(unmarked),
        **medians,
    }


def _copy() -> float:
    """Time PostgreSQL's own way, of the very query that the export runs."""
    with transaction() as db:
        query, question = _query_of(db)
        driver = db.connection.driver_connection
        statement = psycopg.ClientCursor(driver).mogrify(query, question)
        started = time.perf_counter()
        with driver.cursor().copy(f"copy ({statement}) to stdout (format csv)".encode()) as copy:
            for _ in copy:
                pass
        return time.perf_counter() - started


def _export() -> float:
    """Time all of it: file, hash, disk, marks, record, log, commit."""
    started = time.perf_counter()
    with transaction() as db:
        export_campaign(db, CAMPAIGN)
    return time.perf_counter() - started


def _query() -> float:
    with transaction() as db:
        question = _query_of(db)[1]
        started = time.perf_counter()
        for _ in stream_rows(db, question):
            pass
        return time.perf_counter() - started


def _mark() -> float:
    with transaction() as db:
        ids = list(db.execute(text("select id from email_drafts order by md5(body)")).scalars())
    started = time.perf_counter()
    with transaction() as db:
        db.execute(SQL["mark_drafts"], {"draft_ids": f"{{{','.join(map(str, ids))}}}"})
    return time.perf_counter() - started


def _names() -> float:
    values = [tuple(row[5:]) for row in _some_rows()]
    started = time.perf_counter()
    for row in values:
        PROFILES["generic"].cells(row)
    return (time.perf_counter() - started) * DRAFTS / len(values)


def _csv() -> float:
    cells = [PROFILES["generic"].cells(tuple(row[5:])) for row in _some_rows()]
    started = time.perf_counter()
    write_csv(cells).encode()
    return (time.perf_counter() - started) * DRAFTS / len(cells)


def _sha() -> float:
    (newest,) = _newest_files()
    with newest.open("rb") as file:
        started = time.perf_counter()
        hash_file(file)
        return time.perf_counter() - started


def _newest_files() -> list[Path]:
    files = (settings_module.get_settings().meishi_home / "images" / "exports").iterdir()
    return sorted(files, key=lambda path: path.stat().st_mtime)[-1:]


def _some_rows() -> list[tuple[Any, ...]]:
    with transaction() as db:
        return list(itertools.islice(stream_rows(db, _query_of(db)[1]), 10_000))


def _query_of(db: Connection) -> tuple[str, dict[str, Any]]:
    question = question_for_file(db, CAMPAIGN, PROFILES["generic"], False)
    return str(SQL["list_rows"].compile(dialect=db.dialect)), question


def _vacuum(url: URL) -> None:
    """Take the last marks away, and what they left, and have the server write down what it owes the disk."""
    with psycopg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as db:
        db.execute("update email_drafts set exported_at = null where exported_at is not null")
        db.execute("vacuum analyze email_drafts")
        db.execute("checkpoint")


def _measure_memory() -> dict[str, float]:
    """Return what a process of its own takes for the same export, in MB over what it took before."""
    command = [sys.executable, "-m", "tests.bench.exporting", settings_module.get_settings().database_url or ""]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout))


def _export_in_child() -> None:
    """Export as the app does, and print the most memory it took."""
    open_database(settings_module.get_settings())
    with transaction() as db:
        db.execute(text("select 1"))
    process, peak, done = psutil.Process(), 0, threading.Event()
    idle = process.memory_info().rss

    def look() -> None:
        nonlocal peak
        while not done.wait(0.005):
            peak = max(peak, process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        _export()
    finally:
        done.set()
        looking.join()
    close_database()
    print(json.dumps({"export_peak_mb": (peak - idle) / 1e6, "export_idle_mb": idle / 1e6}))


def main(arguments: list[str]) -> None:
    """Measure and print."""
    if arguments:
        # The tests' own settings forget where the database is.
        os.environ["DATABASE_URL"] = arguments[0]
        settings_module.get_settings.cache_clear()
        _export_in_child()
    else:
        print(json.dumps(measure(), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
