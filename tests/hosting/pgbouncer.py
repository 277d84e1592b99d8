"""A connection pooler before the server, as hosters put one: Debian's pgbouncer, with passwords and TLS."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import pytest
import trustme

from lib.database.account import Account
from lib.settings import ROOT
from tests.hosting.ports import free_port
from tests.hosting.postgres import ADMIN, ADMIN_PASSWORD, NAME, PASSWORD, ROLE, HostedPostgres

# Where tests/install_pgbouncer puts it, and where Debian does.
PLACES = (ROOT / "build" / "pgbouncer" / "usr" / "sbin" / "pgbouncer", Path("/usr/sbin/pgbouncer"))
LIMIT_S = 20


@dataclass(frozen=True, kw_only=True)
class Pooler:
    """The pooler; its addresses are the server's with another port."""

    postgres: HostedPostgres
    folder: Path
    port: int
    ca_file: Path
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return self.through(self.postgres.url)

    def through(self, url: str) -> str:
        """Return one of the server's addresses by way of the pooler."""
        return url.replace(f":{self.postgres.port}/", f":{self.port}/")

    def stop(self) -> None:
        """End it at once: every client loses its connection."""
        process = self._processes.pop()
        process.terminate()
        process.wait(LIMIT_S)

    def start(self) -> None:
        """Start it again, on the same port; return when it answers."""
        process = subprocess.Popen(
            [self.folder / "pgbouncer", "-q", self.folder / "pgbouncer.ini"],
            cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "LD_LIBRARY_PATH": str(self.folder)},
            **Account.for_server().as_popen(),
        )  # fmt: skip
        self._processes.append(process)
        deadline = time.monotonic() + LIMIT_S
        while True:
            try:
                self.ask("show version")
                return
            except psycopg.OperationalError:
                assert process.poll() is None, self.log
                assert time.monotonic() < deadline, self.log
                time.sleep(0.05)

    def restart(self, away_s: float = 0) -> None:
        """Stop it and start it again after a while."""
        self.stop()
        time.sleep(away_s)
        self.start()

    def ask(self, command: str) -> list[tuple]:
        """Return what its own console says: `show pools`, `show servers`, `pause`, …"""
        url = self.through(self.postgres.url_of(ADMIN, ADMIN_PASSWORD, "pgbouncer"))
        with psycopg.connect(url, autocommit=True) as connection:
            # Its console knows the simple protocol only.
            answer = psycopg.ClientCursor(connection).execute(command.encode())
            return answer.fetchall() if answer.description else []

    @property
    def log(self) -> str:
        """What it wrote of late."""
        return (self.folder / "pgbouncer.log").read_text()[-3000:]


@contextmanager
def pgbouncer(
    postgres: HostedPostgres,
    mode: Literal["session", "transaction", "statement"] = "transaction",
    *,
    knows_all_roles: bool = True,
    **settings: object,
) -> Iterator[Pooler]:
    """Run a pooler before `postgres`, with few connections of its own to it.

    One that does not know all roles lets only those in that its file names, as one set up by hand. `settings` go to
    pgbouncer.ini.
    """
    program = next((place for place in PLACES if place.exists()), None)
    if program is None:
        pytest.skip("pgbouncer is not installed: tests/install_pgbouncer")
    folder = Path(tempfile.mkdtemp(prefix="meishi-pgbouncer-"))
    try:
        folder.chmod(0o755)
        # Where its account finds it, with the libraries that were unpacked beside it.
        libraries = program.parents[1] / "lib"
        unpacked = [program, *libraries.glob("*/*.so*")] if program == PLACES[0] else [program]
        for path in unpacked:
            shutil.copy(path, folder / path.name)
        pooler = Pooler(postgres=postgres, folder=folder, port=free_port(), ca_file=folder / "ca.pem")
        known = {
            "listen_addr": postgres.host,
            "listen_port": pooler.port,
            "unix_socket_dir": "",
            "logfile": folder / "pgbouncer.log",
            "auth_type": "scram-sha-256",
            "auth_file": folder / "users",
            "admin_users": ADMIN,
            "pool_mode": mode,
            "default_pool_size": 3,
            # Its own default waits 15 s after a server that was away.
            "server_login_retry": 1,
            **_encryption(pooler),
            **({"auth_user": ADMIN, "auth_query": "select usename, passwd from pg_shadow where usename = $1"}
               if knows_all_roles else {}),
            **settings,
        }  # fmt: skip
        lines = ["[databases]", f"* = host={postgres.host} port={postgres.port}", "[pgbouncer]"]
        _write(folder / "pgbouncer.ini", [*lines, *(f"{name} = {value}" for name, value in known.items())])
        _write(folder / "users", [f'"{ROLE}" "{PASSWORD}"', f'"{ADMIN}" "{ADMIN_PASSWORD}"'])
        _write(folder / "pgbouncer.log", [])
        pooler.start()
        try:
            yield pooler
        finally:
            while pooler._processes:
                pooler.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _encryption(pooler: Pooler) -> dict[str, object]:
    """Return the settings for TLS on both sides, where the server has it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(pooler.ca_file)
    pooler.ca_file.chmod(0o644)
    if not pooler.postgres.has_tls:
        return {}
    certificate = authority.issue_cert(NAME, "localhost", "127.0.0.1")
    key, chain = pooler.folder / "key.pem", pooler.folder / "chain.pem"
    _write(key, [certificate.private_key_pem.bytes().decode()])
    _write(chain, [blob.bytes().decode() for blob in certificate.cert_chain_pems])
    return {
        "client_tls_sslmode": "require",
        "client_tls_key_file": key,
        "client_tls_cert_file": chain,
        "server_tls_sslmode": "verify-ca",
        "server_tls_ca_file": pooler.postgres.ca_file,
    }


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(0o600)
    Account.for_server().take(path)
