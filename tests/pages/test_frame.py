"""What every page does when something behind it does not work."""

import pytest
from streamlit.testing.v1 import AppTest

from lib import app, database
from lib.settings import ROOT, get_settings

PAGES = ["Home.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]


@pytest.fixture
def unreachable(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://jane:s3cret@127.0.0.1:1/meishi")
    monkeypatch.setattr(app, "_supervisor", None)
    get_settings.cache_clear()
    database.close_database()


@pytest.mark.parametrize("page", PAGES)
def test_an_unreachable_database_is_said_with_its_remedy(unreachable: None, page: str) -> None:
    at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).switch_page(page).run()
    (error,) = at.error
    assert "does not answer: Connection refused" in error.value.replace("\\", "")
    assert "DATABASE" in error.value
    assert "s3cret" not in error.value
    assert not at.exception


def test_a_wrong_setting_is_said_on_the_page(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_ENGINE", "abbyy")
    monkeypatch.setattr(app, "_supervisor", None)
    get_settings.cache_clear()
    at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).run()
    assert "OCR" in at.error[0].value
    assert not at.exception
