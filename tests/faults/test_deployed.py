"""What the image would run, run as far as it goes without an engine: its files, its account, its environment."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from lib.jobs.supervisor import END_LIMIT_S
from lib.settings import ROOT
from tests.faults.meishi import Meishi, wait_until
from tests.hosting.app import RunningApp, running_app, stop
from tests.hosting.ports import free_port
from tests.unit.test_deploy import NGINX, find_nginx, image_environment, instructions, is_sent, write_nginx

# What is said in the deployment's files is looked at in every run: tests/unit/test_deploy.py.
pytestmark = pytest.mark.slow

# An account that is known here, in the place of the one that the image makes.
UID = pwd.getpwnam("nobody").pw_uid


@dataclass(frozen=True)
class Image:
    """The files that the image would hold, and how its programs are started."""

    files: Path
    home: Path
    python: str
    environment: dict[str, str]

    def start(self, command: list[str], log: Path, **more: str) -> subprocess.Popen[bytes]:
        """Start one of its commands as the account it names."""
        with log.open("ab") as output:
            return subprocess.Popen(
                [self.python, *command[1:]],
                cwd=self.files,
                env={**self.environment, **more},
                stdout=output,
                stderr=output,
                **({"user": UID, "group": UID, "extra_groups": []} if os.geteuid() == 0 else {}),
            )


def python_for_anybody() -> tuple[str, dict[str, str]]:
    """The Python to start, and what it needs to find the packages: this one's own may be closed to other accounts."""
    if os.geteuid() != 0 or can_start(sys.executable):
        return sys.executable, {}
    other = shutil.which("python3", path="/usr/bin")
    if other is None or not can_start(other, f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"):
        pytest.skip("no Python here that another account could start")
    return other, {"PYTHONPATH": sysconfig.get_path("purelib")}


def can_start(python: str, code: str = "") -> bool:
    try:
        return subprocess.run([python, "-c", code], user=UID, group=UID, extra_groups=[]).returncode == 0
    except PermissionError:
        return False


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    place = Path(tempfile.mkdtemp(prefix="meishi-image-"))
    place.chmod(0o755)
    files, home = place / "app", place / "data"
    python, packages = python_for_anybody()
    for line in instructions("COPY"):
        if "--from" not in line:
            *sources, _ = line.split()
            for source in sources:
                copy(ROOT / source, files / source)
    home.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(home, UID, UID)
    environment = {**image_environment(), **packages, "MEISHI_HOME": str(home), "HOME": str(home), "WORKERS": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment["STREAMLIT_SERVER_PORT"] = str(free_port())
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    yield Image(files, home, python, environment)
    shutil.rmtree(place, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    found = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
    for path in found:
        if is_sent(str(path.relative_to(ROOT))):
            to = target if source.is_file() else target / path.relative_to(source)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


def command_of(line: str) -> list[str]:
    return json.loads(line.partition("CMD ")[2] or line)


def test_an_image_that_is_just_run_refuses_to_serve_strangers(image: Image, tmp_path: Path) -> None:
    """It listens on every address, so that it must be told who may come in."""
    log = tmp_path / "log"
    app = image.start(command_of(instructions("CMD")[-1]), log)
    assert app.wait(60) == 1
    (line,) = [json.loads(line) for line in log.read_text().splitlines()]
    assert "SIGN_IN" in line["message"]


def test_the_image_serves_is_healthy_and_ends_when_it_is_told_to(image: Image, tmp_path: Path) -> None:
    log = tmp_path / "log"
    before = {path for path in image.files.rglob("*") if "__pycache__" not in path.parts}
    app = image.start(command_of(instructions("CMD")[-1]), log, STREAMLIT_SERVER_ADDRESS="127.0.0.1")
    try:
        check = [part.replace(":8501/", f":{image.environment['STREAMLIT_SERVER_PORT']}/")
                 for part in command_of(instructions("HEALTHCHECK")[0])]  # fmt: skip
        assert check != command_of(instructions("HEALTHCHECK")[0])
        wait_until(lambda: image.start(check, tmp_path / "check").wait(30) == 0, 90)
        if os.geteuid() == 0:
            assert psutil.Process(app.pid).uids().real == UID
    finally:
        app.send_signal(signal.SIGTERM)
        began = time.monotonic()
        status = app.wait(END_LIMIT_S + 15)
    assert (status, time.monotonic() - began < END_LIMIT_S + 15) == (0, True)
    # It writes nothing but its home: the file system is read-only there.
    assert {path for path in image.files.rglob("*") if "__pycache__" not in path.parts} == before
    assert all(json.loads(line)["message"] for line in log.read_text().splitlines())
    failing = image.start(check, tmp_path / "check").wait(30)
    assert failing != 0


def test_a_card_in_hand_is_finished_or_taken_up_again_when_a_unit_is_stopped(folder: Path) -> None:
    """SIGTERM to the program alone, as the units have it; what takes longer than they allow would be killed."""
    unit = (ROOT / "deploy" / "meishi-worker.service").read_text()
    limit_s = int(re.search(r"TimeoutStopSec=(\d+)", unit)[1])
    meishi = Meishi(folder)
    meishi.capture(2)
    worker = start_workers(folder)
    try:
        meishi.wait_until_reading()
    finally:
        workers = psutil.Process(worker.pid).children()
        worker.terminate()
        assert worker.wait(limit_s) == 0
    assert not [process for process in workers if process.is_running()]
    worker = start_workers(folder)
    try:
        meishi.check_nothing_lost(2)
    finally:
        worker.terminate()
        assert worker.wait(limit_s) == 0


def start_workers(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "app.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "lib.jobs"], cwd=ROOT, stdout=log, stderr=log)


@pytest.fixture(scope="module")
def proxied() -> Iterator[tuple[RunningApp, int, ssl.SSLContext]]:
    """An app behind nginx as the example has it, the proxy's port, and who vouches for its certificate."""
    place = Path(tempfile.mkdtemp(prefix="meishi-nginx-"))
    secure, plain = free_port(), free_port()
    with running_app({"STREAMLIT_SERVER_ALLOWED_HOSTS": "127.0.0.1 meishi.example.com"}) as app:
        ports = {
            "127.0.0.1:8501": f"127.0.0.1:{app.port}",
            "443 ssl": f"127.0.0.1:{secure} ssl",
            "listen 80": f"listen 127.0.0.1:{plain}",
        }
        written = write_nginx(place, NGINX, **ports)
        nginx = subprocess.Popen([find_nginx(), "-c", written, "-p", place], stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: not socket.socket().connect_ex(("127.0.0.1", secure)))
            yield app, secure, ssl.create_default_context(cafile=place / "ca.pem")
        finally:
            stop(nginx)
            shutil.rmtree(place, ignore_errors=True)


def say(proxied: tuple[RunningApp, int, ssl.SSLContext], request: str) -> bytes:
    """What comes back first to a request by way of the proxy."""
    _, port, trusted = proxied
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        trusted.wrap_socket(plain, server_hostname="meishi.example.com") as connection,
    ):
        connection.sendall(request.replace("\n", "\r\n").encode())
        return connection.recv(65536)


HOST = "Host: meishi.example.com\n"


def test_a_page_keeps_its_connection_through_the_proxy(proxied: tuple[RunningApp, int, ssl.SSLContext]) -> None:
    upgrade = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n"
    origin = "Origin: https://meishi.example.com\n"
    assert say(proxied, f"GET /_stcore/stream HTTP/1.1\n{HOST}{origin}{upgrade}\n").startswith(b"HTTP/1.1 101")
    foreign = "Origin: https://evil.example.net\n"
    assert b" 101 " not in say(proxied, f"GET /_stcore/stream HTTP/1.1\n{HOST}{foreign}{upgrade}\n")


def test_the_proxy_compresses_and_asks_for_health(proxied: tuple[RunningApp, int, ssl.SSLContext]) -> None:
    page = say(proxied, f"GET / HTTP/1.1\n{HOST}Accept-Encoding: gzip\nConnection: close\n\n")
    assert page.startswith(b"HTTP/1.1 200")
    assert b"Strict-Transport-Security" in page
    script = re.search(rb"static/js/index\.[\w-]+\.js", urllib.request.urlopen(proxied[0].url).read())[0].decode()
    sent = say(proxied, f"GET /{script} HTTP/1.1\n{HOST}Accept-Encoding: gzip\nConnection: close\n\n")
    assert b"content-encoding: gzip" in sent.lower()
    assert b'"status": "ok"' in say(proxied, f"GET /_meishi/health HTTP/1.1\n{HOST}Connection: close\n\n")


def test_an_upload_larger_than_the_app_takes_ends_at_the_proxy(
    proxied: tuple[RunningApp, int, ssl.SSLContext],
) -> None:
    put = f"PUT /_stcore/upload_file/a/b HTTP/1.1\n{HOST}"
    assert say(proxied, f"{put}Content-Length: {66 * 1024 * 1024}\n\n").startswith(b"HTTP/1.1 413")
    assert not say(proxied, f"{put}Content-Length: 10\n\n0123456789").startswith(b"HTTP/1.1 413")
