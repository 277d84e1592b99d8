"""A queue, workers, a reader and a model that are not as they should be, and what the doctor says to do."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lib.doctor import Case
from tests.database.doctor.looking import execute, findings, only

WAITING = "insert into procrastinate_jobs (queue_name, task_name, lock) values ('default', 'read_card', 'ocr_job/1')"
WORKER = "insert into procrastinate_workers (last_heartbeat) values (now() - make_interval(secs => :silent))"


def test_photos_that_wait_for_nobody_and_for_too_long(case: Case) -> None:
    execute(WAITING)
    found = only("Queue", case)
    assert (found.status, "make worker" in found.remedy) == ("wrong", True)
    execute(WORKER, silent=0)
    assert [found.status for found in findings("Queue", case)] == ["ok"]
    execute("insert into ocr_jobs (photo_name, created_at) values ('a.jpg', localtimestamp - interval '3 hours')")
    assert "3.0 hours" in only("Queue", case).message


def test_workers_that_are_not_there_or_silent(case: Case) -> None:
    assert "No worker is alive" in only("Workers", case).message
    execute(WORKER, silent=0)
    execute(WORKER, silent=60)
    assert "1 ended without a word" in only("Workers", case).message


def test_a_reader_that_is_not_installed(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lib.cards.engines.rapid", None)
    found = only("Reader", alone())
    assert (found.status, "requirements.txt" in found.remedy) == ("wrong", True)


def test_a_reader_that_misreads(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.doctor.work.CARD", (("Jane Miller", 120, 64), ("jame@example.com", 480, 40)))
    assert "read jame@example.com where" in only("Reader", alone()).message


@contextmanager
def model_server(status: int, body: bytes = b"{}") -> Iterator[str]:
    """A server that says so to whoever asks for its models."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    ("status", "body", "expected", "words"),
    [
        (401, b"", "wrong", "OPENAI_API_KEY"),
        (404, b"", "warning", "/v1"),
        (200, b'{"data": [{"id": "other"}]}', "warning", "OPENAI_MODEL"),
    ],
)
def test_a_models_server_that_is_not_as_it_should_be(
    alone: Callable, status: int, body: bytes, expected: str, words: str
) -> None:
    with model_server(status, body) as address:
        found = only("Model", alone(openai_base_url=address, openai_api_key="sk-s3cret", openai_model="qwen3"))
    assert (found.status, words in found.remedy) == (expected, True)
    assert "sk-s3cret" not in str(found)


def test_a_models_server_that_is_away_and_a_reader_without_one(alone: Callable) -> None:
    assert "OPENAI_BASE_URL" in only("Model", alone(openai_base_url="http://127.0.0.1:9/v1")).remedy
    assert "OPENAI_BASE_URL" in only("Model", alone(ocr_engine="vision")).remedy
    with model_server(200, b'{"data": [{"id": "qwen3"}]}') as address:
        assert findings("Model", alone(openai_base_url=address, openai_model="qwen3"))[0].status == "ok"
