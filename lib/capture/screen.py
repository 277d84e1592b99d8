"""What a command shows: its lines, its complaints, and how far it is."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from lib.text import strip_hidden

# Where no bar can be drawn (a log, a pipe) a line says how far it is, but not too often.
LINE_EVERY_S = 10.0


def say(text: str) -> None:
    """Print a line, above the bar where there is one."""
    tqdm.write(on_one_line(text), file=sys.stdout)
    sys.stdout.flush()


def complain(text: str) -> None:
    """Print a line to standard error, above the bar where there is one."""
    tqdm.write(on_one_line(text), file=sys.stderr)


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Give the function that shows how many of `total` are done: a bar, or lines where nobody could see it move."""
    if not _has_room_for_a_bar():
        yield _lines(total, what)
        return
    with tqdm(total=total, desc=what, unit=" photos", leave=False, dynamic_ncols=True) as bar:
        yield lambda done: _move(bar, done)


def on_one_line(text: str) -> str:
    """Return the text as a terminal may have it: names of files and words of cards hold whatever they please."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    return indent + " ".join(strip_hidden(text).split())


def _has_room_for_a_bar() -> bool:
    # Terminals of some containers say that they are 0 columns wide.
    return sys.stderr.isatty() and os.get_terminal_size(sys.stderr.fileno()).columns > 0


def _move(bar: tqdm[None], done: int) -> None:
    bar.update(done - bar.n)
    bar.refresh()


def _lines(total: int, what: str) -> Callable[[int], None]:
    last = time.monotonic()

    def show(done: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            print(f"{what}: {done} of {total}", file=sys.stderr, flush=True)

    return show
