"""`python -m lib.demo`: sample data of made-up people; `--remove` takes all of it away again.

With `--contacts 1000000` a crowd instead, without photos, to see how the product does with many.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time

from lib.database import open_database
from lib.demo.crowd import add_crowd, remove_crowd
from lib.demo.sample import add_sample, remove_sample
from lib.errors import MeishiError
from lib.settings import get_settings


def main(arguments: list[str] | None = None) -> None:
    """Make the sample data or remove it, and say what was done."""
    parser = argparse.ArgumentParser(prog="python -m lib.demo", description=__doc__)
    parser.add_argument("--remove", action="store_true", help="take the sample data away, and nothing else")
    parser.add_argument(
        "--contacts", type=_count, metavar="N", help="a crowd of so many instead (a million: minutes)"
    )
    parser.add_argument(
        "--beside-real-data", action="store_true", help="let the crowd into a database that holds other contacts"
    )
    try:
        chosen = parser.parse_args(arguments)
        open_database(get_settings())
        if chosen.contacts and not chosen.remove:
            print(_add_crowd(chosen.contacts, beside_real_data=chosen.beside_real_data), flush=True)
        else:
            print(_remove() if chosen.remove else _add(), flush=True)
    except MeishiError as error:
        sys.exit(str(error))


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _add_crowd(count: int, *, beside_real_data: bool) -> str:
    print(
        f"Making {count:,} contacts; the app stands still meanwhile (a million takes about two minutes) …", flush=True
    )
    began = time.perf_counter()
    made = add_crowd(count, _now(), beside_real_data=beside_real_data)
    return (
        f"Made {made.contacts:,} contacts of {made.events} events in the last two years, {made.groups} groups and "
        f"{made.campaigns} campaigns in {time.perf_counter() - began:.0f} s.\n"
        "Everything in it is made up, and there are no photos. Remove it with: python -m lib.demo --remove"
    )


def _add() -> str:
    made = add_sample(_now())
    return (
        f"Made {made.events} events with {made.contacts} contacts of the last weeks, {made.groups} groups, "
        f"{made.campaigns} campaigns, and {made.fresh} fresh photos that the workers read as soon as the app runs.\n"
        "Everything in it is made up. Remove it with: python -m lib.demo --remove"
    )


def _remove() -> str:
    gone = remove_crowd()
    if not gone.events:
        gone = remove_sample()
    if not gone.events:
        return "There is no sample data."
    return (
        f"Removed {gone.events} sample events with {gone.contacts:,} contacts, {gone.groups} groups and "
        f"{gone.campaigns} campaigns, their photos and their activity."
    )


if __name__ == "__main__":
    main()
