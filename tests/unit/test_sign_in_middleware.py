"""What reaches the app before and after signing in: at every request and every message of a stream."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from streamlit.web.server.starlette import starlette_auth_routes
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from lib.errors import SettingsError
from lib.settings import get_settings
from lib.sign_in import LASTS_S, current_settings
from lib.ui import sign_in_middleware, sign_in_return
from lib.ui.sign_in_middleware import OPEN, SignInRequired
from tests.sign_in_requests import NOW, ORIGIN, SECRET, Recorder, allow, ask, claims, cookie, scope, status

__all__ = ["allow"]


# What passes before signing in.


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/Review",
        "/Review/",
        "/_stcore/host-config",
        "/static/js/index.js",
        "/app/static/inter.woff2",
        "/favicon.png",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    ],
)
def test_the_way_to_the_sign_in_page_is_open(path: str) -> None:
    assert OPEN.fullmatch(path)


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123.jpg",
        "//media/0123.jpg",
        "/Review/media/0123.jpg",
        "/_stcore/upload_file/session/file",
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/bidi-components/x/y.js",
        "/_meishi/download/token",
        "/component/x/index.html",
        "/app/static/../secrets.toml",
        "/auth/anything",
        "/static/",
        "/media/",
        "/evil.example/",
        "//evil.example/",
        "//Review/",
        "/Review//",
        "/\\Review/",
        "/Review/\n",
    ],
)
def test_everything_else_is_closed(path: str) -> None:
    assert not OPEN.fullmatch(path)


# What reaches the app.


def test_an_image_is_shown_to_who_is_signed_in_and_kept_nowhere(allow: Path) -> None:
    got = ask(Recorder(), scope(cookie=cookie()))
    assert status(got) == 200
    headers = dict(got[0]["headers"])
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    "cookies",
    [
        "",
        f"{USER_COOKIE_NAME}=",
        f"{USER_COOKIE_NAME}=anything",
        cookie(secret="another secret, of another server, as long"),
        cookie(secret=""),
        cookie(name="_streamlit_user_tokens"),
        cookie()[:-2] + "xx",
        cookie(origin="https://other.example.com"),
        cookie(iat=time.time() - LASTS_S - 1),
        cookie(email="eve@example.net"),
        cookie(email_verified=False),
        f"{USER_COOKIE_NAME}={create_signed_value(SECRET, USER_COOKIE_NAME, '[]').decode()}",
        f"{USER_COOKIE_NAME}={create_signed_value(SECRET, USER_COOKIE_NAME, 'not JSON').decode()}",
    ],
    # By number: a cookie is another one in each process.
    ids=range(13),
)
@pytest.mark.parametrize("path", ["/media/card.jpg", "/_meishi/download/token", "/_stcore/upload_file/a/b"])
def test_nobody_else_gets_anything(allow: Path, path: str, cookies: str) -> None:
    app = Recorder()
    got = ask(app, scope(path, cookie=cookies))
    assert status(got) in (401, 403)
    assert app.reached == []


@pytest.mark.parametrize("base", ["", "cards"])
@pytest.mark.parametrize("cookies", ["", cookie()], ids=["nobody", "Ada"])
def test_a_slash_after_a_pages_address_does_not_matter(
    allow: Path, monkeypatch: pytest.MonkeyPatch, cookies: str, base: str
) -> None:
    monkeypatch.setattr(sign_in_return.st, "get_option", lambda name: base)
    app = Starlette(routes=create_streamlit_static_assets_routes(base))
    below = f"/{base}" if base else ""
    got = ask(app, {**scope(f"{below}/Review/", cookie=cookies), "query_string": b"view=All&contact=7"})
    assert (status(got), dict(got[0]["headers"])[b"location"].decode()) == (301, f"{below}/Review?view=All&contact=7")


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/Review/", "/\\evil.example/"])
def test_a_slash_more_leads_to_no_other_server(allow: Path, path: str) -> None:
    app = Starlette(routes=create_streamlit_static_assets_routes(""))
    assert status(ask(app, scope(path))) == 401
    assert status(ask(app, scope(path, cookie=cookie()))) == 400


def test_a_tampered_cookie_is_no_cookie(allow: Path) -> None:
    head, body, rest = cookie().partition(".")[0], ".", cookie().partition(".")[2]
    app = Recorder()
    assert status(ask(app, scope(cookie=f"{head}AAAA{body}{rest}"))) == 401
    assert app.reached == []


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
def test_before_signing_in_nothing_is_taken(allow: Path, method: str) -> None:
    app = Recorder()
    assert status(ask(app, scope("/", method=method))) == 401
    assert app.reached == []


def test_who_is_taken_off_the_list_loses_the_images_at_once(allow: Path) -> None:
    asked = scope(cookie=cookie())
    assert status(ask(Recorder(), asked)) == 200
    allow.write_text("SIGN_IN=oidc\nSIGN_IN_ALLOW=grace@example.com\n")
    assert status(ask(Recorder(), asked)) == 403


def test_no_message_reaches_a_session_once_its_person_is_off_the_list(allow: Path) -> None:
    app = Recorder()
    opened = scope("/_stcore/stream", kind="websocket", cookie=cookie())
    off = lambda: allow.write_text("SIGN_IN=oidc\nSIGN_IN_ALLOW=grace@example.com\n")  # noqa: E731
    got = ask(app, opened, [b"click", off, b"click again"])
    assert app.reached[1:] == [b"click"]
    assert [message["type"] for message in got] == ["websocket.accept", "websocket.send", "websocket.close"]


def test_no_message_reaches_a_session_once_its_sign_in_has_ended(
    allow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Recorder()
    opened = scope("/_stcore/stream", kind="websocket", cookie=cookie())
    later = lambda: monkeypatch.setattr(sign_in_middleware.time, "time", lambda: NOW * 2)  # noqa: E731
    ask(app, opened, [b"click", later, b"click again"])
    assert app.reached[1:] == [b"click"]


def test_what_a_page_still_sends_does_not_arrive_either(allow: Path) -> None:
    class Slow(Recorder):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await receive()
            allow.write_text("SIGN_IN=oidc\nSIGN_IN_ALLOW=grace@example.com\n")
            await send({"type": "websocket.send", "bytes": b"contacts"})

    got = ask(Slow(), scope("/_stcore/stream", kind="websocket", cookie=cookie()), [b"click"])
    assert not any(message.get("bytes") == b"contacts" for message in got)


@pytest.mark.parametrize("cookies", ["", cookie(email="eve@example.net"), cookie(iat=1.0)])
def test_who_may_not_come_in_cannot_take_up_a_session(allow: Path, cookies: str) -> None:
    app = Recorder()
    asked = scope(
        "/_stcore/stream", kind="websocket", cookie=cookies, sec_websocket_protocol="streamlit, xsrf, old-session"
    )
    ask(app, asked, [])
    assert dict(app.reached[0]["headers"])[b"sec-websocket-protocol"] == b"streamlit, xsrf"


def cookie_in_pieces(*pieces: str) -> str:
    """Return the cookies as Streamlit splits a long one: each piece is signed for itself."""
    values = {USER_COOKIE_NAME: f"chunks-{len(pieces)}"}
    values |= {f"{USER_COOKIE_NAME}_{number}": piece for number, piece in enumerate(pieces, 1)}
    return "; ".join(f"{name}={create_signed_value(SECRET, name, value).decode()}" for name, value in values.items())


@pytest.mark.parametrize("cut", [1, 40])
def test_pieces_of_several_sign_ins_name_nobody(allow: Path, cut: int) -> None:
    told = json.dumps({"origin": ORIGIN, "provider": "default", **claims(iat=time.time())})
    cookies = cookie_in_pieces(told[:cut], told[cut:])
    assert status(ask(Recorder(), scope(cookie=cookies))) == 401
    app = Recorder()
    ask(app, scope("/_stcore/stream", kind="websocket", cookie=cookies), [])
    assert b"cookie" not in dict(app.reached[0]["headers"])


def test_a_sign_in_with_long_claims_is_kept_in_one_cookie(allow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starlette_auth_routes, "get_cookie_secret", lambda: SECRET)
    SignInRequired(Recorder())
    told = {"origin": ORIGIN, "provider": "default", "name": os.urandom(4000).hex(), **claims(iat=time.time())}
    response = Response()
    asyncio.run(starlette_auth_routes._set_auth_cookie(response, told, {}))
    given = [value.partition(";")[0] for value in response.headers.getlist("set-cookie")]
    assert not [name for name in given if name.startswith(f"{USER_COOKIE_NAME}_1=")]
    assert status(ask(Recorder(), scope(cookie="; ".join(given)))) == 200


def test_a_stream_of_somebody_who_is_listed_later_ends_too(allow: Path) -> None:
    """Or nobody would watch it once they are taken off the list again."""
    app = Recorder()
    opened = scope("/_stcore/stream", kind="websocket", cookie=cookie(email="eve@example.net"))
    on = lambda: allow.write_text("SIGN_IN=oidc\nSIGN_IN_ALLOW=eve@example.net\n")  # noqa: E731
    got = ask(app, opened, [b"click", on, b"click again"])
    assert app.reached[1:] == [b"click"]
    assert [message["type"] for message in got] == ["websocket.accept", "websocket.send", "websocket.close"]


def test_settings_that_cannot_be_read_let_nobody_in(allow: Path) -> None:
    allow.write_text("SIGN_IN=perhaps\n")
    app = Recorder()
    assert status(ask(app, scope(cookie=cookie()))) == 503
    assert app.reached == []


@pytest.mark.parametrize("left", ["", "SIGN_IN=none\n", None])
def test_sign_in_that_is_taken_away_while_it_runs_opens_nothing(allow: Path, left: str | None) -> None:
    get_settings()
    allow.unlink() if left is None else allow.write_text(left)
    with pytest.raises(SettingsError, match="taken away"):
        current_settings()
    here = scope("/") | {"server": ("127.0.0.1", 8501), "client": ("127.0.0.1", 5000)}
    assert status(ask(Recorder(), here)) == 503


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_foreign_name_is_refused(allow: Path, kind: str) -> None:
    app = Recorder()
    got = ask(app, scope("/", kind=kind, host="rebound.example.net", cookie=cookie()))
    assert got[0].get("status", 1008) in (421, 1008)
    assert app.reached == []


def test_health_is_told_to_anybody(allow: Path) -> None:
    assert status(ask(Recorder(), scope("/_stcore/health", host="10.0.0.1"))) == 200


def test_another_site_cannot_sign_anybody_out(allow: Path) -> None:
    app = Recorder()
    assert status(ask(app, scope("/auth/logout", cookie=cookie(), sec_fetch_site="cross-site"))) == 403
    assert app.reached == []


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("10.0.0.9", {"x_forwarded_email": "ada@example.com"}),
        ("127.0.0.1", {}),
        ("127.0.0.1", {"x_forwarded_email": "eve@example.net"}),
        ("127.0.0.1", {"x_forwarded_email": ""}),
        ("127.0.0.1", {"x_forwarded_email": "eve@example.net, ada@example.com"}),
    ],
)
def test_around_the_proxy_nobody_comes_in(allow: Path, kind: str, client: str, headers: dict[str, str]) -> None:
    allow.write_text("SIGN_IN=proxy\nSIGN_IN_ALLOW=ada@example.com\n")
    app = Recorder()
    got = ask(app, {**scope("/", kind=kind, **headers), "client": (client, 5000)})
    assert got[0].get("status", 403) == 403
    assert app.reached == []


def test_a_proxy_that_names_nobody_is_told_which_header_is_missing(allow: Path) -> None:
    allow.write_text("SIGN_IN=proxy\nSIGN_IN_ALLOW=ada@example.com\n")
    got = ask(Recorder(), scope("/") | {"client": ("127.0.0.1", 5000)})
    assert b"X-Forwarded-Email" in got[1]["body"]


def test_a_header_said_twice_is_refused(allow: Path) -> None:
    allow.write_text("SIGN_IN=proxy\nSIGN_IN_ALLOW=ada@example.com\n")
    asked = scope("/", x_forwarded_email="ada@example.com") | {"client": ("127.0.0.1", 5000)}
    assert status(ask(Recorder(), asked)) == 200
    asked["headers"].append((b"x-forwarded-email", b"ada@example.com"))
    assert status(ask(Recorder(), asked)) == 403


@pytest.mark.parametrize(
    ("server", "client", "headers"),
    [
        ("192.168.1.20", "192.168.1.30", {}),
        ("127.0.0.1", "203.0.113.7", {}),
        ("127.0.0.1", "127.0.0.1", {"x_forwarded_for": "203.0.113.7"}),
        ("127.0.0.1", "127.0.0.1", {"x_real_ip": "203.0.113.7"}),
        ("127.0.0.1", "127.0.0.1", {"forwarded": "for=203.0.113.7"}),
    ],
)
def test_without_sign_in_another_machine_gets_nothing(
    allow: Path, server: str, client: str, headers: dict[str, str]
) -> None:
    allow.write_text("SIGN_IN=none\n")
    here = {"server": ("127.0.0.1", 8501), "client": ("127.0.0.1", 5000)}
    assert status(ask(Recorder(), scope("/") | here)) == 200
    assert (
        status(ask(Recorder(), scope("/", **headers) | {"server": (server, 8501), "client": (client, 5000)})) == 403
    )


def test_cookies_go_by_https_alone_where_people_come_by_it(allow: Path) -> None:
    given = (b"set-cookie", b"_streamlit_user=x; Path=/; HttpOnly")
    got = ask(Recorder(given), scope("/auth/login"))
    assert (b"set-cookie", given[1] + b"; Secure") in got[0]["headers"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/cards/Review", 200), ("/cards", 200), ("/cards/media/x.jpg", 401), ("/cardsmedia/x", 401)],
)
def test_below_a_path_of_its_own_the_same_is_closed(
    allow: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: int
) -> None:
    monkeypatch.setattr(sign_in_return.st, "get_option", lambda name: "cards")
    assert status(ask(Recorder(), scope(path))) == expected
