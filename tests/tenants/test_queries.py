"""Every query in sql/, unchanged, asked by one organisation about the other: nothing comes, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DBAPIError

from lib.database import transaction
from tests.database.test_named_queries import all_queries
from tests.tenants.conftest import Two
from tests.tenants.filling import OURS, THEIRS, Filled
from tests.tenants.rehearsal import acting
from tests.tenants.test_rehearsal import list_tables

# What a query may be refused for: it never reached anything.
FEW = 15
STATUSES = ["pending_review", "failed", "completed", "user_verified", "processing"]
IDS = """
select
  (select array_agg(id) from email_drafts) as draft_ids, (select max(id) from email_drafts) as draft_id,
  (select max(id) from ocr_jobs) as job_id, (select max(id) from suppressions) as suppression_id,
  (select array_agg(url) from loose_images) as urls, (select array_agg(hash) from suppressions) as hashes,
  (select max(photo_fingerprint) from ocr_jobs) as photo_fingerprint,
  (select business_card_url from contacts where id = :ada_id) as business_card_url"""
WORDS = ("full_name", "email", "company", "title", "phone", "notes", "subject", "body", "description", "location",
         "industry", "label", "note", "error_message", "campaign_name", "file_name")  # fmt: skip


def known(db: Connection, filled: Filled, mark: str) -> dict[str, Any]:
    """Return values for all parameters there are: what somebody would ask about this organisation."""
    people = [filled.ada_id, filled.ben_id, filled.cleo_id, filled.waiting_id, filled.gone_id]
    found = db.execute(text(IDS), {"ada_id": filled.ada_id}).one()._asdict()
    return {
        **dict.fromkeys(WORDS, "Changed"),
        **found,
        **{name: getattr(filled, name) for name in ("event_id", "group_id", "template_id", "campaign_id", "export_id")},
        "undo_id": filled.undo_id, "contact_id": filled.ada_id, "contact_ids": people, "entity_ids": people,
        "keep_id": filled.ben_id, "other_id": filled.cleo_id, "entity_id": filled.ada_id, "named_ids": people,
        "event_ids": [filled.event_id], "entity_type": "contact", "search": mark, "statuses": STATUSES,
        "name": f"{mark} Fair", "date": "2026-04-20", "status": "completed", "metadata": "{}", "limit": 1_000,
        "offset": 0, "most": 1_000, "opted_out": [], "checked": [], "rules": [], "approved_only": False,
        "with_text": True, "show": "all", "zone": "UTC", "photo_name": "photo.jpg", "table_name": "contacts",
        "role_mailboxes": [], "action": "contact_uploaded", "generation": 1, "is_rewriting": True, "sql": "select 1",
        "parameters": "{}", "chart": "{}", "instructions": "{}", "subjects": ["Changed"] * 5, "bodies": ["Changed"] * 5,
        "data": ["{}"] * 5, "profile": "gmail", "mime": "text/csv", "rows": 1, "manifest": "{}", "sha256": "0" * 64,
        "url": found["business_card_url"], "more_image_urls": [], "variables": [], "attempts": 1, "window_s": 60,
        "kept_s": 60, "silence_s": 60, "seconds": 1, "always": True, "changes": 0, "source": "by hand",
        "kinds": ["address"], "worker_ids": [], "stretch": "contact", "by": "event", "today": "2026-04-20",
        "is_left_out": False, "is_paused": False, "count": 1, "lock": 1, "note": f"%{mark}%",
    }  # fmt: skip


def asked(query: TextClause, values: dict[str, Any], filled: Filled) -> Iterator[dict[str, Any]]:
    """Yield the query's parameters; more than once where an id may be anything's."""
    names = query.compile().params
    base = {name: values.get(name) for name in names}
    if "id" in names:
        for id in (
            filled.event_id,
            filled.query_id,
            filled.group_id,
            filled.template_id,
            filled.campaign_id,
            filled.ada_id,
        ):
            yield {**base, "id": id}
    elif "ids" in names:
        for id in (filled.event_id, filled.group_id, filled.template_id, filled.campaign_id, filled.ada_id):
            yield {**base, "ids": [id]}
    else:
        yield base


def digest(db: Connection, tables: list[str], org_id: int) -> str:
    """Return what changes when any of the organisation's rows does, seen in the same transaction."""
    hashes = ", ".join(
        f"(select md5(string_agg(cast(t as text), '|' order by cast(t as text))) from {t} as t)" for t in tables
    )
    with as_other(db, org_id):
        return str(db.execute(text(f"select concat_ws(' ', {hashes})")).scalar())


class as_other:
    """Within a transaction, see for a moment as another organisation."""

    def __init__(self, db: Connection, org_id: int) -> None:
        self._db, self._org_id = db, org_id

    def __enter__(self) -> None:
        self._before = self._db.execute(text("select current_setting('meishi.org_id')")).scalar()
        self._set(self._org_id)

    def __exit__(self, *_: object) -> None:
        self._set(self._before)

    def _set(self, org_id: object) -> None:
        # A backup's first words are that it wants to see everything or fail.
        self._db.execute(text("set local row_security = on"))
        self._db.execute(text("select set_config('meishi.org_id', :id, true)"), {"id": str(org_id)})


@pytest.mark.parametrize(("who", "whom"), [("ours", "theirs"), ("theirs", "ours")])
def test_no_query_tells_or_changes_anything_of_the_other(two: Two, who: str, whom: str) -> None:
    asking, other = getattr(two, who), getattr(two, whom)
    mark = THEIRS if whom == "theirs" else OURS
    with acting(other.org_id), transaction() as db:
        values = known(db, other, mark)
        tables = sorted(table for table, is_forced in list_tables(db).items() if is_forced)
        before = digest(db, tables, other.org_id)
        told, changed = 0, 0
        for _, query in all_queries():
            point = db.begin_nested()
            told += mark.lower() in run(db, query, values, other)
            changed += digest(db, tables, other.org_id) != before
            point.rollback()
    # These questions are such as get an answer: from those whom they are about.
    assert (told > 35, changed > 60) == (True, True), (told, changed)
    refused = []
    with acting(asking.org_id), transaction() as db:
        for name, query in all_queries():
            point = db.begin_nested()
            answer = run(db, query, values, other)
            assert mark.lower() not in answer, name
            assert digest(db, tables, other.org_id) == before, name
            point.rollback()
            refused += [name] if answer == "refused" else []
    assert len(refused) < FEW, refused


def run(db: Connection, query: TextClause, values: dict[str, Any], other: Filled) -> str:
    """Return all that the query gives as text, `refused` where the server takes it for none of the values."""
    answers = []
    for parameters in asked(query, values, other):
        point = db.begin_nested()
        try:
            result = db.execute(query, parameters)
            answers.append(repr(result.all() if result.returns_rows else result.rowcount).lower())
            point.commit()
        except DBAPIError:
            point.rollback()
    return " ".join(answers) or "refused"
