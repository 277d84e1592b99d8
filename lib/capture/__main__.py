"""`python -m lib.capture --event NAME PATH…`: take photos of cards in from files and folders."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
from pathlib import Path

from lib.capture.batch import Outcome, capture_files, choose_event, list_unreadable
from lib.capture.files import find_photos
from lib.capture.screen import complain, progress, say
from lib.capture.waiting import NOBODY, Crew, wait_until_read
from lib.database import open_database, transaction
from lib.errors import MeishiError
from lib.logs import set_up_logs
from lib.settings import get_settings
from lib.workers import count_workers_alive

INTERRUPTED = 130
AGAIN = "They are safe. Run the same command again: it goes on where it stopped."


def main(arguments: list[str] | None = None) -> int:
    """Take the photos in; 0 when all went well, 1 when one could not be taken in or read, 130 when interrupted."""
    options = _parser().parse_args(arguments)
    found = find_photos(options.paths)
    outcomes = [Outcome(path=path, kind="failed", reason=reason) for path, reason in found.refused]
    try:
        if found.photos:
            set_up_logs(get_settings())
            open_database(get_settings())
            _take_in(options, found.photos, outcomes)
            finish = _wait if options.wait else _say_who_reads
            finish(outcomes)
    except (MeishiError, KeyboardInterrupt) as error:
        _list_failed(outcomes)
        complain(str(error) or "Stopped.")
        if any(outcome.kind != "failed" for outcome in outcomes):
            complain(f"{_counted(outcomes, len(found.photos))} {AGAIN}")
        return 1 if isinstance(error, MeishiError) else INTERRUPTED
    return _list_failed(outcomes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.capture", description="Take photos of business cards in.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a photo, or a folder of photos")
    parser.add_argument("--event", required=True, metavar="NAME", help="where the cards come from; made if need be")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="the day of an event that is made; today")
    parser.add_argument("--wait", action="store_true", help="end when all are read, showing how far it is")
    return parser


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-04-20") from None


def _take_in(options: argparse.Namespace, photos: tuple[Path, ...], outcomes: list[Outcome]) -> None:
    """Take the photos in and add what became of each, also of those before an error that ends it."""
    with transaction() as db:
        event_id, which = choose_event(db, options.event, options.date)
    say(which)
    with progress(len(photos), "Taking in") as show:
        for done, outcome in enumerate(capture_files(event_id, photos), start=1):
            outcomes.append(outcome)
            if outcome.kind == "there":
                say(f"Skipped {outcome.path}: {outcome.reason}")
            show(done)
    say(_counted(outcomes, len(photos)))


def _wait(outcomes: list[Outcome]) -> None:
    """Wait until all photos given are read, those that were there before too; what could not be read has failed."""
    contact_ids = {outcome.contact_id for outcome in outcomes if outcome.contact_id is not None}
    if not contact_ids:
        return
    with Crew(get_settings().workers, complain) as crew, progress(len(contact_ids), "Reading") as show:
        for done in wait_until_read(contact_ids, crew):
            show(done)
    with transaction() as db:
        outcomes += list_unreadable(db, outcomes)


def _say_who_reads(outcomes: list[Outcome]) -> None:
    with transaction() as db:
        is_read = count_workers_alive(db) > 0
    if not is_read and any(outcome.kind == "taken" for outcome in outcomes):
        say(f"They wait to be read. {NOBODY}")


def _list_failed(outcomes: list[Outcome]) -> int:
    """Return the exit status: 1 where one failed, with the list of those."""
    failed = [outcome for outcome in outcomes if outcome.kind == "failed"]
    if failed:
        complain(f"{_photos(len(failed))} failed:")
    for outcome in failed:
        complain(f"  {outcome.path}: {outcome.reason}")
    return 1 if failed else 0


def _counted(outcomes: list[Outcome], total: int) -> str:
    taken, there = (sum(outcome.kind == kind for outcome in outcomes) for kind in ("taken", "there"))
    return f"{taken} of {_photos(total)} taken in, {there} there already."


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


if __name__ == "__main__":
    # Ended by `timeout` or a service manager it leaves as after Ctrl+C: the last one out stops the database's server.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
