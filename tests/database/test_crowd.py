"""A crowd of sample contacts: made at once, as if each had been captured, and gone without a trace."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import URL, text

from lib.database import transaction
from lib.demo.__main__ import main
from lib.demo.crowd import TABLES, RealDataThere, add_crowd, make_fairs
from lib.demo.sample import SampleIsThere

NOW = dt.datetime.now(dt.UTC).replace(tzinfo=None)
COUNT = 400
# By name: PostgreSQL writes the same condition another way when it has read it back.
INDEXES = "select concat(tablename, indexname) from pg_indexes where schemaname = 'public'"
TRIGGERS = "select concat(tgname, tgenabled) from pg_trigger where not tgisinternal"


@pytest.fixture
def crowd(opened: URL) -> None:
    add_crowd(COUNT, NOW)


def scalar(sql: str) -> object:
    with transaction() as db:
        return db.execute(text(sql)).scalar_one()


def values(sql: str) -> set[object]:
    with transaction() as db:
        return set(db.execute(text(sql)).scalars())


def counts() -> dict[str, object]:
    return {table: scalar(f"select count(*) from {table}") for table in TABLES}


def add_real_contact() -> None:
    with transaction() as db:
        db.execute(text("insert into contacts (full_name, status) values ('Ada Example', 'completed')"))


def test_the_command_makes_as_many_contacts_as_one_says(opened: URL, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--contacts", str(COUNT)])
    assert scalar("select count(*) from contacts") == COUNT
    said = capsys.readouterr().out
    assert f"Made {COUNT} contacts of 40 events" in said
    assert "Remove it with" in said


def test_what_is_searched_is_what_the_triggers_would_have_filled_in(crowd: None) -> None:
    wrong = """
    select count(*) from contacts
    where search_text is distinct from searchable(concat_ws(' ', full_name, company, email))
      or rare_letters is distinct from rare_letters(search_text)
      or reasons is distinct from findable_reasons(ocr_raw_data)"""
    assert scalar(wrong) == 0
    assert scalar("select count(*) from contacts where reasons is not null") != 0


def test_nothing_of_the_crowd_happens_before_it_can(crowd: None) -> None:
    wrong = """
    select count(*)
    from contacts join ocr_jobs on ocr_jobs.contact_id = contacts.id
    where not (contacts.created_at <= started_at and started_at <= completed_at and completed_at = processed_at)
      or reviewed_at < processed_at or greatest(processed_at, reviewed_at) > localtimestamp"""
    assert scalar(wrong) == 0


def test_nobody_of_the_crowd_waits_for_a_worker(crowd: None) -> None:
    assert scalar("select count(*) from ocr_jobs where status in ('pending', 'processing')") == 0


def test_indexes_and_triggers_are_as_before(opened: URL) -> None:
    before = values(INDEXES), values(TRIGGERS)
    add_crowd(COUNT, NOW)
    assert (values(INDEXES), values(TRIGGERS)) == before


def test_who_comes_after_the_crowd_gets_an_id_of_their_own(crowd: None) -> None:
    add_real_contact()
    assert scalar("select count(*) from contacts") == COUNT + 1


def test_removing_takes_the_crowd_and_nothing_else(opened: URL) -> None:
    add_real_contact()
    before = counts()
    add_crowd(COUNT, NOW, beside_real_data=True)
    assert all(after > before[table] for table, after in counts().items())  # type: ignore[operator]
    main(["--remove"])
    assert counts() == before


def test_a_crowd_does_not_go_among_real_contacts_unasked(opened: URL) -> None:
    add_real_contact()
    with pytest.raises(RealDataThere, match="1 contact beside"):
        add_crowd(COUNT, NOW)
    assert scalar("select count(*) from contacts") == 1


def test_a_second_crowd_is_refused(crowd: None) -> None:
    with pytest.raises(SampleIsThere):
        add_crowd(COUNT, NOW)


@pytest.mark.parametrize("count", [1, 39, 1000])
def test_the_events_have_all_cards_between_them(count: int) -> None:
    fairs = list(make_fairs(count, NOW))
    assert sum(fair.cards for fair in fairs) == count
    assert all(fair.cards > 0 and fair.opens_at < NOW - dt.timedelta(days=3) for fair in fairs)
