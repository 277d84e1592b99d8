"""Why a model gives no answer, in words for a person."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from lib.errors import MeishiError

if TYPE_CHECKING:
    from openai import APIStatusError

# Below 500, and yet asked again it may be answered: too slow, in conflict, too early.
PASSING = (408, 409, 425)


class ModelUnavailable(MeishiError):
    """The model cannot be used now, by nobody and for nothing."""


class RequestRefused(ModelUnavailable):
    """The server takes no such request; it may take another."""


class ModelBusy(ModelUnavailable):
    """The server takes no more requests now; `retry_after_s` is when it will, where it says so."""

    def __init__(self, message: str, remedy: str, *, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message, remedy)


class ModelAway(ModelUnavailable):
    """The server did not answer, or stumbled; asked again it may answer."""


class UnusableReply(Exception):
    """The model answered, but not with what was asked for; `is_final` where asking again would be no use."""

    def __init__(self, reason: str, *, is_final: bool = False, tokens: tuple[int, int] = (0, 0)) -> None:
        self.is_final = is_final
        # In and out: it cost what an answer costs.
        self.tokens = tokens
        super().__init__(reason)


def unavailable(error: APIStatusError, host: str, name: str) -> ModelUnavailable:
    """Return what a status code means, and what to do."""
    status, why = error.status_code, _detail(error)
    if error.code == "insufficient_quota":
        return ModelUnavailable(f"The quota at {host} is used up.", "Raise it there.")
    if status in (401, 403):
        return ModelUnavailable(f"{host} refuses the key.", "Set OPENAI_API_KEY to a valid one, then restart.")
    if status == 404:
        return ModelUnavailable(
            f"{host} does not know the model {name}.",
            "Set OPENAI_MODEL to one it has and OPENAI_BASE_URL to its address, then restart.",
        )
    if status == 429:
        return ModelBusy(
            f"{host} takes no more requests now.", "Wait a few minutes.", retry_after_s=_retry_after(error)
        )
    if status >= 500 or status in PASSING:
        return ModelAway(f"{host} is out of order ({status}){why}.", "Wait a few minutes.")
    return RequestRefused(
        f"{host} refuses the request ({status}){why}.",
        "Choose another model in OPENAI_MODEL, or leave OPENAI_API_KEY and OPENAI_BASE_URL out, then restart.",
    )


def _retry_after(error: APIStatusError) -> float | None:
    """Return the seconds after which the server says it takes requests again (RFC 9110, section 10.2.3)."""
    headers = error.response.headers
    for name, seconds in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers.get(name, "")) * seconds)
        except ValueError:
            continue
    try:
        at = parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, (at - dt.datetime.now(at.tzinfo)).total_seconds())


def _detail(error: APIStatusError) -> str:
    """Return what the server says of itself, where it says it as JSON, behind a colon."""
    body = error.body
    said = body.get("message") if isinstance(body, dict) else None
    text = " ".join(said.split())[:200].rstrip(".") if isinstance(said, str) else ""
    return f": {text}" if text else ""
