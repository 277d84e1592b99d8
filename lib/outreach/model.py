"""A model behind an OpenAI-compatible server: ask it for one e-mail, say in words why it cannot answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from lib.errors import MeishiError
from lib.outreach.prompt import SCHEMA
from lib.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from openai import APIStatusError
    from openai.types.chat import ChatCompletion

OPENAI = "https://api.openai.com/v1"
MAX_TOKENS = 4_000
MAX_RETRIES = 2
# What a server is asked for, best first; many know only the last.
FORMATS: dict[str, dict[str, Any] | None] = {
    "json_schema": {"type": "json_schema", "json_schema": {"name": "email", "strict": True, "schema": SCHEMA}},
    "json_object": {"type": "json_object"},
    "text": None,
}
# The format that worked, by server and model, for as long as this process lives.
_known_formats: dict[tuple[str, str], str] = {}
# How a server says that it does not know a format; some answer 500 to a json_schema.
STEP_DOWN = (400, 422, 500, 501)


class WritingStopped(MeishiError):
    """The model cannot be used now. What is written stays; going on later writes only what is missing."""


class UnusableReply(Exception):
    """The model answered, but not with an e-mail; `is_final` where asking again would be no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(reason)


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


@dataclass(frozen=True)
class Reply:
    """An answer and the tokens it cost."""

    answer: Answer
    tokens_in: int
    tokens_out: int


def model_host(settings: Settings) -> str:
    """Return the host that the texts go to."""
    return urlsplit(settings.openai_base_url or OPENAI).hostname or "?"


class Model:
    """The model that the settings name. `http_client` stands in for the network in tests."""

    def __init__(self, settings: Settings, http_client: httpx2.Client | None = None) -> None:
        import httpx2  # with openai it takes seconds
        from openai import OpenAI

        self.name = settings.openai_model
        self.host = model_host(settings)
        self._address = settings.openai_base_url or OPENAI
        self._client = OpenAI(
            # A local server wants none, the package insists on one.
            api_key=settings.openai_api_key or "none",
            base_url=self._address,
            timeout=httpx2.Timeout(60, connect=5),
            max_retries=MAX_RETRIES,
            http_client=http_client,
        )

    def ask(self, messages: list[dict[str, str]]) -> Reply:
        """Return the model's answer. Raises UnusableReply, WritingStopped."""
        known = _known_formats.get((self._address, self.name), "json_schema")
        names = list(FORMATS)[list(FORMATS).index(known) :]
        for name in names:
            completion = self._complete(messages, name, is_last=name == names[-1])
            if completion is not None:
                _known_formats[self._address, self.name] = name
                return _read(completion)
        raise AssertionError("the last format either answers or raises")

    def _complete(self, messages: list[dict[str, str]], format_name: str, *, is_last: bool) -> ChatCompletion | None:
        """Return the server's completion; None where it does not know the format."""
        import openai

        try:
            found: ChatCompletion = self._client.chat.completions.create(**self._request(messages, format_name))
        except openai.APIConnectionError as error:
            cause = "did not answer in time" if isinstance(error, openai.APITimeoutError) else "cannot be reached"
            raise WritingStopped(
                f"The model's server {self.host} {cause}.",
                "Check that it runs and that OPENAI_BASE_URL is right, then go on: only what is missing is written.",
            ) from error
        except openai.APIStatusError as error:
            if error.code == "content_filter":
                raise UnusableReply("the server's content filter refused", is_final=True) from error
            if error.status_code in STEP_DOWN and not is_last:
                return None
            raise self._stopped(error) from error
        return found

    def _request(self, messages: list[dict[str, str]], format_name: str) -> dict[str, Any]:
        # Only OpenAI's own servers know the newer name.
        limit = "max_completion_tokens" if self.host == "api.openai.com" else "max_tokens"
        request: dict[str, Any] = {"model": self.name, "messages": messages, limit: MAX_TOKENS}
        if FORMATS[format_name]:
            request["response_format"] = FORMATS[format_name]
        return request

    def _stopped(self, error: APIStatusError) -> WritingStopped:
        """Return what a status code means, and what to do."""
        status = error.status_code
        if error.code == "insufficient_quota":
            return WritingStopped(f"The quota at {self.host} is used up.", "Raise it there, then go on.")
        if status in (401, 403):
            return WritingStopped(f"{self.host} refuses the key.", "Set OPENAI_API_KEY to a valid one, then restart.")
        if status == 404:
            return WritingStopped(
                f"{self.host} does not know the model {self.name}.",
                "Set OPENAI_MODEL to one it has and OPENAI_BASE_URL to its address, then restart.",
            )
        if status == 429:
            return WritingStopped(f"{self.host} takes no more requests now.", "Wait a few minutes, then go on.")
        if status >= 500:
            return WritingStopped(f"{self.host} is out of order ({status}).", "Wait a few minutes, then go on.")
        return WritingStopped(
            f"{self.host} refuses the request ({status}): {_detail(error)}",
            "Choose another model in OPENAI_MODEL, or leave OPENAI_API_KEY and OPENAI_BASE_URL out.",
        )


def _detail(error: APIStatusError) -> str:
    return " ".join(str(error.message).split())[:200]


def _read(completion: ChatCompletion) -> Reply:
    """Return the reply in a completion. Raises UnusableReply."""
    if not completion.choices:
        raise UnusableReply("the reply was empty")
    choice = completion.choices[0]
    if choice.message.refusal:
        raise UnusableReply("the model refused", is_final=True)
    if choice.finish_reason == "content_filter":
        raise UnusableReply("the server's content filter refused", is_final=True)
    if choice.finish_reason == "length":
        raise UnusableReply("the reply was cut off")
    usage = completion.usage
    return Reply(
        answer=_parse(choice.message.content or ""),
        tokens_in=usage.prompt_tokens if usage else 0,
        tokens_out=usage.completion_tokens if usage else 0,
    )


def _parse(content: str) -> Answer:
    """Return the answer in `content`: its outermost JSON object, whatever stands around it."""
    found = re.search(r"\{.*\}", content, re.DOTALL)
    try:
        return Answer.model_validate(json.loads(found.group() if found else "", strict=False))
    except (ValueError, ValidationError) as error:
        raise UnusableReply("the reply was not the JSON asked for") from error
