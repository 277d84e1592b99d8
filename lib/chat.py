"""A model behind an OpenAI-compatible server: ask it for JSON, say in words why it cannot answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from lib.errors import MeishiError
from lib.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import APIStatusError
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

AnswerT = TypeVar("AnswerT", bound=BaseModel)
Messages = Sequence[Mapping[str, Any]]


class ModelUnavailable(MeishiError):
    """The model cannot be used now, by nobody and for nothing."""


class RequestRefused(ModelUnavailable):
    """The server takes no such request; it may take another."""


class UnusableReply(Exception):
    """The model answered, but not with what was asked for; `is_final` where asking again would be no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(reason)


@dataclass(frozen=True)
class Reply(Generic[AnswerT]):
    """An answer and the tokens it cost."""

    answer: AnswerT
    tokens_in: int
    tokens_out: int


def model_host(settings: Settings) -> str:
    """Return the host that what is asked goes to."""
    return urlsplit(settings.openai_base_url or OPENAI).hostname or "?"


class Chat(Generic[AnswerT]):
    """The model that the settings name, asked for one kind of answer. `http_client` stands in for the network."""

    def __init__(
        self,
        settings: Settings,
        answer: type[AnswerT],
        schema: dict[str, Any],
        *,
        max_retries: int = 2,
        http_client: httpx2.Client | None = None,
    ) -> None:
        import httpx2  # with openai it takes seconds
        from openai import OpenAI

        self.name = settings.openai_model
        self.host = model_host(settings)
        self._answer, self._schema = answer, schema
        self._address = settings.openai_base_url or OPENAI
        self._client = OpenAI(
            # A local server wants none, the package insists on one.
            api_key=settings.openai_api_key or "none",
            base_url=self._address,
            timeout=httpx2.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            max_retries=max_retries,
            http_client=http_client,
        )

    def ask(self, messages: Messages) -> Reply[AnswerT]:
        """Return the model's answer. Raises UnusableReply, ModelUnavailable."""
        known = _known_formats.get((self._address, self.name), FORMATS[0])
        names = FORMATS[FORMATS.index(known) :]
        for name in names:
            completion = self._complete(messages, name, is_last=name == names[-1])
            if completion is not None:
                _known_formats[self._address, self.name] = name
                return self._read(completion)
        raise AssertionError("the last format either answers or raises")

    def _complete(self, messages: Messages, format_name: str, *, is_last: bool) -> ChatCompletion | None:
        """Return the server's completion; None where it does not know the format."""
        import openai
        from openai.types.chat import ChatCompletion

        try:
            found = self._client.chat.completions.create(**self._request(messages, format_name))
        except openai.APIConnectionError as error:
            cause = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "cannot be reached"
            raise ModelUnavailable(
                f"The model's server {self.host} {cause}.", "Check that it runs and that OPENAI_BASE_URL is right."
            ) from error
        except openai.APIStatusError as error:
            if error.code == "content_filter":
                raise UnusableReply("the server's content filter refused", is_final=True) from error
            if error.status_code in STEP_DOWN and not is_last:
                return None
            raise self._unavailable(error) from error
        except ValueError as error:
            raise self._no_such_server() from error
        # Of a page of the web, such as a gateway's, the package returns the text.
        if not isinstance(found, ChatCompletion):
            raise self._no_such_server()
        return found

    def _request(self, messages: Messages, format_name: str) -> dict[str, Any]:
        # Only OpenAI's own servers know the newer name.
        limit = "max_completion_tokens" if self.host == "api.openai.com" else "max_tokens"
        request: dict[str, Any] = {"model": self.name, "messages": messages, limit: MAX_TOKENS}
        if format_name == "json_schema":
            named = {"name": "answer", "strict": True, "schema": self._schema}
            request["response_format"] = {"type": format_name, "json_schema": named}
        elif format_name == "json_object":
            request["response_format"] = {"type": format_name}
        return request

    def _unavailable(self, error: APIStatusError) -> ModelUnavailable:
        """Return what a status code means, and what to do."""
        status, why = error.status_code, _detail(error)
        if error.code == "insufficient_quota":
            return ModelUnavailable(f"The quota at {self.host} is used up.", "Raise it there.")
        if status in (401, 403):
            return ModelUnavailable(
                f"{self.host} refuses the key.", "Set OPENAI_API_KEY to a valid one, then restart."
            )
        if status == 404:
            return ModelUnavailable(
                f"{self.host} does not know the model {self.name}.",
                "Set OPENAI_MODEL to one it has and OPENAI_BASE_URL to its address, then restart.",
            )
        if status == 429:
            return ModelUnavailable(f"{self.host} takes no more requests now.", "Wait a few minutes.")
        if status >= 500:
            return ModelUnavailable(f"{self.host} is out of order ({status}){why}.", "Wait a few minutes.")
        return RequestRefused(
            f"{self.host} refuses the request ({status}){why}.",
            "Choose another model in OPENAI_MODEL, or leave OPENAI_API_KEY and OPENAI_BASE_URL out, then restart.",
        )

    def _no_such_server(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self.host} does not answer as an OpenAI-compatible server does.",
            "Check OPENAI_BASE_URL: most end in /v1.",
        )

    def _read(self, completion: ChatCompletion) -> Reply[AnswerT]:
        """Return the reply in a completion. Raises UnusableReply."""
        message = completion.choices[0].message if completion.choices else None
        if message is None:
            raise UnusableReply("the reply was empty")
        ending = completion.choices[0].finish_reason
        if message.refusal:
            raise UnusableReply("the model refused", is_final=True)
        if ending == "content_filter":
            raise UnusableReply("the server's content filter refused", is_final=True)
        if ending == "length":
            raise UnusableReply("the reply was cut off")
        usage = completion.usage
        return Reply(
            answer=self._parse(message.content or ""),
            tokens_in=usage.prompt_tokens if usage else 0,
            tokens_out=usage.completion_tokens if usage else 0,
        )

    def _parse(self, content: str) -> AnswerT:
        """Return the answer in `content`: its outermost JSON object, whatever stands around it."""
        found = re.search(r"\{.*\}", content, re.DOTALL)
        try:
            return self._answer.model_validate(json.loads(found.group() if found else "", strict=False))
        # A deep nest of brackets ends in the second.
        except (ValueError, RecursionError, ValidationError) as error:
            raise UnusableReply("the reply was not the JSON asked for") from error


def _detail(error: APIStatusError) -> str:
    """Return what the server says of itself, where it says it as JSON, behind a colon."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    text = " ".join(said.split())[:200].rstrip(".") if isinstance(said, str) else ""
    return f": {text}" if text else ""
