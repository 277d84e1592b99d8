"""`python -m lib.jobs`: one more worker on the queue of this DATABASE_URL."""

from __future__ import annotations

import argparse
import logging
import sys

from lib.errors import MeishiError
from lib.jobs.worker import work

logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
parser = argparse.ArgumentParser(prog="python -m lib.jobs", description=__doc__)
parser.add_argument("--owned", action="store_true", help="stop when standard input closes")
arguments = parser.parse_args()
try:
    if not arguments.owned:
        print("This worker takes jobs until you press Ctrl+C.", flush=True)
    work(is_owned=arguments.owned)
except MeishiError as error:
    sys.exit(str(error))
