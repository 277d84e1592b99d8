"""A model behind an OpenAI-compatible server: asked for JSON, and in words why it cannot answer."""

from lib.chat.errors import ModelAway, ModelBusy, ModelUnavailable, RequestRefused, UnusableReply
from lib.chat.talk import AsyncChat, Chat, Messages, Reply, forget_formats, model_host

__all__ = [
    "AsyncChat",
    "Chat",
    "Messages",
    "ModelAway",
    "ModelBusy",
    "ModelUnavailable",
    "Reply",
    "RequestRefused",
    "UnusableReply",
    "forget_formats",
    "model_host",
]
