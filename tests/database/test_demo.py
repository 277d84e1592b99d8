"""Sample data: made once, plausible, and gone without a trace."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import URL, text

from lib import settings as settings_module
from lib.analytics.queries import run_query
from lib.contacts.events import EventDetails, add_event
from lib.contacts.groups import add_group, add_members
from lib.database import close_database, transaction
from lib.demo.__main__ import main
from lib.demo.sample import Made, add_sample
from lib.demo.story import FAIRS, tell_story
from lib.images import sweep_images
from lib.jobs.joining import join_contacts
from lib.storage import load_image, save_image

NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None)
TABLES = (
    "events", "contacts", "ocr_jobs", "lead_groups", "lead_group_contacts", "email_templates", "email_campaigns",
    "email_drafts", "email_exports", "suppressions", "activity_logs",
)  # fmt: skip


@pytest.fixture(autouse=True)
def drawing_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards drawn in no time: a few pixels each, of a colour of their own."""

    def draw(person: object, seed: int) -> bytes:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8), (seed * 37 % 256, seed * 91 % 256, seed * 53 % 256)).save(
            picture, "JPEG", quality=100
        )
        return picture.getvalue()

    monkeypatch.setattr("lib.demo.sample.draw_card", draw)


@pytest.fixture
def sample(opened: URL) -> Made:
    return add_sample(NOW)


def scalar(sql: str) -> object:
    with transaction() as db:
        return db.execute(text(sql)).scalar_one()


def counts() -> dict[str, object]:
    return {table: scalar(f"select count(*) from {table}") for table in TABLES}


def images(home: Path) -> list[Path]:
    return [path for path in (home / "images").rglob("*") if path.is_file()]


def test_the_same_moment_gives_the_same_story() -> None:
    assert tell_story(NOW) == tell_story(NOW)


def test_nothing_in_the_story_lies_in_the_future() -> None:
    for hour in range(24):
        now = dt.datetime(2026, 3, 14, hour)
        cards, _ = tell_story(now)
        assert all(card.processed_at < now and (card.reviewed_at or card.processed_at) < now for card in cards)
        assert min(card.captured_at for card in cards) > now - dt.timedelta(days=40)


def test_everybody_has_an_address_of_nobody() -> None:
    cards, fresh = tell_story(NOW)
    people = [person for person in (*(card.person for card in cards), *fresh) if person.email]
    assert len(people) == 187
    assert all((person.email or "").isascii() and (person.email or "").endswith(".example") for person in people)
    assert len({person.email for person in people}) == len(people)


def test_every_card_has_its_photo_job_and_activity(sample: Made, home: Path) -> None:
    assert (sample.events, sample.contacts, sample.fresh) == (len(FAIRS), 180, 8)
    assert len(images(home)) == 188 + 1  # and the file that left
    assert (
        scalar("select count(*) from contacts where not exists (select from ocr_jobs where contact_id = contacts.id)")
        == 0
    )
    for action, statuses in (("contact_processed", 180), ("contact_uploaded", 188)):
        assert scalar(f"select count(*) from activity_logs where action = '{action}'") == statuses


def test_a_person_looked_at_some_accepted_cards_and_put_one_right(sample: Made) -> None:
    with transaction() as db:
        matrix = run_query(db, "reader_matrix")
    accepted = matrix[matrix["is_accepted"]].fillna({"is_right": "unknown"})
    seen = dict(zip(accepted["is_right"], accepted["contacts"], strict=True))
    assert seen[False] == 1
    assert seen[True] >= 3
    assert seen["unknown"] > seen[True]


def test_a_photo_can_be_loaded(sample: Made) -> None:
    url = str(scalar("select min(business_card_url) from contacts where status = 'user_verified'"))
    assert load_image(url).startswith(b"\xff\xd8")


def test_the_fresh_photos_wait_for_a_worker(sample: Made) -> None:
    waiting = (
        "select count(*) from contacts join ocr_jobs on contact_id = contacts.id where ocr_jobs.status = 'pending'"
    )
    assert scalar(waiting) == 8
    assert scalar("select count(*) from procrastinate_jobs where task_name = 'read_card' and status = 'todo'") == 8


def test_one_campaign_is_out_and_one_is_ready(sample: Made) -> None:
    with transaction() as db:
        found = db.execute(text("select status, export_count from email_campaigns order by id")).all()
    assert [tuple(row) for row in found] == [("exported", 1), ("ready", 0)]
    late = "select count(*) from email_drafts join contacts on contacts.id = contact_id where email_drafts.created_at < contacts.created_at"
    assert scalar(late) == 0


def test_the_sample_has_drafts_approved_and_edited_an_opt_out_and_a_file_that_left(sample: Made) -> None:
    assert scalar("select count(*) from email_drafts where approved_at is not null") == 30 + 5
    assert scalar("""select count(*) from email_drafts where personalization_data @> '{"edited": true}'""") == 2
    assert scalar("select count(*) from suppressions") == 1
    assert scalar("select count(*) from email_exports where url is not null") == 1
    assert scalar("select instructions ->> 'tone' from email_campaigns limit 1") == "warm, to the point"


def test_nothing_is_dated_in_the_future(sample: Made) -> None:
    for table, column in (
        ("contacts", "updated_at"),
        ("activity_logs", "created_at"),
        ("email_drafts", "created_at"),
    ):
        assert scalar(f"select count(*) from {table} where {column} > clock_timestamp()") == 0


def test_a_second_run_says_that_it_is_there(opened: URL, capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert "Remove it with" in capsys.readouterr().out
    before = counts()
    with pytest.raises(SystemExit, match="already there"):
        main([])
    assert counts() == before


def test_removing_leaves_nothing(sample: Made, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--remove"])
    assert "188 contacts" in capsys.readouterr().out
    assert set(counts().values()) == {0}
    assert images(home) == []


def test_removing_takes_the_other_sides_too(sample: Made, home: Path) -> None:
    with transaction() as db:
        pair = list(
            db.execute(text("select id from contacts where status = 'user_verified' order by id limit 2")).scalars()
        )
        join_contacts(db, pair)
    main(["--remove"])
    assert images(home) == []


def test_removing_takes_nothing_of_anybody_elses(opened: URL, home: Path) -> None:
    with transaction() as db:
        event_id = add_event(db, EventDetails(name="Spring Fair", date=dt.date(2026, 3, 1)))
        url = save_image(b"photo", event_id=event_id, photo_name="a.jpg")
        add = "insert into contacts (event_id, full_name, business_card_url, status) values (:e, 'Ada', :u, 'completed') returning id"
        ada = db.execute(text(add), {"e": event_id, "u": url}).scalar_one()
        add_members(db, add_group(db, "Buyers"), [ada])
    before = counts()
    add_sample(NOW)
    main(["--remove"])
    assert counts() == before
    assert load_image(url) == b"photo"


def test_removing_takes_what_came_of_it_since(sample: Made) -> None:
    with transaction() as db:
        db.execute(
            text(
                "insert into activity_logs (action, entity_type, entity_id) select 'contact_verified', 'contact', id from contacts"
            )
        )
        db.execute(text("delete from contacts where status = 'failed'"))
    main(["--remove"])
    assert set(counts().values()) == {0}


def test_without_sample_data_there_is_nothing_to_remove(opened: URL, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--remove"])
    assert capsys.readouterr().out == "There is no sample data.\n"


def test_what_cannot_be_stored_leaves_nothing_behind(
    opened: URL, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.demo.sample.add_outreach", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add_sample(NOW)
    assert set(counts().values()) == {0}
    with transaction() as db:
        db.execute(text("update loose_images set sweep_from = localtimestamp"))  # a minute later
    sweep_images()
    assert images(home) == []


@pytest.fixture
def no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    close_database()
    monkeypatch.setenv("DATABASE_URL", "postgresql://meishi@127.0.0.1:1/meishi")
    settings_module.get_settings.cache_clear()
    yield
    close_database()


def test_without_a_database_one_sentence_says_so(no_server: None) -> None:
    with pytest.raises(SystemExit, match="does not answer"):
        main([])
