"""The text of a query: its parameters, and the place of an error in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

# What may hold a colon that is no parameter (PostgreSQL documentation, 4.1), and the parameter itself.
TOKEN = re.compile(
    r"""--[^\n]*
    | "(?:[^"]|"")*"
    | [eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
    | (?P<comment>/\*)
    | ::
    | [A-Za-z_][\w$]*
    | :(?P<name>[A-Za-z_]\w*)""",
    re.DOTALL | re.VERBOSE,
)
COMMENT_EDGE = re.compile(r"/\*|\*/")
CURSOR = "meishi_notebook"
DECLARE = f"declare {CURSOR} no scroll cursor for\n"
# Characters of a line that are shown on each side of an error.
AROUND = 60


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something is in a text, counted from 1, and that line with a caret below it."""

    line: int
    column: int
    excerpt: str


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A query as it is sent: parameters by number, `values` in their order, None for null."""

    text: str
    values: tuple[str | None, ...]
    # Where a piece of the text begins: as it was typed, and as it is sent.
    starts: tuple[tuple[int, int], ...]

    def typed_offset(self, offset: int) -> int:
        """Return where the character at `offset` (from 0) of what is sent stands in what was typed."""
        typed, sent = max(start for start in self.starts if start[1] <= max(offset, 0))
        return typed + max(offset, 0) - sent


def find_parameters(sql: str) -> list[str]:
    """Return the names of the parameters (`:name`), each once, as they come."""
    return list(dict.fromkeys(found["name"] for found in _parameters(sql)))


def as_statement(sql: str, values: Mapping[str, str | None]) -> Statement:
    """Return `sql` with its parameters numbered: values go beside the text, never into it."""
    names = find_parameters(sql)
    sent, starts, end = "", [(0, 0)], 0
    for found in _parameters(sql):
        sent += sql[end : found.start()]
        starts.append((found.start(), len(sent)))
        sent += f"${names.index(found['name']) + 1}"
        end = found.end()
        starts.append((end, len(sent)))
    # An empty value is null: most parameters mean "all" by it.
    given = tuple(values.get(name) or None for name in names)
    return Statement(text=sent + sql[end:], values=given, starts=tuple(starts))


def find_place(sql: str, offset: int) -> Place:
    """Return line, column and a caret for the character at `offset` (from 0), the end where it is behind it."""
    offset = min(offset, len(sql))
    start = sql.rfind("\n", 0, offset) + 1
    end = sql.find("\n", offset)
    line = sql[start : end if end >= 0 else len(sql)]
    column = offset - start
    left = max(0, column - AROUND)
    shown = re.sub(r"\s", " ", line[left : column + AROUND])
    return Place(line=sql.count("\n", 0, offset) + 1, column=column + 1, excerpt=f"{shown}\n{' ' * (column - left)}^")


def _parameters(sql: str) -> Iterator[re.Match[str]]:
    position = 0
    while found := TOKEN.search(sql, position):
        position = _comment_end(sql, found.end()) if found["comment"] else found.end()
        if found["name"]:
            yield found


def _comment_end(sql: str, position: int) -> int:
    """Return where the comment ends that was opened before `position`; comments nest."""
    depth = 1
    while depth and (edge := COMMENT_EDGE.search(sql, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(sql) if depth else position
