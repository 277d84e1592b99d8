from pathlib import Path
from types import SimpleNamespace

from lib.cards import Reading
from lib.cards import __main__ as command


def test_a_photo_the_reader_stumbles_over_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    def stumbling_once(data: bytes) -> Reading:
        if data == b"bad":
            raise ZeroDivisionError("inside")
        return Reading(engine="rapidocr", engine_version="3", seconds=0.1, cards=())

    for name in ("bad", "good"):
        (tmp_path / name).write_bytes(name.encode())
    paths = [str(tmp_path / "bad"), str(tmp_path / "good")]
    bad, good = command._read_all(paths, SimpleNamespace(name="rapidocr", read=stumbling_once))
    assert bad["error"] == "The reader stumbled over this photo. Take it again."
    assert (good["error"], good["seconds"]) == (None, 0.1)
