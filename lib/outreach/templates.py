"""E-mail templates: kept only when they can be merged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.database import get_row, list_rows, load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.merge import SUBJECT_LIMIT, find_problems, find_variables
from lib.outreach.starters import EMPTY as EMPTY
from lib.outreach.starters import STARTERS as STARTERS
from lib.outreach.starters import Starter as Starter
from lib.outreach.variables import Facts
from lib.text import clean_name, clean_text, searched

SQL = load_queries("templates")
BODY_LIMIT = 20_000
NAME_LIMIT = 255
GONE = ("This template is not there any more.", "It was deleted meanwhile; choose another.")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A subject and a body with `{{variables}}`; `variables` names those found in the two."""

    id: int
    name: str
    subject: str
    body: str
    variables: list[str]
    updated_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Uses:
    """What was made from a template."""

    campaigns: int
    drafts: int


def list_templates(db: Connection) -> list[Template]:
    """Return all templates, newest first."""
    return list_rows(db, SQL["list_templates"], Template)


def get_template(db: Connection, template_id: int) -> Template | None:
    """Return the template, or None when there is none of that id."""
    return get_row(db, SQL["get_template"], Template, {"template_id": template_id})


def add_template(db: Connection, name: str, subject: str, body: str) -> int:
    """Return the id of the new template. Raises NotValid with the place of the first problem."""
    return int(db.execute(SQL["add_template"], _values(name, subject, body)).scalar_one())


def add_starters(db: Connection) -> list[int]:
    """Return the ids of the starter templates, added now; those whose name is there already are left alone."""
    there = {template.name for template in list_templates(db)}
    wanted = [starter for starter in reversed(STARTERS) if starter.name not in there]
    return [add_template(db, starter.name, starter.subject, starter.body) for starter in wanted]


def copy_template(db: Connection, template_id: int) -> int:
    """Return the id of a new template with the same words. Raises NotFound."""
    template = get_template(db, template_id)
    if template is None:
        raise NotFound(*GONE)
    # A long name loses its end, not the word that tells the two apart.
    return add_template(db, f"Copy of {template.name}"[:NAME_LIMIT], template.subject, template.body)


def update_template(db: Connection, template_id: int, name: str, subject: str, body: str) -> None:
    """Change the template; drafts already written stay as they are. Raises NotValid, NotFound."""
    values = _values(name, subject, body)
    if db.execute(SQL["update_template"], {"template_id": template_id, **values}).scalar() is None:
        raise NotFound(*GONE)


def delete_template(db: Connection, template_id: int) -> None:
    """Delete the template; campaigns made from it keep its name, its words and their drafts."""
    db.execute(SQL["delete_template"], {"template_id": template_id})


def count_uses(db: Connection, template_id: int) -> Uses:
    """Return how many campaigns were made from the template, and how many drafts these have."""
    return Uses(**db.execute(SQL["count_uses"], {"template_id": template_id}).one()._mapping)


def list_previews(db: Connection, *, search: str = "", limit: int = 50) -> list[tuple[int, Facts]]:
    """Return the newest contacts that are read (id, facts) with `search` in them, for trying a template on them."""
    rows = db.execute(SQL["list_previews"], {"search": searched(search), "limit": limit}).mappings()
    return [(row["contact_id"], Facts(**{name: row[name] for name in row if name != "contact_id"})) for row in rows]


def count_previews(db: Connection, *, most: int) -> int:
    """Return how many contacts a template can be tried on; `most` stands for all that are more."""
    return int(db.execute(SQL["count_previews"], {"limit": most}).scalar_one())


def _values(name: str, subject: str, body: str) -> dict[str, Any]:
    """Return the columns, tidied. Raises NotValid for what could not be merged or stored."""
    line = clean_text(" ".join(subject.split()), "subject", SUBJECT_LIMIT)
    text = clean_text(body, "body", BODY_LIMIT)
    if line is None or text is None:
        raise NotValid(f"The template has no {'body' if line else 'subject'}.", "Write one.")
    problems = find_problems(line, text)
    if problems:
        raise NotValid(f"The template cannot be merged. {problems[0]}", "Put it right, then save again.")
    return {
        "name": clean_name(name, "template"),
        "subject": line,
        "body": text,
        "variables": find_variables(line, text),
    }
