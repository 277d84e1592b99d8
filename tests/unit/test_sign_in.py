"""Who is let in, from where, and on what terms the app starts."""

from __future__ import annotations

from typing import Any

import pytest

from lib.errors import SettingsError
from lib.loopback import is_loopback
from lib.settings import Settings
from lib.sign_in import (
    LASTS_S,
    Standing,
    check_start,
    is_listed,
    is_proxy,
    judge_claims,
    judge_header,
    public_host,
)

NOW = 1_795_400_000.0
ALLOW = ("ada@example.com", "@example.org")
SECRET = "a secret of the tests, of 43 characters or so"
ORIGIN = "https://meishi.example.com"
AUTH = {
    "redirect_uri": f"{ORIGIN}/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "meishi",
    "client_secret": "hush",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}


def claims(**changes: Any) -> dict[str, Any]:
    return {"is_logged_in": True, "email": "ada@example.com", "email_verified": True, "iat": NOW, **changes}


# Which addresses are listed.


@pytest.mark.parametrize(
    "address",
    ["ada@example.com", "Ada@Example.COM", "grace@example.org", "grace+cards@example.org", "GRACE@EXAMPLE.ORG"],
)
def test_a_listed_address_is_known_in_any_case(address: str) -> None:
    assert is_listed(address, ALLOW)


@pytest.mark.parametrize(
    "address",
    [
        "eve@example.com",
        "ada@example.com.evil.example",
        "ada@evil-example.com",
        "ada@example.net",
        "ada+1@example.com",
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@example.com@evil.example",
        "eve@evil.example@example.org",
        '"eve@evil.example"@example.org',
        "eve@evil-example.org",
        "eve@sub.example.org",
        "eve@example.org.evil.example",
        "eve@example.org.",
        "@example.org",
        "eve @example.org",
        "eve@evil.example,x@example.org",
        "<eve@evil.example>x@example.org",
        "eve\n@example.org",
        "eve\x00@example.org",
        " ada@example.com",
        "ada@example.com ",
        "аda@example.com",  # a Cyrillic а
        "ada@еxample.com",
        "ada@ｅxample.com",  # a wide e
        "eve@exampl\u0435.org",
        "ada@example\u3002com",  # an ideographic full stop
        "ada\u200b@example.com",
    ],
)
def test_nobody_else_is_listed(address: str) -> None:
    assert not is_listed(address, ALLOW)


@pytest.mark.parametrize(
    ("allowed", "address"),
    [("kate@example.com", "\u212aate@example.com"), ("sam@example.com", "\u017fam@example.com")],
)
def test_letters_that_fold_into_a_listed_address_are_not_it(allowed: str, address: str) -> None:
    assert address.casefold() == allowed
    assert not is_listed(address, (allowed,))


def test_an_empty_list_lets_nobody_in() -> None:
    assert not is_listed("ada@example.com", ())


# What a provider tells.


def test_a_listed_verified_address_is_allowed_for_a_working_day() -> None:
    visitor = judge_claims(claims(), ALLOW, NOW + LASTS_S - 1)
    assert (visitor.standing, visitor.until) == (Standing.ALLOWED, NOW + LASTS_S)


def test_a_sign_in_ends() -> None:
    assert judge_claims(claims(), ALLOW, NOW + LASTS_S).standing is Standing.ENDED


def test_an_address_the_provider_says_nothing_of_is_taken() -> None:
    told = claims()
    del told["email_verified"]
    assert judge_claims(told, ALLOW, NOW).is_allowed


@pytest.mark.parametrize("verified", [False, "false", None, 0, "", "yes", []])
def test_an_address_the_provider_does_not_vouch_for_is_not_taken(verified: object) -> None:
    assert judge_claims(claims(email_verified=verified), ALLOW, NOW).standing is Standing.UNVERIFIED


def test_who_is_not_listed_is_told_so_by_address() -> None:
    visitor = judge_claims(claims(email="eve@example.net"), ALLOW, NOW)
    assert (visitor.standing, visitor.address) == (Standing.NOT_LISTED, "eve@example.net")


@pytest.mark.parametrize(
    "change", [{"is_logged_in": False}, {"email": None}, {"email": ["ada@example.com"]}, {"iat": None}]
)
def test_claims_that_name_nobody_are_nobody(change: dict[str, Any]) -> None:
    assert judge_claims(claims(**change), ALLOW, NOW).standing is Standing.UNKNOWN


# What a proxy tells.


def test_a_proxys_header_names_one_person() -> None:
    assert judge_header(["ada@example.com"], ALLOW).is_allowed
    assert judge_header(["eve@example.net"], ALLOW).standing is Standing.NOT_LISTED


@pytest.mark.parametrize("values", [[], [""], [" "], ["eve@example.net", "ada@example.com"], ["ada@example.com"] * 2])
def test_a_header_that_is_not_there_once_names_nobody(values: list[str]) -> None:
    assert judge_header(values, ALLOW).standing is Standing.UNKNOWN


@pytest.mark.parametrize("value", ["eve@example.net, ada@example.com", "ada@example.com,eve@example.net"])
def test_two_addresses_in_one_header_are_nobody_listed(value: str) -> None:
    assert not judge_header([value], ALLOW).is_allowed


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.0.0.7", True),
        ("::ffff:10.0.0.7", True),
        ("10.0.1.7", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("", False),
        (None, False),
        ("proxy.example.com", False),
    ],
)
def test_only_the_named_proxies_are_trusted(peer: str | None, trusted: bool) -> None:
    assert is_proxy(peer, Settings(sign_in_proxies="10.0.0.0/24")) is trusted


# Where the app may listen.


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "::1", "[::1]", "::ffff:127.0.0.1"]
)
def test_these_addresses_are_this_machine_alone(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [None, "", "0.0.0.0", "::", "[::]", "192.168.1.20", "fe80::1", "meishi", "meishi.example.com", "localhost.example.com", "0", "::ffff:0.0.0.0"],
)  # fmt: skip
def test_everything_else_is_elsewhere_and_needs_sign_in(address: str | None) -> None:
    assert not is_loopback(address)
    with pytest.raises(SettingsError, match="nobody would have to sign in"):
        check_start(Settings(), address, AUTH)


def test_this_machine_alone_needs_no_sign_in() -> None:
    check_start(Settings(), "127.0.0.1", {})


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1"])
@pytest.mark.parametrize("sign_in", ["oidc", "proxy"])
def test_sign_in_opens_the_network_wherever_it_listens(sign_in: str, address: str) -> None:
    check_start(Settings(sign_in=sign_in, sign_in_allow="ada@example.com"), address, AUTH)
    with pytest.raises(SettingsError, match="SIGN_IN_ALLOW is empty"):
        check_start(Settings(sign_in=sign_in), address, AUTH)


@pytest.mark.parametrize("key", AUTH)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_secret_is_named(key: str, value: str | None) -> None:
    with pytest.raises(SettingsError, match=key):
        check_start(Settings(sign_in="oidc", sign_in_allow="@example.com"), "0.0.0.0", {**AUTH, key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cookie_secret", "short-and-guessable"),
        ("redirect_uri", "http://meishi.example.com/oauth2callback"),
        ("redirect_uri", "https://meishi.example.com/"),
        ("redirect_uri", "/oauth2callback"),
        ("redirect_uri", "http://[/oauth2callback"),
        ("server_metadata_url", "http://id.example.com/.well-known/openid-configuration"),
        ("server_metadata_url", "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"),
        (
            "server_metadata_url",
            "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration",
        ),
    ],
)
def test_unsafe_secrets_are_refused_without_being_repeated(key: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check_start(Settings(sign_in="oidc", sign_in_allow="@example.com"), "0.0.0.0", {**AUTH, key: value})
    assert key in str(refused.value)
    assert "guessable" not in str(refused.value)
    assert AUTH["client_secret"] not in str(refused.value)


@pytest.mark.parametrize("proxies", ["10.0.0.1,0.0.0.0/0", "0.0.0.0/1,128.0.0.0/1", "::/0", "::/1,8000::/1"])
def test_trusting_every_proxy_is_refused(proxies: str) -> None:
    settings = Settings(sign_in="proxy", sign_in_allow="@example.com", sign_in_proxies=proxies)
    with pytest.raises(SettingsError, match="whole world"):
        check_start(settings, "0.0.0.0", {})


def test_private_networks_may_be_trusted() -> None:
    proxies = "127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
    check_start(Settings(sign_in="proxy", sign_in_allow="@example.com", sign_in_proxies=proxies), "0.0.0.0", {})


def test_the_public_name_is_the_redirect_addresss() -> None:
    assert public_host(Settings(sign_in="oidc"), AUTH) == "meishi.example.com"
    assert public_host(Settings(), AUTH) is None


@pytest.mark.parametrize(
    "allow", ["ada", "ada@", "ada@example.com,", "straße@example.com", "a@b@c", "@", "@com", "@*", "ada@.com"]
)
def test_a_list_that_names_no_address_is_refused(allow: str) -> None:
    with pytest.raises(ValueError, match="sign_in_allow"):
        Settings(sign_in_allow=allow)
