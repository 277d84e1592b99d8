"""The model that writes, asked with patience: rate limits are waited out, what stumbles is asked again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import BaseModel

from lib import chat
from lib.chat import AsyncChat, Messages, ModelAway, ModelBusy, ModelUnavailable, UnusableReply
from lib.errors import MeishiError
from lib.outreach.gate import Gate
from lib.outreach.prompt import SCHEMA
from lib.settings import Settings

if TYPE_CHECKING:
    import httpx2

# Before each further attempt at what failed in passing.
BACK_OFF_S = (0.5, 2.0, 8.0)
# A server that refuses everybody for so long, or says that it will, is not waited for.
PATIENCE_S = 120.0


class WritingStopped(MeishiError):
    """The model cannot be used now. What is written stays; going on later writes only what is missing."""


class NobodyWaits(Exception):
    """The run ends; who still waits for a place leaves."""


class FactUsed(BaseModel):
    """A fact and the words it became."""

    field: str
    text: str


class Answer(BaseModel):
    """What the model is asked for."""

    subject: str
    body: str
    reasoning: str = ""
    facts_used: list[FactUsed] = []
    injection_suspected: bool = False


Reply = chat.Reply[Answer]


class Model(AsyncChat[Answer]):
    """The model that the settings name. `http_client` stands in for the network in tests."""

    def __init__(self, settings: Settings, http_client: httpx2.AsyncClient | None = None) -> None:
        super().__init__(settings, Answer, SCHEMA, http_client=http_client)


class Queue:
    """The one gate before a model, and what all that wait there know together. For one event loop."""

    def __init__(self, model: Model, in_flight: int, back_off_s: tuple[float, ...] = BACK_OFF_S) -> None:
        self.model = model
        self.back_off_s = back_off_s
        self.gate = Gate(in_flight)
        self.answers = 0
        self._is_closed = False
        self._moved = asyncio.Condition()

    def slot(self) -> Slot:
        """Return a place, to be entered by `async with`."""
        return Slot(self)

    async def enter(self) -> float:
        """Wait until another may ask. Return when that was. Raises NobodyWaits."""
        async with self._moved:
            while not self._is_closed:
                wait_s = self.gate.wait_s()
                if wait_s == 0:
                    return self.gate.enter()
                try:
                    await asyncio.wait_for(self._moved.wait(), wait_s)
                except TimeoutError:
                    continue
        raise NobodyWaits

    async def leave(self) -> None:
        """Let others in."""
        self.gate.leave()
        async with self._moved:
            self._moved.notify_all()

    async def close(self) -> None:
        """Send away who waits; who asks already is answered still."""
        self._is_closed = True
        async with self._moved:
            self._moved.notify_all()


class Slot:
    """A place at the gate, held by one e-mail until it is stored."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._entered_at: float | None = None

    async def __aenter__(self) -> Slot:
        self._entered_at = await self._queue.enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    async def ask(self, messages: Messages) -> Reply:
        """Return the model's answer, however long a server that limits its rate lets wait.

        Raises UnusableReply, ModelAway where only this could not be answered, WritingStopped where nothing can.
        """
        answers, failures = self._queue.answers, 0
        while True:
            try:
                return await self._ask(messages)
            except ModelBusy as error:
                self._give_up_if_hopeless(error)
                await self._leave()
                self._entered_at = await self._queue.enter()
            except ModelAway as error:
                if failures == len(self._queue.back_off_s):
                    # Nobody else was answered meanwhile either: the server is down.
                    raise (stopped(error) if self._queue.answers == answers else error) from error
                await asyncio.sleep(self._queue.back_off_s[failures])
                failures += 1
            except ModelUnavailable as error:
                raise stopped(error) from error

    async def _ask(self, messages: Messages) -> Reply:
        gate, asked_at = self._queue.gate, self._entered_at or 0.0
        try:
            reply = await self._queue.model.ask(messages)
        except UnusableReply:
            self._answered()
            raise
        except ModelBusy as error:
            gate.refused(asked_at, error.retry_after_s)
            raise
        self._answered()
        return reply

    def _answered(self) -> None:
        self._queue.answers += 1
        self._queue.gate.accepted()

    def _give_up_if_hopeless(self, error: ModelBusy) -> None:
        if max(self._queue.gate.silent_s, error.retry_after_s or 0) > PATIENCE_S:
            raise stopped(error) from error

    async def _leave(self) -> None:
        if self._entered_at is not None:
            self._entered_at = None
            await self._queue.leave()


def stopped(error: ModelUnavailable) -> WritingStopped:
    """Return the stop that the error means for the whole run."""
    return WritingStopped(error.message, f"{error.remedy} Then go on: only what is missing is written.".lstrip())
