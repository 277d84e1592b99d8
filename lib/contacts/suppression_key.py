"""The key of the opt-out list: without it nobody, not even this program, can tell who is on the list."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from lib.database import load_queries
from lib.errors import MeishiError, SettingsError
from lib.settings import Settings, get_settings

SQL = load_queries("suppressions")
FILE = "suppression.key"
# Hashed with the key, it tells one key from another.
CHECKED = "the key of the opt-out list"


class SuppressionKeyLost(MeishiError):
    """The opt-out list was made with another key: who is on it cannot be told, so nobody is written to."""


def hasher(key: bytes) -> Callable[[str], bytes]:
    """Return what makes a text's keyed hash (HMAC-SHA256, 32 bytes)."""
    # The key is mixed in once, and copied for each text: half the time for many.
    keyed = hmac.new(key, digestmod="sha256")

    def hash_text(text: str) -> bytes:
        copy = keyed.copy()
        copy.update(text.encode("utf-8", "surrogatepass"))
        return copy.digest()

    return hash_text


def check_key(db: Connection) -> bytes | None:
    """Return the key of the list, None where the list is empty. Raises SuppressionKeyLost for a wrong or no key."""
    if not db.execute(SQL["has_suppressions"]).scalar_one():
        return None
    key = _read_key()
    made_with = db.execute(SQL["get_check_value"]).scalar()
    if key is None or made_with is None or not hmac.compare_digest(check_value_of(key), bytes(made_with)):
        raise _lost(key)
    return key


def key_for_adding(db: Connection) -> bytes:
    """Return the key to add with: the list's, or for an empty list today's. Others who add wait for this transaction.

    Raises SuppressionKeyLost, SettingsError where a key cannot be kept.
    """
    db.execute(SQL["take_turns"])
    key = check_key(db)
    if key is None:
        key = _read_key() or _make_key()
        db.execute(SQL["begin_with_key"], {"check_value": check_value_of(key)})
    return key


def check_value_of(key: bytes) -> bytes:
    """Return what tells this key from another."""
    return hasher(key)(CHECKED)


def _lost(key: bytes | None) -> SuppressionKeyLost:
    where = get_settings().meishi_home / FILE
    what = "is not the one it was made with" if key else "is missing"
    return SuppressionKeyLost(
        f"The opt-out list cannot be read: its key {what}.",
        f"Restore {where} from the backup, or set SUPPRESSION_KEY to the key it was made with. Until then nothing is "
        "written or exported, so that nobody who opted out is written to. If the key is lost for good, delete the "
        "entries under Opt-outs and add the addresses again.",
    )


def _read_key() -> bytes | None:
    return read_key(get_settings())


def read_key(settings: Settings) -> bytes | None:
    """Return SUPPRESSION_KEY, or what the home's file holds; None where there is neither. Raises SettingsError."""
    if settings.suppression_key:
        return settings.suppression_key.strip().encode()
    try:
        return (settings.meishi_home / FILE).read_bytes().strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _not_kept(settings.meishi_home, error) from error


def _make_key() -> bytes:
    """Return the key in the file, which is there now; of several processes the first one's counts."""
    home = get_settings().meishi_home
    draft = home / f"{FILE}.{secrets.token_hex(8)}"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(draft, home / FILE)
        return (home / FILE).read_bytes().strip()
    except OSError as error:
        raise _not_kept(home, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _put_in_place(draft: Path, file: Path) -> None:
    """Give the file its name, whole, unless somebody else's has it."""
    if file.exists() and not file.read_bytes().strip():
        # An empty file is no key: a full disk left it.
        draft.replace(file)
        return
    try:
        os.link(draft, file)
    except FileExistsError:
        return


def _not_kept(home: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"The key of the opt-out list cannot be kept in {home}: {error.strerror}.",
        "Set MEISHI_HOME to a folder you may write to, or set SUPPRESSION_KEY.",
    )
