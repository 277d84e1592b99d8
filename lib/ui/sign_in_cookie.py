"""What the browser keeps of a sign-in: so few claims that they fit into one cookie."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from streamlit.web.server.starlette import starlette_auth_routes

# What is judged, and what Streamlit needs to sign out again.
KEPT = ("origin", "provider", "is_logged_in", "email", "email_verified", "iat")

_set_auth_cookie = starlette_auth_routes._set_auth_cookie


def keep_few_claims() -> None:
    """Have Streamlit put no more than `KEPT` of what a provider tells into its cookie.

    What is too long for one it splits into pieces, each signed for itself: whoever chooses a long name at the
    provider could put pieces of several sign-ins together, to the address of somebody else.
    """
    starlette_auth_routes._set_auth_cookie = _set_few_claims


async def _set_few_claims(response: Response, user_info: dict[str, Any], tokens: dict[str, Any]) -> None:
    await _set_auth_cookie(response, {name: user_info[name] for name in KEPT if name in user_info}, tokens)
