"""Generating commits, so these tests have a database of their own."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from lib import chat
from lib.database import transaction
from lib.errors import DatabaseUnavailable, NotFound, NotValid
from lib.jobs import drafting
from lib.jobs.drafting import enqueue_drafts, requeue_lost_writing, resume_drafts
from lib.outreach import crew
from lib.outreach import model as patience
from lib.outreach.campaigns import Campaign, delete_campaign, get_campaign
from lib.outreach.drafts import Draft, list_drafts, update_draft
from lib.outreach.generation import (
    Stop,
    begin_generation,
    cancel_generation,
    estimate,
    generate_drafts,
    get_progress,
    get_spent,
    get_stop,
    pause_generation,
    resume_generation,
)
from lib.outreach.model import Model
from lib.outreach.saving import Done, save_drafts
from lib.outreach.scope import get_run, list_todo
from lib.outreach.templates import delete_template, update_template
from lib.outreach.writer import write_by_merging
from lib.settings import Settings, get_settings
from tests.outreach_data import BODY, add_campaign_for, add_person, add_two, last_activity

pytestmark = pytest.mark.usefixtures("opened")

Server = Callable[[httpx2.Request], httpx2.Response]


def begin(contacts: Callable[..., list[int]] = add_two, **scope: Any) -> int:
    with transaction() as db:
        campaign_id = add_campaign_for(db, contacts(db))
        begin_generation(db, campaign_id, **scope)
    return campaign_id


def begin_again(campaign_id: int, **scope: Any) -> None:
    with transaction() as db:
        begin_generation(db, campaign_id, **scope)


def drafts_of(campaign_id: int) -> list[Draft]:
    with transaction() as db:
        return list_drafts(db, campaign_id)


def generate(campaign_id: int, settings: Settings | None = None) -> list[Draft]:
    generate_drafts(campaign_id, settings or get_settings())
    return drafts_of(campaign_id)


def campaign_of(campaign_id: int) -> Campaign:
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    return campaign


def stop_of(campaign_id: int) -> Stop:
    with transaction() as db:
        stop = get_stop(db, campaign_id)
    assert stop is not None
    return stop


def add_many(db: Any, count: int = 9) -> list[int]:
    return [add_person(db, f"Person{n} Example", f"p{n}@example.com") for n in range(count)]


def use_server(monkeypatch: pytest.MonkeyPatch, server: Server, **settings: Any) -> Settings:
    """Return settings whose model is this server."""
    monkeypatch.setattr(patience.Queue.__init__, "__defaults__", ((0.05, 0.05),))
    transport = httpx2.MockTransport(server)
    monkeypatch.setattr(crew, "Model", lambda used: Model(used, httpx2.AsyncClient(transport=transport)))
    monkeypatch.setattr(crew, "LOOK_EVERY_S", 0.05)
    chat.forget_formats()
    more = {"openai_base_url": "http://127.0.0.1:9/v1", "openai_model": "tiny", **settings}
    return get_settings().model_copy(update=more)


def echo(request: httpx2.Request) -> httpx2.Response:
    """Answer with the e-mail as it was merged."""
    said = json.loads(request.content)["messages"][1]["content"]
    email = json.loads(said.split("\n")[1])["email"]
    message = {"role": "assistant", "content": json.dumps({**email, "reasoning": "It was good."})}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 300, "completion_tokens": 90, "total_tokens": 390}
    about = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "usage": usage}
    return httpx2.Response(200, json={**about, "choices": [choice]})


def down(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused")


def test_every_recipient_gets_a_draft_and_the_campaign_is_ready() -> None:
    campaign_id = begin()
    drafts = generate(campaign_id)
    assert [draft.subject for draft in drafts] == ["Example Optics and us", "Sample & Sons, Ltd and us"]
    campaign = campaign_of(campaign_id)
    assert campaign.status == "ready"
    assert campaign.generated_at is not None
    with transaction() as db:
        logged = last_activity(db, "email_drafts_generated")
    assert (logged["drafts"], logged["sources"]) == (2, {"template": 2})


def test_a_campaign_nobody_can_be_reached_by_is_refused() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, [add_person(db, "Zoe Sample")])
    with pytest.raises(NotValid, match="Nobody in this campaign"), transaction() as db:
        begin_generation(db, campaign_id)
    assert campaign_of(campaign_id).status == "draft"


def test_a_deleted_template_leaves_its_words_to_the_campaign() -> None:
    campaign_id = begin()
    with transaction() as db:
        delete_template(db, campaign_of(campaign_id).template_id or 0)
    begin_again(campaign_id)
    assert len(generate(campaign_id)) == 2


def test_a_campaign_without_any_words_is_refused() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        db.execute(
            text("update email_campaigns set template_id = null, template_subject = null, template_body = null")
        )
        with pytest.raises(NotValid, match="template of this campaign was deleted"):
            begin_generation(db, campaign_id)


def test_a_campaign_that_is_gone_is_refused() -> None:
    with transaction() as db, pytest.raises(NotFound):
        begin_generation(db, 4711)


def test_a_run_takes_the_words_that_the_template_has_today() -> None:
    campaign_id = begin()
    with transaction() as db:
        update_template(db, campaign_of(campaign_id).template_id or 0, "Questions", "New subject", BODY)
    begin_again(campaign_id)
    assert {draft.subject for draft in generate(campaign_id)} == {"New subject"}


def test_the_queue_holds_the_writing_in_the_same_transaction() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    with transaction() as db:
        enqueue_drafts(db, campaign_id)
        db.rollback()
    assert campaign_of(campaign_id).status == "draft"


def test_only_what_is_missing_is_written_again() -> None:
    campaign_id = begin()
    first = generate(campaign_id)[0]
    with transaction() as db:
        update_draft(db, first.id, "Mine", "All mine")
        db.execute(text("delete from email_drafts where id <> :id"), {"id": first.id})
    begin_again(campaign_id)
    drafts = generate(campaign_id)
    assert (len(drafts), drafts[0].id, drafts[0].subject) == (2, first.id, "Mine")


def test_a_run_may_be_meant_for_some_alone() -> None:
    with transaction() as db:
        people = add_many(db)
        campaign_id = add_campaign_for(db, people)
        begin_generation(db, campaign_id, contact_ids=people[2:4])
        assert (get_progress(db, campaign_id).done, get_progress(db, campaign_id).total) == (0, 2)
    assert [draft.contact_id for draft in generate(campaign_id)] == people[2:4]


def test_rewriting_replaces_drafts_and_spares_edited_ones() -> None:
    campaign_id = begin()
    first, second = generate(campaign_id)
    with transaction() as db:
        update_draft(db, first.id, "Mine", "All mine")
        update_template(db, campaign_of(campaign_id).template_id or 0, "Questions", "New subject", BODY)
    begin_again(campaign_id, rewrite=True)
    assert [draft.subject for draft in drafts_of(campaign_id)] == ["Mine", second.subject]
    assert [(draft.id, draft.subject) for draft in generate(campaign_id)] == [
        (first.id, "Mine"),
        (second.id, "New subject"),
    ]


def test_rewriting_by_name_replaces_an_edited_draft_too() -> None:
    campaign_id = begin()
    first, second = generate(campaign_id)
    with transaction() as db:
        for draft in (first, second):
            update_draft(db, draft.id, "Mine", "All mine")
    begin_again(campaign_id, contact_ids=[second.contact_id], rewrite=True)
    assert [draft.subject for draft in generate(campaign_id)] == ["Mine", second.subject]


@pytest.mark.parametrize("is_paused", [False, True])
def test_writing_one_draft_again_does_not_end_what_all_others_wait_for(is_paused: bool) -> None:
    campaign_id = begin()
    first, _ = generate(campaign_id)
    begin_again(campaign_id, rewrite=True)
    with transaction() as db:
        if is_paused:
            pause_generation(db, campaign_id)
        with pytest.raises(NotValid, match=r"[Rr]esume|[Ww]ait"):
            begin_generation(db, campaign_id, contact_ids=[first.contact_id], rewrite=True)
        assert campaign_of(campaign_id).generation == 2
        resume_generation(db, campaign_id)
        assert get_progress(db, campaign_id).total == 2


def test_an_edit_made_after_a_rewrite_was_asked_for_stays() -> None:
    campaign_id = begin()
    first, second = generate(campaign_id)
    with transaction() as db:
        update_draft(db, first.id, "Earlier", "Once mine")
    begin_again(campaign_id, contact_ids=[first.contact_id, second.contact_id], rewrite=True)
    with transaction() as db:
        update_draft(db, first.id, "Mine", "All mine")
        assert get_progress(db, campaign_id).done == 1
    assert [draft.subject for draft in generate(campaign_id)] == ["Mine", second.subject]


def test_an_edit_made_while_its_new_text_is_written_stays() -> None:
    campaign_id = begin()
    first, _ = generate(campaign_id)
    begin_again(campaign_id, contact_ids=[first.contact_id], rewrite=True)
    with transaction() as db:
        run = get_run(db, campaign_id)
        assert run is not None
        [person] = list_todo(db, run)
        update_draft(db, first.id, "Mine", "All mine")
    assert run.words is not None
    save_drafts(run, [Done(first.contact_id, write_by_merging(run.words, person.facts))])
    assert drafts_of(campaign_id)[0].subject == "Mine"


def test_a_job_that_nobody_asked_for_writes_nothing() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    assert generate(campaign_id) == []


def test_a_job_of_an_earlier_run_writes_nothing() -> None:
    campaign_id = begin()
    begin_again(campaign_id)
    generate_drafts(campaign_id, get_settings(), generation=1)
    assert drafts_of(campaign_id) == []


def test_a_model_writes_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)
    settings = use_server(monkeypatch, echo)
    drafts = generate(campaign_id, settings)
    assert [draft.personalization_data["source"] for draft in drafts] == ["model"] * 9
    with transaction() as db:
        progress = get_progress(db, campaign_id)
    assert (progress.by_model, progress.tokens_in, progress.tokens_out) == (9, 2700, 810)


def test_a_paused_run_keeps_what_it_wrote_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)
    hung = threading.Event()

    async def hanging_server(request: httpx2.Request) -> httpx2.Response:
        import asyncio

        if b"Person5" in request.content and not hung.is_set():
            hung.set()
            await asyncio.sleep(60)
        return echo(request)

    settings = use_server(monkeypatch, hanging_server, openai_in_flight=1)  # type: ignore[arg-type]
    job = threading.Thread(target=generate_drafts, args=(campaign_id, settings))
    job.start()
    assert hung.wait(20)
    with transaction() as db:
        pause_generation(db, campaign_id)
    paused_at = time.monotonic()
    job.join(20)
    assert time.monotonic() - paused_at < 10
    assert (len(drafts_of(campaign_id)), campaign_of(campaign_id).is_paused) == (5, True)
    with transaction() as db:
        resume_generation(db, campaign_id)
    assert len(generate(campaign_id, settings)) == 9
    assert (campaign_of(campaign_id).status, campaign_of(campaign_id).is_paused) == ("ready", False)


def test_a_cancelled_run_takes_away_what_it_newly_wrote() -> None:
    with transaction() as db:
        people = add_many(db)
        campaign_id = add_campaign_for(db, people)
        begin_generation(db, campaign_id, contact_ids=people[:2])
    kept = [draft.id for draft in generate(campaign_id)]
    begin_again(campaign_id, contact_ids=people[2:5])
    edited = generate(campaign_id)[-1]
    with transaction() as db:
        db.execute(text("update email_campaigns set status = 'generating'"))
        update_draft(db, edited.id, "Mine", "All mine")
        cancel_generation(db, campaign_id)
    assert [draft.id for draft in drafts_of(campaign_id)] == [*kept, edited.id]
    assert campaign_of(campaign_id).status == "ready"


def test_a_paused_run_that_is_cancelled_is_a_draft_again(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()
    with transaction() as db:
        pause_generation(db, campaign_id)
        cancel_generation(db, campaign_id)
    assert (campaign_of(campaign_id).status, campaign_of(campaign_id).is_paused) == ("draft", False)


def test_an_old_window_cannot_go_on_with_what_another_cancelled_or_finished() -> None:
    """Else the button of a paused run would begin one that writes to everybody."""
    cancelled, finished = begin(), begin()
    with transaction() as db:
        pause_generation(db, cancelled)
        cancel_generation(db, cancelled)
    generate(finished)
    for campaign_id in (cancelled, finished):
        with transaction() as db, pytest.raises(NotValid, match="nothing to go on with"):
            resume_drafts(db, campaign_id)
    assert drafts_of(cancelled) == []


def test_a_campaign_deleted_meanwhile_ends_the_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)

    def deleting_server(request: httpx2.Request) -> httpx2.Response:
        with transaction() as db:
            delete_campaign(db, campaign_id)
        return echo(request)

    assert generate(campaign_id, use_server(monkeypatch, deleting_server, openai_in_flight=1)) == []


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, None, "refuses the key"),
        (429, "insufficient_quota", "quota"),
        (404, "model_not_found", "does not know the model"),
    ],
)
def test_what_holds_for_all_stops_after_the_first(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str | None, message: str
) -> None:
    campaign_id = begin(lambda db: add_many(db, 40))
    asked: list[int] = []

    def refusing_server(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return httpx2.Response(status, json={"error": {"message": "no", "code": code}})

    assert generate(campaign_id, use_server(monkeypatch, refusing_server)) == []
    assert len(asked) <= 8
    assert message in stop_of(campaign_id).message
    assert campaign_of(campaign_id).status == "draft"


def test_a_server_that_dies_halfway_leaves_what_is_written_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(lambda db: add_many(db, 40))
    asked: list[int] = []

    def dying_server(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        return echo(request) if len(asked) <= 12 else down(request)

    drafts = generate(campaign_id, use_server(monkeypatch, dying_server))
    assert len(drafts) == 12
    assert {draft.personalization_data["source"] for draft in drafts} == {"model"}
    assert "cannot be reached" in stop_of(campaign_id).message
    assert (campaign_of(campaign_id).status, campaign_of(campaign_id).generated_at) == ("ready", None)


def test_what_failed_in_passing_is_left_undone_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(lambda db: add_many(db, 40))

    def stumbling_server(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(503) if b"Person17" in request.content else echo(request)

    drafts = generate(campaign_id, use_server(monkeypatch, stumbling_server))
    assert len(drafts) == 39
    assert stop_of(campaign_id).message.startswith("1 e-mail could not be written")


def test_a_storm_of_refusals_costs_no_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(lambda db: add_many(db, 40))
    asked: list[int] = []

    def stormy_server(request: httpx2.Request) -> httpx2.Response:
        asked.append(1)
        if len(asked) % 3:
            return httpx2.Response(429, headers={"retry-after": "0"})
        return echo(request)

    drafts = generate(campaign_id, use_server(monkeypatch, stormy_server))
    assert [draft.personalization_data["source"] for draft in drafts] == ["model"] * 40


def test_going_on_after_a_stop_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()
    assert generate(campaign_id, use_server(monkeypatch, down)) == []
    assert "cannot be reached" in stop_of(campaign_id).message
    with transaction() as db:
        resume_drafts(db, campaign_id)
        assert get_stop(db, campaign_id) is None
    assert len(generate(campaign_id, Settings())) == 2
    with transaction() as db:
        assert get_stop(db, campaign_id) is None


def test_a_fault_of_the_program_does_not_leave_the_campaign_generating(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()

    def broken_server(request: httpx2.Request) -> httpx2.Response:
        raise ZeroDivisionError

    monkeypatch.setattr(crew, "write_with_model", broken_server)
    generate(campaign_id, use_server(monkeypatch, echo))
    assert campaign_of(campaign_id).status == "draft"
    assert "reference" in stop_of(campaign_id).message


def test_a_database_that_goes_away_is_left_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()

    def absent_database(*_: object) -> bool:
        raise DatabaseUnavailable("gone")

    settings = use_server(monkeypatch, echo)
    monkeypatch.setattr(crew, "save_drafts", absent_database)
    with pytest.raises(DatabaseUnavailable):
        generate(campaign_id, settings)
    assert campaign_of(campaign_id).status == "generating"


def test_writing_makes_room_for_cards_that_wait_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(lambda db: add_many(db, 40))
    monkeypatch.setattr(drafting, "SLICE_S", 0.0)
    monkeypatch.setattr(drafting, "_others_wait", lambda: True)
    settings = use_server(monkeypatch, echo, openai_in_flight=1)
    monkeypatch.setattr(drafting, "get_settings", lambda: settings)
    drafting.write_drafts(campaign_id, 1)
    assert len(drafts_of(campaign_id)) < 40
    assert campaign_of(campaign_id).status == "generating"
    with transaction() as db:
        queued = text("select args ->> 'generation' from procrastinate_jobs where task_name = 'write_drafts'")
        assert db.execute(queued).scalars().all() == ["1"]


def test_writing_that_the_queue_lost_is_queued_again() -> None:
    campaign_id = begin()
    assert requeue_lost_writing() == [campaign_id]
    assert requeue_lost_writing() == []


def test_the_cost_is_told_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)
    settings = use_server(monkeypatch, echo, openai_price_in=2, openai_price_out=10)
    with transaction() as db:
        before = estimate(db, campaign_id, settings)
        assert estimate(db, campaign_id, settings.model_copy(update={"openai_price_in": None})).cost is None
    assert before.requests == 9
    assert before.cost is not None
    generate(campaign_id, settings)
    begin_again(campaign_id, rewrite=True)
    generate(campaign_id, settings)
    with transaction() as db:
        spent = get_spent(db, campaign_id, settings)
        assert estimate(db, campaign_id, settings).requests == 0
    assert (spent.tokens_in, spent.tokens_out) == (5400, 1620)
    assert float(spent.cost or 0) == pytest.approx((5400 * 2 + 1620 * 10) / 1e6)


def test_the_cost_of_writing_all_again_is_told_before_without_what_was_edited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign_id = begin(add_many)
    settings = use_server(monkeypatch, echo, openai_price_in=2, openai_price_out=10)
    first = generate(campaign_id, settings)[0]
    with transaction() as db:
        update_draft(db, first.id, "Mine", "All mine")
        again = estimate(db, campaign_id, settings, rewrite=True)
    assert again.requests == 8
    assert again.cost


def test_without_a_model_nothing_is_spent() -> None:
    campaign_id = begin()
    with transaction() as db:
        assert estimate(db, campaign_id, get_settings()).requests == 0
