"""`python -m lib.backup`: make backups, look whether one is whole, restore it, or move everything elsewhere."""

from __future__ import annotations

import _thread
import argparse
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path

from lib.backup.checking import check_backup
from lib.backup.errors import was_interrupted
from lib.backup.making import Made, find_backup, make_backup
from lib.backup.manifest import Manifest
from lib.backup.moving import Moved, move, settings_of
from lib.backup.place import Place, open_place
from lib.backup.records import GIVEN_UP, delete_older, recorded
from lib.backup.restoring import Restored, restore_backup
from lib.errors import MeishiError
from lib.logs import set_up_logs
from lib.settings import get_settings
from lib.words import counted, size_in_words

# What is half done is cleared up in this time, or by the next backup.
CLEAR_UP_S = 5

log = logging.getLogger("lib.backup")


def main(arguments: list[str] | None = None) -> None:
    """Do what was asked and say what was done."""
    chosen = _parser().parse_args(arguments)
    try:
        print(chosen.action(chosen), end="", flush=True)
    except KeyboardInterrupt:
        sys.exit(chosen.broken_off)
    except Exception as error:
        if was_interrupted(error):
            sys.exit(chosen.broken_off)
        if isinstance(error, MeishiError):
            sys.exit(str(error))
        raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.backup", description=__doc__)
    parser.set_defaults(broken_off="Broken off; nothing was changed.")
    actions = parser.add_subparsers(required=True, metavar="{make,verify,restore,list,move}")
    make = actions.add_parser("make", help="make a backup in the folder of backups")
    make.add_argument("--scheduled", type=int, help=argparse.SUPPRESS)
    make.set_defaults(action=_make)
    verify = actions.add_parser("verify", help="read a backup and look whether it is whole")
    verify.add_argument("file", type=Path)
    verify.set_defaults(action=_verify)
    restore = actions.add_parser("restore", help="restore a backup into an empty place")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="back up what is there, and put this in its place")
    restore.set_defaults(action=_restore)
    listed = actions.add_parser("list", help="list the backups in the folder")
    listed.set_defaults(action=_list)
    moved = actions.add_parser("move", help="copy everything to another place, and compare both")
    moved.add_argument("to", type=Path, metavar="FILE", help="the settings to be in .env afterwards")
    moved.add_argument("--while-working", action="store_true", help="although workers are at work here")
    moved.set_defaults(action=_move, broken_off="Broken off. What is here is as it was; the same command goes on.")
    return parser


def _make(chosen: argparse.Namespace) -> str:
    if chosen.scheduled is not None:
        set_up_logs(get_settings(), whole_output=True)
        _be_owned()
    with open_place(get_settings()) as place:
        is_scheduled = chosen.scheduled is not None
        with recorded(place, is_scheduled=is_scheduled, backup_id=chosen.scheduled) as note:
            made = note(make_backup(place))
        gone = delete_older(place) if is_scheduled else []
    if is_scheduled:
        log.info("backup %s made, %d older deleted", made.path.name, len(gone))
        return ""
    return _said_of(made)


def _be_owned() -> None:
    """Give way to the workers, and end with the worker that began this, however that one ends."""
    os.nice(10)
    # A worker that a script began with & leaves it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def wait() -> None:
        # Not by sys.stdin: whoever waits there when the program is done breaks its end.
        while os.read(0, 1024):
            pass
        log.warning("a backup was broken off: %s", GIVEN_UP)
        _thread.interrupt_main()
        time.sleep(CLEAR_UP_S)
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="owner").start()


def _said_of(made: Made) -> str:
    return (
        f"{made.path}\n{size_in_words(made.bytes)} in {made.seconds:.0f} s, written and read back: "
        f"{_contents(made.manifest)}.\n{_missing(made.manifest)}{_about_key(made.manifest)}"
    )


def _contents(manifest: Manifest) -> str:
    rows = sum(table.rows for table in manifest.tables)
    contacts = counted(manifest.rows_of("contacts"), "contact")
    files = counted(manifest.images, "image and exported file", "images and exported files")
    return f"{contacts} ({counted(rows, 'row')} in all), {files}"


def _missing(manifest: Manifest) -> str:
    if not manifest.missing:
        return ""
    named = ", ".join(manifest.missing_images[:5]) + (" …" if manifest.missing > 5 else "")
    return (
        f"{counted(manifest.missing, 'image')} that the database names could not be found in the store: "
        f"{named} (all of them stand in manifest.json).\n"
    )


def _about_key(manifest: Manifest) -> str:
    if manifest.suppression_key == "environment" and manifest.suppression_check:
        return "The key of the opt-out list is not inside: keep SUPPRESSION_KEY beside the backup.\n"
    return ""


def _verify(chosen: argparse.Namespace) -> str:
    with check_backup(find_backup(chosen.file)) as checked:
        return (
            f"{chosen.file} is whole: {_contents(checked.manifest)}, of {checked.about.made_at:%Y-%m-%d %H:%M} UTC.\n"
            f"SHA-256 {checked.sha256}\n{_missing(checked.manifest)}{_about_key(checked.manifest)}"
        )


def _restore(chosen: argparse.Namespace) -> str:
    began = time.perf_counter()
    with open_place(get_settings()) as place:
        restored = restore_backup(chosen.file, place, replace=chosen.replace)
    return _said_of_restored(restored, time.perf_counter() - began)


def _said_of_restored(restored: Restored, seconds: float) -> str:
    checked = restored.checked
    said = [f"Restored in {seconds:.0f} s: {_contents(checked.manifest)}."]
    if restored.images_there:
        said.append(f"{counted(restored.images_there, 'image')} lay in the store already.")
    if restored.before is not None:
        said.append(f"What was there before is in {restored.before.path}.")
    if restored.loaded.returned:
        said.append(
            f"{counted(restored.loaded.returned, 'contact')} that had been deleted or erased here since are "
            "back. Erase again whoever asked for it."
        )
    else:
        said.append(
            f"Whoever was erased after the backup was made ({checked.about.made_at:%Y-%m-%d %H:%M} UTC) is back: "
            "erase them again."
        )
    if restored.is_key_lost:
        said.append(
            "The key of the opt-out list is not in the backup: set SUPPRESSION_KEY to it. Until then nothing is "
            "written or exported."
        )
    return "\n".join(said) + "\n" + _missing(checked.manifest)


def _list(_: argparse.Namespace) -> str:
    folder = get_settings().backups
    files = sorted(folder.glob("meishi-*.tar"), reverse=True)
    if not files:
        return f"There are no backups in {folder}. Make one with: python -m lib.backup make\n"
    return "".join(f"{path}  {size_in_words(path.stat().st_size)}\n" for path in files)


def _move(chosen: argparse.Namespace) -> str:
    settings = get_settings()
    with open_place(settings) as here, open_place(settings_of(chosen.to, settings)) as there:
        print(f"From {here.name} to {there.name} …", flush=True)
        return _said_of_moved(move(here, there, while_working=chosen.while_working), there, chosen.to)


def _said_of_moved(moved: Moved, there: Place, path: Path) -> str:
    wide = max(len(one.name) for one in moved.compared)
    lines = [f"{'':{wide}}  {'here':>12}  {'there':>12}  checksums"]
    lines += [
        f"{one.name:{wide}}  {one.here:12,}  {one.there:12,}  {'same' if one.is_same else 'DIFFERENT'}"
        for one in moved.compared
    ]
    lines.append("It is all there already." if moved.was_there else "Everything is there.")
    if moved.missing:
        named = ", ".join(moved.missing[:5]) + (" …" if len(moved.missing) > 5 else "")
        lines.append(f"{counted(len(moved.missing), 'image')} could not be found here: {named}")
    lines.append(f"Now put the lines of {path} into .env and start the app; what is here stays as it is.")
    if moved.key_is_local:
        lines.append(
            f"On another machine, copy {there.settings.meishi_home / 'suppression.key'} into its home, or set "
            "SUPPRESSION_KEY: it is the key of the opt-out list."
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
