"""`python -m tests.bench.review` (make bench-review): how fast the review page answers, with many contacts and few."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy import URL, text

from lib.contacts import duplicates
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.database.migrations import migrate
from tests.bench.million import fill
from tests.browser.conftest import FLAGS, STEP_LIMIT_MS, running_app, settle

FEW, MANY = 10_000, 1_000_000
ROUNDS = 15
ROW_HEIGHT = 35
# So much later than the last key a search begins, and some more.
LIVE_MS = 600
# The middle of the name's column.
NAME_X = 130
NAME_CELL = "[data-testid=glide-cell-2-0]"
# Who the card beside the grid is of, the first row's after a search or a turn: it is sent behind the rows. The grid is
# painted on a canvas, and its cells come into the page's text only a fifth of a second after they are seen.
CARD_HEAD = ".st-key-card h3"
# What waits and is found by its whole e-mail address: who it is, in a random order that is always the same.
SOMEBODY = """
select full_name, email from contacts
where status = 'pending_review' and full_name !~* '[.](jpe?g|png|webp|heic)$' and email is not null
  and id % 97 = 0
order by md5(cast(id as text)) limit {count}"""
# Runs in the page, so that what Playwright itself takes is not counted; looked at with each frame that is painted.
WATCH = """
([selector, before, wanted]) => new Promise((resolve, reject) => {
  const began = window.__began;
  const look = () => {
    const found = document.querySelector(selector);
    const text = found ? found.textContent : "";
    if (wanted ? text.includes(wanted) : (text && text !== before)) resolve(performance.now() - began);
    else if (performance.now() - began > 20000) reject(new Error(`${selector} still says ${text}`));
    else requestAnimationFrame(look);
  };
  look();
})"""


class Reviewed:
    """The review page of a database with so many contacts, in a browser of its own."""

    def __init__(self, url: URL, page: Page) -> None:
        self.url, self.page = url, page
        self.people = self._query(SOMEBODY.format(count=ROUNDS))
        self.figures: dict[str, list[float]] = {}

    def open(self) -> None:
        """Show what waits."""
        self.page.goto("/Review?view=Waiting")
        self.page.locator(NAME_CELL).wait_for(state="attached", timeout=STEP_LIMIT_MS)
        settle(self.page)

    def search(self, number: int) -> None:
        """Type somebody's address, and see them."""
        name, email = self.people[number]
        box = self.page.get_by_placeholder("Name, company or e-mail")
        # All but the last key at once: the search begins when the hand rests.
        box.fill(email[:-1])
        self._timed("search_ms", lambda: box.press(email[-1]), CARD_HEAD, wanted=name)
        self._fill(box, "")

    def turn(self, number: int) -> None:
        """Turn the page and turn it back, and see others each time."""
        for place in (2, 1):
            before = self.page.locator(CARD_HEAD).first.text_content()
            button = self.page.get_by_test_id("stPagination").get_by_label(f"Page {place}", exact=True)
            self._timed("page_turn_ms", button.click, CARD_HEAD, before=before)

    def edit(self, number: int) -> None:
        """Write another name into the first row, and see it saved at the card beside it."""
        name = f"Jane Northwind {time.monotonic_ns()}"
        grid = self.page.get_by_test_id("stDataFrame")
        grid.dblclick(position={"x": NAME_X, "y": ROW_HEIGHT + ROW_HEIGHT // 2})
        box: Locator = self.page.locator(".gdg-clip-region").locator("textarea, input").first
        box.fill(name)
        self._timed("edit_roundtrip_ms", lambda: box.press("Enter"), CARD_HEAD, wanted=name)
        saved = self._query(f"select count(*) from contacts where full_name = '{name}'")
        assert saved == [(1,)], "shown but not saved"

    def verify(self, number: int) -> None:
        """Verify a card by its key, and see the next one."""
        before = self.page.locator(CARD_HEAD).first.text_content()
        press = self._pressing("Alt+Enter")
        self._timed("verify_next_ms", press, CARD_HEAD, before=before)

    def find_duplicates(self) -> None:
        """Look for the duplicates of some contacts, in SQL."""
        engine = make_engine(self.url)
        with engine.connect() as db:
            ids = [
                row[0]
                for row in self._query(
                    "select id from contacts where status <> 'processing' and id % 997 = 0 limit 60"
                )
            ]
            for contact_id in ids:
                began = time.perf_counter()
                duplicates.find(db, contact_id)
                self.figures.setdefault("duplicates_ms", []).append((time.perf_counter() - began) * 1000)
        engine.dispose()

    def _fill(self, box: Locator, typed: str) -> None:
        box.fill(typed)
        self.page.wait_for_timeout(LIVE_MS)
        settle(self.page)

    def _pressing(self, keys: str) -> Callable[[], None]:
        return lambda: self.page.keyboard.press(keys)

    def _timed(
        self, name: str, act: Callable[[], object], selector: str, *, before: str | None = None, wanted: str = ""
    ) -> None:
        """Note how long it takes from the act, as the page hears of it, to what is to be seen."""
        self.page.evaluate(
            """() => { for (const kind of ["keydown", "click"]) window.addEventListener(
                kind, () => { window.__began = performance.now(); }, {capture: true, once: true}); }"""
        )
        act()
        took = self.page.evaluate(WATCH, [selector, before, wanted])
        self.figures.setdefault(name, []).append(took)
        settle(self.page)

    def _query(self, sql: str) -> list[tuple]:
        with psycopg.connect(self.url.set(drivername="postgresql").render_as_string(hide_password=False)) as db:
            return db.execute(sql).fetchall()


@contextmanager
def filled(count: int, kept: Path | None) -> Iterator[URL]:
    """Give the address of a database with so many contacts, on a server of its own; in `kept` it stays for next time."""
    home = kept / str(count) if kept else Path(tempfile.mkdtemp(prefix="meishi-bench-"))
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    home.chmod(0o755)
    server = EmbeddedServer(home)
    url = server.start()
    engine = make_engine(url)
    with engine.connect() as connection:
        migrate(connection)
        is_filled = connection.execute(text("select exists (select from contacts)")).scalar_one()
    engine.dispose()
    if not is_filled:
        fill(url, count)
    try:
        yield url
    finally:
        server.stop()
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


@contextmanager
def reviewed(browser: Browser, url: URL) -> Iterator[Reviewed]:
    """Give the review page of an app on that database."""
    with running_app(
        WORKERS="0", DATABASE_URL=url.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as app:
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=app.url)
        context.set_default_timeout(STEP_LIMIT_MS)
        seen = Reviewed(url, context.new_page())
        seen.open()
        yield seen
        context.close()


def measure(few: int = FEW, many: int = MANY, rounds: int = ROUNDS, kept: Path | None = None) -> dict[str, float]:
    """Return medians in milliseconds at `many` contacts, and many ÷ few.

    The two take turns, so that what else the machine does hits both alike.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with ExitStack() as stack:
        browser = stack.enter_context(sync_playwright()).chromium.launch(executable_path=found, args=FLAGS)
        pages = [
            stack.enter_context(reviewed(browser, stack.enter_context(filled(count, kept)))) for count in (few, many)
        ]
        # The first of each is not counted: it loads what later ones have.
        for number in range(-1, rounds):
            for page in pages:
                for act in (page.turn, page.search, page.edit, page.verify):
                    act(number % rounds)
            if number < 0:
                for page in pages:
                    page.figures.clear()
        for page in pages:
            page.find_duplicates()
        figures: dict[str, float] = {"contacts": many, "rounds": rounds}
        for name, values in pages[1].figures.items():
            few_ms, many_ms = (statistics.median(page.figures[name]) for page in pages)
            figures |= {name: round(many_ms, 1), f"{name}_at_{few}": round(few_ms, 1)}
            figures |= {f"{name}_ratio": round(many_ms / few_ms, 3), f"{name}_worst": round(max(values), 1)}
        browser.close()
    return figures


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write build/bench-review.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.review", description=__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="a folder in which the databases stay, to be used again")
    options = parser.parse_args(arguments)
    figures = measure(options.few, options.many, options.rounds, options.keep)
    path = Path("build/bench-review.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
