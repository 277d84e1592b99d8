"""Everything that runs behind the pages, started once: database and workers."""

from __future__ import annotations

import atexit
import signal
import sys
import threading

from lib.database import open_database
from lib.errors import MeishiError, SettingsError
from lib.jobs.supervisor import Supervisor
from lib.logs import adopt_server, set_up_logs
from lib.settings import ROOT, get_settings
from lib.storage import check_storage

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


def serve(arguments: list[str]) -> None:
    """Serve the pages until stopped; `arguments` go to `streamlit run`."""
    try:
        set_up_logs(get_settings(), whole_output=True)
        start()
    except SettingsError as error:
        sys.exit(str(error))
    except MeishiError as error:
        # The pages say the same and try again at each visit, so that a database that comes up later is enough.
        print(error, file=sys.stderr, flush=True)
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
