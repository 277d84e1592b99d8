"""What one does in an organisation stays there: no function finds, changes or hands out anything of another's."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any, cast

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lib.analytics import refreshing
from lib.analytics.queries import ask
from lib.contacts import duplicates, many, merging
from lib.contacts.contacts import ContactFilter, count_contacts, get_contact, list_contacts, update_contact
from lib.contacts.erasing import erase
from lib.contacts.events import EventDetails, add_event, delete_event, list_events
from lib.contacts.groups import add_group, add_members
from lib.contacts.suppressions import add_suppression, is_suppressed
from lib.contacts.undo import undo
from lib.database import current_engine, transaction
from lib.errors import MeishiError, NotFound
from lib.images import sweep_images
from lib.jobs import upkeep
from lib.jobs.drafting import enqueue_drafts
from lib.jobs.queue import queue, worker_connector
from lib.outreach.campaigns import add_campaign
from lib.outreach.exports import export_campaign, list_exports, open_export
from lib.outreach.generation import begin_generation
from lib.outreach.templates import add_template
from lib.storage import load_image
from tests.outreach_data import add_person
from tests.tenants.conftest import Two
from tests.tenants.filling import OURS, THEIRS
from tests.tenants.rehearsal import acting, actor

ALL = ("pending_review", "failed", "completed", "user_verified")


def scalar(org_id: int, sql: str, **values: object) -> Any:
    with acting(org_id), transaction() as db:
        return db.execute(text(sql), values).scalar()


def test_a_search_finds_ones_own_people_alone(two: Two) -> None:
    for filled, own, other in ((two.ours, OURS, THEIRS), (two.theirs, THEIRS, OURS)):
        with acting(filled.org_id), transaction() as db:
            assert count_contacts(db, ContactFilter(statuses=ALL, search=own)) == 3
            assert list_contacts(db, ContactFilter(statuses=ALL, search=other)) == []


def test_a_double_in_the_other_organisation_is_no_double(two: Two) -> None:
    with acting(two.theirs.org_id), transaction() as db:
        other_id = add_person(db, f"Ben {OURS}", "ben@brambling.example.com", company=f"{OURS} Optics")
        assert duplicates.find(db, other_id) == []
    with acting(two.ours.org_id), transaction() as db:
        assert duplicates.find(db, two.ours.ben_id) == []
        own_id = add_person(db, f"Ben {OURS}", "ben@brambling.example.com", company=f"{OURS} Optics")
        assert [found.contact_id for found in duplicates.find(db, two.ours.ben_id)] == [own_id]


ACTS: dict[str, Callable[[Any, Two], object]] = {
    "change": lambda db, two: update_contact(db, two.theirs.ada_id, {"company": "Taken"}, region="US"),
    "delete": lambda db, two: many.delete(db, [two.theirs.ada_id]),
    "verify": lambda db, two: many.verify(db, [two.theirs.cleo_id]),
    "merge theirs": lambda db, two: merging.merge(db, two.theirs.ben_id, two.theirs.cleo_id, {}),
    "merge theirs into ours": lambda db, two: merging.merge(db, two.ours.ben_id, two.theirs.cleo_id, {}),
    "mark different": lambda db, two: duplicates.mark_different(db, two.ours.ada_id, two.theirs.cleo_id),
    "erase": lambda db, two: erase(db, [two.theirs.ada_id, two.theirs.gone_id]),
    "undo": lambda db, two: undo(db, two.theirs.undo_id),
    "delete the event": lambda db, two: delete_event(db, two.theirs.event_id),
    "take into a group": lambda db, two: add_members(db, two.ours.group_id, [two.theirs.ben_id]),
    "put into their group": lambda db, two: add_members(db, two.theirs.group_id, [two.ours.ben_id]),
    "move to their event": lambda db, two: many.set_event(db, [two.ours.ben_id], two.theirs.event_id),
    "write to their group": lambda db, two: add_campaign(db, "x", two.theirs.group_id, two.ours.template_id),
    "write by their template": lambda db, two: add_campaign(db, "x", two.ours.group_id, two.theirs.template_id),
    "write their drafts": lambda db, two: begin_generation(db, two.theirs.campaign_id),
    "export": lambda db, two: export_campaign(db, two.theirs.campaign_id),
    "open their export": lambda db, two: open_export(db, two.theirs.export_id),
    "sign in another": lambda db, two: db.execute(
        text("insert into users (org_id, email) values (:id, 'spy@example.com')"), {"id": two.theirs.org_id}
    ),
    "give a row away": lambda db, two: db.execute(
        text("update contacts set org_id = :org where id = :id"), {"org": two.theirs.org_id, "id": two.ours.ben_id}
    ),
    "make a row for them": lambda db, two: db.execute(
        text("insert into events (name, date, org_id) values ('x', now(), :id)"), {"id": two.theirs.org_id}
    ),
    "hang a card on theirs": lambda db, two: db.execute(
        text("insert into ocr_jobs (contact_id) values (:id)"), {"id": two.theirs.ada_id}
    ),
}
EVERYTHING = """
select md5(string_agg(cast(contacts as text), '|' order by id)) || (select count(*) from email_drafts)
  || (select count(*) from lead_group_contacts) || (select count(*) from undo_rows) || (select count(*) from events)
  || (select count(*) from email_campaigns) || (select count(*) from activity_logs) || (select count(*) from users)
  || (select count(*) from different_contacts) || (select string_agg(coalesce(url, ''), '') from email_exports)
from contacts"""


def test_acting_on_the_others_numbers_changes_nothing_there(two: Two) -> None:
    before = scalar(two.theirs.org_id, EVERYTHING)
    for name, act in ACTS.items():
        try:
            with acting(two.ours.org_id), transaction() as db:
                act(db, two)
        except (MeishiError, DBAPIError):
            pass  # refused, as what is not there
        assert scalar(two.theirs.org_id, EVERYTHING) == before, name
    with acting(two.ours.org_id), transaction() as db:
        ben = get_contact(db, two.ours.ben_id)
        assert ben is not None
        assert ben.event_id == two.ours.event_id


def test_deleting_an_event_takes_nobody_elses_people(two: Two) -> None:
    before = scalar(two.theirs.org_id, EVERYTHING)
    with acting(two.ours.org_id), transaction() as db:
        for event in list_events(db):
            delete_event(db, event.id)
    assert scalar(two.ours.org_id, "select count(*) from contacts") == 0
    assert scalar(two.theirs.org_id, EVERYTHING) == before


def test_without_an_organisation_nothing_is_seen_and_nothing_written(two: Two) -> None:
    with acting(None), transaction() as db:
        assert list_events(db) == []
        assert db.execute(text("select count(*) from contacts")).scalar() == 0
        assert db.execute(text("delete from contacts")).rowcount == 0
    with acting(None), pytest.raises(DBAPIError, match="row-level security"), transaction() as db:
        db.execute(text("insert into events (name, date) values ('x', now())"))
    with acting(999), transaction() as db:
        assert list_events(db) == []


def test_who_wants_to_pass_the_policies_is_refused(two: Two) -> None:
    """As `pg_dump` wants it, unless told otherwise, and a migration that must not miss a row."""
    with acting(two.ours.org_id), transaction() as db:
        db.execute(text("set local row_security = off"))
        with pytest.raises(DBAPIError, match="row-level security"):
            list_events(db)


def test_a_copy_of_a_table_holds_ones_own_rows(two: Two) -> None:
    """A backup taken without saying more would be of one organisation, or empty."""
    for org_id, holds in ((two.ours.org_id, True), (None, False)):
        with acting(org_id), transaction() as db:
            driver = cast(psycopg.Connection, db.connection.driver_connection)
            with driver.cursor().copy("copy contacts to stdout") as copy:
                copied = b"".join(copy)
        assert (OURS.encode() in copied) is holds
        assert THEIRS.encode() not in copied


def test_a_setting_ends_with_its_transaction(two: Two) -> None:
    said = "select current_setting('meishi.org_id', true)"
    with acting(two.ours.org_id), current_engine().connect() as db:
        with db.begin():
            assert db.exec_driver_sql(said).scalar() == str(two.ours.org_id)
        # Past the engine's event, which would say it anew.
        driver = cast(psycopg.Connection, db.connection.driver_connection)
        assert driver.execute(said).fetchone() == ("",)


def test_nothing_can_be_hung_on_what_is_anothers(two: Two) -> None:
    """References are checked past the policies: as they were, this would stand, and go when the other deletes."""
    hang = text("insert into ocr_jobs (contact_id) values (:id)")
    with acting(two.ours.org_id), pytest.raises(IntegrityError), transaction() as db:
        db.execute(hang, {"id": two.theirs.ada_id})
    with acting(two.ours.org_id), transaction() as db:
        db.execute(hang, {"id": two.ours.ada_id})


def test_both_may_use_the_same_names_and_addresses(two: Two) -> None:
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id), transaction() as db:
            add_event(db, EventDetails(name="Spring Fair", date=dt.date(2026, 4, 20)))
            add_group(db, "Leads")
            add_template(db, "After the fair", "Hello", "It was good to meet you.")
            add_person(db, "Jane Doe", "jane.doe@example.com")
            db.execute(text("insert into saved_queries (name, sql) values ('Mine', 'select 1')"))


def test_who_opts_out_of_both_is_on_both_lists(two: Two) -> None:
    """The key is one for the installation here: the same address has the same hash in both."""
    with acting(two.ours.org_id), transaction() as db:
        assert add_suppression(db, "jane.doe@example.com")
    with acting(two.theirs.org_id), transaction() as db:
        assert not is_suppressed(db, "jane.doe@example.com")
        assert add_suppression(db, "jane.doe@example.com")
        assert is_suppressed(db, "jane.doe@example.com")


def test_an_export_holds_ones_own_people(two: Two) -> None:
    for filled, own, other in ((two.ours, OURS, THEIRS), (two.theirs, THEIRS, OURS)):
        with acting(filled.org_id), transaction() as db:
            export = export_campaign(db, filled.campaign_id, "generic")
            assert [past.id for past in list_exports(db, filled.campaign_id)] == [export.id, filled.export_id]
        written = export.path.read_bytes()
        assert own.encode() in written
        assert other.encode() not in written


def test_what_was_deleted_before_the_migration_comes_back_after_it(two: Two) -> None:
    with acting(two.ours.org_id), transaction() as db:
        assert undo(db, two.ours.undo_id) == [two.ours.gone_id]
        gone = get_contact(db, two.ours.gone_id)
    assert gone is not None
    assert gone.full_name == f"Gone {OURS}"


def test_a_kept_result_is_of_ones_own(two: Two) -> None:
    counted = {}
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id), transaction() as db:
            asked = ask(db, "funnel")
            assert asked.as_of is not None
            counted[filled.org_id] = int(asked.data.contacts.max())
    assert counted == {1: 124, 2: 4}


def test_making_a_result_anew_leaves_the_others(two: Two) -> None:
    of_theirs = "select string_agg(step || contacts, ' ' order by step) from funnel_view"
    before = scalar(two.theirs.org_id, of_theirs)
    with acting(two.ours.org_id), transaction() as db:
        db.execute(text("delete from contacts where id <> :id"), {"id": two.ours.ada_id})
        assert refreshing.refresh(db, always=True)
        assert db.execute(text("select contacts from funnel_view where step = 'captured'")).scalar() == 1
    assert scalar(two.theirs.org_id, of_theirs) == before


def test_sweeping_takes_ones_own_images_alone(two: Two) -> None:
    urls = "select array_agg(business_card_url) from contacts where business_card_url is not null"
    own, theirs = scalar(two.ours.org_id, urls), scalar(two.theirs.org_id, urls)
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id), transaction() as db:
            db.execute(text("delete from contacts"))
            db.execute(text("update loose_images set sweep_from = localtimestamp"))
    with acting(None):
        assert sweep_images() == 0
    with acting(two.ours.org_id):
        assert sweep_images() >= len(own)
    for url in own:
        with pytest.raises(NotFound):
            load_image(url)
    assert all(load_image(url) for url in theirs)


def test_upkeep_goes_from_one_organisation_to_the_next(two: Two) -> None:
    """Both have a card that waits and that the queue has lost: each is queued as its own."""
    with transaction() as db:
        db.execute(text("delete from procrastinate_jobs"))
    with acting(None):
        assert upkeep.requeue_lost_readings() == []
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id):
            assert len(upkeep.requeue_lost_readings()) == 1
    with transaction() as db:
        owners = db.execute(text("select org_id from procrastinate_jobs order by org_id")).scalars().all()
    assert owners == [1, 2]


def as_the_jobs_own(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Work as the organisation whose job it is: what step 5 adds to the worker."""
    with transaction() as db:
        about = {"id": context.job.id}
        org_id = db.execute(text("select org_id from procrastinate_jobs where id = :id"), about).scalar_one()
    with acting(org_id):
        return call_next()


def test_a_worker_does_the_jobs_of_both_each_as_its_own(two: Two) -> None:
    with transaction() as db:
        db.execute(text("delete from procrastinate_jobs"))
    for filled in (two.ours, two.theirs):
        with acting(filled.org_id), transaction() as db:
            db.execute(text("delete from email_drafts"))
            campaign_id = add_campaign(db, "By a worker", filled.group_id, filled.template_id)
            enqueue_drafts(db, campaign_id)
    assert actor.org_id is None

    async def work() -> None:
        with queue.replace_connector(worker_connector(current_engine().url)) as connected:
            async with connected.open_async():
                await connected.run_worker_async(
                    wait=False, install_signal_handlers=False, task_middleware=[as_the_jobs_own]
                )

    asyncio.run(work())
    for filled, own in ((two.ours, OURS), (two.theirs, THEIRS)):
        with acting(filled.org_id), transaction() as db:
            found = db.execute(text("select distinct subject from email_drafts")).scalars().all()
            assert found == [f"From {own}"]


def test_whoever_signs_in_is_found_by_their_address_alone(two: Two) -> None:
    with acting(email="Owner@Quillon.example.com"), transaction() as db:
        assert db.execute(text("select org_id, email from users")).all() == [(2, "owner@quillon.example.com")]
    with acting(email="stranger@example.com"), transaction() as db:
        assert db.execute(text("select count(*) from users")).scalar() == 0
    with acting(two.ours.org_id), transaction() as db:
        assert db.execute(text("select email from users")).scalars().all() == ["owner@example.com"]
