"""`python -m tests.bench.upgrading --count 100000`: seconds that each migration takes on a database full of contacts.

From the first version's database (0003), filled as it left one, on an embedded server of its own.
"""

from __future__ import annotations

import argparse
import sys
import time

from sqlalchemy import URL

from lib.database.embedded import EmbeddedServer
from tests.conftest import run, running_server
from tests.database.upgrades.states import STATES, bring_to, connect, fill

FIRST = "0003"
MANY = """
insert into contacts (
  event_id, full_name, email, company, title, phone, business_card_url, ocr_confidence, ocr_raw_data, status,
  processed_at, created_at, updated_at
)
select
  101, 'Jane' || n || ' ' || chr(65 + n % 26) || 'ample', 'jane' || n || '@example' || n % 997 || '.com',
  'Example ' || n % 997, 'Buyer', '+49309' || 100000 + n, 'file:///srv/meishi/images/cards/101/' || n || '.jpg', 0.9,
  raw.ocr_raw_data || jsonb_build_object('reasons', case when n % 10 = 0 then '["The name is unsure."]' else '[]' end::jsonb),
  'completed', timestamp '2026-04-20' + n * interval '1 second', timestamp '2026-04-20', timestamp '2026-04-20'
from generate_series(1, {count}) as n, (select ocr_raw_data from contacts where id = 101) as raw;
insert into ocr_jobs (contact_id, status, attempts, photo_name, started_at, completed_at, created_at)
select id, 'completed', 1, 'card.jpg', created_at, processed_at, created_at from contacts where id > 300;
insert into lead_group_contacts (lead_group_id, contact_id) select 101, id from contacts where id > 300;
insert into email_drafts (campaign_id, contact_id, subject, body, created_at)
select 104, id, 'Hello', repeat('Hi, let us talk. ', 40), '2026-05-04' from contacts where id > 300;
insert into activity_logs (action, entity_type, entity_id, metadata)
select 'contact_processed', 'contact', id, '{{"status": "completed"}}' from contacts where id > 300;
analyze;
"""


def time_migrations(url: URL, count: int) -> dict[str, float]:
    """Return the seconds that each file after the first version took, by its name."""
    bring_to(url, FIRST)
    fill(url, FIRST)
    with connect(url) as db:
        db.execute("select setval('contacts_id_seq', 300)")
        db.execute(MANY.format(count=count))
    took = {}
    for state in STATES[STATES.index(FIRST) + 1 :]:
        began = time.perf_counter()
        (name,) = bring_to(url, state)
        took[name] = round(time.perf_counter() - began, 2)
    return took


def measure(server: EmbeddedServer, count: int) -> dict[str, float]:
    """Return what `time_migrations` does, of a database made and dropped here."""
    run(server, "create database upgrading")
    took = time_migrations(server.url("upgrading"), count)
    run(server, "drop database upgrading")
    return took


def main() -> None:
    """Print a line for each migration, and their sum."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.upgrading", description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000, help="contacts (default 100,000)")
    count = arguments.parse_args().count
    with running_server("embedded") as server:
        took = measure(server, count)
    for name, seconds in took.items():
        print(f"{seconds:8.2f} s  {name}")
    print(f"{sum(took.values()):8.2f} s  with {count:,} contacts")


if __name__ == "__main__":
    sys.exit(main())
