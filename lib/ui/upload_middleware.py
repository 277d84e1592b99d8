"""What stands before Streamlit's own upload routes: a file's content goes to the spool, a placeholder on to them."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from lib.ui.spool import Spool
from lib.ui.uploads import PLACEHOLDER, get_spool

log = logging.getLogger(__name__)

UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session_id>[^/]+)/(?P<file_id>[^/]+)$")
BOUNDARY = secrets.token_hex(16).encode()


class SpooledUploads:
    """ASGI middleware that puts uploads into the spool before Streamlit sees them, and takes them out with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; of an upload the placeholder."""
        spool = get_spool()
        found = UPLOAD.search(scope["path"]) if scope["type"] == "http" else None
        if found is None or spool is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "DELETE":
            await self._delete(spool, found["file_id"], scope, receive, send)
        elif scope["method"] == "PUT" and _is_welcome(found["session_id"], scope):
            await self._put(spool, found["file_id"], scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _delete(self, spool: Spool, file_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        if await _status(self._app, scope, receive, send) < 400:
            spool.let_go(file_id)

    async def _put(self, spool: Spool, file_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _spool_body(spool, file_id, Request(scope, _limited(receive)))
        except ClientDisconnect:
            return
        except HTTPException as refusal:
            await PlainTextResponse(refusal.detail, refusal.status_code)(scope, receive, send)
            return
        status = 500
        try:
            status = await _status(self._app, _with_body(scope, body), _replay(body, receive), send)
        finally:
            if status >= 400:
                spool.let_go(file_id)


def _is_welcome(session_id: str, scope: Scope) -> bool:
    """Whether Streamlit would look at the body at all: it is its place to refuse the others."""
    length = Headers(scope=scope).get("content-length", "0")
    return runtime.get_instance().is_active_session(session_id) and length.isdecimal() and int(length) <= _limit()


def _limit() -> int:
    return int(st.get_option("server.maxUploadSize")) * 1024 * 1024


def _limited(receive: Receive) -> Receive:
    """Count what comes: a body that is sent in chunks says no length beforehand."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > _limit():
            raise HTTPException(413, "File too large")
        return message

    return counted


async def _spool_body(spool: Spool, file_id: str, request: Request) -> bytes:
    """Put the form's file into the spool, and return the form with the placeholder in its place.

    Starlette parses the form as it comes and keeps at most a megabyte of a file in memory.
    """
    async with request.form() as form:
        uploads = [value for value in form.values() if isinstance(value, UploadFile)]
        if len(uploads) != 1:
            raise HTTPException(400, f"Expected 1 file, but got {len(uploads)}")
        try:
            await run_in_threadpool(spool.add, file_id, uploads[0].file)
        except OSError as error:
            log.warning("an upload could not be kept: %s", error)
            raise HTTPException(507, "No space for this file") from error
        return _form(uploads[0])


def _form(upload: UploadFile) -> bytes:
    # The part's headers go on byte for byte, so that Streamlit reads of them what it would have read.
    headers = b"".join(b"%b: %b\r\n" % header for header in upload.headers.raw)
    return b"--%b\r\n%b\r\n%b\r\n--%b--\r\n" % (BOUNDARY, headers, PLACEHOLDER, BOUNDARY)


def _with_body(scope: Scope, body: bytes) -> Scope:
    replaced = {
        b"content-type": b"multipart/form-data; boundary=" + BOUNDARY,
        b"content-length": str(len(body)).encode(),
    }
    dropped = {*replaced, b"transfer-encoding"}
    kept = [(name, value) for name, value in scope["headers"] if name not in dropped]
    return {**scope, "headers": [*kept, *replaced.items()]}


def _replay(body: bytes, receive: Receive) -> Receive:
    first: Iterator[Message] = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replayed() -> Message:
        return next(first, None) or await receive()

    return replayed


async def _status(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> int:
    """Have the app answer, and return the answer's status."""
    status = 500

    async def noted(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    await app(scope, receive, noted)
    return status
