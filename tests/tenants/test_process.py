"""Where row-level security ends: what the process keeps between clicks, and what a superuser can promise of functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from lib.database import current_engine
from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT
from lib.ui.analytics import asking
from tests.tenants.conftest import Two
from tests.tenants.rehearsal import LEAKPROOF, acting
from tests.tenants.roles import libpq

# Everything that a page keeps for the next one who asks, and why nobody sees another's. Whoever adds to it says so here.
KEPT = {
    "_kept_answer": "step 5 gives it the organisation",
    "kept_events": "step 5 gives it the organisation",
    "_server_zones": "the server's time zones, nobody's",
    "_picture": "by an image's address, which has 128 random bits and is read from a row one may see",
    "_framed": "as _picture",
    "_strip": "as _picture",
    "_apart": "as _picture",
}


def list_kept() -> Iterator[str]:
    """Yield the functions whose answers Streamlit keeps for all sessions."""
    for path in [*(ROOT / "lib").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "Home.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(one) for one in node.decorator_list):
                yield node.name


def test_everything_that_pages_keep_is_known() -> None:
    assert sorted(list_kept()) == sorted(KEPT)


def test_an_answer_that_the_process_keeps_must_know_whose_it_is(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """What step 5 has to change: as it is now, the second who asks within a minute gets what the first one got."""
    kept = KEEP_AS_NOW
    monkeypatch.setattr(asking, "_kept_answer", kept)
    kept.clear()
    with acting(two.ours.org_id):
        ours = asking.answer("contacts_by_status").data
    with acting(two.theirs.org_id):
        assert asking.answer("contacts_by_status").data.equals(ours)
    kept.clear()


# Before any fixture puts another in its place.
KEEP_AS_NOW = asking._kept_answer


MANY = """
insert into contacts (full_name, email, company, status)
select 'Jo Example' || number, 'jo' || number || '@example.com', 'Example ' || number, 'completed'
from generate_series(1, 3000) as number"""


def plan(two: Two, condition: str) -> str:
    """Return how the server would look for contacts, were there some thousands."""
    with acting(two.ours.org_id), current_engine().connect() as db:
        db.execute(text(MANY))
        db.execute(text("analyze contacts"))
        return "\n".join(db.execute(text(f"explain select id from contacts where {condition}")).scalars())


LOOKED_UP = {
    "idx_contacts_search_text": "search_text like '%quillon%'",
    "idx_contacts_email_owner": "lower(email) = 'ada@quillon.example.com'",
    "idx_contacts_likeness": "likeness_keys(full_name, email, company) @> array['x']",
}


@pytest.mark.parametrize("index", LOOKED_UP)
def test_an_index_is_searched_for_words_once_a_superuser_vouches_for_the_functions(
    two: Two, server: EmbeddedServer, index: str
) -> None:
    """Else all of one's own contacts are read, as a function that could tell may not see another's."""
    # By organisation it is found either way.
    assert condition_of(plan(two, LOOKED_UP[index]), index) in ("", "org_id")
    with psycopg.connect(libpq(server.url(str(two.url.database))), autocommit=True) as db:
        db.execute(LEAKPROOF.read_text().encode())
    assert condition_of(plan(two, LOOKED_UP[index]), index) not in ("", "org_id")


def condition_of(plan: str, index: str) -> str:
    """Return what the index is searched by: nothing, the organisation alone, or the words too."""
    lines = plan.splitlines()
    for number, line in enumerate(lines):
        if index in line:
            found = next((later for later in lines[number + 1 :] if "Index Cond" in later), "")
            words = any(word in found for word in ("~~", "lower", "likeness"))
            return "words" if words else "org_id" if found else ""
    return ""
