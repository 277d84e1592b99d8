"""Who may come in: decisions over settings, addresses and what a provider or proxy tells. Nothing here serves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lib.errors import SettingsError
from lib.loopback import is_loopback
from lib.settings import Settings, get_settings, read_settings

# A sign-in is good for a working day, whatever the cookie says: who leaves the company is out the next morning.
LASTS_S = 12 * 3600
# What `python -c "import secrets; print(secrets.token_urlsafe(32))"` gives is 43 characters.
COOKIE_SECRET_LENGTH = 32
CALLBACK = "/oauth2callback"
# No private network is wider than 10.0.0.0/8 or fc00::/7; two halves are everybody, too.
WIDEST = {4: 8, 6: 7}
AUTH_KEYS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
# Entra's addresses for any company's people, none of whose addresses it vouches for.
ANY_TENANT = ("/common/", "/organizations/", "/consumers/")


class Standing(Enum):
    """How somebody stands here."""

    ALLOWED = "allowed"
    UNKNOWN = "nobody is signed in"
    ENDED = "signed in too long ago"
    UNVERIFIED = "the provider does not vouch for the address"
    NOT_LISTED = "not in SIGN_IN_ALLOW"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who asks: how they stand, the address they signed in with, and until when that holds (Unix time)."""

    standing: Standing
    address: str | None = None
    until: float | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether they may come in."""
        return self.standing is Standing.ALLOWED


NOBODY = Visitor(standing=Standing.UNKNOWN)


def is_listed(address: str, allow: Sequence[str]) -> bool:
    """Whether the list names the address, or `@` and exactly its domain. Case does not matter.

    Only ASCII is compared at all: letters of other scripts look, and some even fold, like those of an address listed.
    """
    local, at, domain = address.lower().partition("@")
    if not (address.isascii() and local and at and domain) or "@" in domain or not address.isprintable():
        return False
    return not any(mark in address for mark in ' ,;"<>') and {f"{local}@{domain}", f"@{domain}"} & set(allow) != set()


def judge_claims(claims: Mapping[str, Any], allow: Sequence[str], now: float) -> Visitor:
    """Return how the person stands of whom a provider tells these claims, at `now` (Unix time)."""
    address, issued = claims.get("email"), claims.get("iat")
    if not claims.get("is_logged_in") or not isinstance(address, str) or not isinstance(issued, int | float):
        return NOBODY
    until = issued + LASTS_S
    # Entra tells nothing of it and vouches for the addresses of a tenant's own people; who tells must say yes.
    if claims.get("email_verified", True) not in (True, "true"):
        standing = Standing.UNVERIFIED
    elif not is_listed(address, allow):
        standing = Standing.NOT_LISTED
    else:
        standing = Standing.ALLOWED if now < until else Standing.ENDED
    return Visitor(standing=standing, address=address, until=until)


def judge_header(values: Sequence[str], allow: Sequence[str]) -> Visitor:
    """Return how the person stands whom a proxy names by these values of its header: one, or it is nobody."""
    if len(values) != 1 or not values[0].strip():
        return NOBODY
    address = values[0].strip()
    standing = Standing.ALLOWED if is_listed(address, allow) else Standing.NOT_LISTED
    return Visitor(standing=standing, address=address)


def is_proxy(peer: str | None, settings: Settings) -> bool:
    """Whether the other end of a connection is one of SIGN_IN_PROXIES."""
    try:
        found = ip_address(peer or "")
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in settings.sign_in_proxies if network.version == found.version)


def check_start(settings: Settings, address: str | None, auth: Mapping[str, Any]) -> None:
    """Refuse to listen on `address` unless that opens nothing; `auth` is [auth] of secrets.toml. SettingsError."""
    if settings.sign_in == "none":
        if not is_loopback(address):
            where = address or "every address of this machine"
            raise SettingsError(
                f"Meishi would listen on {where}, and nobody would have to sign in.",
                "Set SIGN_IN=oidc or SIGN_IN=proxy, with SIGN_IN_ALLOW, or leave server.address at 127.0.0.1.",
            )
        return
    if not settings.sign_in_allow:
        raise SettingsError(
            "SIGN_IN is set and SIGN_IN_ALLOW is empty: nobody could come in.",
            "Set SIGN_IN_ALLOW to e-mail addresses, or @domain for everybody of a domain, with commas between them.",
        )
    if settings.sign_in == "proxy":
        _check_proxies(settings)
    else:
        _check_auth(auth)


def public_host(settings: Settings, auth: Mapping[str, Any]) -> str | None:
    """Return the name under which people come, as far as the sign-in tells it."""
    return urlsplit(str(auth.get("redirect_uri", ""))).hostname if settings.sign_in == "oidc" else None


def _check_proxies(settings: Settings) -> None:
    if any(network.prefixlen < WIDEST[network.version] for network in settings.sign_in_proxies):
        raise SettingsError(
            "SIGN_IN_PROXIES trusts addresses of the whole world: anybody could name themselves.",
            "Set it to the proxy's own IP addresses or networks, such as 127.0.0.1.",
        )


def _check_auth(auth: Mapping[str, Any]) -> None:
    """Refuse secrets with which nobody could sign in, or anybody. No value is repeated: they are secrets."""
    example = "See .streamlit/secrets.toml.example for what stands there."
    missing = [key for key in AUTH_KEYS if not str(auth.get(key) or "").strip()]
    if missing:
        raise SettingsError(f"SIGN_IN is oidc, and [auth] of secrets.toml lacks {', '.join(missing)}.", example)
    if len(str(auth["cookie_secret"])) < COOKIE_SECRET_LENGTH:
        raise SettingsError(
            f"cookie_secret in secrets.toml is shorter than {COOKIE_SECRET_LENGTH} characters: it could be guessed.",
            'Take the output of: python -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
    if not _is_safe(auth["redirect_uri"]) or not str(auth["redirect_uri"]).endswith(CALLBACK):
        raise SettingsError(
            "redirect_uri in secrets.toml cannot be used.",
            f"Give the app's own address and {CALLBACK}, such as https://meishi.example.com{CALLBACK}; "
            "http is for this machine alone.",
        )
    if not _is_safe(auth["server_metadata_url"]):
        raise SettingsError(
            "server_metadata_url in secrets.toml cannot be used.",
            "Give the provider's https address that ends in /.well-known/openid-configuration.",
        )
    if any(part in str(auth["server_metadata_url"]) for part in ANY_TENANT):
        raise SettingsError(
            "server_metadata_url in secrets.toml lets people of any company name their own address.",
            "Put your tenant's id in its place.",
        )


def _is_safe(address: object) -> bool:
    """Whether what is sent to the address stays unseen on its way: https, or this machine."""
    try:
        parts = urlsplit(str(address))
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    )


def current_settings() -> Settings:
    """Return the settings as they are now: who is taken off the list in `.env` is out at the next request.

    Raises SettingsError, upon which nobody is let in; also where sign-in itself was taken away since the start, as
    it is for a moment while an editor writes `.env`: streams that are open would show everything to anybody.
    """
    file = Settings.model_config.get("env_file")
    try:
        found = Path(str(file)).stat() if file else None
    except OSError:
        found = None
    named = tuple(os.environ.get(name) for name in ("SIGN_IN", "SIGN_IN_ALLOW", "SIGN_IN_HEADER", "SIGN_IN_PROXIES"))
    settings = _settings_of(found and (found.st_mtime_ns, found.st_size, found.st_ino), named)
    if settings.sign_in == "none" and get_settings().sign_in != "none":
        raise SettingsError("SIGN_IN was taken away while Meishi runs.", "Set it again, or start Meishi anew.")
    return settings


@lru_cache(maxsize=1)
def _settings_of(_stamp: object, _named: object) -> Settings:
    return read_settings()
