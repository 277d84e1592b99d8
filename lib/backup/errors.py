"""What is wrong with a backup, or with the place it is to be restored in."""

from lib.errors import MeishiError


class NotABackup(MeishiError):
    """The file is something else."""


class BackupDamaged(MeishiError):
    """The file was a backup once: something in it was lost or changed."""


class BackupTooNew(MeishiError):
    """A newer Meishi made the backup; this one does not know all that is in it."""


class PlaceNotEmpty(MeishiError):
    """Where the data is to go there are other data already."""


class PlaceInUse(MeishiError):
    """Workers are at work there."""


class BackupFailed(MeishiError):
    """No backup could be made."""


class NoRoom(MeishiError):
    """What is to be written does not fit on the disk."""


def was_interrupted(error: BaseException | None) -> bool:
    """Whether it came of an interrupt: a connection that one cuts off fails once more while it is put away."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None
