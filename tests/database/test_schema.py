"""The migrated database against the schema document: tables, columns, types, defaults, indexes."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from lib.capture import as_photo_name
from lib.ui.capture import EXTENSIONS

DOCUMENT = (Path(__file__).parents[2] / "docs" / "schema.md").read_text()
TABLES = re.findall(r"^CREATE TABLE (\w+)", DOCUMENT, re.MULTILINE)
COLUMNS = """
select column_name, data_type, udt_name, character_maximum_length, numeric_precision, numeric_scale, is_nullable,
  replace(column_default, 'document.', '') as column_default
from information_schema.columns where table_schema = :schema and table_name = :table order by ordinal_position"""
INDEXES = """
select regexp_replace(replace(indexdef, :schema || '.', ''), ' INDEX \\S+ ', ' INDEX ') as definition, indexname
from pg_indexes where schemaname = :schema and tablename = :table order by indexname"""
# Of 0008: what contacts are found by.
FOUND_BY = ["search_text", "rare_letters", "reasons"]
ADDED = {
    "contacts": [
        "notes",
        "back_image_url",
        "back_photo_name",
        "back_photo_fingerprint",
        *FOUND_BY,
        "more_image_urls",
    ],
    "ocr_jobs": ["attempts", "photo_name", "photo_fingerprint", "engine"],
    "email_campaigns": [
        "lead_group_name",
        "template_name",
        "template_subject",
        "template_body",
        "instructions",
        "generation",
        "generation_contact_ids",
        "is_rewriting",
        "is_paused",
        "export_profile",
    ],
    "email_drafts": ["generation", "written_at", "approved_at", "approved_reasons"],
}


@pytest.fixture
def document(db: Connection) -> Connection:
    """The document's own statements, run into a schema beside the migrated one."""
    db.execute(text("create schema document"))
    db.execute(text("set local search_path to document"))
    for block in re.findall(r"### \w+\n```sql\n(.*?)```", DOCUMENT, re.DOTALL):
        db.exec_driver_sql(block)
    db.execute(text("set local search_path to public"))
    return db


def test_the_document_has_nine_tables() -> None:
    assert len(TABLES) == 9


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_the_documents_and_then_ours(document: Connection, table: str) -> None:
    theirs = document.execute(text(COLUMNS), {"schema": "document", "table": table}).all()
    ours = document.execute(text(COLUMNS), {"schema": "public", "table": table}).all()
    assert theirs
    assert ours[: len(theirs)] == theirs
    assert [column.column_name for column in ours[len(theirs) :]] == ADDED.get(table, [])


@pytest.mark.parametrize("table", TABLES)
def test_every_index_of_the_document_is_there_by_its_name(document: Connection, table: str) -> None:
    theirs = document.execute(text(INDEXES), {"schema": "document", "table": table}).all()
    ours = document.execute(text(INDEXES), {"schema": "public", "table": table}).all()
    assert set(theirs) <= set(ours)


def test_the_first_migration_holds_the_documents_statements_word_for_word() -> None:
    migration = (Path(__file__).parents[2] / "sql" / "migrations" / "0001_mvp_schema.sql").read_text()
    for block in re.findall(r"### \w+\n```sql\n(.*?)```", DOCUMENT, re.DOTALL):
        assert block in migration


@pytest.mark.parametrize(
    "statement",
    [
        "insert into contacts (full_name, status) values ('Jane Doe', 'lost')",
        "insert into contacts (full_name, ocr_confidence) values ('Jane Doe', 1.01)",
        "insert into ocr_jobs (status) values ('asleep')",
        "insert into email_campaigns (name, status) values ('May', 'sent')",
    ],
)
def test_a_value_the_document_does_not_know_is_refused(db: Connection, statement: str) -> None:
    with pytest.raises(IntegrityError, match="check constraint"):
        db.execute(text(statement))


def test_two_drafts_for_one_contact_in_one_campaign_cannot_exist(db: Connection) -> None:
    contact = db.execute(text("insert into contacts (full_name) values ('Jane Doe') returning id")).scalar_one()
    campaign = db.execute(text("insert into email_campaigns (name) values ('May') returning id")).scalar_one()
    draft = text("insert into email_drafts (campaign_id, contact_id, subject, body) values (:m, :c, 'Hi', 'Jane')")
    db.execute(draft, {"m": campaign, "c": contact})
    with pytest.raises(IntegrityError, match="email_drafts_one_per_contact"):
        db.execute(draft, {"m": campaign, "c": contact})


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_the_page_takes_no_photo_whose_name_could_be_a_persons(db: Connection, extension: str) -> None:
    name = as_photo_name(f"Jane Doe.{extension.upper()}")
    assert db.execute(text("select person_name(:name)"), {"name": name}).scalar_one() is None


def test_updated_at_moves_only_when_something_else_did(db: Connection) -> None:
    insert = "insert into lead_groups (name, updated_at) values ('Leads', '2020-01-01') returning id"
    group_id = db.execute(text(insert)).scalar_one()
    update = text("update lead_groups set name = :name where id = :id returning extract(year from updated_at)")
    assert db.execute(update, {"name": "Leads", "id": group_id}).scalar_one() == 2020
    assert db.execute(update, {"name": "Partners", "id": group_id}).scalar_one() > 2020


@pytest.mark.parametrize(
    ("full_name", "person"),
    [("Jane Doe", "Jane Doe"), ("IMG_0042.HEIC", None), ("card.jpeg", None), ("J.P. Morgan", "J.P. Morgan")],
)
def test_a_photos_name_is_nobodys_name(db: Connection, full_name: str, person: str | None) -> None:
    assert db.execute(text("select person_name(:name)"), {"name": full_name}).scalar_one() == person
