"""What a server or a pooler before it says when it takes no connection or no statement, in words for a person."""

from __future__ import annotations

import re

from sqlalchemy import URL

from lib.errors import DatabaseUnavailable

FULL = (
    "The database takes no more connections.",
    "Stop other programs that use it, set WORKERS lower, or let the server or its pooler take more.",
)
ELSEWHERE = "Check that the server runs and that DATABASE_URL has the right host, port, user, password and name."
# Reached by a socket it is nearly always the embedded one, and nearly always its disk.
HERE = (
    "Meishi starts its own server again by itself: try again in a moment. If it stays so, make room on the disk of "
    "MEISHI_HOME, and look at postgres/server.log there. A server that DATABASE_URL names has to run."
)
ENCRYPTED_ONLY = (
    "The database takes encrypted connections only.",
    "Take sslmode=disable out of DATABASE_URL and PGSSLMODE.",
)
RESTARTING = ("The database is just being restarted.", "Wait a moment, then try again.")
# What a living server may say, by SQLSTATE (PostgreSQL documentation, appendix A), and what to do.
BY_SQLSTATE = {
    "53100": ("The database's disk is full; nothing was stored.", "Make room on it, then try again."),
    "53300": FULL,
    "40P01": ("Somebody else was changing the same thing.", "Try it again."),
    "40001": ("Somebody else was changing the same thing.", "Try it again."),
    "57P01": RESTARTING,
    "57P02": RESTARTING,
    "57P03": RESTARTING,
    "57014": ("The database took too long.", "Try it again, or ask for less at once."),
}
# The same by its text: libpq tells no SQLSTATE of a connection that was refused, and poolers give all they say one.
BY_TEXT = {
    # PostgreSQL, pgbouncer, Supavisor. A pooler says the second where all its connections were busy for too long.
    r"too many (clients|connections)|connection slots are reserved|no more connections allowed|max clients reached"
    r"|query_wait_timeout": FULL,
    r"database system is (starting up|shutting down|in recovery mode)": RESTARTING,
    r"server_login_retry|pgbouncer cannot connect|server login failed": (
        "The pooler before the database does not reach it.",
        "Wait a moment, then try again. If it stays so, check that the server runs, and what the pooler signs in by.",
    ),
    r"transaction blocks not allowed": (
        "The pooler before the database keeps no transactions.",
        "Set its pool_mode to transaction or session.",
    ),
    r"does not support SSL": (
        "The database {where} takes no encrypted connections.",
        "Turn TLS on at the server. Only in a network that is yours alone, such as one of compose, write "
        "?sslmode=disable at the end of DATABASE_URL instead.",
    ),
    r"FATAL: +SSL required|no encryption$": ENCRYPTED_ONLY,
    r"root certificate|certificate verify failed|does not match host name": (
        "The certificate of the database {where} does not prove that it is the right server: {said}",
        "In DATABASE_URL, give sslrootcert the file of your hoster's certificate authority, and the host by the name "
        "that the certificate is for.",
    ),
}


def as_unavailable(error: BaseException, url: URL) -> DatabaseUnavailable:
    """Return what to tell a person about `error`, met on the way to `url`. Holds no password."""
    cause = getattr(error, "orig", None) or error
    said = first_line(cause)
    where = f"{url.host}:{url.port or 5432}" if url.host else "of this machine"
    message, remedy = _known(getattr(cause, "sqlstate", None), str(cause)) or (
        "The database {where} does not answer: {said}",
        ELSEWHERE if url.host else HERE,
    )
    return DatabaseUnavailable(message.format(where=where, said=said), remedy)


def is_full(error: Exception) -> bool:
    """Whether a server refused a connection only because it has no more of them."""
    return _known(getattr(error, "sqlstate", None), first_line(error)) == FULL


def _known(sqlstate: str | None, text: str) -> tuple[str, str] | None:
    if sqlstate in BY_SQLSTATE:
        return BY_SQLSTATE[sqlstate]
    first = text.strip().splitlines()[0] if text.strip() else ""
    return next((found for pattern, found in BY_TEXT.items() if re.search(pattern, first)), None)


def first_line(error: object) -> str:
    """Return the driver's first line; it ends with the cause and never holds the password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rsplit("failed: ", 1)[-1]
