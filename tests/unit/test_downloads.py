"""Large downloads: one address, one file, once."""

import asyncio
from pathlib import Path

import pytest

from lib.ui import download_middleware
from lib.ui.download_middleware import OFFER_STANDS_S, StreamedDownloads, offer_large


async def page(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> StreamedDownloads:
    monkeypatch.setattr(download_middleware, "_is_served", False)
    monkeypatch.setattr(download_middleware, "_offers", {})
    return StreamedDownloads(page)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "0f.csv"
    path.write_bytes(b"email\r\n" * 100_000)
    return path


def ask(app: StreamedDownloads, path: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], list[bytes]]:
    """Return status, headers and pieces of the answer."""
    sent: list[dict] = []

    async def receive() -> dict:
        await asyncio.Event().wait()  # nobody hangs up
        return {}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [], "extensions": {}}
    asyncio.run(app(scope, receive, send))
    pieces = [message.get("body", b"") for message in sent[1:]]
    return sent[0]["status"], dict(sent[0]["headers"]), pieces


def test_an_offered_file_comes_in_pieces_under_its_name(served: StreamedDownloads, file: Path) -> None:
    status, headers, pieces = ask(served, offer_large(file, "Zoë's fair.csv", "text/csv") or "")
    assert (status, b"".join(pieces)) == (200, file.read_bytes())
    assert max(map(len, pieces)) < 100_000
    assert headers[b"content-disposition"] == b"attachment; filename*=utf-8''Zo%C3%AB%27s%20fair.csv"
    assert headers[b"cache-control"] == b"no-store"


def test_an_address_is_good_for_one_download(served: StreamedDownloads, file: Path) -> None:
    url = offer_large(file, "fair.csv", "text/csv") or ""
    assert [ask(served, url)[0], ask(served, url)[0]] == [200, 404]


def test_looking_does_not_use_an_address_up(served: StreamedDownloads, file: Path) -> None:
    url = offer_large(file, "fair.csv", "text/csv") or ""
    assert [ask(served, url, "HEAD")[0], ask(served, url)[0]] == [404, 200]


def test_an_offer_that_waited_too_long_is_gone(
    served: StreamedDownloads, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = offer_large(file, "fair.csv", "text/csv") or ""
    later = download_middleware.time.monotonic() + OFFER_STANDS_S + 1
    monkeypatch.setattr(download_middleware.time, "monotonic", lambda: later)
    assert ask(served, url)[0] == 404


@pytest.mark.parametrize("token", ["x" * 43, "../" * 14 + "x"])
def test_a_guess_gives_nothing_of_a_file(served: StreamedDownloads, file: Path, token: str) -> None:
    offer_large(file, "fair.csv", "text/csv")
    assert b"email" not in b"".join(ask(served, f"/_meishi/download/{token}")[2])


def test_pages_pass(served: StreamedDownloads) -> None:
    assert ask(served, "/Campaigns")[2] == [b"page"]


def test_without_the_server_there_is_no_address(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(download_middleware, "_is_served", False)
    assert offer_large(file, "fair.csv", "text/csv") is None
