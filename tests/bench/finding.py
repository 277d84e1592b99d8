"""`python -m tests.bench.finding URL`: how long the queries of Review take in a database that `million.fill` filled."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import URL, Connection, make_url

from lib.contacts.contacts import ContactFilter, count_contacts, get_contact, list_contacts, update_contact
from lib.contacts.finding import list_doubts
from lib.database.engine import make_engine
from lib.reasons import NO_EMAIL, NO_NAME, UNCHECKED
from tests.bench.crowd import ABSENT, FREQUENT, RARE, SINGLE

# The best of so many: what others do on the machine is not the query's.
REPEATS = 3
PAGE = 50
LAST_PAGE = 9_950
VIEWS = {
    "waiting": ("pending_review", "failed"),
    "accepted": ("completed",),
    "verified": ("user_verified",),
    "all": ("pending_review", "failed", "completed", "user_verified"),
}
SEARCHES = {
    "everybody": "",
    "frequent": FREQUENT,
    "common": "weber",
    "two_in_a_hundred": "aldervane",
    "rare": RARE,
    "single": SINGLE,
    "absent": ABSENT,
    "one_letter": "a",
    "seldom_letter": "q",
    "two_letters": "an",
    "seldom_letters": "uq",
    "absent_letters": "qz",
    "chinese": "小",
}
# Of the crowd's events the first has a tenth of all, the second a two-hundredth.
EVENTS = {"": None, "_of_large_event": 1, "_of_event": 2}
REASONS = {"frequent_reason": NO_NAME, "common_reason": NO_EMAIL, "seldom_reason": UNCHECKED}


def measure(url: URL | str) -> dict[str, float]:
    """Return milliseconds by view, search and query (`page`, `last_page`, `count`), and of what a page does besides."""
    engine = make_engine(make_url(url))
    with engine.connect() as db:
        figures = {}
        for view, statuses in VIEWS.items():
            for suffix, event_id in EVENTS.items():
                wanted = ContactFilter(statuses=statuses, event_id=event_id)
                for search, typed in SEARCHES.items():
                    figures |= _measure_filter(db, f"{view}{suffix}.{search}", replace(wanted, search=typed))
                for name, reason in REASONS.items():
                    figures |= _measure_filter(db, f"{view}{suffix}.{name}", replace(wanted, reason=reason))
        figures |= _measure_page(db)
        db.rollback()
    engine.dispose()
    return figures


def _measure_filter(db: Connection, name: str, wanted: ContactFilter) -> dict[str, float]:
    return {
        f"{name}.page": _best_ms(lambda: list_contacts(db, wanted, limit=PAGE)),
        f"{name}.last_page": _best_ms(lambda: list_contacts(db, wanted, limit=PAGE, offset=LAST_PAGE)),
        f"{name}.count": _best_ms(lambda: count_contacts(db, wanted)),
    }


def _measure_page(db: Connection) -> dict[str, float]:
    ids = [contact.id for contact in list_contacts(db, ContactFilter(), limit=PAGE)]
    titles = iter(range(1_000))
    return {
        "doubts": _best_ms(lambda: list_doubts(db, ids)),
        "contact": _best_ms(lambda: get_contact(db, ids[0])),
        "update": _best_ms(lambda: update_contact(db, ids[0], {"title": f"Head {next(titles)}"}, region="DE")),
    }


def _best_ms(run: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return round(min(times) * 1000, 2)


def main(arguments: list[str] | None = None) -> None:
    """Measure and print, the slowest last."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.finding", description=__doc__)
    parser.add_argument("url", help="the address of a database that tests.bench.million filled")
    figures = measure(parser.parse_args(arguments).url)
    print(json.dumps(dict(sorted(figures.items(), key=lambda figure: figure[1])), indent=2))


if __name__ == "__main__":
    main()
