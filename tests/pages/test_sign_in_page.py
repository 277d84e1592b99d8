"""What a page shows to whom: nothing of its own before somebody is signed in and listed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib import app
from lib.database import engine
from lib.settings import ROOT, get_settings
from lib.sign_in import NOBODY, Standing, Visitor
from lib.ui import sign_in, sign_in_middleware

PAGES = ["Home.py", *(f"pages/{path.name}" for path in sorted((ROOT / "pages").glob("*.py")))]
OUTSIDE = [standing for standing in Standing if standing is not Standing.ALLOWED]


def touched(*_: object) -> NoReturn:
    # No `pytest.fail`: the thread that runs the page would end with it, and the page be empty as it should be.
    raise AssertionError("the database was touched")


@pytest.fixture
def closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app whose database nobody may touch, served by plain `streamlit run`."""
    monkeypatch.setattr(sign_in_middleware, "_is_guarding", False)
    monkeypatch.setattr(app, "start", touched)
    # Where it is called from, not the name that modules import: one imported meanwhile would keep it.
    monkeypatch.setattr(engine, "_connect", touched)
    monkeypatch.setattr(engine, "_engine", object())
    monkeypatch.setattr(engine, "current_engine", lambda: None)


def show(page: str) -> AppTest:
    return AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30).switch_page(page).run()


def come_as(monkeypatch: pytest.MonkeyPatch, visitor: Visitor | None) -> None:
    monkeypatch.setattr(sign_in, "_visitor", lambda: visitor)


def shows_nothing_of_its_own(at: AppTest) -> bool:
    return not (at.title or at.subheader or at.sidebar or at.exception or at.dataframe)


@pytest.mark.parametrize(
    ("page", "standing"),
    [*((page, Standing.UNKNOWN) for page in PAGES), *((PAGES[0], other) for other in OUTSIDE[1:])],
)
def test_no_page_shows_anything_to_who_may_not_come_in(
    closed: None, monkeypatch: pytest.MonkeyPatch, page: str, standing: Standing
) -> None:
    address = None if standing is Standing.UNKNOWN else "eve@example.net"
    come_as(monkeypatch, Visitor(standing=standing, address=address, until=time.time()))
    at = show(page)
    assert shows_nothing_of_its_own(at)
    expected = "Sign in" if standing in (Standing.UNKNOWN, Standing.ENDED) else "Sign out"
    assert [button.label for button in at.button] == [expected]


def test_who_is_not_listed_sees_the_own_address_as_it_is(closed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "![x](http://evil.example.net/x.png)@example.net"
    come_as(monkeypatch, Visitor(standing=Standing.NOT_LISTED, address=address, until=time.time()))
    at = show("Home.py")
    assert [text.value for text in at.text] == [address]
    assert not any("evil" in text.value for text in at.markdown)


@pytest.mark.parametrize(("reason", "words"), [("provider", "does not answer"), ("failed", "did not work")])
def test_a_failed_sign_in_is_said(closed: None, monkeypatch: pytest.MonkeyPatch, reason: str, words: str) -> None:
    come_as(monkeypatch, NOBODY)
    at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    at.query_params["sign_in"] = reason
    assert words in at.run().warning[0].value


def test_the_address_bar_says_nothing_of_its_own(closed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    come_as(monkeypatch, NOBODY)
    at = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    at.query_params["sign_in"] = "Call 0900 123 to sign in"
    assert not at.run().warning


def test_who_is_signed_in_stands_in_the_sidebar_with_the_way_out(
    opened: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_as(monkeypatch, Visitor(standing=Standing.ALLOWED, address="ada@example.com", until=time.time() + 9999))
    at = show("Home.py")
    assert at.title[0].value == "Home"
    assert [text.value for text in at.sidebar.text] == ["ada@example.com"]
    assert at.sidebar.button(key="sign_out").label == "Sign out"
    assert not at.sidebar.warning
    assert not at.toast


def test_the_end_of_a_sign_in_is_said_before_it_comes(opened: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the page as well: a phone hides the sidebar."""
    come_as(monkeypatch, Visitor(standing=Standing.ALLOWED, address="ada@example.com", until=time.time() + 300))
    at = show("Home.py")
    assert "ends in 5 minutes" in at.sidebar.warning[0].value
    assert [toast.value for toast in at.toast] == [at.sidebar.warning[0].value]


def test_the_end_of_a_sign_in_is_not_said_over_the_page_at_every_click(
    opened: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = time.time() + 600
    come_as(monkeypatch, Visitor(standing=Standing.ALLOWED, address="ada@example.com", until=until))
    at = show("Home.py")
    assert len(at.toast) == 1
    assert not at.run().toast
    assert at.sidebar.warning
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(time=lambda: until - 280))
    assert "ends in 5 minutes" in at.run().toast[0].value


def test_a_page_left_open_counts_down_from_the_warning_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is loaded hours before asks nothing until then."""
    now, fragments = 1_795_400_000.0, []
    monkeypatch.setattr(sign_in, "time", SimpleNamespace(time=lambda: now))
    monkeypatch.setattr(sign_in, "_count_down", lambda until: None)

    def fragment(body: Callable, *, run_every: float | None) -> Callable:
        fragments.append((body, run_every))
        return body

    monkeypatch.setattr(sign_in.st, "fragment", fragment)
    sign_in._show_end(now + 7200)
    ((begin, wait_s),) = fragments
    now += wait_s
    begin()
    assert (7200 - wait_s < sign_in.WARNING_S, fragments[1:]) == (True, [(sign_in._count_down, 60.0)])


def test_without_sign_in_the_sidebar_names_nobody(opened: object) -> None:
    at = show("Home.py")
    assert at.title
    assert not at.sidebar.text


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_its_guard_refuses_when_sign_in_is_set(
    closed: None, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("SIGN_IN", "oidc")
    monkeypatch.setenv("SIGN_IN_ALLOW", "ada@example.com")
    get_settings.cache_clear()
    at = show(page)
    assert "make run" in at.error[0].value
    assert shows_nothing_of_its_own(at)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", None, "192.168.1.20", "meishi.example.com"])
def test_a_page_without_its_guard_refuses_when_it_listens_elsewhere(
    closed: None, monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    real = st.get_option
    monkeypatch.setattr(st, "get_option", lambda name: address if name == "server.address" else real(name))
    at = show("pages/2_Review.py")
    assert "make run" in at.error[0].value
    assert shows_nothing_of_its_own(at)


def test_settings_that_cannot_be_read_open_nothing(closed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN", "perhaps")
    at = show("Home.py")
    assert "SIGN" in at.error[0].value
    assert shows_nothing_of_its_own(at)
