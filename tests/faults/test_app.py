"""Settings that are wrong, said before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

from lib.settings import ROOT


def test_a_wrong_setting_is_refused_before_anything_starts(folder: Path) -> None:
    app = subprocess.run(
        [sys.executable, "-m", "lib"],
        cwd=ROOT,
        env={**os.environ, "OCR_ENGINE": "abbyy"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert app.returncode == 1
    assert (
        app.stdout + app.stderr
    ).strip() == "The setting OCR_ENGINE cannot be used. Choose rapidocr, easyocr or vision."
    assert list(folder.iterdir()) == []


def test_a_worker_with_a_wrong_setting_says_so(folder: Path) -> None:
    environment = {**os.environ, "WORKERS": "many"}
    worker = subprocess.run(
        [sys.executable, "-m", "lib.jobs"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert worker.returncode == 1
    assert "WORKERS" in worker.stderr
    assert "Traceback" not in worker.stderr
