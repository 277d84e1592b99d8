"""The scheduled backup: noticed by any worker's upkeep, made by a process beside it while cards are read."""

from __future__ import annotations

import logging
import subprocess
import sys

from lib.backup.records import begin_scheduled
from lib.database import transaction
from lib.settings import ROOT, get_settings

COMMAND = (sys.executable, "-m", "lib.backup", "make", "--scheduled")

log = logging.getLogger(__name__)
_making: subprocess.Popen[bytes] | None = None


def back_up_when_due() -> None:
    """Begin the scheduled backup where one is due and nobody makes it; never waits for it."""
    global _making
    settings = get_settings()
    if not settings.backup_every_hours or (_making is not None and _making.poll() is None):
        return
    _making = None
    with transaction() as db:
        backup_id = begin_scheduled(db, settings)
    if backup_id is None:
        return
    log.info("a backup is due")
    # Standard input is the leash: when this worker ends, however it ends, its half a backup ends too.
    _making = subprocess.Popen((*COMMAND, str(backup_id)), stdin=subprocess.PIPE, cwd=ROOT, start_new_session=True)
