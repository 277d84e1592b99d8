"""Signing in at a real provider, in a real browser; and all the ways around it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from lib.database.embedded import EmbeddedServer
from lib.settings import ROOT
from tests.browser.conftest import STEP_LIMIT_MS, screenshot, settle
from tests.hosting.app import RunningApp, running_app
from tests.hosting.oidc import ADA, EVE, UMA, OidcProvider, Person, oidc_provider
from tests.hosting.ports import free_port
from tests.hosting.proxy import naming_proxy

LISTED = f"{ADA.email},{UMA.email}"
PAGES = ("", "Capture", "Review", "Groups", "Campaigns", "Analytics")
# The app with its `.env` at the address in MEISHI_ENV, to be edited while it runs.
WITH_ENV = (
    "-c",
    "import os, sys; from lib.settings import Settings; Settings.model_config['env_file'] = os.environ['MEISHI_ENV']; "
    "from lib.app import serve; serve(sys.argv[1:])",
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """An app with sample data behind sign-in, the provider, and the file its list stands in."""

    app: RunningApp
    provider: OidcProvider
    env: Path

    def list_people(self, listed: str = LISTED) -> None:
        """Let these addresses in, and no others."""
        self.env.write_text(f"SIGN_IN=oidc\nSIGN_IN_ALLOW={listed}\n")

    def count(self, table: str) -> int:
        """Return how many rows the app's database has there."""
        server = EmbeddedServer(self.app.home)
        with psycopg.connect(host=str(server.socket_folder), user="postgres", dbname="meishi") as connection:
            return connection.execute(f"select count(*) from {table}").fetchone()[0]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    home = Path(tempfile.mkdtemp(prefix="meishi-"))
    home.chmod(0o755)
    sample = {**os.environ, "MEISHI_HOME": str(home), "WORKERS": "0"}
    subprocess.run([sys.executable, "-m", "lib.demo"], cwd=ROOT, env=sample, check=True, timeout=120)
    port = free_port()
    with oidc_provider(f"http://127.0.0.1:{port}") as provider:
        env = home / "settings"
        settings = {
            **{name: value for name, value in provider.environment(home).items() if not name.startswith("SIGN_IN")},
            "MEISHI_HOME": str(home),
            "MEISHI_ENV": str(env),
        }
        env.write_text(f"SIGN_IN=oidc\nSIGN_IN_ALLOW={LISTED}\n")
        with running_app(settings, command=WITH_ENV, port=port) as app:
            yield Site(app=app, provider=provider, env=env)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in which nobody is signed in."""
    site.list_people()
    context = new_context(browser, site.app.url)
    yield context
    context.close()


def new_context(browser: Browser, url: str, **look: object) -> BrowserContext:
    context = browser.new_context(base_url=url, **{"viewport": {"width": 1280, "height": 800}, **look})
    context.set_default_timeout(STEP_LIMIT_MS)
    return context


def give_cookie(context: BrowserContext, site: Site, value: str) -> None:
    context.add_cookies([{"name": USER_COOKIE_NAME, "value": value, "url": site.app.url}])


def sign_in(page: Page, person: Person, at: str = "/") -> None:
    """Sign in as a person does, at the provider, upon opening this page."""
    page.goto(at)
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=login]").fill(person.login)
    page.keyboard.press("Enter")
    page.locator("input[name=password]").fill(person.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{page.url.split('/', 3)[0]}//127.0.0.1:*/**")
    settle(page)


def expect_sign_in_page(page: Page) -> None:
    """The sign-in page, and nothing of any other."""
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    settle(page)
    expect(page.get_by_role("heading")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarContent")).to_have_count(0)
    expect(page.get_by_test_id("stPageLink")).to_have_count(0)


def card_image(page: Page) -> str:
    """Return the address of an image of a card."""
    with page.expect_response(lambda answer: urlsplit(answer.url).path.startswith("/media/")) as answered:
        page.goto("/Review?view=All")
    return answered.value.url


def status(context: BrowserContext, address: str) -> int:
    """Return what the browser is told there, with its cookies."""
    return context.request.get(address, max_redirects=0).status


def test_who_is_listed_signs_in_works_and_signs_out(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, ADA)
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text(ADA.email)).to_be_visible()
    image = card_image(page)
    assert status(context, image) == 200
    settle(page)
    screenshot(page, "signed-in")
    page.get_by_role("button", name="Sign out").click()
    expect_sign_in_page(page)

    assert status(context, image) == 401
    page.goto(image)
    expect(page.get_by_text("Sign in first.")).to_be_visible()
    page.go_back()
    page.go_back()
    expect_sign_in_page(page)


def test_who_opens_a_link_comes_to_its_page_after_signing_in(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, ADA, at="/Review?view=All")
    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    expect(page).to_have_url(f"{site.app.url}/Review?view=All")


def test_who_is_not_listed_is_told_so_and_can_go(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, EVE)
    expect(page.get_by_text(EVE.email)).to_be_visible()
    expect(page.get_by_text("is not on the list of this Meishi")).to_be_visible()
    expect(page.get_by_role("heading")).to_have_count(0)
    expect(page.get_by_test_id("stPageLink")).to_have_count(0)
    screenshot(page, "not-listed")
    page.get_by_role("button", name="Sign out").click()
    expect_sign_in_page(page)


def test_an_address_that_was_not_confirmed_stays_out(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    sign_in(page, UMA)
    expect(page.get_by_text("was not confirmed")).to_be_visible()
    expect(page.get_by_role("heading")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_every_pages_own_address_shows_the_sign_in_page(context: BrowserContext, name: str) -> None:
    page = context.new_page()
    page.goto(f"/{name}?contact=1&view=All")
    expect_sign_in_page(page)


@pytest.mark.parametrize("made", ["tampered", "by another secret"])
def test_a_cookie_of_ones_own_making_signs_nobody_in(context: BrowserContext, site: Site, made: str) -> None:
    value = site.provider.cookie(ADA.email)
    cookies = {
        "tampered": f"{value[:40]}{'A' if value[40] != 'A' else 'B'}{value[41:]}",
        "by another secret": site.provider.cookie(ADA.email, "a secret of somebody else, of the same length"),
    }
    give_cookie(context, site, cookies[made])
    page = context.new_page()
    page.goto("/Review")
    expect_sign_in_page(page)
    assert status(context, "/media/x.jpg") in (401, 403)
    give_cookie(context, site, value)
    page.reload()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()


def test_who_is_taken_off_the_list_does_nothing_more(context: BrowserContext, site: Site) -> None:
    give_cookie(context, site, site.provider.cookie(ADA.email))
    page = context.new_page()
    image = card_image(page)
    events = site.count("events")
    page.goto("/Capture")
    fill_new_event(page, "Spring Fair")
    save_event(page)
    expect(page.get_by_label("Name")).to_have_count(0)
    assert site.count("events") == events + 1
    fill_new_event(page, "An event nobody may make")
    site.list_people("grace@example.com")
    save_event(page)
    expect(page.get_by_text("is not on the list of this Meishi")).to_be_visible()
    assert site.count("events") == events + 1
    assert status(context, image) == 403


def fill_new_event(page: Page, name: str) -> None:
    page.get_by_role("button", name="New event").click()
    page.get_by_label("Name").fill(name)
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    settle(page)


def save_event(page: Page) -> None:
    """Press Save at once: whatever the page asks by itself meanwhile may close it, too."""
    page.evaluate("document.querySelector('[data-testid=stBaseButton-primaryFormSubmit]')?.click()")


def test_an_upload_needs_sign_in_and_token(context: BrowserContext, site: Site) -> None:
    address = "/_stcore/upload_file/session/file"
    photo = {"file": {"name": "card.jpg", "mimeType": "image/jpeg", "buffer": b"photo"}}
    assert context.request.put(address, multipart=photo).status == 401
    give_cookie(context, site, site.provider.cookie(ADA.email))
    refused = context.request.put(address, multipart=photo)
    assert refused.status == 403
    assert "XSRF" in refused.text()


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example.net"}, {"Host": "rebound.example.net"}])
def test_a_foreign_site_gets_no_stream(site: Site, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"{USER_COOKIE_NAME}={site.provider.cookie(ADA.email)}"}
    assert stream_status(site.app, {"Origin": site.app.url, **cookie}) == 101
    assert stream_status(site.app, {"Origin": site.app.url, **cookie, **headers}) == 403


def test_a_provider_that_is_down_is_said_so(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto("/")
    site.provider.failing.set()
    try:
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("The sign-in provider does not answer")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        screenshot(page, "provider-down")
    finally:
        site.provider.failing.clear()
    page.goto("/oauth2callback?code=guessed&state=guessed")
    expect(page.get_by_text("Signing in did not work")).to_be_visible()


def test_a_sign_in_that_ended_says_what_became_of_the_work(context: BrowserContext, site: Site) -> None:
    give_cookie(context, site, site.provider.cookie(ADA.email, iat=1_795_000_000))
    page = context.new_page()
    page.goto("/Review")
    expect(page.get_by_text("Your sign-in has ended")).to_be_visible()
    expect(page.get_by_text("What was saved is kept")).to_be_visible()


@pytest.mark.parametrize("look", [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_the_sign_in_page_looks_calm(browser: Browser, site: Site, look: tuple[str, int]) -> None:
    scheme, width = look
    context = new_context(browser, site.app.url, color_scheme=scheme, viewport={"width": width, "height": 800})
    errors: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto("/")
    expect_sign_in_page(page)
    screenshot(page, f"sign-in-{scheme}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert errors == []
    context.close()


def test_every_page_keeps_to_what_it_may_load(context: BrowserContext, site: Site) -> None:
    give_cookie(context, site, site.provider.cookie(ADA.email))
    page, refused, asked = context.new_page(), [], []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda request: asked.append(request.url))
    for name in (*PAGES, "Campaigns?view=Templates", "Analytics?view=Notebook"):
        page.goto(f"/{name}")
        expect(page.get_by_role("heading").first).to_be_visible()
        settle(page)
    assert refused == []
    assert [url for url in asked if not url.startswith((site.app.url, "data:", "blob:"))] == []
    with page.expect_console_message(lambda said: "evil.example.net" in said.text):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://evil.example.net/pixel.png'}))")
    assert "evil.example.net" in "".join(refused)


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        (["--server.address="], {}),
        (["--server.address=127.0.0.1", "--server.address=192.168.1.20"], {}),
        ([], {"STREAMLIT_SERVER_ADDRESS": "::"}),
        (
            [],
            {
                "SIGN_IN": "oidc",
                "SIGN_IN_ALLOW": "ada@example.com",
                "STREAMLIT_SECRETS_FILES": "/nowhere/secrets.toml",
            },
        ),
        (["--server.address", "0.0.0.0"], {"SIGN_IN": "proxy"}),
    ],
)
def test_it_does_not_start_where_anybody_could_come_in(arguments: list[str], env: dict[str, str]) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "lib", *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert "SIGN_IN" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert refused.stdout == ""


@pytest.fixture(scope="module")
def local() -> Iterator[RunningApp]:
    """An app as it is on a laptop: no sign-in, this machine alone."""
    with running_app({}) as app:
        yield app


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_a_local_app_knows_its_own_names(local: RunningApp, host: str) -> None:
    assert answer(local, "GET", "/", {"Host": f"{host}:{local.port}"}) == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/media/x.jpg"), ("PUT", "/_stcore/upload_file/a/b"), ("GET", "/_meishi/download/x")],
)
@pytest.mark.parametrize("host", ["rebound.example.net", "127.0.0.1.example.net", "localhost.example.net", ""])
def test_a_foreign_name_reaches_nothing_of_a_local_app(local: RunningApp, method: str, path: str, host: str) -> None:
    assert answer(local, method, path, {"Host": host}) == 421


@pytest.mark.parametrize(
    "headers",
    [{"Host": "rebound.example.net"}, {"Origin": "http://evil.example.net"}, {"X-Forwarded-For": "203.0.113.7"}],
)
def test_a_foreign_name_or_site_gets_no_stream_of_a_local_app(local: RunningApp, headers: dict[str, str]) -> None:
    assert stream_status(local, {"Origin": local.url}) == 101
    assert stream_status(local, {"Origin": local.url, **headers}) == 403


def test_what_a_proxy_brings_to_a_local_app_is_refused(local: RunningApp) -> None:
    assert answer(local, "GET", "/", {"X-Forwarded-For": "203.0.113.7"}) == 403


def test_a_proxy_names_who_comes(browser: Browser) -> None:
    with running_app({"SIGN_IN": "proxy", "SIGN_IN_ALLOW": ADA.email}) as app:
        assert answer(app, "GET", "/") == 403
        assert answer(app, "GET", "/_stcore/health") == 200
        with naming_proxy(app.port, ADA.email) as ada, naming_proxy(app.port, EVE.email) as eve:
            page = new_context(browser, ada).new_page()
            page.goto("/Review")
            expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
            expect(page.get_by_test_id("stSidebar").get_by_text(ADA.email)).to_be_visible()
            page.goto(eve)
            expect(page.get_by_text(f"{EVE.email} is not on the list of this Meishi.")).to_be_visible()


def test_nobody_passes_for_the_proxy_by_a_header() -> None:
    env = {"SIGN_IN": "proxy", "SIGN_IN_ALLOW": ADA.email, "SIGN_IN_PROXIES": "10.9.8.7"}
    with running_app({**env, "FORWARDED_ALLOW_IPS": "*"}) as app:
        named = {"X-Forwarded-Email": ADA.email, "X-Forwarded-For": "10.9.8.7", "Origin": app.url}
        assert answer(app, "GET", "/", named) == 403
        assert stream_status(app, named) == 403


def test_without_the_guard_of_the_images_no_page_is_shown(browser: Browser, site: Site) -> None:
    env = {
        "SIGN_IN": "oidc",
        "SIGN_IN_ALLOW": ADA.email,
        "STREAMLIT_SECRETS_FILES": str(site.app.home / "secrets.toml"),
    }
    with running_app(env, command=("-m", "streamlit", "run", "Home.py")) as app:
        page = new_context(browser, app.url).new_page()
        page.goto("/Review")
        expect(page.get_by_text("make run")).to_be_visible()
        expect(page.get_by_role("heading")).to_have_count(0)


def answer(app: RunningApp, method: str, path: str, headers: dict[str, str] | None = None) -> int:
    """Return the status of a request whose every header is given."""
    connection = HTTPConnection("127.0.0.1", app.port, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{app.port}", "Content-Length": "0", **(headers or {})}.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def stream_status(app: RunningApp, headers: dict[str, str]) -> int:
    """Return the status of the handshake of the pages' stream."""
    address = f"ws://{headers.get('Host', f'127.0.0.1:{app.port}')}/_stcore/stream"
    others = {name: value for name, value in headers.items() if name != "Host"}
    with socket.create_connection(("127.0.0.1", app.port), timeout=30) as opened:
        try:
            with connect(address, sock=opened, additional_headers=others, subprotocols=["streamlit"], proxy=None):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code
