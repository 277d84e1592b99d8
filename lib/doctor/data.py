"""What the data lies in: database, migrations, images, the opt-outs' key, backups, the notebook's role, the clock."""

from __future__ import annotations

import datetime as dt
import socket
import time
from collections.abc import Generator, Iterator
from typing import Any

import psycopg
from sqlalchemy import URL

from lib.analytics.notebook.reader import POWERS
from lib.backup.records import last_backup
from lib.contacts.suppression_key import FILE, check_key
from lib.database.address import as_conninfo, connect_options, in_words, is_local, parse_url
from lib.database.engine import OLDEST, make_engine
from lib.database.migrations import known
from lib.database.refusals import as_unavailable, first_line
from lib.doctor.case import SQL, Case, Finding, ok, warning, wrong
from lib.health import look_at_database
from lib.storage import check_storage
from lib.words import ago_in_words

CLOCKS_APART_S = 5.0
HOUR_S = 3600.0
# Longer than a weekend with nobody there.
OLD_BACKUP_S = 4 * 24 * HOUR_S


def check_database(case: Case) -> Iterator[Finding]:
    """Reach the database, and look as whom and how. Raises DatabaseUnavailable, SettingsError."""
    url = case.settings.database_url
    if url is None:
        address = yield from _find_embedded(case)
        if address is None:
            return
    else:
        address = parse_url(url)
    look_at_database(address)
    case.engine = make_engine(address)
    with case.database(with_tables=False) as db:
        server = db.execute(SQL["get_server"]).one()
        connection: Any = db.connection.driver_connection
        libpq = connection.pgconn
    way = "through a pooler" if libpq.backend_pid != server.pid else "directly"
    if server.number < OLDEST[0] * 10_000:
        yield wrong(f"PostgreSQL {server.version} is too old.", f"Use {OLDEST[0]} or newer.")
    else:
        yield ok(f"PostgreSQL {server.version}, {in_words(address)}, reached {way}")
    yield from _look_at_way(address, is_encrypted=bool(libpq.ssl_in_use))
    yield from _look_at_role(server, is_ours=url is None)


def _find_embedded(case: Case) -> Generator[Finding, None, URL | None]:
    """Return the address of the embedded server, started where it does not run; None where there is none yet."""
    from lib.database.embedded import EmbeddedServer  # Unix only

    none_yet = warning("There is none yet.", "It is made when the app is started: make run.")
    # To ask where it lies would make the home.
    server = EmbeddedServer(case.settings.meishi_home) if case.settings.meishi_home.exists() else None
    if server is None or not server.data.exists():
        yield none_yet
        return None
    if not server.answers():
        yield ok("the embedded server did not run; it was started for this look and stops with it")
    return server.start()


def _look_at_way(address: URL, *, is_encrypted: bool) -> Iterator[Finding]:
    if is_encrypted:
        yield ok("encrypted")
    elif not is_local(address):
        yield warning(
            "The way to the database is not encrypted.",
            "Take sslmode=disable out unless that network is yours alone.",
        )


def _look_at_role(server: Any, *, is_ours: bool) -> Iterator[Finding]:
    """Look at the role's rights: enough and not more than that."""
    if server.migrations and not server.may_own:
        yield wrong(
            f"The tables belong to the role {server.owner}, and {server.role} has not all the rights that it needs.",
            "An administrator of the server can give them to it: "
            f"psql -v role={server.role} -f sql/admin/hand_over.sql, with the database's address.",
        )
    elif not server.may_create:
        yield wrong(
            f"The role {server.role} may not create tables.",
            f"An administrator can let it: grant create on schema public to {server.role}.",
        )
    elif server.is_superuser and not is_ours:
        yield warning(
            f"The role {server.role} is a superuser, which Meishi does not need.",
            "Make a role that owns its database.",
        )
    else:
        yield ok(f"the role {server.role} may do what is needed")
    if server.zone != "UTC":
        yield wrong(
            f"The session counts in {server.zone} instead of UTC: times would be stored wrong.",
            "Let the pooler pass the setting TimeZone on, and leave PGTZ alone.",
        )


def check_migrations(case: Case) -> Iterator[Finding]:
    """Compare sql/migrations with what was applied."""
    files = known()
    with case.database(with_tables=False) as db:
        if db.execute(SQL["get_server"]).one().migrations is None:
            yield warning("The database is empty.", "Its tables are made when the app is started: make run.")
            return
        applied = {row.name: row.sha256 for row in db.execute(SQL["list_migrations"])}
    newer, edited = sorted(applied.keys() - files.keys()), [n for n in files if applied.get(n, files[n]) != files[n]]
    pending = sorted(files.keys() - applied.keys())
    if newer:
        yield wrong(f"The database was changed by a newer Meishi ({newer[-1]}).", "Update this program.")
    if edited:
        yield wrong(
            f"sql/migrations/{min(edited)} was edited after it was applied to this database.",
            "Put the file back as it was, and write the change as a new migration.",
        )
    if pending:
        yield warning(f"{len(pending)} not applied yet ({pending[0]} …).", "Make a backup, then start the app.")
    case.has_tables = not pending and not newer
    if not newer and not edited and not pending:
        yield ok(f"all {len(files)} applied")


def check_images(case: Case) -> Iterator[Finding]:
    """Write, read and delete a small file. Raises StorageUnavailable."""
    home = case.settings.meishi_home
    if case.settings.storage_url is None and not home.exists():
        yield warning(f"{home} is not there yet.", "It is made when the app is started: make run.")
        return
    check_storage()
    yield ok(f"written to, read and cleaned: {case.settings.storage}")


def check_opt_outs(case: Case) -> Iterator[Finding]:
    """Look whether the list's key is the one it was made with. Raises SuppressionKeyLost."""
    with case.database() as db:
        key = check_key(db)
    yield ok("the key is the list's" if key else "nobody is on the list")
    file = case.settings.meishi_home / FILE
    if file.is_file() and file.stat().st_mode & 0o077:
        yield warning(f"{file} can be read by other accounts.", f"Run: chmod 600 {file}")


def check_backups(case: Case) -> Iterator[Finding]:
    """Look how old the last good backup is, and whether one is made by itself."""
    every_s = case.settings.backup_every_hours * HOUR_S
    with case.database() as db:
        last = last_backup(db)
    if last.error:
        yield wrong(f"The last backup failed: {last.error}", f"Look at {last.failed_folder} on {last.failed_host}.")
    if last.seconds_ago is None:
        yield warning("There is no backup.", "Run make backup, and set BACKUP_EVERY_HOURS to have them made.")
    elif last.seconds_ago > (2 * every_s or OLD_BACKUP_S):
        yield warning(
            f"The last good backup was made {_ago(last.seconds_ago)}.",
            "Look whether a worker runs." if every_s else "Run make backup, or set BACKUP_EVERY_HOURS.",
        )
    else:
        yield ok(f"the last good one was made {_ago(last.seconds_ago)}")


def _ago(seconds: float) -> str:
    return ago_in_words(dt.timedelta(seconds=seconds))


def check_notebook(case: Case) -> Iterator[Finding]:
    """Look whether the notebook has a role that can only read, or could have one."""
    given = case.settings.notebook_database_url
    with case.database() as db:
        role = db.execute(SQL["get_notebook_role"]).one()
    if given is not None:
        yield _look_at_reader(parse_url(given))
    elif role.is_made:
        yield ok(f"the role {role.reader} is there")
    elif role.may_make:
        yield ok("its role is made when the notebook is opened first")
    else:
        yield warning(
            "The notebook has no role, and ours may not make one.",
            "The view Notebook says what an administrator can run; NOTEBOOK_DATABASE_URL takes the result.",
        )


def _look_at_reader(address: URL) -> Finding:
    try:
        with psycopg.connect(as_conninfo(address), **connect_options(address)) as connection:
            powers = [power for (power,) in connection.execute(POWERS).fetchall()]
    except psycopg.OperationalError as error:
        said = as_unavailable(error, address)
        return wrong(f"NOTEBOOK_DATABASE_URL does not work. {said.message}", "Check its user, password and name.")
    except psycopg.Error as error:
        return wrong(f"NOTEBOOK_DATABASE_URL leads elsewhere: {first_line(error)}", "Give DATABASE_URL's database.")
    if powers:
        return wrong(f"The notebook's role can do more than read: {', '.join(powers)}.", "Give it a role of its own.")
    return ok("NOTEBOOK_DATABASE_URL can only read")


def check_clock(case: Case) -> Iterator[Finding]:
    """Compare this machine's clock with the database's."""
    with case.database(with_tables=False) as db:
        before = time.time()
        theirs = db.execute(SQL["get_clock"]).scalar_one()
        ours = (before + time.time()) / 2
    apart_s = abs(ours - theirs)
    if apart_s > CLOCKS_APART_S:
        yield warning(
            f"The clocks of {socket.gethostname()} and of the database are {apart_s:.0f} s apart.",
            "Set both by a time server, such as with systemd-timesyncd.",
        )
    else:
        yield ok("this machine's agrees with the database's")
