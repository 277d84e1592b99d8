"""What must not be told to anybody: which texts are secrets, and a mask for them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from lib.settings import ROOT, Settings

MASKED = "***"
# What is shorter is a part of ordinary words; to mask it would tell more than it hides.
SHORTEST_SECRET = 4
# Where Streamlit looks for its secrets unless STREAMLIT_SECRETS_FILES says otherwise; what comes later wins.
SECRETS_FILES = (Path.home() / ".streamlit" / "secrets.toml", ROOT / ".streamlit" / "secrets.toml")


def list_secrets(settings: Settings) -> set[str]:
    """Return what must not be told: the settings that are not shown, passwords in addresses, Streamlit's secrets."""
    secrets: set[str] = set()
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if not field.repr and isinstance(value, str):
            secrets |= _passwords(value) if name.endswith("_url") else {value.strip()}
    return secrets | set(_texts(read_streamlit_secrets()))


def list_secrets_files() -> list[Path]:
    """Return the files that Streamlit takes its secrets from, those that are there."""
    named = os.environ.get("STREAMLIT_SECRETS_FILES", "")
    # Several stand with spaces between them, and one may hold some in its name.
    found = [Path(named)] if named and Path(named).is_file() else [Path(name) for name in named.split()]
    return [path for path in found or SECRETS_FILES if path.is_file()]


def read_streamlit_secrets() -> dict[str, Any]:
    """Return Streamlit's secrets; what cannot be read is left to Streamlit to say."""
    secrets: dict[str, Any] = {}
    for path in list_secrets_files():
        with suppress(OSError, ValueError):
            secrets |= tomllib.loads(path.read_text())
    return secrets


def _passwords(address: str) -> set[str]:
    """Return the password of a database's address, as it stands there and as it is sent."""
    try:
        parts = urlsplit(address)
        written = {parts.password or "", *parse_qs(parts.query).get("password", [])}
    except ValueError:
        return {address}
    return written | {unquote(password) for password in written} | {quote(password) for password in written}


def _texts(value: Any, name: str = "") -> Iterator[str]:
    """Give the texts of Streamlit's secrets whose name says that they are some."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, key)
    elif isinstance(value, str) and re.search(r"secret|password|key|token", name):
        yield value


class Mask:
    """Puts `***` for each secret in a text, also where it is written with escapes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        written = {form for secret in known for form in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])}
        # The longest first: one may be the beginning of another.
        forms = sorted(written, key=len, reverse=True)
        self._found = re.compile("|".join(map(re.escape, forms))) if forms else None

    def __call__(self, text: str) -> str:
        """Return `text` without secrets."""
        return self._found.sub(MASKED, text) if self._found else text
