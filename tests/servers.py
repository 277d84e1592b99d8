"""The PostgreSQL servers that tests run against: the embedded one, and Debian's where it is installed."""

from __future__ import annotations

from pathlib import Path

from lib.database.embedded import EmbeddedServer

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
SERVERS = ["embedded", "debian15"] if DEBIAN_15.exists() else ["embedded"]


def make_server(name: str, home: Path) -> EmbeddedServer:
    """Return the server called `name`, not started."""
    if name == "debian15":
        # The built-in locale provider came with PostgreSQL 17.
        return EmbeddedServer(home, binaries=DEBIAN_15, initdb_options=("--locale=C",))
    return EmbeddedServer(home)
