"""What the user tells the model about a campaign's e-mails: tone, length, goal, language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from lib.errors import NotValid
from lib.text import clean_text

Length = Literal["shorter", "as the template", "longer"]
LENGTHS: tuple[Length, ...] = get_args(Length)
LIMITS = {"tone": 200, "goal": 1_000, "language": 40}


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """The user's wishes; None leaves one to the template. Kept as the campaign's `instructions`."""

    tone: str | None = None
    length: Length | None = None
    goal: str | None = None
    language: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return what is kept: only what was said."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Instructions:
        """Return the wishes as kept; what does not belong there is left out."""
        words = {name: value for name in LIMITS if isinstance(value := (kept or {}).get(name), str) and value}
        length = (kept or {}).get("length")
        return cls(length=length if length in LENGTHS else None, **words)


# No wishes at all.
AS_THE_TEMPLATE = Instructions()


def clean_instructions(
    *, tone: str | None = None, length: str | None = None, goal: str | None = None, language: str | None = None
) -> Instructions:
    """Return the wishes, tidied: clean text, within limits. Raises NotValid."""
    if length and length not in LENGTHS:
        raise NotValid(f"The length {length[:40]} is not known.", f"Choose one of: {', '.join(LENGTHS)}.")
    typed = {"tone": tone, "goal": goal, "language": language}
    words = {name: _clean(value, name) for name, value in typed.items()}
    return Instructions(length=next((known for known in LENGTHS if known == length), None), **words)


def _clean(value: str | None, name: str) -> str | None:
    text = clean_text(value, name, LIMITS[name])
    return text if text is None or name == "goal" else " ".join(text.split())
