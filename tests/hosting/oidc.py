"""A real OpenID Connect provider: Canaille, in memory, with people to sign in as."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.hosting.ports import free_port

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody the provider knows; `verified` is what it says of the address, None nothing."""

    login: str
    email: str
    verified: bool | None = True
    password: str = PASSWORD


ADA = Person(login="ada", email="ada@example.com")
EVE = Person(login="eve", email="eve@example.net")
UMA = Person(login="uma", email="uma@example.com", verified=False)


@dataclass(frozen=True, kw_only=True)
class OidcProvider:
    """A running provider, with one client: the app at `app_url`. While `failing` is set it answers nothing."""

    issuer: str
    metadata_url: str
    client_id: str
    client_secret: str
    cookie_secret: str
    app_url: str
    people: Mapping[str, Person]
    failing: threading.Event

    def secrets(self, **auth: str) -> str:
        """Return a secrets.toml by which the app at `app_url` signs people in; `auth` replaces values."""
        values = {
            "redirect_uri": f"{self.app_url}/oauth2callback",
            "cookie_secret": self.cookie_secret,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "server_metadata_url": self.metadata_url,
            **auth,
        }
        return "[auth]\n" + "".join(f'{name} = "{value}"\n' for name, value in values.items())

    def environment(self, folder: Path, **auth: str) -> dict[str, str]:
        """Return the app's settings: sign-in by this provider, its secrets in a file in `folder`."""
        file = folder / "secrets.toml"
        file.write_text(self.secrets(**auth))
        file.chmod(0o600)
        return {"SIGN_IN": "oidc", "SIGN_IN_ALLOW": ADA.email, "STREAMLIT_SECRETS_FILES": str(file)}

    def cookie(self, email: str, secret: str | None = None, **claims: Any) -> str:
        """Return the value of the cookie that the app gives who signs in, made with `secret` where one is given."""
        now = time.time()
        told = {
            "origin": self.app_url,
            "provider": "default",
            "is_logged_in": True,
            "email": email,
            "email_verified": True,
            "iat": now,
            **claims,
        }
        return create_signed_value(secret or self.cookie_secret, USER_COOKIE_NAME, json.dumps(told)).decode()


@contextmanager
def oidc_provider(
    app_url: str, people: Sequence[Person] = (ADA, EVE, UMA), *, port: int = 0
) -> Iterator[OidcProvider]:
    """Run a provider with `people`, for the app at `app_url`, until the end of the block."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # http is enough on this machine
    # Not 127.0.0.1, where the app is: cookies do not tell ports apart.
    port = port or free_port()
    issuer = f"http://localhost:{port}"
    client_id, client_secret = "meishi", secrets.token_urlsafe(24)
    app = make_provider(port)
    with app.app_context():
        add_people(people)
        add_client(app_url, client_id, client_secret)
    failing = threading.Event()

    def serve(environ: Any, start_response: Any) -> Any:
        if not failing.is_set():
            return app(environ, start_response)
        start_response("503 Service Unavailable", [("Content-Length", "0")])
        return []

    server = make_server("127.0.0.1", port, serve, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with telling_verified(people):
            yield OidcProvider(
                issuer=issuer,
                metadata_url=f"{issuer}/.well-known/openid-configuration",
                client_id=client_id,
                client_secret=client_secret,
                cookie_secret=secrets.token_urlsafe(32),
                app_url=app_url,
                people={person.login: person for person in people},
                failing=failing,
            )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Silent(WSGIRequestHandler):
    """Answers without a line on the console for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def telling_verified(people: Sequence[Person]) -> Iterator[None]:
    """Have the provider tell whether an address was verified: most do, Canaille by itself does not."""
    from canaille.oidc import provider

    claims = provider.generate_user_claims
    verified = {person.login: person.verified for person in people}

    def generate_user_claims(user: Any, *rest: Any) -> dict[str, Any]:
        told = verified.get(user.user_name)
        return claims(user, *rest) | ({} if told is None else {"email_verified": told})

    provider.generate_user_claims = generate_user_claims
    try:
        yield
    finally:
        provider.generate_user_claims = claims


def make_provider(port: int) -> Any:
    """Return the provider's web application."""
    from canaille import create_app
    from joserfc.jwk import JWKRegistry

    key = JWKRegistry.generate_key("RSA", 2048)
    key.ensure_kid()
    return create_app(
        config={
            "ENV_FILE": None,
            "SECRET_KEY": secrets.token_urlsafe(24),
            "PREFERRED_URL_SCHEME": "http",
            "SERVER_NAME": f"localhost:{port}",
            "CANAILLE": {
                "DATABASE": "memory",
                "JAVASCRIPT": False,
                "HTMX": False,
                "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"]}},
                "LOGGING": {"version": 1, "disable_existing_loggers": False},
            },
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)]},
        }
    )


def add_people(people: Sequence[Person]) -> None:
    """Make the provider know them."""
    from canaille.app import models
    from canaille.backends import Backend

    for person in people:
        user = models.User(
            formatted_name=person.login.title(),
            given_name=person.login.title(),
            family_name="Example",
            user_name=person.login,
            emails=[person.email],
            password=person.password,
        )
        Backend.instance.save(user)


def add_client(app_url: str, client_id: str, client_secret: str) -> None:
    """Make the provider know the app."""
    from canaille.app import models
    from canaille.backends import Backend

    back = f"{app_url}/oauth2callback"
    client = models.Client(
        client_id=client_id,
        client_secret=client_secret,
        client_name="Meishi",
        client_uri=app_url,
        client_id_issued_at=dt.datetime.now(dt.UTC),
        redirect_uris=[back],
        post_logout_redirect_uris=[back],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_basic",
    )
    Backend.instance.save(client)
    Backend.instance.update(client, audience=[client])
    Backend.instance.save(client)
