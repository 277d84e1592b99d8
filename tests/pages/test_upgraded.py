"""Every page on a database that an earlier version made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from lib import app
from lib.contacts.suppressions import is_suppressed
from lib.database import close_database, open_database, transaction
from lib.database.embedded import EmbeddedServer
from lib.settings import get_settings
from tests.conftest import run
from tests.database.upgrades.states import KEY, STATES, bring_to, fill
from tests.pages.everywhere import EVERYWHERE, show


# The first state of a program, and one with all there is to fill.
@pytest.fixture(params=["0003", STATES[-1]])
def state(
    request: pytest.FixtureRequest, server: EmbeddedServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """This process connected to a database of that state, upgraded as the program does it when it starts."""
    name = f"upgraded_{request.param}"
    run(server, f"create database {name}")
    bring_to(server.url(name), request.param)
    fill(server.url(name), request.param)
    monkeypatch.setenv("DATABASE_URL", server.url(name).render_as_string(hide_password=False))
    monkeypatch.setenv("SUPPRESSION_KEY", KEY)
    monkeypatch.setattr(app, "_supervisor", None)
    get_settings.cache_clear()
    close_database()
    st.cache_data.clear()
    open_database(get_settings())
    yield request.param
    close_database()
    st.cache_data.clear()
    run(server, f"drop database {name} with (force)")


def test_every_page_and_view_is_shown(state: str) -> None:
    for path, address in EVERYWHERE:
        at = show(path, address)
        assert not at.exception, (path, address, at.exception)
        errors = [error.value for error in at.error]
        # The photos of the made-up contacts are nowhere.
        assert not [error for error in errors if "image" not in error.lower()], (path, address, errors)
        assert at.title, (path, address)


@pytest.mark.parametrize("state", [STATES[-1]], indirect=True)
def test_who_opted_out_is_still_known(state: str) -> None:
    with transaction() as db:
        assert is_suppressed(db, "ADA@example.com")
        assert is_suppressed(db, "anybody@mail.example.org")
        assert not is_suppressed(db, "ben@example.com")
