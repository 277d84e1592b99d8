"""`python -m lib.jobs`: this machine's workers on the queue of DATABASE_URL, replaced when they die."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from sqlalchemy import URL

from lib.database import current_engine, open_database
from lib.database.address import in_words
from lib.errors import MeishiError
from lib.jobs.health import HealthServer
from lib.jobs.supervisor import Supervisor
from lib.logs import set_up_logs
from lib.settings import Settings, get_settings


def main(arguments: list[str] | None = None) -> None:
    """Take jobs until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m lib.jobs", description=__doc__)
    parser.add_argument("--owned", action="store_true", help="be one worker; stop when standard input closes")
    is_owned = parser.parse_args(arguments).owned
    try:
        set_up_logs(get_settings(), whole_output=True)
        if is_owned:
            from lib.jobs.worker import work  # 35 MB that who only looks after workers need not hold

            work()
        else:
            supervise(get_settings())
    except MeishiError as error:
        sys.exit(str(error))


def supervise(settings: Settings) -> None:
    """Keep this machine's workers alive until Ctrl+C or SIGTERM. Raises what `open_database` raises."""
    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    server = HealthServer(settings.worker_health_port) if settings.worker_health_port else None
    # Once here, so that what is wrong with it is said once and not by every worker again and again.
    open_database(settings)
    url = current_engine().url
    current_engine().dispose()  # only the workers need connections
    count = max(1, settings.workers)
    supervisor = Supervisor(count)
    if server:
        server.start(supervisor, url)
    who = "1 worker takes" if count == 1 else f"{count} workers take"
    print(f"{who} jobs from {_where(settings, url)} until you press Ctrl+C.", flush=True)
    told_to_stop.wait()
    print("Finishing the cards in hand …", flush=True)
    supervisor.stop()


def _where(settings: Settings, url: URL) -> str:
    return in_words(url) if settings.database_url else f"the embedded database in {settings.meishi_home}"


if __name__ == "__main__":
    main()
