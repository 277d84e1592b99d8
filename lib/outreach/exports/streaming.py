"""The rows of a file, one after the other from the database into the file: memory does not grow with the campaign."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from lib.outreach.exports.judging import SQL, find_dangerous
from lib.outreach.exports.profiles import Profile
from lib.outreach.exports.writing import Cells, hash_file, open_writer

# Rows that the driver and the writer have in hand at once.
AT_ONCE = 500
# Contacts that a manifest and the log name; the counts are whole.
NAMED = 1_000
# What comes before the cells' values in a row of the query.
CONTACT, DRAFT, IS_SENT, REASONS, HAS_FORMULA = range(5)


@dataclass
class Result:
    """What went into a file and what did not, counted while it was written."""

    contact_ids: array[int] = field(default_factory=lambda: array("i"))
    draft_ids: array[int] = field(default_factory=lambda: array("i"))
    held_back: Counter[str] = field(default_factory=Counter)
    held_back_contacts: list[dict[str, Any]] = field(default_factory=list)
    approved_cells: list[dict[str, Any]] = field(default_factory=list)
    sha256: str = ""

    @property
    def rows(self) -> int:
        """How many contacts are in the file."""
        return len(self.contact_ids)

    def manifest(self, profile: Profile) -> dict[str, Any]:
        """Return what is told beside the file. Nothing in it changes from one export to the next but by the data."""
        return {
            "profile": profile.key,
            "title": profile.title,
            "family": profile.family,
            "encoding": profile.encoding,
            "columns": list(profile.header),
            "rows": self.rows,
            "sha256": self.sha256,
            "held_back": dict(sorted(self.held_back.items())),
            "suppressed": self.held_back["opted_out"],
            "held_back_contacts": self.held_back_contacts,
            "approved_cells": self.approved_cells,
        }


def write_file(db: Connection, profile: Profile, question: dict[str, Any], file: BinaryIO) -> Result:
    """Return what went into the file, which is whole then but not closed."""
    result = Result()
    with open_writer(profile, file) as write:
        rows = stream_rows(db, question)
        while batch := list(islice(rows, AT_ONCE)):
            write(list(_take(profile, batch, result)))
    result.sha256 = hash_file(file)
    return result


def _take(profile: Profile, batch: list[tuple[Any, ...]], result: Result) -> Iterator[Cells]:
    """Give the cells of those rows that go into the file; note all of them."""
    for row in batch:
        if not row[IS_SENT]:
            result.held_back.update(row[REASONS])
            if len(result.held_back_contacts) < NAMED:
                result.held_back_contacts.append({"contact_id": row[CONTACT], "reasons": row[REASONS]})
            continue
        cells = profile.cells(row[HAS_FORMULA + 1 :])
        result.contact_ids.append(row[CONTACT])
        result.draft_ids.append(row[DRAFT])
        if row[HAS_FORMULA] and len(result.approved_cells) < NAMED:
            dangerous = find_dangerous(profile, cells)
            result.approved_cells.append({"contact_id": row[CONTACT], "cells": dangerous})
        yield cells


def stream_rows(db: Connection, question: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Give contact, draft, whether it is in the file, why not, whether a formula was approved, and SOURCES' values.

    The server goes on to look while the last rows are being written.
    """
    query = SQL["list_rows"].compile(dialect=db.dialect)
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101
    try:
        with driver.cursor() as cursor:
            yield from cursor.stream(str(query), question, size=AT_ONCE)
    except psycopg.OperationalError as error:
        raise OperationalError(str(query), question, error) from error
