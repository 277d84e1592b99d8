"""Whether the app can work, for whatever watches over it: no sign-in, and nothing told that is anybody's business."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib import app
from lib.database import current_engine
from lib.health import PATH, Health, Probe, database_health

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def look() -> Health:
    """Return whether the database answers. Opens it where that has not come about: its coming up must be enough."""
    app.start()
    return database_health(current_engine().url)


class HealthCheck:
    """ASGI middleware that answers `GET /_meishi/health`; everything else passes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._probe = Probe(look)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the question for health."""
        if scope["type"] != "http" or not scope["path"].endswith(PATH):
            await self._app(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            answer: Response = PlainTextResponse("Ask by GET.", 405, {**HEADERS, "Allow": "GET, HEAD"})
        else:
            health = await self._probe.ask_async()
            answer = Response(health.as_json(), health.status, HEADERS, "application/json")
        await answer(scope, receive, send)
