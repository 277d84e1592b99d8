"""Every page and view in a real browser, on a database that is hostile throughout: all is shown, nothing is obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.settings import get_settings
from tests.browser.conftest import STEP_LIMIT_MS, browser, open_page, settle
from tests.hosting.app import RunningApp, running_app
from tests.pages.everywhere import EVERYWHERE
from tests.security.corpus import ALL
from tests.security.hostile import FRAGMENTS, fill, find_obeyed

__all__ = ["browser"]
# What no text may become: run, loaded, led to.
FOUND = """
() => {
  const ours = new URL(location.href).host;
  const foreign = address => {
    try { const url = new URL(address, location.href);
      return !['data:', 'blob:', 'about:'].includes(url.protocol) && url.host !== ours; } catch { return true; }
  };
  const wrong = [];
  if (window.pwned !== undefined) wrong.push('a script ran: ' + window.pwned);
  for (const link of document.querySelectorAll('a[href], area[href], svg a'))
    if (foreign(link.getAttribute('href') || link.getAttribute('xlink:href') || '')) wrong.push('a link: ' + link.outerHTML.slice(0, 200));
  for (const shown of document.querySelectorAll('[src], [data], [srcset], link[href]'))
    for (const name of ['src', 'data', 'srcset', 'href'])
      if (shown.getAttribute(name) && foreign(shown.getAttribute(name))) wrong.push('loads: ' + shown.outerHTML.slice(0, 200));
  for (const odd of document.querySelectorAll('.katex, form[action], base, meta[http-equiv=refresh], iframe[srcdoc], object, embed'))
    wrong.push('an element: ' + odd.outerHTML.slice(0, 200));
  for (const any of document.querySelectorAll('*'))
    for (const {name} of any.attributes) if (/^on/.test(name)) wrong.push('a handler: ' + any.outerHTML.slice(0, 200));
  return wrong;
}
"""
SHOWN = "() => document.body.innerText + ' ' + [...document.querySelectorAll('svg text')].map(t => t.textContent).join(' ')"
# The four views of Review differ in whom they show alone.
PLACES = [place for place in EVERYWHERE if place[1].get("view") not in ("Accepted", "Verified", "Waiting")]
# What opens a dialog on a page, by its key.
DIALOGS = {
    "pages/1_Capture.py": ["edit_event", "delete_event"],
    "pages/2_Review.py": ["pairs", "erase_contact"],
    "pages/3_Groups.py": ["edit_group", "delete_group"],
    "pages/4_Campaigns.py": ["edit_campaign", "delete_campaign", "delete_template"],
}
TABS = ["Add people", "Export", "Add from a file"]


@pytest.fixture(scope="module")
def hostile_app() -> Iterator[RunningApp]:
    with running_app({}) as app:
        engine = make_engine(EmbeddedServer(app.home).url("meishi"))
        with pytest.MonkeyPatch.context() as patched, engine.begin() as db:
            # The key of the opt-outs is made where the app looks for it.
            patched.setenv("MEISHI_HOME", str(app.home))
            get_settings.cache_clear()
            fill(db)
        engine.dispose()
        get_settings.cache_clear()
        yield app


class Visit:
    """A page in the browser, and what it tried."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.asked_for: list[str] = []
        self.opened: list[str] = []
        self.seen: set[str] = set()
        page.context.route("**/*", self._look)
        page.on("dialog", lambda dialog: (self.opened.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda popup: self.opened.append(popup.url))

    def _look(self, route: Route) -> None:
        address = route.request.url
        if urlsplit(address).netloc == urlsplit(self.url).netloc or address.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.asked_for.append(address)
            route.abort()

    def check(self, where: object) -> None:
        """Fail where something was obeyed."""
        wrong = self.page.evaluate(FOUND)
        assert wrong == [], where
        shown = self.page.evaluate(SHOWN)
        obeyed = find_obeyed(shown)
        assert obeyed == [], where
        assert "Something went wrong" not in shown, where
        self.seen |= {token for token in FRAGMENTS if token in shown}
        assert (self.asked_for, self.opened) == ([], []), where


@pytest.fixture
def visit(browser: Browser, hostile_app: RunningApp) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, base_url=hostile_app.url)
    context.set_default_timeout(STEP_LIMIT_MS)
    yield Visit(context.new_page(), hostile_app.url)
    context.close()


def address_of(path: str, address: dict[str, str]) -> str:
    name = "" if path == "Home.py" else path.split("_", 1)[1].removesuffix(".py")
    return f"{name}?{urlencode(address)}"


def test_no_page_obeys_what_it_shows(visit: Visit) -> None:
    for path, address in PLACES:
        open_page(visit.page, address_of(path, address))
        visit.check((path, address))
        look_into(visit, path, address)
    # The grids are canvases; of all else nearly everything must have been on a page, or this looked at nothing.
    assert visit.seen >= FRAGMENTS.keys() - {"q7angle"}, FRAGMENTS.keys() - visit.seen


def look_into(visit: Visit, path: str, address: dict[str, str]) -> None:
    """Open what is closed on the page: tabs, expanders, dialogs."""
    page = visit.page
    for title in TABS:
        tab = page.get_by_role("tab", name=title, exact=True)
        if tab.count():
            tab.first.click()
            settle(page)
            visit.check((path, address, title))
    for expander in page.locator("[data-testid=stExpander] summary").all():
        expander.click()
    settle(page)
    # Charts are drawn a while after the page has settled.
    for chart in page.get_by_test_id("stPlotlyChart").all():
        chart.locator(".main-svg").first.wait_for(state="attached")
    visit.check((path, address, "expanders"))
    for key in DIALOGS.get(path, []):
        button = page.locator(f".st-key-{key} button")
        if button.count() and address.get("layout") != "Cards":
            button.first.click()
            page.get_by_role("dialog").wait_for()
            settle(page)
            visit.check((path, address, key))
            page.keyboard.press("Escape")
            page.get_by_role("dialog").wait_for(state="detached")


# The renderer sets dashes, quotes and dots as a printer would.
DRAWN = {0: "\ufffd", **{ord(c): None for c in "\u2060-–—‐…\"'“”‘’"}}
SINKS = """
import json, pathlib
import streamlit as st
from lib.ui.text import plain
texts = json.loads(pathlib.Path({file!r}).read_text())
for number, text in enumerate(texts):
    with st.container(key=f"text_{{number}}"):
        st.markdown(plain(text) or "-")
st.caption(" ".join(plain(text) for text in texts))
st.error("\\n\\n".join(plain(text) for text in texts))
for number, text in enumerate(texts[::3]):
    st.button(plain(text)[:300] or "-", key=f"button_{{number}}", help=plain(text))
st.tabs([plain(text)[:100] or "-" for text in texts[::5]])
st.toast(plain(" ".join(texts[:60])))
st.text("the end")
"""


def test_plain_text_is_shown_to_the_letter_by_the_pages_own_renderer(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import json

    folder = tmp_path_factory.mktemp("sinks")
    texts = [said for said in ALL if len(said) < 1_000 and said.encode(errors="ignore").decode() == said]
    (folder / "texts.json").write_text(json.dumps(texts))
    (folder / "sinks.py").write_text(SINKS.format(file=str(folder / "texts.json")))
    command = ("-m", "streamlit", "run", str(folder / "sinks.py"))
    with running_app({"PYTHONPATH": "."}, command=command, arguments=["--server.headless", "true"]) as app:
        context = browser.new_context(base_url=app.url)
        visit = Visit(context.new_page(), app.url)
        visit.page.goto("/")
        visit.page.get_by_text("the end").wait_for()
        settle(visit.page)
        visit.check("sinks")
        shown = visit.page.evaluate(
            "() => [...document.querySelectorAll('[class*=st-key-text_]')].map(e => [e.className.match(/st-key-text_(\\d+)/)[1], e.textContent])"
        )
        context.close()
    assert len(shown) == len(texts)
    for number, said in shown:
        assert as_seen(said) == as_seen(texts[int(number)]) or not as_seen(said)


def as_seen(said: str) -> str:
    """Return a text without what nobody sees: spaces, marks, and how a dash or a quote is drawn."""
    drawn = said.translate(DRAWN).replace("...", "")
    return "".join(c for c in drawn if c in "\ufffd" or (c.isprintable() and not c.isspace()))
