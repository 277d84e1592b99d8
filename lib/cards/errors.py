"""Why a photo could not be read, in words for the person who took it."""

from __future__ import annotations

from lib.errors import MeishiError


class PhotoUnreadable(MeishiError):
    """The bytes are no picture that can be opened."""


class PhotoTooLarge(MeishiError):
    """The photo has more bytes or pixels than are opened, so that one file cannot exhaust the machine."""


class NoTextFound(MeishiError):
    """The photo could be opened, but there is no text on it."""

    def __init__(self) -> None:
        super().__init__(
            "No text was found on this photo.",
            "Take it again, closer, in even light, with the whole card in the picture.",
        )


class EngineUnavailable(MeishiError):
    """The reader that was asked for cannot be opened on this machine."""
