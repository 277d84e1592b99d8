"""No secret in what the app prints, shows or answers, whatever of it goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from playwright.sync_api import Browser, Page, Response, expect
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from lib.database.embedded import EmbeddedServer
from lib.demo.drawing import Person, draw_card
from lib.settings import ROOT
from tests.browser.conftest import STEP_LIMIT_MS, settle
from tests.hosting.app import RunningApp, running_app
from tests.hosting.oidc import ADA, OidcProvider, oidc_provider
from tests.hosting.ports import free_port
from tests.hosting.postgres import hosted_postgres

PASSWORD = "db/pass:w0rd-of-nobody"
SECRETS = {
    "database": PASSWORD,
    "store": "s3-secret-of-nobody-0123456789abcdef",
    "model": "sk-key-of-nobody-0123456789abcdef",
    "client": "client-secret-of-nobody-0123456789",
    "cookie": "cookie-secret-of-nobody-0123456789-abcdef",
    "opt-outs": "suppression-key-of-nobody-0123456789",
}
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "access-key-of-nobody",
    "AWS_SECRET_ACCESS_KEY": SECRETS["store"],
    "OPENAI_API_KEY": SECRETS["model"],
    "SUPPRESSION_KEY": SECRETS["opt-outs"],
    "NOTEBOOK_DATABASE_URL": f"postgresql://reader:{quote(PASSWORD, safe='')}@127.0.0.1:1/meishi",
}
PAGES = ("", "Capture", "Review", "Groups", "Campaigns", "Analytics?view=Notebook")


class Watcher:
    """A browser that keeps all that it was sent and showed."""

    def __init__(self, browser: Browser, app: RunningApp, provider: OidcProvider) -> None:
        self.app, self.seen = app, []
        self.context = browser.new_context(base_url=app.url)
        self.context.set_default_timeout(STEP_LIMIT_MS)
        self.context.on("response", self._keep)
        self.cookie = {"name": USER_COOKIE_NAME, "value": provider.cookie(ADA.email), "url": app.url}
        self.page: Page = self.context.new_page()
        self.page.on("websocket", lambda stream: stream.on("framereceived", self._keep_frame))
        self.page.on("console", lambda said: self.seen.append(said.text))

    def _keep(self, answer: Response) -> None:
        self.seen.append(answer.url + str(answer.headers) if answer.url.startswith(self.app.url) else "")

    def _keep_frame(self, frame: str | bytes) -> None:
        self.seen.append(frame.decode("utf-8", "replace") if isinstance(frame, bytes) else frame)

    def open(self, name: str) -> None:
        """Go to a page and keep what it shows."""
        self.page.goto(f"/{name}")
        settle(self.page)
        self.seen += [self.page.content(), self.page.inner_text("body")]

    def expect_no_secret(self) -> None:
        everything = "\n".join((*self.seen, self.app.printed))
        assert ADA.email in everything
        for name, secret in SECRETS.items():
            for form in {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1]}:
                assert form not in everything, f"the secret of the {name} was told"


class Refusing(BaseHTTPRequestHandler):
    """A server that refuses, and repeats in its answer the key it was given."""

    def do_POST(self) -> None:
        told = self.headers.get("Authorization", "")
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {told}", "code": "invalid_api_key"}})
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
        type(self).was_asked = SECRETS["model"] in told

    was_asked = False
    do_GET = do_PUT = do_HEAD = do_POST

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def refusing_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def watched(browser: Browser, tmp_path: Path, env: dict[str, str]) -> Iterator[tuple[Watcher, OidcProvider]]:
    """Run the app with all its secrets, behind a sign-in whose provider does not know the client's."""
    port = free_port()
    with oidc_provider(f"http://127.0.0.1:{port}") as provider:
        provider = OidcProvider(**{**vars(provider), "cookie_secret": SECRETS["cookie"]})
        settings = provider.environment(tmp_path, client_secret=SECRETS["client"])
        with running_app({**SETTINGS, **settings, **env}, port=port) as app:
            watcher = Watcher(browser, app, provider)
            yield watcher, provider
            watcher.context.close()


def test_no_secret_is_told_when_database_store_and_provider_refuse(browser: Browser, tmp_path: Path) -> None:
    with refusing_server() as refusing, hosted_postgres(tmp_path / "pg", tls=False) as postgres:
        url = f"postgresql://meishi:{quote(PASSWORD, safe='')}@{postgres.host}:{postgres.port}/meishi"
        env = {"DATABASE_URL": url, "STORAGE_URL": "s3://cards", "AWS_ENDPOINT_URL": refusing}
        with watched(browser, tmp_path, env) as (watcher, provider):
            page = watcher.page
            watcher.open("")
            page.get_by_role("button", name="Sign in").click()
            page.locator("input[name=login]").fill(ADA.login)
            page.keyboard.press("Enter")
            page.locator("input[name=password]").fill(ADA.password)
            page.keyboard.press("Enter")
            expect(page.get_by_text("Signing in did not work")).to_be_visible()
            provider.failing.set()
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_text("does not answer")).to_be_visible()
            watcher.context.add_cookies([watcher.cookie])
            for name in PAGES:
                watcher.open(name)
                expect(page.get_by_role("alert").first).to_be_visible()
            assert "OAuth token exchange failed" in watcher.app.printed
            watcher.expect_no_secret()


def test_no_secret_is_told_when_the_model_refuses_and_a_page_fails(browser: Browser, tmp_path: Path) -> None:
    # Not pytest's own folder: that is closed to the account the database runs under where we are root.
    home = Path(tempfile.mkdtemp(prefix="meishi-"))
    home.chmod(0o755)
    photo = tmp_path / "card.jpg"
    photo.write_bytes(
        draw_card(Person(full_name="Jane Miller", email="jane@example.com", company="Northwind"), seed=1)
    )
    with refusing_server() as refusing:
        env = {"MEISHI_HOME": str(home), "OCR_ENGINE": "vision", "OPENAI_BASE_URL": f"{refusing}/v1", "WORKERS": "0"}
        capture = [sys.executable, "-m", "lib.capture", "--event", "Fair", str(photo)]
        taken = subprocess.run(
            capture, cwd=ROOT, env={**os.environ, **SETTINGS, **env}, capture_output=True, text=True
        )
        assert taken.returncode == 0, taken.stderr
        with watched(browser, tmp_path, {**env, "WORKERS": "1"}) as (watcher, _):
            watcher.seen += [taken.stdout, taken.stderr]
            watcher.context.add_cookies([watcher.cookie])
            wait_until_asked()
            for name in PAGES:
                watcher.open(name)
            database = EmbeddedServer(home)
            with psycopg.connect(host=str(database.socket_folder), user="postgres", dbname="meishi") as connection:
                connection.execute("alter table contacts rename to contacts_taken_away")
            watcher.open("Review")
            expect(watcher.page.get_by_text("Something went wrong")).to_be_visible()
            assert "Traceback" in watcher.app.printed
            watcher.expect_no_secret()
    shutil.rmtree(home, ignore_errors=True)


def wait_until_asked(limit_s: float = 120) -> None:
    """Wait until the worker has asked the model, with the key."""
    deadline = time.monotonic() + limit_s
    while not Refusing.was_asked:
        assert time.monotonic() < deadline, "the model was never asked"
        time.sleep(0.2)
    time.sleep(2)


@pytest.mark.parametrize("setting", ["DATABASE_URL", "SUPPRESSION_KEY", "NOTEBOOK_DATABASE_URL"])
def test_a_wrong_setting_is_refused_without_its_value(setting: str) -> None:
    wrong = {"SUPPRESSION_KEY": "s3cret"}.get(setting, "mysql://jane:s3cret@db.example.com/meishi")
    refused = subprocess.run(
        [sys.executable, "-m", "lib"], cwd=ROOT, env={**os.environ, setting: wrong}, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert setting in refused.stderr
    assert "s3cret" not in refused.stdout + refused.stderr
