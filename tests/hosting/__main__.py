"""`python -m tests.hosting`: a database with TLS, an S3 store and a sign-in provider to try the server's way with.

All on this machine, from packages, until Ctrl+C. What the app needs to use them is written to build/stand-ins/env.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lib.settings import ROOT
from tests.hosting.oidc import ADA, OidcProvider, oidc_provider
from tests.hosting.postgres import hosted_postgres
from tests.hosting.s3 import s3_server

FOLDER = ROOT / "build" / "stand-ins"


def main() -> None:
    """Run them until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.hosting", description=__doc__)
    parser.add_argument("--app-port", type=int, default=8600, help="the port the app will be served on (8600)")
    port = parser.parse_args().app_port
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    try:
        with stand_ins(FOLDER, f"http://127.0.0.1:{port}") as provider:
            print(f"Ready: {FOLDER.relative_to(ROOT) / 'env'}, for the app on port {port}.")
            print(f"Who may sign in: {ADA.login}, password: {provider.people[ADA.login].password}", flush=True)
            told_to_stop.wait()
    except pytest.skip.Exception as missing:
        sys.exit(str(missing))


@contextmanager
def stand_ins(folder: Path, app_url: str) -> Iterator[OidcProvider]:
    """Run them for the app at `app_url`; `folder` is emptied first, and gets the file `env` once all is ready."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ExitStack() as running:
        postgres = running.enter_context(hosted_postgres(folder))
        (folder / "s3").mkdir()
        store = running.enter_context(s3_server(folder / "s3"))
        provider = running.enter_context(oidc_provider(app_url))
        write_settings(
            folder / "env",
            {
                "DATABASE_URL": f"{postgres.remote()}&sslmode=verify-full&sslrootcert={postgres.ca_file}",
                **store.environment,
                **provider.environment(folder),
            },
        )
        yield provider


def write_settings(path: Path, values: dict[str, str]) -> None:
    """Write lines that a shell, a .env file and Docker all read alike; the file appears whole, for its owner alone."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))
    new.replace(path)


if __name__ == "__main__":
    main()
