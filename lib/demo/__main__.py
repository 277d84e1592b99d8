"""`python -m lib.demo`: sample data of made-up people; `--remove` takes all of it away again."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from lib.database import open_database
from lib.demo.sample import add_sample, remove_sample
from lib.errors import MeishiError
from lib.settings import get_settings


def main(arguments: list[str] | None = None) -> None:
    """Make the sample data or remove it, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m lib.demo", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="take the sample data away, and nothing else")
    try:
        chosen = parser.parse_args(arguments)
        open_database(get_settings())
        print(_remove() if chosen.remove else _add(), flush=True)
    except MeishiError as error:
        sys.exit(str(error))


def _add() -> str:
    made = add_sample(dt.datetime.now(dt.UTC).replace(tzinfo=None))
    return (
        f"Made {made.events} events with {made.contacts} contacts of the last weeks, {made.groups} groups, "
        f"{made.campaigns} campaigns, and {made.fresh} fresh photos that the workers read as soon as the app runs.\n"
        "Everything in it is made up. Remove it with: python -m lib.demo --remove"
    )


def _remove() -> str:
    gone = remove_sample()
    if not gone.events:
        return "There is no sample data."
    return (
        f"Removed {gone.events} sample events with {gone.contacts} contacts, {gone.groups} groups and "
        f"{gone.campaigns} campaigns, their photos and their activity."
    )


if __name__ == "__main__":
    main()
