"""What a check finds, in short."""

from sqlalchemy import text

from lib.database import current_engine
from lib.doctor import Case, Finding
from lib.doctor.checks import look


def findings(name: str, case: Case) -> list[Finding]:
    return list(look(name, case))


def only(name: str, case: Case) -> Finding:
    """The one thing that is not well."""
    (found,) = [found for found in findings(name, case) if found.status != "ok"]
    assert found.remedy
    return found


def said(found: Finding) -> tuple[str, str]:
    return found.status, f"{found.message} {found.remedy}"


def execute(sql: str, **parameters: object) -> None:
    with current_engine().begin() as db:
        db.execute(text(sql), parameters)
