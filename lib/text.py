"""Text from outside (typed, read off a card, answered by a model) made fit to keep."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from lib.errors import NotValid

# Control characters, those that hide or turn the direction of text, and halves of characters.
HIDDEN = ("Cc", "Cf", "Cs")


def strip_hidden(text: str) -> str:
    """Return `text` without control characters and those that turn its direction; lines end in LF alone."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    # Nearly every text: Python knows at once that there is nothing of the kind in it.
    if lines.replace("\n", "").isprintable():
        return lines
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in HIDDEN)


def searched(typed: str | None) -> str:
    """Return what to look for: nothing that is kept holds hidden characters, and the database refuses some."""
    return strip_hidden(typed or "").strip()


def clean_text(value: str | None, what: str, limit: int) -> str | None:
    """Return `value` without hidden characters and outer spaces, None when nothing is left. Raises NotValid."""
    text = unicodedata.normalize("NFC", strip_hidden(value or "")).strip()
    if len(text) > limit:
        raise NotValid(f"The {what} is {len(text)} characters long; {limit} fit.", "Shorten it.")
    return text or None


def clean_name(value: str | None, what: str) -> str:
    """Return the name of an event, group, template or campaign. Raises NotValid when it is empty or too long."""
    name = clean_text(value, f"{what}'s name", 255)
    if name is None:
        raise NotValid(f"The {what} has no name.", "Give it one.")
    return name


def to_json(value: Any) -> str:
    """Return `value` as JSON that a jsonb column takes: without NUL and halves of characters, which it refuses."""
    return json.dumps(storable(value), ensure_ascii=False)


def storable(value: Any) -> Any:
    """Return JSON's `value` without what the database refuses in a text."""
    if isinstance(value, str):
        return "".join(c for c in value if c != "\0" and unicodedata.category(c) != "Cs")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    return value
