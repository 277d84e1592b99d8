"""`python -m lib.cards` as a person runs it."""

import json
import os
import subprocess
import sys

from lib.demo.drawing import draw_card

FIELDS = ["full_name", "email", "company", "title", "phone", "linkedin_url", "website"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lib.cards", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_each_photo_gives_a_line_of_json_and_a_bad_one_its_error(jane, tmp_path):
    good, bad, missing = tmp_path / "good.jpg", tmp_path / "bad.jpg", tmp_path / "missing.jpg"
    good.write_bytes(draw_card(jane, seed=1))
    bad.write_bytes(b"%PDF-1.7")
    done = run("--json", str(bad), str(good), str(missing), MEISHI_HOME=str(tmp_path))
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 1
    assert first["photo"] == str(bad)
    assert "PDF" in first["error"]
    assert first["cards"] == third["cards"] == []
    assert "cannot be opened" in third["error"]
    assert (second["engine"], second["error"]) == ("rapidocr", None)
    (card,) = second["cards"]
    assert (card["status"], card["reasons"]) == ("completed", [])
    assert list(card["fields"]) == FIELDS
    assert card["fields"]["email"]["value"] == "jane.miller@example.com"
    assert len(card["fields"]["email"]["box"]) == 4


def test_without_json_a_table_is_printed(jane, tmp_path):
    photo = tmp_path / "card.jpg"
    photo.write_bytes(draw_card(jane, seed=1))
    done = run(str(photo), MEISHI_HOME=str(tmp_path))
    assert done.returncode == 0
    assert "Jane Miller" in done.stdout


def test_whoever_reads_along_may_stop(jane, tmp_path):
    photo = tmp_path / "card.jpg"
    photo.write_bytes(b"no photo")
    command = [sys.executable, "-m", "lib.cards", *([str(photo)] * 3)]
    environment = {**os.environ, "MEISHI_HOME": str(tmp_path)}
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    running.stdout.close()
    assert running.stderr.read() == b""
    assert running.wait() == 0


def test_a_files_name_does_not_steer_the_terminal(tmp_path):
    done = run(str(tmp_path / "a\x1b[2Jb.jpg"), MEISHI_HOME=str(tmp_path))
    assert "a[2Jb.jpg" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_wrong_setting_is_named_with_its_remedy(tmp_path):
    done = run("card.jpg", OCR_ENGINE="abacus")
    assert done.returncode == 2
    assert done.stderr.strip() == "The setting OCR_ENGINE cannot be used. Choose rapidocr, easyocr or vision."
