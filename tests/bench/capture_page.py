"""How long the capture page takes to open: with much waiting and with little, in a large event and in a small one."""

from __future__ import annotations

import json
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lib.database.embedded import EmbeddedServer
from tests.browser.conftest import FLAGS, STEP_LIMIT_MS, App, running_app

ROUNDS = 9
FEW_WAITING, MANY_WAITING = 10, 1_000
FEW_CONTACTS, MANY_CONTACTS = 100, 100_000

ADD_EVENT = "insert into events (name, date) values ('{name}', current_date) returning id"
ADD_CONTACTS = """
with read_contacts as (
  insert into contacts (
    event_id, full_name, email, company, status, created_at, processed_at, ocr_confidence, ocr_raw_data
  )
  select
    {event_id}, 'Person ' || n, 'person.' || n || '@example.com', 'Example ' || n % 500, 'completed',
    now() - n * interval '20 s', now() - n * interval '20 s' + interval '9 s', 0.9,
    jsonb_build_object('text', repeat(md5(cast(n as text)), 30))
  from generate_series(1, {count}) as n
  returning id, created_at, processed_at
)
insert into ocr_jobs (contact_id, photo_name, status, attempts, created_at, started_at, completed_at)
select id, 'IMG_' || id || '.jpg', 'completed', 1, created_at, created_at + interval '6 s', processed_at
from read_contacts returning id"""
ADD_WAITING = """
with waiting as (
  insert into contacts (event_id, full_name)
  select {event_id}, 'IMG_' || n || '.jpg' from generate_series(1, {count}) as n
  returning id, full_name
)
insert into ocr_jobs (contact_id, photo_name) select id, full_name from waiting returning id"""


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Return medians in milliseconds from navigation to the settled page, and many ÷ few. Takes a minute or two.

    Each round opens both pages of a pair, one after the other, so that what else the machine does hits both alike.
    """
    waiting = _measure_pair(rounds, [(FEW_CONTACTS, FEW_WAITING), (FEW_CONTACTS, MANY_WAITING)])
    contacts = _measure_pair(rounds, [(FEW_CONTACTS, 0), (MANY_CONTACTS, 0)])
    return {
        f"page_ms_{FEW_WAITING}_waiting": waiting[0],
        f"page_ms_{MANY_WAITING}_waiting": waiting[1],
        "ratio": round(waiting[1] / waiting[0], 3),
        f"page_ms_{FEW_CONTACTS}_contacts": contacts[0],
        f"page_ms_{MANY_CONTACTS}_contacts": contacts[1],
        "ratio_contacts": round(contacts[1] / contacts[0], 3),
    }


def _measure_pair(rounds: int, sizes: list[tuple[int, int]]) -> list[float]:
    """Return the page's time in an app of each of the sizes: contacts that are read, and photos that wait."""
    with _filled_app(*sizes[0]) as few, _filled_app(*sizes[1]) as many, _browser() as browser:
        times: list[list[float]] = [[], []]
        for _ in range(rounds + 1):
            for place, app in enumerate((few, many)):
                times[place].append(_open_ms(browser, app, is_waiting=sizes[place][1] > 0))
        # The first one of each finds nothing in memory yet.
        return [round(statistics.median(found[1:]), 1) for found in times]


@contextmanager
def _filled_app(contacts: int, waiting: int) -> Iterator[App]:
    """Run an app whose only event has so many contacts; without workers, so that what waits stays waiting."""
    with running_app(WORKERS="0") as app:
        ((event_id,),) = app.query(ADD_EVENT.format(name="Fair"))
        app.query(ADD_CONTACTS.format(event_id=event_id, count=contacts))
        if waiting:
            app.query(ADD_WAITING.format(event_id=event_id, count=waiting))
        _vacuum(app)
        yield app


def _vacuum(app: App) -> None:
    """Do at once what autovacuum does within a minute, so that it does not run while the page is timed."""
    folder = str(EmbeddedServer(app.home).socket_folder)
    with psycopg.connect(host=folder, user="postgres", dbname="meishi", autocommit=True) as connection:
        connection.execute("vacuum analyze")


@contextmanager
def _browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


def _open_ms(browser: Browser, app: App, *, is_waiting: bool) -> float:
    context = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(STEP_LIMIT_MS)
    expect.set_options(timeout=STEP_LIMIT_MS)
    page = context.new_page()
    began = time.perf_counter()
    page.goto("/Capture")
    _settle(page, is_waiting=is_waiting)
    took = (time.perf_counter() - began) * 1000
    context.close()
    return took


def _settle(page: Page, *, is_waiting: bool) -> None:
    """Wait until the last of the page is there: its list, and under it the way to the review."""
    if is_waiting:
        expect(page.get_by_test_id("stProgress")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_role("link", name="Review what is unsure")).to_be_visible()


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
