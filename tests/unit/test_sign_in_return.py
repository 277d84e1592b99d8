"""Where the browser comes to from the provider: back to the page it left, or to the page that says what failed."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib.ui import sign_in_return
from tests.sign_in_requests import ORIGIN, Recorder, allow, ask, scope, status

__all__ = ["allow"]


@pytest.mark.parametrize(
    ("path", "query", "reason"),
    [
        ("/auth/login", b"", "provider"),
        ("/oauth2callback", b"code=1&state=2", "failed"),
        ("/oauth2callback", b"error=no", "failed"),
    ],
)
def test_a_failed_sign_in_leads_back_to_its_page(allow: Path, path: str, query: bytes, reason: str) -> None:
    class Failing(Recorder):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            cleared = [(b"set-cookie", b'_streamlit_user=""; Max-Age=0'), (b"content-length", b"5")]
            await send({"type": "http.response.start", "status": 400, "headers": cleared})
            await send({"type": "http.response.body", "body": b"wrong"})

    got = ask(Failing(), {**scope(path), "query_string": query})
    assert status(got) == 302
    assert dict(got[0]["headers"])[b"location"] == f"/?sign_in={reason}".encode()
    assert got[1]["body"] == b""


@pytest.mark.parametrize("query", [b"", b"state=2"])
def test_a_provider_that_says_nothing_after_signing_out_leads_to_the_first_page(allow: Path, query: bytes) -> None:
    """Streamlit would do so too, and warn of a sign-in that went wrong."""
    app = Recorder()
    got = ask(app, {**scope("/oauth2callback"), "query_string": query})
    assert (status(got), dict(got[0]["headers"])[b"location"]) == (302, b"/")
    assert app.reached == []


# From the page that was left, to the provider, and back to it.

SIGNS_IN = (b"set-cookie", f"{USER_COOKIE_NAME}=x; Path=/".encode())


def left(page: str, **headers: str) -> str | None:
    """Return the cookie with the page's address that the browser is given upon choosing to sign in there."""
    got = ask(Recorder(), scope("/auth/login", referer=page, **headers))
    given = [value.decode() for name, value in got[0]["headers"] if name == b"set-cookie"]
    return f"meishi_page={SimpleCookie(given[0])['meishi_page'].value}" if given else None


def came_back(cookie: str, app: Any = None) -> str:
    """Return where the browser is led that comes back from the provider with the cookie."""
    got = ask(
        app or Recorder(SIGNS_IN), {**scope("/oauth2callback", cookie=cookie), "query_string": b"code=1&state=2"}
    )
    assert status(got) == 302
    return dict(got[0]["headers"])[b"location"].decode()


@pytest.mark.parametrize("page", ["/", "/Review", "/Review?view=All&contact=7", "/Analytics?event=M%C3%BCnchen%3B"])
def test_who_signs_in_comes_back_to_the_page_they_left(allow: Path, page: str) -> None:
    cookie = left(ORIGIN + page)
    assert cookie
    assert came_back(cookie) == page


def test_a_port_that_a_proxy_leaves_out_of_the_name_does_not_matter(allow: Path) -> None:
    assert left(f"{ORIGIN}:8443/Review")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://evil.example/Review",
        f"{ORIGIN}//evil.example",
        f"{ORIGIN}/a/b",
        f"{ORIGIN}/\\evil.example",
        f"{ORIGIN}/Review?sign_in=failed",
        f"{ORIGIN}/Review?{'a' * 2_000}",
        "https://[",
    ],
)
def test_what_is_none_of_our_pages_is_not_come_back_to(allow: Path, page: str) -> None:
    assert left(page) is None


@pytest.mark.parametrize(
    "kept", ["//evil.example", "https://evil.example", "%2F%2Fevil.example", "/a%0d%0ab: c", "", "/\\x"]
)
def test_a_cookie_of_ones_own_making_leads_home(allow: Path, kept: str) -> None:
    assert came_back(f"meishi_page={kept}") == "/"


def test_the_page_is_forgotten_once_it_was_come_back_to(allow: Path) -> None:
    asked = {**scope("/oauth2callback", cookie="meishi_page=%2FReview"), "query_string": b"code=1&state=2"}
    given = [value for name, value in ask(Recorder(SIGNS_IN), asked)[0]["headers"] if name == b"set-cookie"]
    assert any(value.startswith(b"meishi_page=; ") and b"Max-Age=0" in value for value in given)
    assert any(value.startswith(USER_COOKIE_NAME.encode()) for value in given)


def test_below_a_path_of_its_own_one_comes_back_there(allow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_return.st, "get_option", lambda name: "cards")
    asked = {**scope("/cards/auth/login", referer=f"{ORIGIN}/cards/Review"), "path": "/cards/auth/login"}
    given = SimpleCookie(dict(ask(Recorder(), asked)[0]["headers"])[b"set-cookie"].decode())["meishi_page"]
    assert (given.value, given["path"]) == ("%2FReview", "/cards")
    back = {**scope("/cards/oauth2callback", cookie=f"meishi_page={given.value}"), "query_string": b"code=1"}
    assert dict(ask(Recorder(SIGNS_IN), back)[0]["headers"])[b"location"] == b"/cards/Review"
