"""The model that writes: asked for one e-mail, and in words why it cannot go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from lib import chat
from lib.chat import Chat, Messages, ModelUnavailable
from lib.errors import MeishiError
from lib.outreach.prompt import SCHEMA
from lib.settings import Settings

if TYPE_CHECKING:
    import httpx2


class WritingStopped(MeishiError):
    """The model cannot be used now. What is written stays; going on later writes only what is missing."""


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


class Model(Chat[Answer]):
    """The model that the settings name. `http_client` stands in for the network in tests."""

    def __init__(self, settings: Settings, http_client: httpx2.Client | None = None) -> None:
        super().__init__(settings, Answer, SCHEMA, http_client=http_client)

    def ask(self, messages: Messages) -> Reply:
        """Return the model's answer. Raises UnusableReply, WritingStopped."""
        try:
            return super().ask(messages)
        except ModelUnavailable as error:
            going_on = "Then go on: only what is missing is written."
            raise WritingStopped(error.message, f"{error.remedy} {going_on}") from error
