"""A query with its parameters written into it, to be run where nobody hands them over."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

# A comment (left as it is), or a parameter: a colon that does not belong to a cast.
PART = re.compile(r"--[^\n]*|(?<!:):(?P<name>[a-z_]\w*)")


def filled(sql: str, parameters: Mapping[str, Any]) -> str:
    """Return the query with each of its parameters as a literal; names that are not among them stay."""

    def fill(found: re.Match[str]) -> str:
        name = found["name"]
        return literal(parameters[name]) if name in parameters else found[0]

    return PART.sub(fill, sql)


def literal(value: Any) -> str:
    """Return the value as PostgreSQL writes it; text cannot end its quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return f"'{value}'"
    return "'" + str(value).replace("'", "''") + "'"
