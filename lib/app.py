"""Everything that runs behind the pages, started once: database and workers."""

from __future__ import annotations

import atexit
import errno
import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

from lib.database import open_database
from lib.errors import MeishiError, SettingsError
from lib.jobs.supervisor import Supervisor
from lib.logs import adopt_server, set_up_logs
from lib.settings import ROOT, Settings, get_settings
from lib.sign_in import check_start, public_host
from lib.storage import check_storage

START_AGAIN_S = 5.0

_lock = threading.Lock()
_supervisor: Supervisor | None = None


def start() -> None:
    """Open the database and start the workers; further calls do nothing. Raises MeishiError."""
    global _supervisor
    with _lock:
        if _supervisor is not None:
            return
        settings = get_settings()
        set_up_logs(settings)
        open_database(settings)
        _supervisor = Supervisor(settings.workers)
        # Before the embedded server's own exit hook: the last one out stops it.
        atexit.register(_supervisor.stop)


def _start_later() -> None:
    """Try to start until that succeeds."""
    while True:
        time.sleep(START_AGAIN_S)
        with suppress(MeishiError):
            return start()


def serve(arguments: list[str]) -> None:
    """Serve the pages until stopped; `arguments` go to `streamlit run`."""
    try:
        set_up_logs(get_settings(), whole_output=True)
        arguments = [*_guard_start(get_settings(), arguments), *arguments]
        start()
    except SettingsError as error:
        sys.exit(str(error))
    except MeishiError as error:
        # The pages say the same. A database that comes up later is enough, whether anybody visits or not.
        print(error, file=sys.stderr, flush=True)
        threading.Thread(target=_start_later, daemon=True, name="late start").start()
    try:
        check_storage()
    except MeishiError as error:
        print(error, file=sys.stderr, flush=True)
    from streamlit import logger
    from streamlit.web import cli
    from uvicorn.config import LOGGING_CONFIG

    adopt_server(logger, LOGGING_CONFIG)

    for number in (signal.SIGINT, signal.SIGTERM):
        # The server ends what it does and then repeats the signal, which must not cut off the exit hooks.
        signal.signal(number, lambda *_: sys.exit(0))
    sys.argv = ["streamlit", "run", str(ROOT / "server.py"), *arguments]
    cli.main()


def _guard_start(settings: Settings, arguments: list[str]) -> list[str]:
    """Return what `streamlit run` is told on top, of the names and headers that sign-in goes by.

    Raises SettingsError where `arguments`, the environment or a config.toml have the app listen to a network and
    nobody would have to sign in, or at a port that is taken.
    """
    from streamlit import config
    from streamlit.auth_util import get_secrets_auth_section
    from streamlit.web import bootstrap, cli

    # Read by Streamlit itself, as it will be read again: what it takes for an address is what counts.
    config._main_script_path = str(ROOT / "server.py")
    options = cli.main_run.make_context("streamlit run", [config._main_script_path, *arguments]).params
    bootstrap.load_config_options({name: value for name, value in options.items() if name not in ("target", "args")})
    auth = get_secrets_auth_section().to_dict()
    address, hosts = config.get_option("server.address"), config.get_option("server.allowedHosts")
    port = config.get_option("server.port")
    config._config_options = None  # read anew, without a warning that they changed
    check_start(settings, address, auth)
    _check_port(address, port)
    # The other end of a connection is who it is, not what it says in X-Forwarded-For.
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    # A session belongs to whom the proxy named; without a proxy no header names anybody.
    users = {settings.sign_in_header: "email"} if settings.sign_in == "proxy" else {}
    told = [f"--server.trustedUserHeaders={json.dumps(users)}"]
    if settings.sign_in != "none":
        told += ["--server.enableCORS=true", "--server.enableXsrfProtection=true"]
    if host := public_host(settings, auth):
        told += [f"--server.allowedHosts={name}" for name in (*hosts, host)]
    return told


def _check_port(address: str | None, port: int) -> None:
    """Look whether the port is free, before anything starts. Raises SettingsError where it is taken."""
    try:
        family = socket.AF_INET6 if ":" in (address or "") else socket.AF_INET
        socket.create_server((address or "", port), family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            remedy = "End what listens there, or choose another: PORT=8600 make run."
            raise SettingsError(f"Port {port} is taken already.", remedy) from None
