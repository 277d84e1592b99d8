"""Whatever is typed into any field comes back as it was typed, or is refused in a sentence; nothing else is touched."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import Connection, text

from lib.analytics.notebook.saved import add_saved_query, list_saved_queries
from lib.contacts.contacts import ContactFilter, list_contacts
from lib.contacts.finding import list_doubts
from lib.contacts.groups import add_group, update_group
from lib.contacts.suppressions import add_suppression, list_suppressions
from lib.errors import MeishiError
from lib.outreach.campaigns import add_campaign, get_campaign
from lib.outreach.drafts import find_drafts
from lib.outreach.templates import add_template, list_previews
from lib.text import clean_text
from tests.outreach_data import add_person
from tests.security.corpus import ALL, CORPUS
from tests.security.fields import (
    ELSEWHERE,
    FIELDS,
    IN_JSON,
    OURS,
    Rows,
    add_rows,
    is_what_was_said,
    put_or_refuse,
    say,
    stored,
    visible,
)

TEXTS = "select table_name, column_name from information_schema.columns where table_schema = 'public'"
OF_TEXT = " and (data_type in ('text', 'character varying', 'character', 'jsonb', 'json') or udt_name in ('_text', '_varchar'))"
TABLES = (
    " and table_name in (select relname from pg_class where relkind = 'r') and table_name not like 'procrastinate%'"
)
NAMES = text("select relname from pg_class where relkind = 'r' and relnamespace = cast('public' as regnamespace)")


@pytest.fixture
def rows(db: Connection) -> Rows:
    return add_rows(db)


def count_rows(db: Connection) -> dict[str, int]:
    """Return how many rows each table has, without the log, which everything writes to."""
    tables = set(db.execute(NAMES).scalars()) - {"activity_logs"}
    return {table: db.execute(text(f"select count(*) from {table}")).scalar_one() for table in sorted(tables)}


def test_every_column_of_text_is_tried_here_or_is_the_programs_own(db: Connection) -> None:
    columns = {f"{table}.{column}" for table, column in db.execute(text(TEXTS + OF_TEXT + TABLES))}
    json_of = {".".join(field.split(".")[:2]) for field in IN_JSON}
    ours = {f"{table}.{column}" for table, names in OURS.items() for column in names}
    tried = FIELDS.keys() | ELSEWHERE.keys() | json_of
    assert columns - tried - ours == set(), "new columns: try them in fields.py"
    assert (tried | ours) - columns == set(), "these columns are no more"
    assert not tried & ours


@pytest.mark.parametrize("field", [*FIELDS, *IN_JSON])
def test_a_field_keeps_what_was_typed_or_refuses_it(db: Connection, rows: Rows, field: str) -> None:
    put, before = (FIELDS | IN_JSON)[field], count_rows(db)
    taken = 0
    for said in ALL:
        if put_or_refuse(put, db, rows, said):
            taken += 1
            kept = stored(db, rows, field)
            assert is_what_was_said(field, said, kept), (said, kept)
    assert taken, "nothing at all is taken"
    assert count_rows(db) == before


def test_a_note_on_an_opt_out_is_kept_as_it_was_written(db: Connection) -> None:
    for number, said in enumerate(ALL):
        try:
            assert add_suppression(db, f"somebody{number}@example.com", note=said)
        except MeishiError:
            assert len(said) > 255
            continue
        assert visible(list_suppressions(db)[0].note or "") == visible(said)


@pytest.mark.parametrize("kind", CORPUS)
def test_an_opt_out_is_an_address_or_refused(db: Connection, kind: str) -> None:
    for said in CORPUS[kind]:
        try:
            add_suppression(db, said)
        except MeishiError as error:
            say(error)
    kept = db.execute(text("select octet_length(hash), kind from suppressions")).all()
    assert all(length == 32 for length, _ in kept)


def test_a_campaign_copies_the_names_and_words_of_others_to_the_letter(db: Connection, rows: Rows) -> None:
    contact_id = add_person(db, "Ben Sample", "ben@example.com")
    for said in ALL:
        try:
            group_id, template_id = add_group(db, said), add_template(db, said, "Hello", "Hi")
        except MeishiError:
            continue
        db.execute(text("insert into lead_group_contacts values (:g, :c)"), {"g": group_id, "c": contact_id})
        campaign_id = add_campaign(db, said, group_id, template_id)
        update_group(db, group_id, "Other", None)
        columns = text("select lead_group_name, template_name, name from email_campaigns where id = :id")
        assert set(db.execute(columns, {"id": campaign_id}).one()) == {clean_text(said, "name", 255)}
        assert get_campaign(db, campaign_id)


def test_a_saved_querys_values_are_kept_to_the_letter(db: Connection) -> None:
    for number, said in enumerate(ALL):
        add_saved_query(db, f"q{number}", "select :x", {"x": said}, {"kind": "bar", "x": said})
    kept = {query.name: query for query in list_saved_queries(db)}
    for number, said in enumerate(ALL):
        query = kept[f"q{number}"]
        assert visible(query.parameters["x"] or "") == visible(query.chart["x"] or "") == visible(said)


def test_a_search_finds_what_stands_there_and_nothing_is_obeyed(db: Connection, rows: Rows) -> None:
    before = count_rows(db)
    for said in ALL:
        searched = said[:1_000]
        everywhere = ContactFilter(statuses=("completed",), search=searched)
        found = {person.id for person in list_contacts(db, everywhere)}
        # Accents make no difference.
        looked_for = "".join(c for c in unicodedata.normalize("NFKD", searched) if not unicodedata.combining(c))
        stands_there = visible(looked_for).lower() in "adaexampleexampleopticsada@example.com"
        assert found == ({rows.contacts} if stands_there else set()), said
        list_previews(db, search=searched)
        find_drafts(db, rows.email_campaigns, search=searched)
    assert count_rows(db) == before


def test_who_is_called_by_such_a_text_is_found_by_it(db: Connection, rows: Rows) -> None:
    for said in ALL:
        if not put_or_refuse(FIELDS["contacts.company"], db, rows, said):
            continue
        company = stored(db, rows, "contacts.company")
        if company is None or len(visible(company)) < 3:
            continue
        found = list_contacts(db, ContactFilter(statuses=("completed",), search=company))
        assert [person.id for person in found] == [rows.contacts], said
        assert list_doubts(db, [rows.contacts]) is not None
