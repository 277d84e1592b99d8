"""Where the database is, and whether the way there is encrypted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from lib.errors import SettingsError
from lib.loopback import is_loopback

# How psycopg connects, whoever does, unless the address says otherwise.
OPTIONS = {
    "connect_timeout": 10,
    # What lies between us and a server far away may forget a quiet connection without a word: noticed in a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def parse_url(address: str) -> URL:
    """Return DATABASE_URL as SQLAlchemy wants it: any of PostgreSQL's usual schemes, always psycopg 3.

    A server elsewhere gets `sslmode=require` unless the address or PGSSLMODE says otherwise: without it libpq goes on
    in clear text wherever somebody on the way says so. Raises SettingsError.
    """
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        raise SettingsError(
            "The setting DATABASE_URL cannot be read as an address.",
            "Write it as postgresql://user:password@host:5432/name, with special characters in the password as %xx.",
        ) from None
    if "sslmode" in url.query or is_local(url):
        return url
    return url.update_query_dict({"sslmode": os.environ.get("PGSSLMODE") or "require"})


def is_local(url: URL) -> bool:
    """Whether the server is on this machine as far as the address tells: by a socket, localhost or 127.0.0.1.

    An address that leaves the host to a service file leaves its encryption to it too.
    """
    return all(map(_is_of_this_machine, _hosts(url)))


def connect_options(url: URL) -> dict[str, Any]:
    """Return what psycopg is to connect with besides the address."""
    given = {name: value for name, value in OPTIONS.items() if name not in url.query}
    # A pooler hands each transaction to another server process, which has not seen our prepared statements.
    return {**given, "prepare_threshold": None}


def as_conninfo(url: URL) -> str:
    """Return the address as libpq reads it. An URL's own text is not that: a space in a password ends it there."""
    _, arguments = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**arguments)


def in_words(url: URL) -> str:
    """Return which database it is and where, without user, password and options."""
    return f"{url.database} on {url.host}:{url.port or 5432}" if url.host else f"{url.database} on this machine"


def _hosts(url: URL) -> Iterator[str]:
    """Give every host that libpq may connect to: names, and the addresses at which they are said to be found."""
    places = [url.host, *_several(url, "host"), *_several(url, "hostaddr")]
    if not any(places) and "service" not in url.query:
        places = [os.environ.get("PGHOST"), os.environ.get("PGHOSTADDR")]
    for place in filter(None, places):
        yield from place.split(",")


def _several(url: URL, name: str) -> tuple[str, ...]:
    found = url.query.get(name, ())
    return (found,) if isinstance(found, str) else found


def _is_of_this_machine(host: str) -> bool:
    if host.startswith(("/", "@")):  # sockets, those with a path and Linux' abstract ones
        return True
    name = host.partition(":")[0] if host.count(":") == 1 else host  # several hosts bring their ports along
    return not name or is_loopback(name)
