"""What every answer says beside its content: what a page may load, who may frame it, who may keep it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send
from streamlit import file_util


def _policy() -> str:
    """Return what a page may load: Streamlit's own scripts, our component's (a blob), and nothing from elsewhere."""
    shell = Path(file_util.get_static_dir(), "index.html").read_text()
    inline = re.findall(r"<script>(.*?)</script>", shell, re.DOTALL)
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in inline]
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self' blob:", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            # No picture from elsewhere: text off a card could name one, to learn when it is looked at.
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            # The camera's shot is fetched from its own data address.
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": _policy(),
    "Cross-Origin-Resource-Policy": "same-origin",
}


def with_headers(send: Send, *, private: bool, is_secure: bool = False) -> Send:
    """Send with the headers of every answer.

    What is `private` is kept by no browser and no proxy. Where people come by https (`is_secure`), the cookies go by
    https alone.
    """

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if private and "immutable" not in headers.get("cache-control", ""):
                headers["Cache-Control"] = "no-store"
            if is_secure:
                message["headers"] = [_secured(name, value) for name, value in message["headers"]]
        await send(message)

    return sending


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open else value
