"""Contacts carried to other programs: a CSV for spreadsheets, vCards for address books."""

from __future__ import annotations

from collections.abc import Iterable

from lib.contacts.contacts import Contact


def to_csv(contacts: Iterable[Contact]) -> bytes:
    """Return a header and one row a contact, as spreadsheets open it."""
    raise NotImplementedError


def to_vcards(contacts: Iterable[Contact]) -> bytes:
    """Return one vCard a contact, one behind the other in one file."""
    raise NotImplementedError
