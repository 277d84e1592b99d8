"""All checks, one after the other: a failed one does not keep the next from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lib.doctor import data, program, work
from lib.doctor.case import Case, Finding, NotLookedAt, warning, wrong
from lib.errors import MeishiError
from lib.secrets import Mask, list_secrets
from lib.settings import Settings, get_settings
from lib.text import strip_hidden

Check = Callable[[Case], Iterator[Finding]]
# The database before what lies in it.
CHECKS: dict[str, Check] = {
    "Python": program.check_python,
    "Packages": program.check_packages,
    "Settings": program.check_settings,
    "Sign-in": program.check_sign_in,
    "Disks": program.check_disks,
    "Database": data.check_database,
    "Migrations": data.check_migrations,
    "Clock": data.check_clock,
    "Images": data.check_images,
    "Opt-outs": data.check_opt_outs,
    "Backups": data.check_backups,
    "Notebook": data.check_notebook,
    "Queue": work.check_queue,
    "Workers": work.check_workers,
    "Reader": work.check_reader,
    "Model": work.check_model,
}
WITHOUT_SETTINGS = ("Python", "Packages")


def examine() -> Iterator[tuple[str, Finding]]:
    """Give each finding with its check's name, as it is made. No text holds a secret."""
    try:
        settings = get_settings()
    except MeishiError as error:
        case = Case(Settings.model_construct())
        for name in WITHOUT_SETTINGS:
            for found in look(name, case):
                yield name, found
        yield "Settings", wrong(error.message, f"{error.remedy} The other checks need it.")
        return
    case, mask = Case(settings), Mask(list_secrets(settings))
    try:
        for name in CHECKS:
            for found in look(name, case):
                message, remedy = (
                    " ".join(strip_hidden(mask(text)).split()) for text in (found.message, found.remedy)
                )
                yield name, Finding(status=found.status, message=message, remedy=remedy)
    finally:
        if case.engine is not None:
            case.engine.dispose()


def look(name: str, case: Case) -> Iterator[Finding]:
    """Give what the check finds; what stops it is a finding too."""
    try:
        yield from CHECKS[name](case)
    except NotLookedAt as missing:
        yield warning(missing.message, "See above.")
    except MeishiError as error:
        yield wrong(error.message, error.remedy)
    except Exception as error:
        yield wrong(f"The check itself failed: {type(error).__name__}: {error}", "Tell us, with this line.")
