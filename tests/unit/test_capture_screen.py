"""How a command shows how far it is."""

import fcntl
import os
import struct
import sys
import termios
from collections.abc import Callable, Iterator

import pytest

from lib.capture.screen import progress

END = "\x04"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int, int], str]]:
    """Show so many steps on a terminal so many columns wide; gives what stands on it."""
    reading, writing = os.openpty()

    def show_on(columns: int, total: int) -> str:
        fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        monkeypatch.setattr(sys, "stderr", screen)
        show_all(total)
        screen.write(END)
        screen.flush()
        shown = b""
        # A terminal hands over what it has by now, not what was written.
        while not shown.endswith(END.encode()):
            shown += os.read(reading, 10_000)
        return shown.decode().removesuffix(END)

    with os.fdopen(writing, "w") as screen:
        yield show_on
        monkeypatch.undo()
    os.close(reading)


def show_all(total: int) -> None:
    with progress(total, "Reading") as show:
        for done in range(total + 1):
            show(done)


def test_on_a_terminal_a_bar_moves_and_goes(terminal: Callable[[int, int], str]) -> None:
    shown = terminal(80, 3)
    assert "Reading: 100%|" in shown
    assert "3/3" in shown
    assert shown.split("\r")[-2].isspace()


def test_a_terminal_without_width_gets_lines(terminal: Callable[[int, int], str]) -> None:
    assert terminal(0, 3).splitlines() == ["Reading: 3 of 3"]


def test_a_pipe_gets_a_line_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    show_all(300)
    assert capsys.readouterr().err == "Reading: 300 of 300\n"
    monkeypatch.setattr("lib.capture.screen.LINE_EVERY_S", 0.0)
    show_all(2)
    assert capsys.readouterr().err.splitlines() == ["Reading: 0 of 2", "Reading: 1 of 2", "Reading: 2 of 2"]
