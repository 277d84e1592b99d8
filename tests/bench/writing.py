"""`python -m tests.bench.writing`: how much of what a model's server gives becomes drafts, and how fast the merge is."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from lib.chat import forget_formats
from lib.database import close_database, open_database, transaction
from lib.outreach.campaigns import add_campaign
from lib.outreach.generation import begin_generation, generate_drafts, get_stop
from lib.outreach.templates import add_template
from lib.settings import Settings, get_settings
from tests.model_server import ModelServer, running_model

LATENCY_S = 0.5
# Half a minute each: the first answer, which all wait for, and the last weigh little.
DRAFTS_BY_IN_FLIGHT = {8: 480, 16: 960}
RATE, RATE_IN_FLIGHT, RATE_DRAFTS = 20.0, 32, 400
MERGED = 20_000

SUBJECT = "Good to meet you at {{eventName|the fair}}, {{fullName}}"
BODY = """Hi {{firstName|there}},

it was good to meet you at {{eventName|the fair}}. I would like to hear more about what you do at \
{{company|your company}} as {{title|an expert}}.

Would you have twenty minutes for a call next week? Our catalogue is at https://shop.example.com/catalogue.

Best regards"""
PEOPLE = text("""
    with people as (
      insert into contacts (full_name, email, company, title, status)
      select
        'Person' || number || ' Example', 'person' || number || '@example.com', 'Company ' || number,
        'Head of Research', 'completed'
      from generate_series(1, :people) as number
      returning id
    )
    insert into lead_group_contacts (lead_group_id, contact_id, added_at) select :group_id, id, now() from people""")


def measure() -> dict[str, Any]:
    """Return the figures of the writing."""
    figures: dict[str, Any] = {"cores": os.cpu_count()}
    with a_home():
        figures |= measure_merging(MERGED)
        with running_model(latency_s=LATENCY_S) as server:
            for in_flight, drafts in DRAFTS_BY_IN_FLIGHT.items():
                figures |= measure_ideal(server, in_flight, drafts)
        with running_model(latency_s=LATENCY_S, rate=RATE) as server:
            figures |= measure_limited(server)
    return figures


def measure_merging(people: int) -> dict[str, Any]:
    """Return the drafts a second without a model, from the queue's call to the campaign that is ready."""
    campaign_id = a_campaign(people)
    seconds = _generate(campaign_id, get_settings())
    assert _sources(campaign_id) == {"template": people}
    return {"merge_per_second": round(people / seconds)}


def measure_ideal(server: ModelServer, in_flight: int, drafts: int) -> dict[str, Any]:
    """Return the share of what so many at once could do at the server's latency, its start included."""
    server.reset()
    campaign_id = a_campaign(drafts)
    processor = time.process_time()
    seconds = _generate(campaign_id, _settings(server, in_flight))
    processor = time.process_time() - processor
    assert _sources(campaign_id) == {"model": drafts}
    assert server.asked()["most_under_way"] <= in_flight
    return {
        f"ideal_ratio_{in_flight}": round(drafts / seconds / (in_flight / LATENCY_S), 3),
        f"cpu_ms_per_draft_{in_flight}": round(processor / drafts * 1000, 1),
    }


def measure_limited(server: ModelServer) -> dict[str, Any]:
    """Return what becomes of drafts at a server that takes fewer than are asked for."""
    campaign_id = a_campaign(RATE_DRAFTS)
    seconds = _generate(campaign_id, _settings(server, RATE_IN_FLIGHT))
    # The bucket is full at first.
    ideal = (RATE_DRAFTS - RATE) / RATE + LATENCY_S
    return {
        "rate_limited_share": _sources(campaign_id).get("model", 0) / RATE_DRAFTS,
        "rate_limited_time_ratio": round(seconds / ideal, 3),
        "rate_limited_refusals": server.asked()["refused"],
    }


def a_campaign(people: int) -> int:
    """Return the id of a campaign to so many people, about to be written."""
    with transaction() as db:
        db.execute(text("delete from contacts"))
        template_id = add_template(db, "Bench", SUBJECT, BODY)
        group_id = db.execute(text("insert into lead_groups (name) values ('Bench') returning id")).scalar_one()
        db.execute(PEOPLE, {"people": people, "group_id": group_id})
        campaign_id = add_campaign(db, "Bench", group_id, template_id)
        begin_generation(db, campaign_id)
    with transaction() as db:
        db.execute(text("analyze"))
    return campaign_id


def _settings(server: ModelServer, in_flight: int) -> Settings:
    forget_formats()
    more = {"openai_base_url": server.base_url, "openai_model": "echo", "openai_in_flight": in_flight}
    return get_settings().model_copy(update=more)


def _generate(campaign_id: int, settings: Settings) -> float:
    import openai  # noqa: F401  (seconds, once a worker)

    started = time.perf_counter()
    generate_drafts(campaign_id, settings)
    seconds = time.perf_counter() - started
    with transaction() as db:
        assert get_stop(db, campaign_id) is None
    return seconds


def _sources(campaign_id: int) -> dict[str, int]:
    counted = text(
        "select personalization_data ->> 'source', count(*) from email_drafts where campaign_id = :id group by 1"
    )
    with transaction() as db:
        return dict(db.execute(counted, {"id": campaign_id}).tuples().all())


@contextmanager
def a_home() -> Iterator[Path]:
    """A home of its own with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="meishi-bench-"))
    folder.chmod(0o755)
    before = dict(os.environ)
    for name in ("DATABASE_URL", "STORAGE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    os.environ["MEISHI_HOME"] = str(folder)
    get_settings.cache_clear()
    close_database()
    try:
        open_database(get_settings())
        yield folder
    finally:
        close_database()
        os.environ.clear()
        os.environ.update(before)
        get_settings.cache_clear()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="python -m tests.bench.writing", description=__doc__).parse_args()
    print(json.dumps(measure(), indent=2))


if __name__ == "__main__":
    main()
