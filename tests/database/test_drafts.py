"""Generating commits, so these tests have a database of their own."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from lib.database import transaction
from lib.errors import DatabaseUnavailable, NotFound, NotValid
from lib.jobs.drafting import enqueue_drafts
from lib.outreach import generation
from lib.outreach.campaigns import Campaign, delete_campaign, get_campaign
from lib.outreach.drafts import Draft, discard_drafts, list_drafts, update_draft
from lib.outreach.generation import Progress, begin_generation, generate_drafts, get_progress, get_stop
from lib.outreach.model import WritingStopped
from lib.outreach.templates import Template, delete_template
from lib.outreach.variables import Facts
from lib.outreach.writer import Written, write_by_merging
from lib.settings import Settings, get_settings
from tests.outreach_data import add_campaign_for, add_person, add_two, last_activity

pytestmark = pytest.mark.usefixtures("opened")


def begin(contacts: Callable[..., list[int]] = add_two) -> int:
    with transaction() as db:
        campaign_id = add_campaign_for(db, contacts(db))
        begin_generation(db, campaign_id)
    return campaign_id


def generate(campaign_id: int, settings: Settings | None = None) -> list[Draft]:
    generate_drafts(campaign_id, settings or get_settings())
    with transaction() as db:
        return list_drafts(db, campaign_id)


def campaign_of(campaign_id: int) -> Campaign:
    with transaction() as db:
        campaign = get_campaign(db, campaign_id)
    assert campaign is not None
    return campaign


def add_many(db: Any, count: int = 9) -> list[int]:
    return [add_person(db, f"Person {n}", f"p{n}@example.com") for n in range(count)]


def use_writer(monkeypatch: pytest.MonkeyPatch, write: Callable[[Template, Facts], Written]) -> Settings:
    monkeypatch.setattr(generation, "open_writer", lambda settings: write)
    return get_settings().model_copy(update={"openai_api_key": "k"})


def test_every_recipient_gets_a_draft_and_the_campaign_is_ready() -> None:
    campaign_id = begin()
    drafts = generate(campaign_id)
    assert [draft.subject for draft in drafts] == ["Example Optics and us", "Sample & Sons, Ltd and us"]
    campaign = campaign_of(campaign_id)
    assert campaign.status == "ready"
    assert campaign.generated_at is not None
    with transaction() as db:
        assert last_activity(db, "email_drafts_generated") == {"drafts": 2, "sources": {"template": 2}}


def test_a_campaign_nobody_can_be_reached_by_is_refused() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, [add_person(db, "Zoe Sample")])
    with transaction() as db, pytest.raises(NotValid, match="Nobody in this campaign"):
        begin_generation(db, campaign_id)
    assert campaign_of(campaign_id).status == "draft"


def test_a_campaign_without_its_template_is_refused() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
        campaign = get_campaign(db, campaign_id)
        assert campaign is not None
        assert campaign.template_id is not None
        delete_template(db, campaign.template_id)
        with pytest.raises(NotValid, match="template of this campaign was deleted"):
            begin_generation(db, campaign_id)


def test_a_campaign_that_is_gone_is_refused() -> None:
    with transaction() as db, pytest.raises(NotFound):
        begin_generation(db, 4711)


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
        begin_generation(db, campaign_id)
    drafts = generate(campaign_id)
    assert (len(drafts), drafts[0].id, drafts[0].subject) == (2, first.id, "Mine")


def test_a_job_that_nobody_asked_for_writes_nothing() -> None:
    with transaction() as db:
        campaign_id = add_campaign_for(db, add_two(db))
    assert generate(campaign_id) == []


def test_a_campaign_deleted_meanwhile_ends_the_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)

    def deleting_writer(template: Template, facts: Facts) -> Written:
        with transaction() as db:
            delete_campaign(db, campaign_id)
        return write_by_merging(template, facts)

    assert generate(campaign_id, use_writer(monkeypatch, deleting_writer)) == []


def test_a_writer_that_stops_leaves_what_is_written_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin(add_many)

    def tiring_writer(template: Template, facts: Facts) -> Written:
        if facts.full_name in ("Person 5", "Person 6"):
            raise WritingStopped("The host is busy.", "Wait a little.")
        return write_by_merging(template, facts)

    drafts = generate(campaign_id, use_writer(monkeypatch, tiring_writer))
    assert [draft.full_name for draft in drafts] == [f"Person {n}" for n in (0, 1, 2, 3, 4, 7)]
    campaign = campaign_of(campaign_id)
    assert (campaign.status, campaign.generated_at) == ("ready", None)
    with transaction() as db:
        assert get_progress(db, campaign_id) == Progress(done=6, total=9)
        stop = get_stop(db, campaign_id)
    assert stop is not None
    assert (stop.message, stop.remedy) == ("The host is busy.", "Wait a little.")


def test_going_on_after_a_stop_forgets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()

    def absent_writer(template: Template, facts: Facts) -> Written:
        raise WritingStopped("The host is down.")

    assert generate(campaign_id, use_writer(monkeypatch, absent_writer)) == []
    monkeypatch.undo()
    with transaction() as db:
        begin_generation(db, campaign_id)
    assert len(generate(campaign_id, Settings())) == 2
    with transaction() as db:
        assert get_stop(db, campaign_id) is None


def test_a_stop_with_drafts_of_an_earlier_run_leaves_them_exportable(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()
    first = generate(campaign_id)[0]
    with transaction() as db:
        db.execute(text("delete from email_drafts where id = :id"), {"id": first.id})
        begin_generation(db, campaign_id)

    def absent_writer(template: Template, facts: Facts) -> Written:
        raise WritingStopped("The host is down.")

    generate(campaign_id, use_writer(monkeypatch, absent_writer))
    assert campaign_of(campaign_id).status == "ready"


def test_a_fault_of_the_program_does_not_leave_the_campaign_generating(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()

    def broken_writer(template: Template, facts: Facts) -> Written:
        raise ZeroDivisionError

    generate(campaign_id, use_writer(monkeypatch, broken_writer))
    assert campaign_of(campaign_id).status == "draft"
    with transaction() as db:
        stop = get_stop(db, campaign_id)
    assert stop is not None
    assert "reference" in stop.message


def test_a_database_that_goes_away_is_left_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign_id = begin()

    def absent_database(template: Template, facts: Facts) -> Written:
        raise DatabaseUnavailable("gone")

    with pytest.raises(DatabaseUnavailable):
        generate(campaign_id, use_writer(monkeypatch, absent_database))
    assert campaign_of(campaign_id).status == "generating"


def test_an_edited_draft_keeps_what_was_generated() -> None:
    draft = generate(begin())[0]
    with transaction() as db:
        update_draft(db, draft.id, "Second", "two")
        after = update_draft(db, draft.id, "Third\nline", "three")
    assert (after.subject, after.body, after.is_edited) == ("Third line", "three", True)
    assert after.personalization_data["generated"] == {"subject": draft.subject, "body": draft.body}


def test_a_draft_saved_unchanged_is_not_edited() -> None:
    draft = generate(begin())[0]
    with transaction() as db:
        assert update_draft(db, draft.id, draft.subject, draft.body) == dataclasses.replace(draft)


def test_a_draft_cannot_lose_its_subject() -> None:
    draft = generate(begin())[0]
    with transaction() as db, pytest.raises(NotValid, match="no subject"):
        update_draft(db, draft.id, " ", "text")


def test_discarding_spares_what_a_person_wrote() -> None:
    campaign_id = begin()
    first, second = generate(campaign_id)
    with transaction() as db:
        update_draft(db, second.id, "Mine", "mine")
        assert discard_drafts(db, campaign_id) == 1
        assert [draft.id for draft in list_drafts(db, campaign_id)] == [second.id]
        assert first.id != second.id
