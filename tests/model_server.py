"""`python -m tests.model_server PORT`: an OpenAI-compatible server that answers each e-mail with itself, in its own process.

It takes its time (`--latency`), limits its rate (`--rate`, a bucket of one second), and counts what it was asked by the
e-mail's subject: GET /asked. GET /reset forgets. After GET /hold it keeps its answers back until GET /go_on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.settings import ROOT
from tests.hosting.ports import free_port

START_LIMIT_S = 60


class Bucket:
    """So many requests a second, and as many at once after a quiet second."""

    def __init__(self, rate: float) -> None:
        self._rate, self._tokens, self._at = rate, rate, time.monotonic()

    def take(self) -> float:
        """Return 0 where one more may pass, else the seconds until it may."""
        now = time.monotonic()
        self._tokens = min(self._rate, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate


class State:
    """What was asked so far."""

    def __init__(self, latency_s: float, rate: float) -> None:
        self.latency_s = latency_s
        self.bucket = Bucket(rate) if rate else None
        self.asked: Counter[str] = Counter()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.refused = self.under_way = self.most_under_way = 0


def make_app(state: State) -> Starlette:
    """Return the server."""

    async def complete(request: Request) -> Response:
        wait_s = state.bucket.take() if state.bucket else 0.0
        if wait_s:
            state.refused += 1
            headers = {"retry-after-ms": str(max(1, round(wait_s * 1000)))}
            return JSONResponse({"error": {"message": "slow down"}}, 429, headers)
        said = json.loads((await request.json())["messages"][1]["content"].split("\n")[1])
        email = said["email"]
        state.asked[email["subject"]] += 1
        state.under_way += 1
        state.most_under_way = max(state.most_under_way, state.under_way)
        await asyncio.sleep(state.latency_s)
        await state.may_answer.wait()
        state.under_way -= 1
        return JSONResponse(_completion(json.dumps({**email, "reasoning": "It is good as it is."})))

    async def asked(request: Request) -> Response:
        return JSONResponse(
            {"asked": dict(state.asked), "refused": state.refused, "most_under_way": state.most_under_way}
        )

    async def reset(request: Request) -> Response:
        state.asked.clear()
        state.refused = state.most_under_way = 0
        return JSONResponse({})

    async def hold(request: Request) -> Response:
        state.may_answer.clear()
        return JSONResponse({})

    async def go_on(request: Request) -> Response:
        state.may_answer.set()
        return JSONResponse({})

    routes = [
        Route("/v1/chat/completions", complete, methods=["POST"]),
        Route("/asked", asked),
        Route("/reset", reset),
        Route("/hold", hold),
        Route("/go_on", go_on),
    ]
    return Starlette(routes=routes)


def _completion(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500}
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "echo",
        "choices": [choice],
        "usage": usage,
    }


class ModelServer:
    """One that runs."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.base_url = f"{self.address}/v1"

    def asked(self) -> dict[str, Any]:
        """Return what it was asked so far."""
        return dict(httpx2.get(f"{self.address}/asked").json())

    def hold(self) -> None:
        """Let it keep its answers back."""
        httpx2.get(f"{self.address}/hold")

    def go_on(self) -> None:
        """Let it give the answers that it kept back, and all others."""
        httpx2.get(f"{self.address}/go_on")

    def reset(self) -> None:
        """Let it forget what it was asked."""
        httpx2.get(f"{self.address}/reset")


@contextmanager
def running_model(*, latency_s: float = 0.0, rate: float = 0.0) -> Iterator[ModelServer]:
    """Run one in a process of its own."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "tests.model_server",
        str(port),
        "--latency",
        str(latency_s),
        "--rate",
        str(rate),
    ]
    process = subprocess.Popen(command, cwd=ROOT)
    server = ModelServer(port)
    try:
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            try:
                server.asked()
                break
            except httpx2.TransportError:
                assert process.poll() is None, "the model's server did not start"
                assert time.monotonic() < deadline, "the model's server does not answer"
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--rate", type=float, default=0.0)
    options = parser.parse_args()
    app = make_app(State(options.latency, options.rate))
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
