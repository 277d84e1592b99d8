"""No statement leaves anything with its session: behind a pooler the next transaction has another, and others have ours."""

import re
from pathlib import Path

import pytest

from lib.settings import ROOT

COMMENT = re.compile(r"--.*$", re.MULTILINE)
# What PostgreSQL keeps for a session, beyond the transaction.
KEPT = re.compile(
    r"""^\s*(set\s+(?!local\b|constraints\b|transaction\b)|listen\b|prepare\b|load\b|declare\b.*\bwith\s+hold\b)
    |\bpg_(try_)?advisory_lock(_shared)?\s*\(
    |set_config\s*\([^()]*,\s*false\s*\)
    |^\s*create\s+temp(orary)?\s+table(?!.*\bon\s+commit\s+drop\b)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# A statement written in Python.
IN_PYTHON = re.compile(r"""\(\s*[bf]?(?P<quote>"{1,3}|')(?P<sql>.*?)(?P=quote)""", re.DOTALL)
SQL_FILES = sorted((ROOT / "sql").rglob("*.sql"))
PYTHON_FILES = sorted((ROOT / "lib").rglob("*.py"))


def statements(path: Path) -> list[str]:
    source = path.read_text()
    if path.suffix == ".sql":
        return COMMENT.sub("", source).split(";")
    return [statement for found in IN_PYTHON.finditer(source) for statement in found["sql"].split(";")]


@pytest.mark.parametrize("path", [*SQL_FILES, *PYTHON_FILES], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_stays_with_a_session(path: Path) -> None:
    kept = [statement.strip()[:80] for statement in statements(path) if KEPT.search(statement)]
    # Sentences of ours begin with such words too: with a capital, which no statement of ours has.
    assert [statement for statement in kept if not statement[0].isupper() or statement.isupper()] == []


@pytest.mark.parametrize(
    "statement",
    [
        "set timezone = 'UTC'",
        "set role x",
        "listen jobs",
        "prepare x as select 1",
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_lock(1)",
        "select set_config('jit', 'off', false)",
        "create temporary table x (id integer)",
        "declare x cursor with hold for select 1",
    ],
)
def test_what_stays_with_a_session_is_found(statement: str) -> None:
    assert KEPT.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "set local jit = off",
        "update contacts\nset status = 'x'",
        "select pg_advisory_xact_lock(1)",
        "select set_config('jit', 'off', true)",
        "create temporary table x (id integer) on commit drop",
        "set constraints all deferred",
    ],
)
def test_what_ends_with_the_transaction_is_allowed(statement: str) -> None:
    assert not KEPT.search(statement)
