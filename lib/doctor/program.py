"""What can be told without the database: Python, packages, settings, sign-in, disks."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dotenv import dotenv_values

from lib.backup.place import existing
from lib.doctor.case import Case, Finding, ok, warning, wrong
from lib.loopback import is_loopback
from lib.secrets import list_secrets_files, read_streamlit_secrets
from lib.settings import ROOT, Settings
from lib.sign_in import check_start

OLDEST_PYTHON = (3, 11)
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", re.MULTILINE)
REQUIREMENTS = ROOT / "requirements.txt"
# Names in .env that are somebody else's: other programs read the same file.
FOREIGN = (
    "STREAMLIT_",
    "AWS_",
    "PG",
    "POSTGRES_",
    "PYTHON",
    "COMPOSE_",
    "PORT",
    "HTTP",
    "NO_PROXY",
    "SSL_",
    "TZ",
    "S3_",
)
LITTLE_BYTES, TOO_LITTLE_BYTES = 2_000_000_000, 200_000_000
CONFIG = ROOT / ".streamlit" / "config.toml"


def check_python(case: Case) -> Iterator[Finding]:
    """Look whether this Python is new enough."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield ok(found)
    else:
        yield wrong(f"{found} is too old.", "Set PYTHON to Python 3.11 or newer, remove .venv, and run make run.")


def check_packages(case: Case) -> Iterator[Finding]:
    """Look whether what is installed is what requirements.txt pins."""
    pinned = dict(PINNED.findall(REQUIREMENTS.read_text()))
    missing, other = [], []
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        # A build's own mark does not count: torch's wheels for the processor alone are 2.13.0+cpu.
        if found.partition("+")[0] != wanted:
            other.append(f"{name} {found} instead of {wanted}")
    remedy = f"Install them: {sys.executable} -m pip install -r requirements.txt"
    if missing:
        yield wrong(f"Not installed: {', '.join(missing)}.", remedy)
    if other:
        yield warning(f"Not as pinned: {', '.join(other)}.", remedy)
    if not missing and not other:
        yield ok(f"all {len(pinned)} as pinned")


def check_settings(case: Case) -> Iterator[Finding]:
    """Look for names that mean nothing, most of them misspelt, and for a file of secrets that others can read."""
    known = {name.upper() for name in Settings.model_fields}
    file = Path(str(Settings.model_config.get("env_file") or ""))
    found = list(_list_strangers(known, file))
    for name, where in found:
        close = difflib.get_close_matches(name, known, 1, 0.75)
        meant = f"Did you mean {close[0]}?" if close else "Remove it, or look the name up in the README."
        yield warning(f"{name} in {where} is no setting; it has no effect.", meant)
    is_open = file.is_file() and file.stat().st_mode & 0o077
    if is_open:
        yield warning(f"{file} can be read by other accounts; it may hold passwords.", f"Run: chmod 600 {file}")
    if not found and not is_open:
        named = sorted(name for name in known if name.lower() in case.settings.model_fields_set)
        yield ok(f"set: {', '.join(named)}" if named else "none set, all as they come")


def _list_strangers(known: set[str], file: Path) -> Iterator[tuple[str, str]]:
    """Give each name that looks like a setting and is none, with where it stands."""
    if file.is_file():
        for name in dotenv_values(file):
            if name.upper() not in known and not name.upper().startswith(FOREIGN):
                yield name, file.name
    for name in os.environ:
        looks_like = name.startswith("MEISHI_") or difflib.get_close_matches(name, known, 1, 0.88)
        if name.upper() not in known and looks_like:
            yield name, "the environment"


def check_sign_in(case: Case) -> Iterator[Finding]:
    """Look whether the app would start as it is bound, and open nothing to strangers. Raises SettingsError."""
    config = tomllib.loads(CONFIG.read_text()).get("server", {})
    address = os.environ.get("STREAMLIT_SERVER_ADDRESS") or config.get("address")
    settings = case.settings
    check_start(settings, address, read_streamlit_secrets().get("auth", {}))
    for file in list_secrets_files():
        if file.stat().st_mode & 0o077:
            yield warning(f"{file} can be read by other accounts.", f"Run: chmod 600 {file}")
    if settings.sign_in != "none":
        yield ok(f"by {settings.sign_in} on {address}, for those in SIGN_IN_ALLOW: {len(settings.sign_in_allow)}")
    elif is_loopback(address):
        yield ok(f"none: the app listens on {address}, which only this machine reaches")


def check_disks(case: Case) -> Iterator[Finding]:
    """Look whether there is room for the database, the images and the backups."""
    settings, seen = case.settings, set()
    folders = {"MEISHI_HOME": settings.meishi_home, "BACKUP_FOLDER": settings.backups}
    if settings.image_folder is not None:
        folders["STORAGE_URL"] = settings.image_folder
    for name, folder in folders.items():
        place = existing(folder)
        if place.stat().st_dev in seen:
            continue
        seen.add(place.stat().st_dev)
        usage = shutil.disk_usage(place)
        said = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB free for {folder}"
        remedy = f"Make room, or set {name} to a folder on a larger disk."
        if usage.free < TOO_LITTLE_BYTES:
            yield wrong(f"{said}.", remedy)
        elif usage.free < LITTLE_BYTES:
            yield warning(f"{said}.", remedy)
        else:
            yield ok(said)
