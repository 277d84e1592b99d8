"""Pages run by AppTest against a database of the test's own, without workers."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import URL
from streamlit.testing.v1 import AppTest

from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT
from tests.conftest import running_server


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server alone: what differs between servers is SQL, and that has its own tests."""
    with running_server("embedded") as running:
        yield running


@pytest.fixture
def show(opened: URL) -> Callable[[str], AppTest]:
    """Return a function that opens a page, such as `show("pages/2_Review.py")`."""

    def open_page(path: str) -> AppTest:
        # A page's links name the others, so the app's own entry comes first.
        app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
        return app.switch_page(path).run()

    return open_page


@pytest.fixture
def show_dialog(opened: URL) -> Callable[[str], AppTest]:
    """Return a function that runs a few lines which open a dialog.

    AppTest runs whole scripts only, and a dialog opened by a button is gone in the next one.
    """
    return lambda script: AppTest.from_string(script, default_timeout=30).run()
