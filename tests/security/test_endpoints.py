"""The server itself, asked by somebody who is no page of its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.hosting.app import RunningApp, running_app

MULTIPART = "multipart/form-data; boundary=edge"
FILE = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="card.jpg"\r\n\r\nphoto\r\n--edge--\r\n'
UPLOAD = "/_stcore/upload_file/{}/11111111-2222-3333-4444-555555555555"
SECRETS = ("postgres", "MEISHI_HOME", "/root", "/home", "secret", "password", "Traceback", "site-packages")


@pytest.fixture(scope="module")
def app() -> Iterator[RunningApp]:
    with running_app({}) as running:
        yield running


def ask(
    app: RunningApp, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers of an answer to just this path: a client would tidy it."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return found


def open_session(app: RunningApp, **more: Any) -> ClientConnection:
    """Return a page's own connection to the server."""
    return connect(
        f"ws://{urlsplit(app.url).netloc}/_stcore/stream", subprotocols=["streamlit"], max_size=None, **more
    )  # type: ignore[list-item]


@pytest.fixture
def session_id(app: RunningApp) -> Iterator[str]:
    """The id of a session that is open."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    with open_session(app) as socket:
        begin = BackMsg()
        begin.rerun_script.query_string = ""
        socket.send(begin.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(socket.recv(timeout=30))  # type: ignore[arg-type]
            if message.HasField("new_session"):
                yield message.new_session.initialize.session_id
                return


@pytest.mark.parametrize("session", ["nobody", "00000000-0000-0000-0000-000000000000", "..", "%2e%2e", "a%00b"])
def test_an_upload_without_a_session_is_refused(app: RunningApp, session: str) -> None:
    status, body, _ = ask(app, "PUT", UPLOAD.format(session), FILE, Content_Type=MULTIPART)
    assert status in (400, 403, 404, 405)
    assert not list((app.home).rglob("*uploads*/*.part"))
    assert not any(secret.encode() in body for secret in SECRETS)


def test_an_upload_without_its_token_is_refused(app: RunningApp, session_id: str) -> None:
    without, _, _ = ask(app, "PUT", UPLOAD.format(session_id), FILE, Content_Type=MULTIPART)
    wrong, _, _ = ask(
        app, "PUT", UPLOAD.format(session_id), FILE, Content_Type=MULTIPART, X_Xsrftoken="guessed",
        Cookie="_streamlit_xsrf=another",
    )  # fmt: skip
    assert (without, wrong) == (403, 403)
    deleted, _, _ = ask(app, "DELETE", UPLOAD.format(session_id))
    assert deleted == 403


def test_an_upload_with_its_token_is_taken(app: RunningApp, session_id: str) -> None:
    """Else the refusals above would say nothing."""
    _, _, headers = ask(app, "GET", "/_stcore/health")
    cookie = headers["set-cookie"].split(";")[0]
    token = cookie.partition("=")[2].strip('"')
    status, _, _ = ask(
        app, "PUT", UPLOAD.format(session_id), FILE, Content_Type=MULTIPART, X_Xsrftoken=token, Cookie=cookie
    )
    assert status == 204
    large, _, _ = ask(
        app, "PUT", UPLOAD.format(session_id), b"", Content_Type=MULTIPART, X_Xsrftoken=token, Cookie=cookie
    )
    assert large == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"])
def test_a_foreign_page_gets_no_connection(app: RunningApp, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_session(app, origin=origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code in (400, 403)


@pytest.mark.parametrize(
    "path", ["/_stcore/health", "/_stcore/host-config", "/_stcore/upload_file/a/b", "/media/a.png"]
)
def test_a_foreign_page_reads_nothing(app: RunningApp, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        _, _, headers = ask(app, method, path, Origin="https://evil.example")
        assert headers.get("access-control-allow-origin") not in ("*", "https://evil.example")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", ""])
def test_another_sites_name_for_this_machine_is_refused(app: RunningApp, host: str) -> None:
    assert ask(app, "GET", "/", Host=host)[0] in (400, 403, 421)
    with pytest.raises((InvalidStatus, InvalidHandshake)):
        open_session(app, origin=f"http://{host}", additional_headers={"Host": host})  # type: ignore[arg-type]


TRAVERSALS = [
    "/app/static/../server.py",
    "/app/static/%2e%2e/server.py",
    "/app/static/..%2fserver.py",
    "/app/static/..%5cserver.py",
    "/app/static/%252e%252e/server.py",
    "/app/static/....//server.py",
    "/app/static//etc/passwd",
    "/app/static/%2fetc%2fpasswd",
    "/app/static/logo.svg%00.py",
    "/app/static/./../.streamlit/config.toml",
    "/static/../../server.py",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "//etc/passwd",
    "/component/..%2f..%2fetc/passwd",
    "/component/streamlit.x/../../../etc/passwd",
    "/_stcore/bidi-components/../../../../etc/passwd",
    "/.env",
    "/.streamlit/config.toml",
    "/.git/config",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_out_of_the_static_folder(app: RunningApp, path: str) -> None:
    status, body, headers = ask(app, "GET", path)
    if status == 200:  # an address that is none is the app's own page
        assert b"<title>" in body
        assert headers["content-type"].startswith("text/html")
    for told in (b"root:", b"SpooledUploads", b"maxUploadSize", b"[core]"):
        assert told not in body


def test_the_static_folder_holds_only_what_everybody_may_see(app: RunningApp) -> None:
    assert ask(app, "GET", "/app/static/logo.svg")[0] == 200
    listed, body, _ = ask(app, "GET", "/app/static/")
    assert listed == 404 or b"inter.woff2" not in body


@pytest.mark.parametrize(
    "name", ["a.png", "0" * 64 + ".png", "../../../etc/passwd", "%2e%2e%2fa", "a" * 5_000, "%00", ""]
)
def test_a_guessed_picture_is_not_there(app: RunningApp, name: str) -> None:
    status, body, _ = ask(app, "GET", f"/media/{name}")
    assert status in (400, 404, 414) or b"<title>" in body
    assert b"root:" not in body


@pytest.mark.parametrize(
    "path", ["/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/script-health-check"]
)
def test_what_the_server_says_of_itself_is_nothing_secret(app: RunningApp, path: str) -> None:
    status, body, _ = ask(app, "GET", path)
    said = body.decode(errors="replace")
    assert not any(secret in said for secret in (*SECRETS, str(app.home))), said[:300]
    if path.endswith("host-config") and status == 200:
        assert json.loads(said).get("enableCustomParentMessages") is not True


@pytest.mark.parametrize("path", ["/_stcore/agent", "/_stcore/agent/sessions", "/_stcore/mcp", "/_stcore/messages"])
def test_no_program_is_offered_the_app_to_drive(app: RunningApp, path: str) -> None:
    for method in ("GET", "POST"):
        status, body, _ = ask(app, method, path, b"{}" if method == "POST" else b"", Content_Type="application/json")
        assert status in (400, 403, 404, 405) or b"<title>" in body


def test_what_is_no_message_ends_only_its_own_connection(app: RunningApp) -> None:
    with open_session(app) as socket:
        socket.send(b"\xff\xfe not a message")
        socket.send("neither")
    assert ask(app, "GET", "/_stcore/health")[0] == 200
    assert app.process.poll() is None


def test_nothing_that_was_asked_forges_a_line_of_the_log(app: RunningApp) -> None:
    ask(app, "GET", "/x%0d%0aERROR%20forged%20line")
    ask(app, "GET", "/x", User_Agent="\x1b[2Jforged")
    assert not [line for line in app.printed.splitlines() if line.startswith(("ERROR forged", "\x1b[2J"))]
