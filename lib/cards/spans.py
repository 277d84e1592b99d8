"""The stretches of text that may be fields: lines, parts of lines, lines joined."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from lib.cards.addresses import near_addresses
from lib.cards.glue import unglue
from lib.cards.layout import Layout
from lib.cards.names import is_degree
from lib.cards.span import SEPARATOR, Span
from lib.cards.words import CJK, labels, words_of

_LEADING = re.compile(r"^[^\w(\"'“«]+|[^\w.)!'\"”»®+]+$")
# What follows a legal name in small print.
_REGISTERED = re.compile(
    r"[\s,|·-]+(?:ABN|ACN|Reg(?:\.|istered|istration)?|VAT|Company|UEN|HRB|CIN|GSTIN|KvK|Org)\b.*$"
)
# A round logo before a name is read as a letter: O Acme.
_MARK_BEFORE = re.compile(r"[B-HJ-Z0©] (?=\w{3})")
_SCRIPTS = re.compile(r"[぀-ヿ㐀-鿿가-힯][぀-ヿ㐀-鿿가-힯・ー\s]*|[^぀-ヿ㐀-鿿가-힯]+")


def make_spans(
    layout: Layout, rests: tuple[str, ...], mailbox_words: frozenset[str], cut: frozenset[int]
) -> list[Span]:
    """Return every stretch that may be a field.

    `rests` are the lines' texts without contact details, `cut` the lines from which one was taken; `mailbox_words`
    help to cut names that were run together.
    """
    near = near_addresses(layout, rests)
    spans: list[Span] = []
    for index, rest in enumerate(rests):
        text = _REGISTERED.sub("", _tidy(rest))
        if sum(c.isalpha() for c in text) < 2 or layout.stands(index) or _is_label(text):
            continue
        parts = _split(text)
        whole = frozenset((index, k) for k in range(max(len(parts), 1)))
        one = replace(
            _span(layout, text, (index,), whole),
            near_address=index in near,
            has_detail=index in cut,
            announces=index in cut and rest.rstrip().endswith(":"),
            is_foreign=bool(CJK.search(text)),
        )
        spans.append(one)
        if _MARK_BEFORE.match(text):
            spans.append(replace(one, text=text[2:]))
        if loose := unglue(text, mailbox_words):
            spans.append(replace(one, text=loose, is_repaired=True))
        part_of = replace(one, is_part=True, in_address=one.is_address, in_list=one.is_list)
        for k, part in enumerate(parts if len(parts) > 1 else []):
            spans.append(replace(part_of, text=part.strip(), pieces=frozenset({(index, k)})))
        spans += [replace(one, text=script, is_foreign=bool(CJK.search(script))) for script in _scripts(text)]
    whole_lines = [span for span in spans if not span.is_part and not span.is_repaired]
    return spans + _joined(layout, whole_lines, rests) + _stacked(layout, whole_lines, rests)


def _is_label(text: str) -> bool:
    """Return whether a line only announces what stands beside or below it: Web, Tel."""
    words = words_of(text)
    return bool(words) and all(labels().get(word) in ("web", "email", "fax", "office", "mobile") for word in words)


def _scripts(text: str) -> list[str]:
    """Return the Latin and the Chinese, Japanese or Korean part of a line that has both."""
    if not CJK.search(text):
        return []
    found = [_tidy(run) for run in _SCRIPTS.findall(text)]
    return [run for run in found if sum(c.isalpha() for c in run) >= 2] if len(found) > 1 else []


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
    """Return a text without signs at its ends, with lost spaces, and the l of s.r.l. that engines take for an I."""
    text = re.sub(r"\b([Ss]\.[Rr]\.)I\.", r"\1l.", _LEADING.sub("", rest).strip())
    # The sign & in some faces.
    text = re.sub(r"(?<=\s)&t(?=\s)", "&", text)
    return _NO_SPACE.sub(" ", text)


# "V.P.Operations", "TOOL & DIE,INC.": the engine drops the space behind a sign.
_NO_SPACE = re.compile(r"(?<=[^\W\d_]\.)(?=[A-ZÀ-Þ][a-zß-ÿ]{3})|(?<=[^\W\d_],)(?=[^\W\d_])")


def _span(layout: Layout, text: str, lines: tuple[int, ...], pieces: frozenset[tuple[int, int]]) -> Span:
    height = max(layout.relative_height(line) for line in lines)
    return Span(text, lines, pieces, height, min(layout.ranks[line] for line in lines))


def _joined(layout: Layout, spans: list[Span], rests: tuple[str, ...]) -> list[Span]:
    """Return the spans of two and three lines that stand below each other in letters of one size."""
    chains = _chains({span.lines[0]: span for span in reversed(spans)}, layout.next_below, 3)
    # From the rests: the sign at a break ("Finance &") is no rubbish there.
    return [_chained(layout, chain, tuple(rests[link.lines[0]] for link in chain)) for chain in chains]


def _stacked(layout: Layout, spans: list[Span], rests: tuple[str, ...]) -> list[Span]:
    """Return the spans of two to four lines that may be one logo: of any size below each other, or in one row."""
    foreign = {span.lines[0] for span in spans if span.is_foreign}
    by_line = {span.lines[0]: span for span in reversed(spans) if span.lines[0] not in foreign}
    stacks = []
    for next_of, is_row in ((layout.stacked_below, False), (layout.beside, True)):
        for chain in _chains(by_line, next_of, 4):
            stack = _chained(layout, chain, tuple(rests[link.lines[0]].strip() for link in chain))
            stacks.append(replace(stack, is_stack=True, is_row=is_row))
    return stacks


def _chains(by_line: dict[int, Span], next_of: Callable[[int], int | None], most: int) -> Iterator[list[Span]]:
    """Give every two and more lines, at most so many, of which each is the next one of the one before."""
    for span in by_line.values():
        chain = [span]
        while len(chain) < most:
            after = next_of(chain[-1].lines[0])
            if after is None or after not in by_line or by_line[after] in chain:
                break
            chain.append(by_line[after])
            yield list(chain)


def _chained(layout: Layout, chain: list[Span], links: tuple[str, ...]) -> Span:
    lines = tuple(link.lines[0] for link in chain)
    one = _span(layout, _tidy(" ".join(links)), lines, frozenset().union(*(link.pieces for link in chain)))
    return replace(
        one,
        links=links,
        sizes=tuple(link.height for link in chain),
        near_address=any(link.near_address for link in chain),
        has_detail=any(link.has_detail for link in chain),
        is_foreign=any(link.is_foreign for link in chain),
    )
