"""What people and cards may bring: a file a kind, a line a text, with JSON's escapes for what cannot be seen."""

from __future__ import annotations

import json
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
# What no line of a file can show.
LONG = [
    "A" * 300,
    "=" * 10_001,
    "Ada " * 30_000,
    "[" * 5_000,
    "(" * 5_000 + "a",
    "\u0301" * 2_000,
    "*" * 3_000 + "a",
    "🦊" * 256,
    "名" * 250,
]


def read(kind: str) -> list[str]:
    """Return the texts of one file."""
    lines = (FOLDER / f"{kind}.txt").read_text().split("\n")
    return [_unescaped(line) for line in lines if line]


def _unescaped(line: str) -> str:
    beyond = re.sub(r"\\u\{(\w+)\}", lambda code: chr(int(code[1], 16)), line)
    return str(json.loads('"{}"'.format(beyond.replace('"', '\\"'))))


KINDS = sorted(path.stem for path in FOLDER.glob("*.txt"))
CORPUS: dict[str, list[str]] = {kind: read(kind) for kind in KINDS} | {"long": LONG}
ALL = [text for texts in CORPUS.values() for text in texts]
