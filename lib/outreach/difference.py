"""What a person changed of a text, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# A word, the spaces between two, the end of a line, or one sign.
TOKEN = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stands in both texts, only in the new one, or only in the old one."""

    kind: Kind
    text: str


def find_difference(old: str, new: str) -> list[Piece]:
    """Return the pieces in reading order: those not added make `old`, those not removed make `new`.

    A single space between two changes counts as changed: whole phrases read better than words apart.
    """
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    # Without autojunk: in a long text it takes every frequent word for noise.
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    pieces: list[Piece] = []
    for _, start, end, new_start, new_end in _join(steps, before):
        pieces += _pieces("".join(before[start:end]), "".join(after[new_start:new_end]))
    return pieces


def is_changed(pieces: Iterable[Piece]) -> bool:
    """Whether the two texts differ."""
    return any(piece.kind != "same" for piece in pieces)


Step = tuple[str, int, int, int, int]


def _join(steps: Iterable[Step], before: list[str]) -> Iterator[Step]:
    """Make one change of two with nothing but a space between them."""
    waiting: Step | None = None
    space: Step | None = None
    for step in steps:
        tag, start, end, _, new_end = step
        if tag == "equal" and waiting and "".join(before[start:end]).strip(" ") == "":
            space = step
        elif tag == "equal":
            yield from filter(None, (waiting, space, step))
            waiting = space = None
        elif waiting:
            waiting, space = ("replace", waiting[1], end, waiting[3], new_end), None
        else:
            waiting = step
    yield from filter(None, (waiting, space))


def _pieces(old: str, new: str) -> list[Piece]:
    if old == new:
        return [Piece("same", old)]
    parts = (Piece("removed", old), Piece("added", new))
    return [part for part in parts if part.text]
