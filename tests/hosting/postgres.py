"""A PostgreSQL server as a hoster gives it: by TCP, with TLS and passwords, and a role that owns its database alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import trustme
from psycopg import sql

from lib.database.account import Account
from tests.hosting.ports import free_port

BINARIES = Path("/usr/lib/postgresql/15/bin")
# What the certificate is for. A name that is not this machine's: `remote` says at which address it is found.
NAME = "db.example.com"
ROLE, DATABASE, PASSWORD = "meishi", "meishi", "p@ss/w:rd of Jane's"
ADMIN, ADMIN_PASSWORD = "postgres", "admin's p@ss"
LIMIT_S = 60
SETTINGS = {
    "password_encryption": "scram-sha-256",
    # What is lost here is lost on purpose; the tests need not wait for the disk.
    "fsync": "off",
    # As hosters have it set, which the program must not mind.
    "timezone": "Asia/Tokyo",
}


@dataclass(frozen=True, kw_only=True)
class HostedPostgres:
    """The server; `url` is of the role without any rights but to its own database, `admin_url` the superuser's."""

    folder: Path
    host: str
    port: int
    has_tls: bool
    ca_file: Path

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return self.url_of(ROLE, PASSWORD)

    @property
    def admin_url(self) -> str:
        """The address by which everything may be done; the database `postgres`."""
        return self.url_of(ADMIN, ADMIN_PASSWORD, "postgres")

    def url_of(self, role: str, password: str, database: str = DATABASE) -> str:
        """Return the address of a role and a database."""
        return f"postgresql://{quote(role)}:{quote(password, safe='')}@{self.host}:{self.port}/{database}"

    def remote(self, url: str | None = None) -> str:
        """Return `url` (that of the role) with the server's name, as from another machine."""
        named = (url or self.url).replace(f"@{self.host}:", f"@{NAME}:")
        return f"{named}?hostaddr={self.host}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Return what the superuser's statement gives, outside any transaction."""
        with psycopg.connect(self.url_of(ADMIN, ADMIN_PASSWORD, database), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def add_role(self, role: str, password: str = PASSWORD, options: str = "") -> None:
        """Make a role that may sign in, and no more than the options say."""
        made = sql.SQL("create role {} login password {} ").format(sql.Identifier(role), sql.Literal(password))
        self.run(made.as_string(None) + options)

    def add_database(self, database: str, owner: str = ROLE) -> str:
        """Return the address of a new database for the role `meishi`."""
        self.run(f'create database "{database}" owner "{owner}"')
        return self.url_of(ROLE, PASSWORD, database)

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped since."""
        return (self.folder / "data" / "postmaster.pid").exists()

    def stop(self, how: str = "fast") -> None:
        """Stop it: `fast` ends every connection, `immediate` is a crash."""
        _pg_ctl(self.folder, "stop", "-m", how)

    def start(self) -> None:
        """Start it again, on the same port."""
        options = {
            **SETTINGS,
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": "",
        }
        arguments = " ".join(f"-c {name}={value}" for name, value in options.items())
        _pg_ctl(self.folder, "start", "-l", str(self.folder / "server.log"), "-o", arguments)

    def restart(self, how: str = "fast", away_s: float = 0) -> None:
        """Stop it and start it again after a while."""
        self.stop(how)
        time.sleep(away_s)
        self.start()


@contextmanager
def hosted_postgres(
    folder: Path, *, tls: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[HostedPostgres]:
    """Run a server whose data lies in `folder`; in one of its own where its account cannot enter that.

    With `tls` it takes no connection without. `settings` go to postgresql.conf.
    """
    if not BINARIES.exists():
        pytest.skip("Debian's postgresql-15 is not installed: the embedded server speaks no TLS")
    with _reachable(folder) as place:
        server = HostedPostgres(
            folder=place, host="127.0.0.1", port=free_port(), has_tls=tls, ca_file=place / "ca.pem"
        )
        _make_cluster(server, settings or {})
        server.start()
        try:
            server.add_role(ROLE, PASSWORD)
            server.add_database(DATABASE)
            yield server
        finally:
            if server.is_running:
                server.stop("immediate")


@contextmanager
def _reachable(folder: Path) -> Iterator[Path]:
    place = folder / "hosted-postgres"
    place.mkdir(parents=True)
    if Account.for_server().can_enter(place):
        yield place
        return
    # pytest's own folders are closed to the account that the server runs under where we are root.
    elsewhere = Path(tempfile.mkdtemp(prefix="meishi-hosted-"))
    elsewhere.chmod(0o755)
    try:
        yield elsewhere
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


def _make_cluster(server: HostedPostgres, settings: Mapping[str, str]) -> None:
    folder, account = server.folder, Account.for_server()
    account.take(folder)
    password = folder / "password"
    password.write_text(ADMIN_PASSWORD)
    password.chmod(0o600)
    account.take(password)
    data = folder / "data"
    _run(
        "initdb", f"--pgdata={data}", f"--username={ADMIN}", f"--pwfile={password}", "--auth=scram-sha-256",
        "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
    )  # fmt: skip
    password.unlink()
    kind = "hostssl" if server.has_tls else "host"
    _write(data / "pg_hba.conf", f"{kind} all all 127.0.0.1/32 scram-sha-256\n")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(server.ca_file)
    server.ca_file.chmod(0o644)
    if server.has_tls:
        certificate = authority.issue_cert(NAME, "localhost", "127.0.0.1")
        _write(data / "server.crt", b"".join(blob.bytes() for blob in certificate.cert_chain_pems).decode())
        _write(data / "server.key", certificate.private_key_pem.bytes().decode())
    written = {"ssl": "on" if server.has_tls else "off", **settings}
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in written.items())


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)
    Account.for_server().take(path)


def _pg_ctl(folder: Path, action: str, *options: str) -> None:
    _run("pg_ctl", action, "-D", str(folder / "data"), "-w", "-t", str(LIMIT_S), *options)


def _run(program: str, *arguments: str) -> None:
    finished = subprocess.run(
        [BINARIES / program, *arguments],
        cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")},
        **Account.for_server().as_popen(),
    )  # fmt: skip
    assert finished.returncode == 0, f"{program} {arguments[0]}: {finished.stderr}"
