import io
import subprocess
import sys
from pathlib import Path

import pytest

from lib.settings import ROOT
from lib.ui.spool import Spool

HOLDS_A_FILE = """
import io, sys
from pathlib import Path
from lib.ui.spool import Spool
Spool(Path(sys.argv[1])).add("id", io.BytesIO(b"photo"))
print("ready", flush=True)
sys.stdin.read()
"""


def files(parent: Path) -> list[Path]:
    return [path for path in parent.rglob("*") if path.is_file()]


def test_a_file_is_given_back_until_it_is_let_go(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add("id", io.BytesIO(b"photo"))
    assert spool.get("id") == spool.get("id") == b"photo"
    spool.let_go("id")
    assert spool.get("id") is None
    assert files(tmp_path) == []


def test_a_file_sent_again_takes_the_place_of_the_first(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add("id", io.BytesIO(b"first"))
    spool.add("id", io.BytesIO(b"second"))
    assert spool.get("id") == b"second"
    assert len(files(tmp_path)) == 1


def test_an_id_is_never_a_path(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.add("../../outside", io.BytesIO(b"photo"))
    assert spool.get("../../outside") == b"photo"
    assert [path.name for path in tmp_path.iterdir()] == ["spool"]


def test_only_the_account_that_runs_the_app_may_look_in(tmp_path: Path) -> None:
    Spool(tmp_path / "spool")
    folders = [tmp_path / "spool", *(tmp_path / "spool").iterdir()]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]


def test_a_file_that_could_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    class FullDisk(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(28, "No space left on device")

    spool = Spool(tmp_path)
    with pytest.raises(OSError, match="No space"):
        spool.add("id", FullDisk())
    assert files(tmp_path) == []


def test_what_nobody_took_in_is_let_go_of_after_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    spool.add("abandoned", io.BytesIO(b"photo"))
    monkeypatch.setattr("lib.ui.spool.KEPT_S", -1.0)
    spool.add("new", io.BytesIO(b"photo"))
    assert spool.get("abandoned") is None
    assert spool.get("new") == b"photo"
    assert len(files(tmp_path)) == 1


def test_what_a_killed_app_left_is_removed_and_a_living_one_keeps_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_A_FILE, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        Spool(tmp_path).close()
        assert len(files(tmp_path)) == 1
        other.kill()
    Spool(tmp_path).close()
    assert list(tmp_path.iterdir()) == []
