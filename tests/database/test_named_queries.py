"""One test for every query in sql/: a typo, a missing column or an unseen parameter fails here."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, TextClause, text

from lib.database.queries import load_queries, sql_files, statement
from lib.settings import ROOT


def all_queries() -> Iterator[tuple[str, TextClause]]:
    for path in sql_files():
        for name, query in load_queries(path.stem).items():
            yield f"{path.stem}.{name}", query
    for path in sorted((ROOT / "sql" / "dashboard").glob("*.sql")):
        yield f"dashboard.{path.stem}", statement(path.read_text())


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in all_queries()])
def test_a_query_can_be_planned_against_the_migrated_schema(db: Connection, query: TextClause) -> None:
    parameters = dict.fromkeys(query.compile().params)
    db.execute(text(f"explain {query.text}").bindparams(**parameters))


def test_no_query_selects_every_column_or_hides_a_parameter() -> None:
    for name, query in all_queries():
        # A path into JSON, in quotes, selects no column.
        sql = re.sub(r"'[^']*'", "''", query.text).lower()
        assert "*" not in sql.replace("count(*)", ""), name
        assert "::" not in query.text, name
