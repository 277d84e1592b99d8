"""Writing drafts while plugs are pulled: the model's server counts what it was asked for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.contacts.groups import add_group
from lib.database import close_database, open_database, transaction
from lib.jobs.drafting import enqueue_drafts
from lib.outreach.campaigns import add_campaign
from lib.outreach.templates import add_template
from lib.settings import get_settings
from tests.bench.writing import PEOPLE
from tests.faults.meishi import Meishi, kill
from tests.model_server import ModelServer, running_model

IN_FLIGHT = 8
DRAFTS = "select count(*) from email_drafts"
DISTINCT = "select count(distinct contact_id) from email_drafts where personalization_data ->> 'source' = 'model'"
READY = "select status from email_campaigns"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model(latency_s=0.1) as server:
        yield server


@pytest.fixture
def meishi(folder: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meishi]:
    monkeypatch.setenv("WORKERS", "1")
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    monkeypatch.setenv("OPENAI_MODEL", "echo")
    get_settings.cache_clear()
    running = Meishi(folder)
    yield running
    close_database()
    running.stop()


def begin(people: int) -> None:
    open_database(get_settings())
    with transaction() as db:
        template_id = add_template(db, "Fair", "To {{fullName}}", "Hi {{firstName}}, what does {{company}} need?")
        group_id = add_group(db, "Leads")
        db.execute(PEOPLE, {"people": people, "group_id": group_id})
        enqueue_drafts(db, add_campaign(db, "Fair", group_id, template_id))


@pytest.mark.faults_long
@pytest.mark.timeout(600)
def test_three_kills_lose_no_draft_and_ask_again_at_most_what_was_under_way(
    meishi: Meishi, model: ModelServer
) -> None:
    begin(1_000)
    meishi.start()
    for written in (200, 450, 700):
        meishi.wait_for(f"select count(*) >= {written} from email_drafts", [(True,)], 200)
        asked_before = _again(model)
        kill(meishi.workers())
    meishi.wait_for(READY, [("ready",)], 300)
    assert meishi.query(DRAFTS) == [(1_000,)]
    assert meishi.query(DISTINCT) == [(1_000,)]
    assert asked_before <= 2 * IN_FLIGHT
    assert _again(model) <= 3 * IN_FLIGHT
    assert max(model.asked()["asked"].values()) <= 4


def _again(model: ModelServer) -> int:
    """Return how many requests came for people who had been asked for before."""
    counts: Counter[str] = Counter(model.asked()["asked"])
    return counts.total() - len(counts)
