"""The last backup, in one line."""

from __future__ import annotations

import datetime as dt
import socket

import streamlit as st
from sqlalchemy import Connection

from lib.backup.records import LastBackup, last_backup
from lib.settings import get_settings
from lib.ui.text import plain
from lib.words import ago_in_words, counted, size_in_words


def show_last_backup(db: Connection) -> None:
    """Show how old the last backup is and where it lies; louder where it failed or is overdue."""
    text, is_fine = in_words(last_backup(db), get_settings().backup_every_hours, socket.gethostname())
    if is_fine:
        st.caption(f":material/backup: {text}")
    else:
        # No caption: those are pale on purpose.
        st.markdown(f":small[:orange[:material/warning: {text}]]")


def in_words(last: LastBackup, every_hours: float, here: str) -> tuple[str, bool]:
    """Return what to say of the last backup, and whether all is well. `here`: this machine's name."""
    known = _known(last, here)
    if last.error and last.seconds_ago is None:
        known = "There is no other one."
    if last.error:
        return f"The last backup failed. {plain(last.error)} {known}", False
    if last.seconds_ago is not None and 0 < 2 * every_hours * 3600 < last.seconds_ago:
        return f"A backup is overdue: is a worker running? {known}", False
    return known, True


def _known(last: LastBackup, here: str) -> str:
    if last.seconds_ago is None or last.bytes is None:
        return "There is no backup yet: `make backup` makes one, `BACKUP_EVERY_HOURS=24` in .env one a day."
    when = ago_in_words(dt.timedelta(seconds=last.seconds_ago))
    where = f"in {plain(last.folder)}" + ("" if last.host == here else f" on {plain(last.host)}")
    lacks = f", without {counted(last.missing, 'image')} that could not be found" if last.missing else ""
    return f"Last backup {when}: {size_in_words(last.bytes)} {where}{lacks}."
