"""Large files straight from the disk: a download of Streamlit's own is held in memory as a whole."""

from __future__ import annotations

import re
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

ADDRESS = re.compile(r"/_meishi/download/(?P<token>[\w-]{43})$")
# Long enough for a click; the download itself may take as long as it does.
OFFER_STANDS_S = 300.0
# Nobody else's business: not a cache's, and not to be taken for a page.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Offer:
    """A file that one request may have."""

    path: Path
    name: str
    mime: str
    until: float


_lock = threading.Lock()
_offers: dict[str, Offer] = {}
_is_served = False


def offer_large(path: Path, name: str, mime: str) -> str | None:
    """Return the address of the file on this server, good for one download within minutes.

    None where the app is served by plain `streamlit run`, which has no such address.
    """
    if not _is_served:
        return None
    token, now = secrets.token_urlsafe(32), time.monotonic()
    with _lock:
        for old in [old for old, offer in _offers.items() if offer.until < now]:
            del _offers[old]
        _offers[token] = Offer(path, name, mime, now + OFFER_STANDS_S)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}/_meishi/download/{token}"


class StreamedDownloads:
    """ASGI middleware that sends offered files piece by piece, each once; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        global _is_served
        self._app = app
        _is_served = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file that the address offers."""
        found = ADDRESS.search(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        offer = _take(found["token"]) if scope["method"] == "GET" else None
        if offer is None or not offer.path.is_file():
            await PlainTextResponse("This download was already made, or waited too long.", 404)(scope, receive, send)
            return
        response = FileResponse(offer.path, media_type=offer.mime, filename=offer.name, headers=HEADERS)
        await response(scope, receive, send)


def _take(token: str) -> Offer | None:
    with _lock:
        offer = _offers.pop(token, None)
    return offer if offer is not None and offer.until >= time.monotonic() else None
