"""Opt-outs: who wants no e-mail. Kept as keyed hashes that outlive the contact, obeyed by generation and export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from lib.contacts.addresses import Kind, domains_above, fold_address, parse
from lib.contacts.suppression_files import Refused, read_addresses
from lib.contacts.suppression_key import SuppressionKeyLost, check_key, hasher, key_for_adding
from lib.database import list_rows, load_queries
from lib.text import clean_text, searched

__all__ = [
    "Added",
    "Refused",
    "Suppression",
    "SuppressionKeyLost",
    "add_suppression",
    "add_suppressions_csv",
    "check_key",
    "count_suppressions",
    "delete_suppression",
    "find_suppressed",
    "is_suppressed",
    "list_matches",
    "list_opted_out",
    "list_suppressions",
    "recall_opted_out",
]

SQL = load_queries("suppressions")
NOTE_LIMIT = 500
Source = Literal["by hand", "file", "contact"]
# By database and campaign: the state in which they were looked up, and the contacts who are on the list.
_recalled: dict[tuple[str, int], tuple[tuple[Any, ...], list[int]]] = {}


@dataclass(frozen=True, kw_only=True)
class Suppression:
    """One entry. Whose it is cannot be told, unless the note does."""

    id: int
    kind: Kind
    source: Source
    note: str | None
    created_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Added:
    """What became of a file: entries added, those there already (in the list or the file), lines refused."""

    added: int
    already: int
    refused: list[Refused]


def add_suppression(
    db: Connection, address_or_domain: str, *, note: str | None = None, source: Source = "by hand"
) -> bool:
    """Return whether the entry is new; one that was there keeps its note. Raises NotValid, SuppressionKeyLost."""
    return _add(db, [parse(address_or_domain)], source, clean_text(note, "note", NOTE_LIMIT)) == 1


def add_suppressions_csv(db: Connection, data: bytes, *, note: str | None = None) -> Added:
    """Return what was added from a file of addresses or domains. Raises NotValid, SuppressionKeyLost."""
    found, refused = read_addresses(data)
    added = _add(db, found, "file", clean_text(note, "note", NOTE_LIMIT))
    return Added(added=added, already=len(found) - added, refused=refused)


def is_suppressed(db: Connection, email: str | None) -> bool:
    """Return whether nobody may write to the address: it or its domain is on the list. Raises SuppressionKeyLost."""
    return bool(email) and 0 in find_suppressed(db, {0: email})


def find_suppressed(db: Connection, emails: Mapping[int, str | None]) -> set[int]:
    """Return the keys of those addresses that are on the list, themselves or by domain. Raises SuppressionKeyLost."""
    key = check_key(db)
    if key is None:
        return set()
    return _find(db, key, ((id, email) for id, email in emails.items() if email))


def list_opted_out(db: Connection, campaign_id: int) -> list[int]:
    """Return the contacts of the campaign's group, or with drafts in it, who are on the list.

    Raises SuppressionKeyLost: nothing may be written or exported past a list that cannot be read.
    """
    key = check_key(db)
    if key is None:
        return []
    rows = db.execute(SQL["list_addresses_of_campaign"], {"campaign_id": campaign_id})
    return sorted(_find(db, key, ((row.id, row.email) for row in rows)))


def recall_opted_out(db: Connection, campaign_id: int) -> list[int]:
    """Return what `list_opted_out` does, from memory where list and addresses are as they were: for pages alone.

    A hash tells whether they are: good enough to show, but what writes or leaves looks anew.
    Raises SuppressionKeyLost.
    """
    key = check_key(db)
    if key is None:
        return []
    where = (str(db.engine.url), campaign_id)
    state = (key, _state(db, campaign_id))
    known = _recalled.get(where)
    if known is not None and known[0] == state:
        return list(known[1])
    found = list_opted_out(db, campaign_id)
    # What was changed while it was looked up belongs to neither state.
    if (key, _state(db, campaign_id)) == state:
        _recalled[where] = (state, found)
    return found


def _state(db: Connection, campaign_id: int) -> tuple[Any, ...]:
    return tuple(db.execute(SQL["get_state_of_campaign"], {"campaign_id": campaign_id}).one())


def list_matches(db: Connection, address_or_domain: str) -> list[Suppression]:
    """Return the entries that stop this address or domain. Raises NotValid, SuppressionKeyLost."""
    kind, value = parse(address_or_domain)
    key = check_key(db)
    if key is None:
        return []
    texts = [_as_hashed("domain", above) for above in domains_above(value.rpartition("@")[2])]
    hashes = [*map(hasher(key), [_as_hashed(kind, value), *texts])]
    return list_rows(db, SQL["list_matches"], Suppression, {"hashes": hashes})


def list_suppressions(
    db: Connection, *, search: str | None = None, limit: int = 100, offset: int = 0
) -> list[Suppression]:
    """Return entries, newest first; `search` is part of the note. It needs no key."""
    about = {"search": _as_pattern(search), "limit": limit, "offset": offset}
    return list_rows(db, SQL["list_suppressions"], Suppression, about)


def count_suppressions(db: Connection, *, search: str | None = None) -> int:
    """Return how many entries there are."""
    return int(db.execute(SQL["count_suppressions"], {"search": _as_pattern(search)}).scalar_one())


def delete_suppression(db: Connection, suppression_id: int) -> bool:
    """Return whether the entry was there; who was on it can be written to again."""
    return db.execute(SQL["delete_suppression"], {"suppression_id": suppression_id}).scalar() is not None


def _add(db: Connection, entries: Collection[tuple[Kind, str]], source: Source, note: str | None) -> int:
    if not entries:
        return 0
    hash_text = hasher(key_for_adding(db))
    kinds = {hash_text(_as_hashed(kind, value)): kind for kind, value in entries}
    about = {"hashes": list(kinds), "kinds": list(kinds.values())}
    return len(db.execute(SQL["add_suppressions"], {**about, "source": source, "note": note}).all())


def _find(db: Connection, key: bytes, emails: Iterable[tuple[int, str]]) -> set[int]:
    """Return the ids whose address or domain is on the list."""
    hash_text = hasher(key)
    ids: dict[bytes, list[int]] = {}
    by_domain: dict[str, list[int]] = {}
    for id, email in emails:
        address, domain = fold_address(email)
        ids.setdefault(hash_text(_as_hashed("address", address)), []).append(id)
        by_domain.setdefault(domain, []).append(id)
    for domain, at_domain in by_domain.items():
        for above in domains_above(domain):
            ids.setdefault(hash_text(_as_hashed("domain", above)), []).extend(at_domain)
    found = db.execute(SQL["find_hashes"], {"hashes": list(ids)}).scalars()
    return {id for hash in found for id in ids[bytes(hash)]}


def _as_hashed(kind: Kind, value: str) -> str:
    # With the kind in it, a domain's hash is never an address's.
    return f"{kind}:{value}"


def _as_pattern(search: str | None) -> str | None:
    typed = searched(search)
    if not typed:
        return None
    return "%" + typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
