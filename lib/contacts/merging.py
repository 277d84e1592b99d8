"""Two contacts of one person made into one, so that both can be had back."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from lib.contacts.contacts import Contact


def suggest(first: Contact, second: Contact) -> dict[str, str | None]:
    """Return the value to propose for each field: the verified contact, else the surer, else the filled."""
    raise NotImplementedError


def merge(db: Connection, keep_id: int, other_id: int, values: Mapping[str, str | None]) -> int:
    """Return the id that undoes it, after making the other contact part of the kept one.

    `values` are the fields a person chose, by column; an empty one overwrites nothing. Raises NotFound, NotValid.
    """
    raise NotImplementedError
