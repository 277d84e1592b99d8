"""An S3 server from its package, and a proxy before it that fails on demand."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import obstore
import pytest
from obstore.store import S3Store

from tests.hosting.ports import free_port

WEED = shutil.which("weed", path=Path(sys.executable).parent)
START_LIMIT_S = 60
# The server gives up on a request whose body does not come; a stalled one here ends before that.
STALL_LIMIT_S = 300
# A bucket takes seven at its first file, and so does the log that the server keeps of itself from its second minute on.
VOLUMES = 100


@dataclass(frozen=True)
class S3Server:
    """A running server with one empty bucket, and keys: of one that may do anything, of one that may only read, and
    of one that may read and write.
    """

    endpoint: str
    access_key: str = "made-up"
    secret_key: str = "made-up-secret"
    bucket: str = "cards"
    reader_access_key: str = "made-up-reader"
    reader_secret_key: str = "made-up-reader-secret"
    writer_access_key: str = "made-up-writer"
    writer_secret_key: str = "made-up-writer-secret"

    @property
    def environment(self) -> dict[str, str]:
        """The settings that keep images here."""
        return {
            "STORAGE_URL": f"s3://{self.bucket}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def stored(self) -> set[str]:
        """Return the keys of everything in the bucket."""
        return {found["path"] for batch in obstore.list(self._store()) for found in batch}

    def _store(self) -> S3Store:
        return S3Store(
            self.bucket,
            access_key_id=self.access_key,
            secret_access_key=self.secret_key,
            endpoint=self.endpoint,
            region="us-east-1",
            client_options={"allow_http": True},
        )


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run an S3 server that keeps its data in `folder` until the end of the block; skip where it has no package."""
    if WEED is None:
        pytest.skip("SeaweedFS has no package for this platform")
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    running = S3Server(f"http://127.0.0.1:{ports['s3']}")
    (folder / "s3.json").write_text(json.dumps({"identities": _identities(running)}))
    command = [WEED, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3",
               f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=64", f"-volume.max={VOLUMES}",
               "-s3.port.iceberg=0",
               "-s3.port.lance=0", "-master.telemetry=false",
               *(f"-{name}.port={port}" for name, port in ports.items()),
               *(f"-{name}.port.grpc={free_port()}" for name in ports)]  # fmt: skip
    with (folder / "weed.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait_until_healthy(running.endpoint, server)
        _make_bucket(running)
        yield running
    finally:
        server.kill()  # it takes a minute to say goodbye
        server.wait()


def _identities(server: S3Server) -> list[dict[str, object]]:
    def identity(name: str, access_key: str, secret_key: str, *actions: str) -> dict[str, object]:
        credentials = [{"accessKey": access_key, "secretKey": secret_key}]
        return {"name": name, "credentials": credentials, "actions": actions}

    return [
        identity("tests", server.access_key, server.secret_key, "Admin", "Read", "Write", "List"),
        identity("reader", server.reader_access_key, server.reader_secret_key, "Read", "List"),
        identity("writer", server.writer_access_key, server.writer_secret_key, "Read", "Write", "List"),
    ]


def _wait_until_healthy(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{endpoint}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the S3 server did not start")


def _make_bucket(server: S3Server) -> None:
    """Make the bucket: the server does at the first write of one who may."""
    store, deadline = server._store(), time.monotonic() + START_LIMIT_S
    while True:
        try:
            store.put("made", b"")
            store.delete("made")
            return
        except obstore.exceptions.BaseError:
            # Its parts find each other a moment after it answers.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@dataclass
class Request:
    """A request that came to the proxy, and from when to when it was in hand (seconds); `status` None where it got no
    answer.
    """

    method: str
    path: str
    began: float = field(default_factory=time.monotonic)
    ended: float = float("inf")
    status: int | None = None


@dataclass
class Faulty:
    """What stands between a program and a server; as it is set, so it answers from the next request on.

    Faults hit the requests of `methods` (all, where empty), the next `times` of them (all, where None).
    """

    endpoint: str
    # Answered in place of the server: a status such as 503, with this body.
    status: int | None = None
    body: bytes = b""
    # Waited before each request is passed on.
    delay_s: float = 0.0
    # Taken and never answered, until `release`.
    is_stalled: bool = False
    # Of the body of the answer, or of the request, so many bytes go through; then the connection is cut. Of an answer
    # less than none: not even its status.
    cut_answer_after: int | None = None
    cut_request_after: int | None = None
    # Every connection is closed as it comes.
    is_down: bool = False
    methods: frozenset[str] = frozenset()
    times: int | None = None
    requests: list[Request] = field(default_factory=list)
    _released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def heal(self) -> None:
        """Pass everything through again, and let go of what is stalled."""
        self.status, self.body, self.delay_s, self.is_stalled = None, b"", 0.0, False
        self.cut_answer_after, self.cut_request_after, self.is_down = None, None, False
        self.methods, self.times = frozenset(), None
        self.release()

    def release(self) -> None:
        """Cut the connections of the requests that are stalled."""
        self._released.set()
        self._released = threading.Event()

    def count(self, method: str | None = None) -> int:
        """Return how many requests came since `forget`."""
        return sum(method in (None, request.method) for request in self.requests)

    def forget(self) -> None:
        """Count from here."""
        self.requests.clear()

    def most_at_once(self) -> int:
        """Return how many requests were in hand at the same time, at most."""
        moments = [(request.began, 1) for request in self.requests]
        moments += [(request.ended, -1) for request in self.requests]
        most = now = 0
        for _, step in sorted(moments):
            now += step
            most = max(most, now)
        return most

    def hits(self, method: str) -> bool:
        """Whether the faults hit this request, which counts as one of `times`."""
        with self._lock:
            if self.methods and method not in self.methods:
                return False
            if self.times is None:
                return True
            self.times -= 1
            return self.times >= 0


@contextmanager
def faulty(endpoint: str, tls: ssl.SSLContext | None = None) -> Iterator[Faulty]:
    """Run a proxy before the server at `endpoint` (http) until the end of the block; at first it does no harm.

    With `tls` it is reached by https.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.upstream = urlsplit(endpoint).netloc
    server.faulty = Faulty(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}")
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.faulty
    finally:
        server.faulty.heal()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    upstream: str
    faulty: Faulty

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the other side went away, as it does when it loses patience."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self.request_now = Request(self.command, self.path)
        self.server.faulty.requests.append(self.request_now)
        try:
            self._answer(self.server.faulty)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
        finally:
            self.request_now.ended = time.monotonic()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET

    def _answer(self, faulty: Faulty) -> None:
        is_hit = faulty.hits(self.command)
        if is_hit and faulty.is_down:
            self.close_connection = True
            return
        if is_hit and faulty.cut_request_after is not None:
            self.rfile.read(min(faulty.cut_request_after, self._length()))
            self.close_connection = True
            return
        body = self.rfile.read(self._length())
        if is_hit and faulty.is_stalled:
            faulty._released.wait(STALL_LIMIT_S)
            self.close_connection = True
            return
        if is_hit and faulty.delay_s:
            time.sleep(faulty.delay_s)
        if is_hit and faulty.status is not None:
            self._send(faulty.status, [("Content-Length", str(len(faulty.body)))], faulty.body)
            return
        self._pass_on(body, faulty.cut_answer_after if is_hit else None)

    def _length(self) -> int:
        return int(self.headers.get("Content-Length") or 0)

    def _pass_on(self, body: bytes, cut_after: int | None) -> None:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=STALL_LIMIT_S)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(body or None)
            answer = upstream.getresponse()
            content = answer.read()
            headers = [
                pair for pair in answer.getheaders() if pair[0].lower() not in ("transfer-encoding", "connection")
            ]
            if answer.status not in (204, 304) and answer.headers["Content-Length"] is None:
                headers.append(("Content-Length", str(len(content))))
        finally:
            upstream.close()
        if cut_after is None:
            self._send(answer.status, headers, content)
        elif cut_after < 0:
            self.close_connection = True
        else:
            self._send(answer.status, headers, content[:cut_after])
            self.close_connection = True

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.request_now.status = status
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a signed address would be in the line."""
