"""The stretches of text that may be fields: lines, parts of lines, lines joined."""

from __future__ import annotations

import re
from dataclasses import replace

from lib.cards.addresses import near_addresses
from lib.cards.glue import unglue
from lib.cards.layout import Layout
from lib.cards.names import is_degree
from lib.cards.span import SEPARATOR, Span

_LEADING = re.compile(r"^[^\w(\"'“]+|[^\w.)!'\"”+]+$")


def make_spans(layout: Layout, rests: tuple[str, ...], mailbox_words: frozenset[str] = frozenset()) -> list[Span]:
    """Return every stretch that may be a field.

    `rests` are the lines' texts without contact details; `mailbox_words` help to cut names that were run together.
    """
    near = near_addresses(layout, rests)
    spans: list[Span] = []
    for index, rest in enumerate(rests):
        text = _tidy(rest)
        if sum(c.isalpha() for c in text) < 2:
            continue
        parts = _split(text)
        whole = frozenset((index, k) for k in range(max(len(parts), 1)))
        spans.append(_span(layout, text, (index,), whole, index in near))
        if cut := unglue(text, mailbox_words):
            spans.append(replace(spans[-1], text=cut, is_repaired=True))
        for k, part in enumerate(parts if len(parts) > 1 else []):
            one = _span(layout, part.strip(), (index,), frozenset({(index, k)}), index in near, is_part=True)
            spans.append(one)
    return spans + _joined(layout, [span for span in spans if not span.is_part], rests)


def _split(text: str) -> list[str]:
    """Return the parts of a line between its separators; a degree stays with its name: Jane Doe, PhD | Engineer."""
    parts: list[str] = []
    end = 0
    for part in SEPARATOR.split(text):
        start = text.index(part, end)
        if parts and is_degree(part):
            parts[-1] = text[text.index(parts[-1]) : start + len(part)]
        elif sum(c.isalpha() for c in part) >= 2:
            parts.append(part)
        end = start + len(part)
    return parts


def _tidy(rest: str) -> str:
    """Return a text without signs at its ends, and with the l of s.r.l. that engines take for an I."""
    return re.sub(r"\b([Ss]\.[Rr]\.)I\.", r"\1l.", _LEADING.sub("", rest).strip())


def _span(
    layout: Layout,
    text: str,
    lines: tuple[int, ...],
    pieces: frozenset[tuple[int, int]],
    near: bool,
    *,
    is_part: bool = False,
) -> Span:
    height = max(layout.relative_height(line) for line in lines)
    return Span(text, lines, pieces, height, layout.ranks[lines[0]], near, is_part)


def _joined(layout: Layout, spans: list[Span], rests: tuple[str, ...]) -> list[Span]:
    """Return the spans of two and three lines that stand below each other in letters of one size."""
    by_line = {span.lines[0]: span for span in spans if not span.is_repaired}
    joined = []
    for span in by_line.values():
        chain = [span]
        while len(chain) < 3:
            below = layout.next_below(chain[-1].lines[0])
            if below is None or below not in by_line or by_line[below] in chain:
                break
            chain.append(by_line[below])
            # From the rests: the sign at a break ("Finance &") is no rubbish there.
            text = _tidy(" ".join(rests[link.lines[0]] for link in chain))
            pieces = frozenset().union(*(link.pieces for link in chain))
            near = any(link.near_address for link in chain)
            one = _span(layout, text, tuple(link.lines[0] for link in chain), pieces, near)
            joined.append(replace(one, links=tuple(rests[link.lines[0]] for link in chain)))
    return joined
