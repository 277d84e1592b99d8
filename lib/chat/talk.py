"""Asking a model for JSON: one request after another, or many at once inside one event loop."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from lib.chat.errors import ModelAway, ModelUnavailable, UnusableReply, unavailable
from lib.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai.types.chat import ChatCompletion

OPENAI = "https://api.openai.com/v1"
MAX_TOKENS = 4_000
TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 5
# What a server is asked for, best first; many know only the last.
FORMATS = ("json_schema", "json_object", "text")
# The format that worked, by server and model, for as long as this process lives.
_known_formats: dict[tuple[str, str], str] = {}
# How a server says that it does not know a format; some answer 500 to a json_schema.
STEP_DOWN = (400, 422, 500, 501)
# Codes and types of what a server refuses in one request for its own words; the next may be answered.
REFUSALS = {
    "content_filter": "the server's content filter refused",
    "context_length_exceeded": "the request was too long for the model",
    # llama.cpp's word for it.
    "exceed_context_size_error": "the request was too long for the model",
}

AnswerT = TypeVar("AnswerT", bound=BaseModel)
Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Reply(Generic[AnswerT]):
    """An answer and the tokens it cost."""

    answer: AnswerT
    tokens_in: int
    tokens_out: int


def model_host(settings: Settings) -> str:
    """Return the host that what is asked goes to."""
    return urlsplit(settings.openai_base_url or OPENAI).hostname or "?"


def forget_formats() -> None:
    """Learn anew which formats the servers take."""
    _known_formats.clear()


class _Chat(Generic[AnswerT]):
    """What is said to the model that the settings name, and what its server means, however it is asked."""

    def __init__(self, settings: Settings, answer: type[AnswerT], schema: dict[str, Any]) -> None:
        self.name = settings.openai_model
        self.host = model_host(settings)
        self._answer, self._schema = answer, schema
        self._address = settings.openai_base_url or OPENAI
        # A local server wants none, the package insists on one.
        self._api_key = settings.openai_api_key or "none"

    def _client_options(self, max_retries: int) -> dict[str, Any]:
        import httpx2  # with openai it takes seconds

        timeout = httpx2.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        return {
            "api_key": self._api_key,
            "base_url": self._address,
            "timeout": timeout,
            "max_retries": max_retries,
        }

    @property
    def known_format(self) -> str | None:
        """The format that this server and model are known to take."""
        return _known_formats.get((self._address, self.name))

    def attempts(self, messages: Messages) -> Iterator[_Attempt]:
        """Give one attempt a format, best first, until one brings a completion; it is the format from then on."""
        names = FORMATS[FORMATS.index(self.known_format or FORMATS[0]) :]
        for name in names:
            attempt = _Attempt(self, self._request(messages, name), is_last=name == names[-1])
            yield attempt
            if attempt.completion is not None:
                _known_formats[self._address, self.name] = name
                return

    def _request(self, messages: Messages, format_name: str) -> dict[str, Any]:
        # Only OpenAI's own servers know the newer name.
        limit = "max_completion_tokens" if self.host == "api.openai.com" else "max_tokens"
        request: dict[str, Any] = {"model": self.name, "messages": messages, limit: MAX_TOKENS}
        asked_for: dict[str, Any] = {"type": format_name}
        if format_name == "json_schema":
            asked_for["json_schema"] = {"name": "answer", "strict": True, "schema": self._schema}
        if format_name != "text":
            # As a part of the body the package sends it as it is; as an argument it would look at every leaf of it.
            request["extra_body"] = {"response_format": asked_for}
        return request

    def translate(self, error: Exception) -> Exception:
        """Return what went wrong in words for a person; an error that is none of the server's comes back as it is."""
        import openai

        if isinstance(error, openai.APIConnectionError):
            cause = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "cannot be reached"
            return ModelAway(
                f"The model's server {self.host} {cause}.", "Check that it runs and that OPENAI_BASE_URL is right."
            )
        if isinstance(error, openai.APIStatusError):
            if refusal := _refusal(error):
                return UnusableReply(refusal, is_final=True)
            return unavailable(error, self.host, self.name)
        return self.no_such_server() if isinstance(error, ValueError) else error

    def no_such_server(self) -> ModelUnavailable:
        """Return the error for an address that answers with something else; one that did answer well stumbled."""
        kind = ModelAway if self.known_format else ModelUnavailable
        return kind(
            f"{self.host} does not answer as an OpenAI-compatible server does.",
            "Check OPENAI_BASE_URL: most end in /v1.",
        )

    def _read(self, completion: ChatCompletion | None) -> Reply[AnswerT]:
        """Return the reply in a completion. Raises UnusableReply."""
        if completion is None or not completion.choices or completion.choices[0].message is None:
            raise UnusableReply("the reply was empty")
        message, usage = completion.choices[0].message, completion.usage
        tokens = (usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else (0, 0)
        ending = completion.choices[0].finish_reason
        if message.refusal:
            raise UnusableReply("the model refused", is_final=True, tokens=tokens)
        if ending == "content_filter":
            raise UnusableReply(REFUSALS[ending], is_final=True, tokens=tokens)
        if ending == "length":
            raise UnusableReply("the reply was cut off", tokens=tokens)
        return Reply(self._parse(message.content or "", tokens), *tokens)

    def _parse(self, content: str, tokens: tuple[int, int]) -> AnswerT:
        """Return the answer in `content`: its outermost JSON object, whatever stands around it."""
        found = re.search(r"\{.*\}", content, re.DOTALL)
        try:
            return self._answer.model_validate(json.loads(found.group() if found else "", strict=False))
        # A deep nest of brackets ends in the second.
        except (ValueError, RecursionError, ValidationError) as error:
            raise UnusableReply("the reply was not the JSON asked for", tokens=tokens) from error


class _Attempt:
    """One request in one format. What goes wrong inside of it is said in words; a format nobody knows is no error."""

    def __init__(self, chat: _Chat[Any], request: dict[str, Any], *, is_last: bool) -> None:
        self._chat = chat
        self._is_last = is_last
        self.request = request
        self.completion: ChatCompletion | None = None

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        from openai.types.chat import ChatCompletion

        if isinstance(error, Exception):
            if not self._is_last and self._is_unknown_format(error):
                return True
            translated = self._chat.translate(error)
            if translated is not error:
                raise translated from error
        # Of a page of the web, such as a gateway's, the package returns the text.
        elif error is None and not isinstance(self.completion, ChatCompletion):
            raise self._chat.no_such_server()
        return False

    def _is_unknown_format(self, error: Exception) -> bool:
        # A server that took this format before stumbles for another reason when it says 500.
        known = (400, 422) if self._chat.known_format else STEP_DOWN
        return getattr(error, "status_code", None) in known and _refusal(error) is None


def _refusal(error: Exception) -> str | None:
    """Return why this request alone was refused, None where another would be too."""
    names = (getattr(error, "code", None), getattr(error, "type", None))
    return next((REFUSALS[str(name)] for name in names if str(name) in REFUSALS), None)


class Chat(_Chat[AnswerT]):
    """The model, asked for one kind of answer. `http_client` stands in for the network."""

    def __init__(
        self,
        settings: Settings,
        answer: type[AnswerT],
        schema: dict[str, Any],
        *,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        from openai import OpenAI

        super().__init__(settings, answer, schema)
        self._client = OpenAI(**self._client_options(max_retries), http_client=http_client)

    def ask(self, messages: Messages) -> Reply[AnswerT]:
        """Return the model's answer. Raises UnusableReply, ModelUnavailable."""
        for attempt in self.attempts(messages):
            with attempt:
                attempt.completion = self._client.chat.completions.create(**attempt.request)
        return self._read(attempt.completion)


class AsyncChat(_Chat[AnswerT]):
    """The model, asked many things at once inside one event loop; nothing is asked again by itself."""

    def __init__(
        self,
        settings: Settings,
        answer: type[AnswerT],
        schema: dict[str, Any],
        *,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        from openai import AsyncOpenAI

        super().__init__(settings, answer, schema)
        self._client = AsyncOpenAI(**self._client_options(0), http_client=http_client)
        self._learning = asyncio.Lock()
        self._has_asked = self.known_format is not None

    async def ask(self, messages: Messages) -> Reply[AnswerT]:
        """Return the model's answer. Raises UnusableReply, ModelUnavailable.

        The first to ask learns the format for all; the others wait for that one answer.
        """
        if not self._has_asked:
            async with self._learning:
                if not self._has_asked:
                    try:
                        return await self._ask(messages)
                    finally:
                        self._has_asked = True
        return await self._ask(messages)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(self, messages: Messages) -> Reply[AnswerT]:
        for attempt in self.attempts(messages):
            with attempt:
                attempt.completion = await self._client.chat.completions.create(**attempt.request)
        return self._read(attempt.completion)
