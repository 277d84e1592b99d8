"""Signing in where the screen is small, the address inexact, or somebody leaves."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, expect

from lib.sign_in import LASTS_S
from tests.browser.test_sign_in import PAGES, Site, give_cookie, new_context, sign_in
from tests.browser.test_sign_in import site as site  # a fixture
from tests.hosting.oidc import ADA

PHONE = {"width": 390, "height": 844}


def test_a_phone_shows_that_the_sign_in_ends(browser: Browser, site: Site) -> None:
    context = new_context(browser, site.app.url, viewport=PHONE)
    left_s = 270  # of which a slow machine takes its part
    give_cookie(context, site, site.provider.cookie(ADA.email, iat=time.time() - LASTS_S + left_s))
    page = context.new_page()
    page.goto("/Capture")
    note = page.get_by_test_id("stToast")
    expect(note).to_contain_text("Your sign-in ends in")
    expect(note).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize("name", [name for name in PAGES if name])
def test_a_slash_after_a_pages_address_shows_the_sign_in_page(browser: Browser, site: Site, name: str) -> None:
    context = new_context(browser, site.app.url)
    page = context.new_page()
    page.goto(f"/{name}/?view=All")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url == f"{site.app.url}/{name}?view=All"
    context.close()


def test_signing_out_warns_of_nothing(browser: Browser, site: Site) -> None:
    context = new_context(browser, site.app.url)
    page = context.new_page()
    sign_in(page, ADA)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "WARNING" not in site.app.printed
    context.close()
