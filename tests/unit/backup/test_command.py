"""`python -m lib.backup` and the make targets before it: what is said where nothing came of it."""

import subprocess
from pathlib import Path

import pytest

from lib.backup import __main__ as command
from lib.errors import DatabaseUnavailable
from lib.settings import ROOT


@pytest.mark.parametrize(
    ("arguments", "action", "said"),
    [
        (["make"], "_make", "Broken off; nothing was changed."),
        (["restore", "one.tar"], "_restore", "Broken off; nothing was changed."),
        # Images are there already, and stay for the next time.
        (["move", "env"], "_move", "Broken off. What is here is as it was; the same command goes on."),
    ],
)
@pytest.mark.parametrize(
    "hidden_by", [None, DatabaseUnavailable("It went away.", "Start it."), RuntimeError("reset")]
)
def test_what_a_break_leaves_is_said(
    arguments: list[str], action: str, said: str, hidden_by: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> str:
        try:
            raise KeyboardInterrupt
        finally:
            if hidden_by:
                raise hidden_by

    monkeypatch.setattr(command, action, broken)
    with pytest.raises(SystemExit, match=f"^{said}$"):
        command.main(arguments)


@pytest.mark.parametrize("target", ["restore", "move"])
def test_make_says_what_it_is_to_be_given(target: str, tmp_path: Path) -> None:
    """From a checkout without anything installed: the question comes before the minutes that an installation takes."""
    asked = subprocess.run(
        ["make", "--makefile", ROOT / "Makefile", target], cwd=tmp_path, capture_output=True, text=True, timeout=30
    )
    assert asked.returncode == 2
    assert f"make {target} {'FILE' if target == 'restore' else 'TO'}=" in asked.stderr
