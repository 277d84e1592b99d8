"""`python -m tests.bench.analytics` (make bench-analytics): how fast the dashboards answer, with a million contacts."""

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
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import URL, Connection, text

from lib.analytics.queries import ask
from lib.analytics.refreshing import refresh
from lib.analytics.windows import PERIODS
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.settings import ROOT
from tests.browser.conftest import FLAGS, STEP_LIMIT_MS, App, running_app, settle

FEW, MANY = 10_000, 1_000_000
ROUNDS = 5
# What the page asks when it is opened: of everything, and of the period it begins with.
DOCUMENT = ("contacts_by_status", "average_processing_time", "upload_to_email_time", "contacts_needing_review")
OF_EVERYTHING = (*DOCUMENT, "first_draft_time")
OF_PERIOD = ("funnel", "captured_per_day", "ageing")
PERIOD_DAYS = 14
VIEWS = {
    "speed": ("processing_times", "processing_histogram", "processing_trend", "processing_by"),
    "reader": ("reader_matrix", "corrections_by_field", "calibration"),
    "events": ("events_overview", "drafts_overview", "exports_per_day"),
}
# How long the page keeps answers.
KEPT_S = 60
STRETCH = {"stretch": "contact", "by": "event"}
CHART = ".js-plotly-plot .main-svg >> nth=0"
# From the click, as the page hears of it, until the script has begun and ended.
WATCH = """
() => new Promise((resolve, reject) => {
  const app = document.querySelector("[data-testid=stApp]");
  let began = null, ran = false;
  window.addEventListener("click", () => { began = performance.now(); }, {capture: true, once: true});
  const look = () => {
    const state = app.dataset.testScriptState;
    if (began !== null && state === "running") ran = true;
    if (ran && state === "notRunning") resolve(performance.now() - began);
    else if (began !== null && performance.now() - began > 20000) reject(new Error("nothing ran"));
    else setTimeout(look, 4);
  };
  look();
})"""


@contextmanager
def filled(count: int, kept: Path | None) -> Iterator[URL]:
    """Give the address of a database with so many contacts, on a server of its own; in `kept` it stays for next time."""
    home = kept / str(count) if kept else Path(tempfile.mkdtemp(prefix="meishi-bench-"))
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    home.chmod(0o755)
    server = EmbeddedServer(home)
    url = server.start()
    try:
        engine = make_engine(url)
        if not _is_filled(engine.connect()):
            command = [sys.executable, "-m", "lib.demo", "--contacts", str(count)]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": _address(url)}, check=True)
        with engine.begin() as db:
            refresh(db, always=True)
        engine.dispose()
        yield url
    finally:
        server.stop()
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def _is_filled(db: Connection) -> bool:
    with db:
        there = db.execute(text("select to_regclass('contacts') is not null")).scalar_one()
        return bool(there and db.execute(text("select exists (select from contacts)")).scalar_one())


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def measure_queries(few: URL, many: URL, rounds: int) -> dict[str, float]:
    """Return medians in milliseconds of each query at `many`, of the page's together, and many ÷ few."""
    names = [*OF_EVERYTHING, *OF_PERIOD, *(name for view in VIEWS.values() for name in view)]
    times: dict[tuple[URL, str], list[float]] = {}
    engines = {url: make_engine(url) for url in (few, many)}
    since = dt.datetime.combine(dt.datetime.now(dt.UTC).date() - dt.timedelta(days=PERIOD_DAYS - 1), dt.time())
    # The first round is not counted: the server reads then what later ones find in memory. The two take turns.
    for number in range(-1, rounds):
        for name in names:
            for url, engine in engines.items():
                window = {} if name in OF_EVERYTHING else {"since": since}
                with engine.connect() as db:
                    began = time.perf_counter()
                    ask(db, name, **STRETCH, **window)
                    took = (time.perf_counter() - began) * 1000
                if number >= 0:
                    times.setdefault((url, name), []).append(took)
    for engine in engines.values():
        engine.dispose()
    page = (*OF_EVERYTHING, *OF_PERIOD)
    pages = {url: _median_of_sums([times[url, name] for name in page]) for url in engines}
    figures = {"dashboard_ms": round(pages[many], 1), "dashboard_ms_few": round(pages[few], 1)}
    figures["growth"] = round(pages[many] / pages[few], 2)
    figures |= {f"{name}_ms": round(statistics.median(times[many, name]), 1) for name in names}
    for view, asked in VIEWS.items():
        figures[f"view_{view}_ms"] = round(_median_of_sums([times[many, name] for name in asked]), 1)
    return figures


def _median_of_sums(times: list[list[float]]) -> float:
    return statistics.median(map(sum, zip(*times, strict=True)))


def measure_page(url: URL, rounds: int) -> dict[str, float]:
    """Return medians in milliseconds from the address to the first chart and from a period to its figures, and memory.

    The app keeps answers for a minute; each opening waits until they are over.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with ExitStack() as stack:
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=found, args=FLAGS)
        app = stack.enter_context(running_app(WORKERS="0", DATABASE_URL=_address(url)))
        firsts = []
        for number in range(-1, rounds):
            if number >= 0:
                time.sleep(KEPT_S + 1)
            firsts.append(_first_chart_ms(browser, app))
        filters = _filter_ms(browser, app)
        _open_all(browser, app)
        figures = {
            "page_first_chart_ms": round(statistics.median(firsts[1:]), 1),
            "filter_ms": round(statistics.median(filters[:2]), 1),
            **{f"filter_{period}_ms": round(took, 1) for period, took in zip(_others(), filters, strict=True)},
            "app_peak_mb": round(_peak_mb(app.process.pid)),
        }
        browser.close()
    return figures


@contextmanager
def _page(browser: Browser, app: App) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=app.url)
    context.set_default_timeout(STEP_LIMIT_MS)
    expect.set_options(timeout=STEP_LIMIT_MS)
    yield context.new_page()
    context.close()


def _first_chart_ms(browser: Browser, app: App) -> float:
    with _page(browser, app) as page:
        began = time.perf_counter()
        page.goto("/Analytics")
        page.locator(CHART).wait_for(state="visible")
        took = (time.perf_counter() - began) * 1000
        settle(page)
    return took


def _others() -> list[str]:
    return [period for period, days in PERIODS.items() if days != PERIOD_DAYS]


def _filter_ms(browser: Browser, app: App) -> list[float]:
    """Return how long each of the other periods takes, none of them asked before."""
    times = []
    with _page(browser, app) as page:
        page.goto("/Analytics")
        page.locator(CHART).wait_for(state="visible")
        settle(page)
        for period in _others():
            page.get_by_test_id("stSelectbox").first.locator("input").click()
            option = page.get_by_role("option", name=period, exact=True)
            option.wait_for(state="visible")
            page.evaluate(f"() => {{ window.__took = ({WATCH})(); }}")
            option.click()
            times.append(float(page.evaluate("() => window.__took")))
            settle(page)
    return times


def _open_all(browser: Browser, app: App) -> None:
    paths = ["/", *(f"/{path.stem.split('_', 1)[1]}" for path in sorted((ROOT / "pages").glob("[0-9]_*.py")))]
    paths += [f"/Analytics?view={view}" for view in ("Speed", "Reader", "Events", "Activity", "Notebook")]
    with _page(browser, app) as page:
        for path in paths:
            page.goto(path)
            page.get_by_test_id("stApp").wait_for(state="attached")
            page.wait_for_timeout(1500)
            settle(page)


def _peak_mb(pid: int) -> float:
    """Return the most memory that the process and its children ever had, in MB. Linux."""
    kilobytes = 0
    for child in [pid, *_children(pid)]:
        lines = Path(f"/proc/{child}/status").read_text().splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes / 1024


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    direct = [int(child) for task in tasks for child in task.read_text().split()]
    return [*direct, *(deeper for child in direct for deeper in _children(child))]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write build/bench-analytics.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.analytics", description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="a folder in which the databases stay, to be used again")
    parser.add_argument("--no-browser", action="store_true", help="only the queries")
    options = parser.parse_args(arguments)
    with filled(options.few, options.keep) as few, filled(options.many, options.keep) as many:
        figures: dict[str, float] = {"contacts": options.many, "rounds": options.rounds}
        figures |= measure_queries(few, many, options.rounds)
        if not options.no_browser:
            figures |= measure_page(many, min(3, options.rounds))
    path = ROOT / "build" / "bench-analytics.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
