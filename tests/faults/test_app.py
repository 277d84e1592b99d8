"""Settings that are wrong, said before anything starts."""

import os
import socket
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


def test_a_port_that_is_taken_is_said_with_the_way_to_another(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        app = subprocess.run(
            [sys.executable, "-m", "lib", "--server.port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert app.returncode == 1
    said = f"Port {port} is taken already. End what listens there, or choose another: PORT=8600 make run."
    assert (app.stdout + app.stderr).strip() == said
    assert list(folder.iterdir()) == []


def test_a_worker_with_a_wrong_setting_says_so(folder: Path) -> None:
    environment = {**os.environ, "WORKERS": "many"}
    worker = subprocess.run(
        [sys.executable, "-m", "lib.jobs"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert worker.returncode == 1
    assert "WORKERS" in worker.stderr
    assert "Traceback" not in worker.stderr
