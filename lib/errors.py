"""What a person can put right."""


class MeishiError(Exception):
    """Say what happened (`message`) and what to do about it (`remedy`), in words for a person.

    Raised where the fact is known, shown in one place: the page frame, or a command's last line.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())


class SettingsError(MeishiError):
    """A setting has a value that cannot be used; the remedy names the setting."""


class DatabaseUnavailable(MeishiError):
    """The database does not answer, or refuses."""


class StorageUnavailable(MeishiError):
    """The card images cannot be reached or written; trying again later may help."""


class NotValid(MeishiError):
    """A value that a person typed cannot be stored as it is."""


class AlreadyThere(MeishiError):
    """What was given is there already; nothing was added."""


class NotFound(MeishiError):
    """What was asked for is not there any more."""


class ChangedMeanwhile(MeishiError):
    """A value was changed elsewhere after the person saw it: `theirs` is stored, `yours` is not."""

    def __init__(self, message: str, remedy: str = "", *, field: str, theirs: str | None, yours: str | None) -> None:
        super().__init__(message, remedy)
        self.field = field
        self.theirs = theirs
        self.yours = yours
