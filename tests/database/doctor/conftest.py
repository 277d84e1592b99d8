"""Installations to look at: one that is well, and one of which nothing is reached yet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from lib.database.engine import make_engine
from lib.doctor import Case
from lib.settings import Settings, get_settings
from tests.pages.conftest import server  # one database server is enough

__all__ = ["server"]


@pytest.fixture
def case(opened: URL) -> Iterator[Case]:
    """An installation that is well, its database reached."""
    found = Case(get_settings(), engine=make_engine(opened), has_tables=True)
    yield found
    found.engine.dispose()


@pytest.fixture
def alone(home: Path) -> Callable[..., Case]:
    """An installation with these settings, nothing of it reached yet."""

    def make(**settings: object) -> Case:
        return Case(Settings(**{"meishi_home": home, **settings}))

    return make
