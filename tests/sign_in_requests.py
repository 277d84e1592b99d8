"""A browser and an app on both sides of the sign-in's middleware, which say what passed between them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib.settings import Settings, get_settings
from lib.ui import sign_in_middleware
from lib.ui.sign_in_middleware import SignInRequired

NOW = 1_795_400_000.0
SECRET = "a secret of the tests, of 43 characters or so"
ORIGIN = "https://meishi.example.com"


def claims(**changes: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "email": "ada@example.com", "email_verified": True, "iat": NOW, **changes}


@pytest.fixture
def allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server with sign-in for Ada, whose list stands in a file."""
    env = tmp_path / ".env"
    env.write_text("SIGN_IN=oidc\nSIGN_IN_ALLOW=ada@example.com\n")
    monkeypatch.setitem(Settings.model_config, "env_file", env)
    get_settings.cache_clear()
    monkeypatch.setattr(sign_in_middleware, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(sign_in_middleware, "get_origin_from_redirect_uri", lambda: ORIGIN)
    monkeypatch.setattr(sign_in_middleware, "is_host_allowed", lambda host: host == "meishi.example.com")
    yield env
    get_settings.cache_clear()


class Recorder:
    """An app that answers everything, with these headers, and remembers what reached it."""

    def __init__(self, *headers: tuple[bytes, bytes]) -> None:
        self.headers = [(b"cache-control", b"public"), *headers]
        self.reached: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": self.headers})
            await send({"type": "http.response.body", "body": b"secret picture"})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.reached.append(message["bytes"])
            await send({"type": "websocket.send", "bytes": b"re " + message["bytes"]})


def cookie(secret: str = SECRET, name: str = USER_COOKIE_NAME, **changes: Any) -> str:
    told = {"origin": ORIGIN, "provider": "default", **claims(iat=time.time()), **changes}
    return f"{USER_COOKIE_NAME}={create_signed_value(secret, name, json.dumps(told)).decode()}"


def scope(path: str = "/media/card.jpg", method: str = "GET", kind: str = "http", **headers: str) -> dict[str, Any]:
    named = {"host": "meishi.example.com"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": kind,
        "path": path,
        "method": method,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "server": ("10.0.0.1", 8501),
        "client": ("10.0.0.9", 5000),
    }


def ask(app: Any, asked: dict[str, Any], messages: list[Any] | None = None) -> list[dict[str, Any]]:
    """Return what the browser got; `messages` are sent one after the other, callables called in between."""
    got: list[dict[str, Any]] = []
    waiting = list(messages or [])

    async def receive() -> dict[str, Any]:
        while waiting and callable(waiting[0]):
            waiting.pop(0)()
        if waiting:
            return {"type": "websocket.receive", "bytes": waiting.pop(0)}
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: dict[str, Any]) -> None:
        got.append(message)

    asyncio.run(SignInRequired(app)(asked, receive, send))
    return got


def status(got: list[dict[str, Any]]) -> int:
    return got[0]["status"]
