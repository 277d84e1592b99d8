"""E-mail templates: kept only when they can be merged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lib.database import get_row, list_rows, load_queries
from lib.errors import NotFound, NotValid
from lib.outreach.merge import SUBJECT_LIMIT, find_problems, find_variables
from lib.outreach.variables import Facts
from lib.text import clean_name, clean_text

SQL = load_queries("templates")
BODY_LIMIT = 20_000


@dataclass(frozen=True, kw_only=True)
class Template:
    """A subject and a body with `{{variables}}`; `variables` names those found in the two."""

    id: int
    name: str
    subject: str
    body: str
    variables: list[str]
    updated_at: dt.datetime


@dataclass(frozen=True)
class Starter:
    """A template to begin with."""

    name: str
    subject: str
    body: str


STARTERS = (
    Starter(
        "Good to meet you",
        "Good to meet you at {{eventName|the event}}",
        """Hi {{firstName|there}},

it was good to meet you at {{eventName|the event}}. I would like to hear more about what you do at \
{{company|your company}}.

Would you have twenty minutes for a call next week?

Best regards""",
    ),
    Starter(
        "What we talked about",
        "Our talk at {{eventName|the event}}",
        """Hello {{firstName|there}},

thank you for your time at {{eventName|the event}}. I promised to come back to you, and here I am.

What would be the best next step on your side? I am glad to send more, or to call you.

Best regards""",
    ),
)
EMPTY = Starter(
    "An empty page", "Our talk at {{eventName|the event}}", "Hi {{firstName|there}},\n\n…\n\nBest regards"
)


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
    """Return the ids of the starter templates, added now."""
    return [add_template(db, starter.name, starter.subject, starter.body) for starter in reversed(STARTERS)]


def update_template(db: Connection, template_id: int, name: str, subject: str, body: str) -> None:
    """Change the template; drafts already written stay as they are. Raises NotValid, NotFound."""
    values = _values(name, subject, body)
    if db.execute(SQL["update_template"], {"template_id": template_id, **values}).scalar() is None:
        raise NotFound("This template is not there any more.", "It was deleted meanwhile; choose another.")


def delete_template(db: Connection, template_id: int) -> None:
    """Delete the template; campaigns made from it keep its name and their drafts."""
    db.execute(SQL["delete_template"], {"template_id": template_id})


def list_previews(db: Connection, *, limit: int = 50) -> list[tuple[int, Facts]]:
    """Return the newest contacts that are read (id, facts), for trying a template on them."""
    rows = db.execute(SQL["list_previews"], {"limit": limit}).mappings()
    return [(row["contact_id"], Facts(**{name: row[name] for name in row if name != "contact_id"})) for row in rows]


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
