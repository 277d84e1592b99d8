"""A difference as a person reads it: struck out what went, bold what came, each on a colour of its own."""

from __future__ import annotations

from collections.abc import Iterable

from lib.outreach.difference import Piece
from lib.ui.text import plain

# Not colour alone: strokes and weight tell them apart too.
MARKS = {"same": "{}", "added": ":green-background[**{}**]", "removed": ":red-background[~~{}~~]"}
# A line's end that came or went would not be seen.
LINE_END = {"same": "", "added": ":green-background[⏎]", "removed": ":red-background[~~⏎~~]"}


def to_markdown(pieces: Iterable[Piece]) -> str:
    """Return the pieces as Streamlit's markdown; nothing in the texts themselves is interpreted."""
    return "".join(_mark(piece) for piece in pieces)


def _mark(piece: Piece) -> str:
    lines = [_mark_line(piece.kind, line) for line in piece.text.split("\n")]
    # Two spaces before a line's end keep it. What is gone needs no line of its own.
    end = LINE_END[piece.kind] + ("" if piece.kind == "removed" else "  \n")
    return end.join(lines)


def _mark_line(kind: str, line: str) -> str:
    """Return the line with its marks close to the words: markdown takes them for text beside a space."""
    words = plain(line)
    if not words:
        return " " if line else ""
    before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{' ' if before else ''}{MARKS[kind].format(words)}{' ' if after else ''}"
