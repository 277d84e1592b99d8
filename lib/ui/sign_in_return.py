"""Where the browser goes after the provider: to the page it left, or to the sign-in page, which says what failed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, quote, unquote, urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
# The browser keeps the page's address, and brings it back from the provider.
PAGE_COOKIE = "meishi_page"
PAGE_LASTS_S = 15 * 60
PAGE_LENGTH = 2_000
# One of our pages with what its address says. A second slash could lead to another server.
PAGE = re.compile(r"/[\w-]*(?:\?[!-~]*)?", re.ASCII)


def base_path() -> str:
    """Return server.baseUrlPath with a slash before it; nothing where the app stands at the top."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def returning(send: Send, scope: Scope, path: str) -> Send:
    """Send the answers of the way to the provider and back so that they lead to a page that says something."""
    if path not in (LOGIN, CALLBACK, LOGOUT):
        return send
    answers = path == CALLBACK and is_answer(scope)
    failed = False

    async def sending(message: Message) -> None:
        nonlocal failed
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            signed_in = answers and _signs_in(headers.raw)
            failed = (path == LOGIN and message["status"] >= 400) or (answers and not signed_in)
            if failed:
                _lead(message, headers, f"/?sign_in={'provider' if path == LOGIN else 'failed'}")
            elif path == LOGIN and (left := _page_left(scope)):
                _keep(headers, left)
            elif signed_in:
                _lead(message, headers, _page_kept(scope))
                _keep(headers, None)
            if path == LOGOUT:
                headers["Clear-Site-Data"] = '"cache"'
        elif failed:
            message = {**message, "body": b""}
        await send(message)

    return sending


def is_answer(scope: Scope) -> bool:
    """Whether a request brings a provider's word on who signed in, or why nobody did."""
    return bool({b"code", b"error"} & parse_qs(scope["query_string"]).keys())


async def lead_home(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the way to the first page."""
    await RedirectResponse(f"{base_path()}/", 302)(scope, receive, send)


def _signs_in(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether an answer hands out a sign-in; a cookie that is taken away has the age 0."""
    mark = f"{USER_COOKIE_NAME}=".encode()
    return any(
        name == b"set-cookie" and value.startswith(mark) and b"max-age=0" not in value.lower()
        for name, value in headers
    )


def _lead(message: Message, headers: MutableHeaders, page: str) -> None:
    message["status"] = 302
    headers["Location"] = base_path() + page
    headers["Content-Length"] = "0"


def _page_left(scope: Scope) -> str | None:
    """Return the page on which signing in was chosen, as the browser tells it; None where it is none of ours."""
    headers = HTTPConnection(scope).headers
    try:
        left, here = urlsplit(headers.get("referer", "")), urlsplit(f"//{headers.get('host', '')}")
    except ValueError:
        return None
    # After a failure it is the sign-in page that was left, and the page before is known already.
    if left.hostname != here.hostname or not left.path.startswith(base_path()) or "sign_in" in parse_qs(left.query):
        return None
    page = left.path.removeprefix(base_path()) + (f"?{left.query}" if left.query else "")
    return page if PAGE.fullmatch(page) and len(page) <= PAGE_LENGTH else None


def _page_kept(scope: Scope) -> str:
    page = unquote(HTTPConnection(scope).cookies.get(PAGE_COOKIE, ""))
    return page if PAGE.fullmatch(page) else "/"


def _keep(headers: MutableHeaders, page: str | None) -> None:
    """Have the browser keep the page's address, or forget it."""
    value, age = (quote(page, safe=""), PAGE_LASTS_S) if page else ("", 0)
    headers.append(
        "Set-Cookie",
        f"{PAGE_COOKIE}={value}; Path={base_path() or '/'}; Max-Age={age}; HttpOnly; SameSite=Lax",
    )
