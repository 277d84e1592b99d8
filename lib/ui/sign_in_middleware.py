"""What stands before every page, image and upload: who is not let in gets nothing but the way to sign in."""

from __future__ import annotations

import json
import re
import time

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from lib.errors import SettingsError
from lib.loopback import is_loopback
from lib.settings import ROOT, Settings
from lib.sign_in import (
    COOKIE_SECRET_LENGTH,
    NOBODY,
    Visitor,
    current_settings,
    is_proxy,
    judge_claims,
    judge_header,
)
from lib.ui.answer_headers import with_headers
from lib.ui.sign_in_cookie import keep_few_claims
from lib.ui.sign_in_return import CALLBACK, LOGIN, LOGOUT, base_path, is_answer, lead_home, returning

HEALTH = "/_stcore/health"
STREAM = "/_stcore/stream"
# What a browser needs to show the sign-in page: the same for everybody, with nothing of anybody in it. A page's
# address gives the empty shell alone; what it shows comes through the stream. With a slash after it, it leads there.
PAGES = "|".join(sorted(path.stem.partition("_")[2] for path in (ROOT / "pages").glob("*.py")))
OPEN = re.compile(
    rf"/|/[\w-]+|/(?:{PAGES})/"
    r"|/(?:[\w-]+/)?_stcore/(?:host-config|health)|/static/.+|/app/static/[\w.-]+|/[\w-]+\.(?:png|ico|json)"
    rf"|{LOGIN}|{LOGOUT}|{CALLBACK}"
)

_is_guarding = False


def is_guarding() -> bool:
    """Whether this process serves through the middleware: plain `streamlit run Home.py` does not."""
    return _is_guarding


class Refused(Exception):
    """The request is answered with this status and sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence


class SignInRequired:
    """ASGI middleware, first in line, that lets through who may come in, at every request and every message."""

    def __init__(self, app: ASGIApp) -> None:
        global _is_guarding
        self._app = app
        _is_guarding = True
        keep_few_claims()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, refuse, or pass on what the sign-in page needs."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path = _path(scope)
        if path == HEALTH:
            await self._app(scope, receive, with_headers(send, private=False))
            return
        try:
            settings = current_settings()
            _check_way_in(scope, settings)
            if settings.sign_in == "none":
                await self._app(scope, receive, with_headers(send, private=False))
                return
            visitor = read_visitor(scope, settings)
            if scope["type"] == "websocket":
                await self._stream(scope, receive, send, settings, visitor)
                return
            _check_visitor(scope, path, settings, visitor)
            is_secure = settings.sign_in == "oidc" and (get_origin_from_redirect_uri() or "").startswith("https:")
            answered = with_headers(returning(send, scope, path), private=True, is_secure=is_secure)
            # After signing out a provider comes back, too, and says nothing, which Streamlit would warn of.
            app = lead_home if path == CALLBACK and not is_answer(scope) else self._app
            await app(scope, receive, answered)
        except SettingsError as error:
            await _refuse(scope, receive, send, Refused(503, str(error)))
        except Refused as refusal:
            await _refuse(scope, receive, send, refusal)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, settings: Settings, visitor: Visitor) -> None:
        """Serve the pages' stream; what somebody not allowed sends reaches a new session, and so the sign-in page."""
        if not visitor.is_allowed:
            if settings.sign_in == "proxy":
                raise Refused(403, sentence_for(visitor, settings))
            scope = _as_stranger(scope, visitor)
        watched = Watched(scope, receive, send, visitor)
        await self._app(scope, watched.receive, watched.send)


class Watched:
    """A stream that ends with the first message after its person is let in no more; or is now, for a new one."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._was_allowed = visitor.is_allowed
        self._is_closed = False

    async def receive(self) -> Message:
        """Return the next message, or the end of the stream."""
        message = await self._receive()
        if message["type"] == "websocket.receive" and self._is_allowed() != self._was_allowed:
            await self._close()
            return {"type": "websocket.disconnect", "code": 1008}
        return message

    async def send(self, message: Message) -> None:
        """Send what a page shows, as long as they stand as they did when it opened."""
        if self._is_closed:
            return
        if message["type"] == "websocket.send" and self._is_allowed() != self._was_allowed:
            await self._close()
        else:
            await self._send(message)

    def _is_allowed(self) -> bool:
        try:
            return read_visitor(self._scope, current_settings()).is_allowed
        except SettingsError:
            return False

    async def _close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._send({"type": "websocket.close", "code": 1008})


def read_visitor(scope: Scope, settings: Settings) -> Visitor:
    """Return who asks: by Streamlit's own signed cookie, or by the header of the proxy."""
    connection = HTTPConnection(scope)
    if settings.sign_in == "proxy":
        return judge_header(connection.headers.getlist(settings.sign_in_header), settings.sign_in_allow)
    secret = get_cookie_secret()
    if len(secret) < COOKIE_SECRET_LENGTH:
        return NOBODY

    # From one cookie alone: pieces of a long one are signed each for itself, and could be of several sign-ins.
    cookie = connection.cookies.get(USER_COOKIE_NAME, "").encode("latin-1", "replace")
    try:
        claims = json.loads(decode_signed_value(secret, USER_COOKIE_NAME, cookie) or b"{}")
    except ValueError:
        return NOBODY
    if not isinstance(claims, dict) or claims.get("origin") != get_origin_from_redirect_uri():
        return NOBODY
    return judge_claims(claims, settings.sign_in_allow, time.time())


def sentence_for(visitor: Visitor, settings: Settings) -> str:
    """Say why somebody is not let in."""
    if visitor.address is None:
        told = f"The proxy named nobody, or several, in {settings.sign_in_header}."
        return told if settings.sign_in == "proxy" else "Sign in first."
    return f"{visitor.address} is not on the list of this Meishi."


def _check_way_in(scope: Scope, settings: Settings) -> None:
    """Refuse what came under a foreign name, or a way on which nobody is asked who they are."""
    connection = HTTPConnection(scope)
    hosts = connection.headers.getlist("host")
    if len(hosts) != 1 or not is_host_allowed(hosts[0]):
        raise Refused(
            421, "This server is not known under that name. Its name belongs in STREAMLIT_SERVER_ALLOWED_HOSTS."
        )
    if settings.sign_in == "proxy" and not is_proxy(connection.client and connection.client.host, settings):
        raise Refused(403, "Come through the proxy: its address belongs in SIGN_IN_PROXIES.")
    if settings.sign_in == "none" and not _is_from_here(scope, connection):
        raise Refused(403, "From another machine nobody comes in without sign-in: set SIGN_IN.")


def _is_from_here(scope: Scope, connection: HTTPConnection) -> bool:
    """Whether a request came from this machine, as far as its socket and a proxy's headers tell."""
    server = scope.get("server")
    forwarded = connection.headers.getlist("x-forwarded-for") + connection.headers.getlist("x-real-ip")
    named = [part.strip() for value in forwarded for part in value.split(",")]
    client = connection.client
    # A proxy on this machine that lets everybody in: its headers are all there is to tell it by.
    return (
        server is not None
        and is_loopback(server[0])
        and client is not None
        and is_loopback(client.host)
        and all(is_loopback(address) for address in named)
        and "forwarded" not in connection.headers
    )


def _check_visitor(scope: Scope, path: str, settings: Settings, visitor: Visitor) -> None:
    """Refuse everything but the way to sign in to those who are not allowed."""
    if path == LOGOUT and HTTPConnection(scope).headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise Refused(403, "Another site asked to sign you out. Use Sign out in Meishi's sidebar.")
    if visitor.is_allowed:
        return
    if settings.sign_in == "proxy":
        raise Refused(403, sentence_for(visitor, settings))
    if scope["method"] not in ("GET", "HEAD") or ".." in path or not OPEN.fullmatch(path):
        raise Refused(403 if visitor.address else 401, sentence_for(visitor, settings))


def _path(scope: Scope) -> str:
    """Return the path below server.baseUrlPath."""
    path: str = scope["path"]
    return path.removeprefix(base_path()) or "/"


def _as_stranger(scope: Scope, visitor: Visitor) -> Scope:
    """Return the scope of a stream that cannot take up an earlier session: Streamlit reads its id in third place.

    A session opened while they were allowed has callbacks, which would run before any page looks. And whoever is
    nobody here must not be somebody to the page, which reads their cookies again.
    """
    headers: list[tuple[bytes, bytes]] = []
    for name, value in scope["headers"]:
        if name == b"sec-websocket-protocol":
            value = b",".join(value.split(b",")[:2])
        if name != b"cookie" or visitor.address is not None:
            headers.append((name, value))
    return {**scope, "headers": headers}


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Refused) -> None:
    """Answer with the sentence; a stream is closed before it opens, which the browser sees as 403."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    answer = PlainTextResponse(refusal.sentence, refusal.status)
    await answer(scope, receive, with_headers(send, private=True))
