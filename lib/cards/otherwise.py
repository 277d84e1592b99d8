"""What another reader says of a card that was read, and maybe corrected, already: shown beside it, never over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lib.cards.merge import contradict
from lib.cards.model import CONTACT_FIELDS, Card, Reading
from lib.cards.reading import raw_data
from lib.cards.stored import card_of
from lib.reasons import NAMES, NO_EMAIL, NO_NAME, READERS, is_different, is_only_seen

# Of these every sign counts; of other fields letters and digits, as printed.
EXACT = ("email", "linkedin_url")
DECISIVE = ("full_name", "email")


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The stored reading with what another reader says otherwise: of fields that differ, and empty ones it filled."""

    raw: dict[str, Any]
    differing: tuple[str, ...]
    filled: dict[str, str]

    @property
    def is_for_review(self) -> bool:
        """Whether there is something to look at."""
        return bool(self.differing or self.filled)


def compare(
    raw: Mapping[str, Any], values: Mapping[str, str | None], reading: Reading, *, may_fill: bool
) -> Comparison:
    """Return what the reading says otherwise than the contact, whose values are `values`, by column.

    A field that is empty because nothing was ever read for it is filled where `may_fill`; one that a person emptied
    is not. Everything else becomes a conflict in extra["conflicts"], with the reader's name as its source.
    """
    source = READERS.get(reading.engine, reading.engine)
    index = most_alike(reading, values)
    theirs = reading.cards[index]
    stored = dict(raw) or {**raw_data(reading, index), "reasons": []}
    empty = [name for name in theirs.fields if name in CONTACT_FIELDS and not values[name]]
    filled = [name for name in empty if may_fill and not (raw.get("fields") or {}).get(name)]
    differing = [name for name in CONTACT_FIELDS if name not in filled and _differ(name, stored, values, theirs)]
    stored = _with_fields(stored, reading, index, filled, source)
    stored = _with_conflicts(stored, values, theirs, differing, source)
    return Comparison(
        raw=stored, differing=tuple(differing), filled={name: theirs.fields[name].value for name in filled}
    )


def most_alike(reading: Reading, values: Mapping[str, str | None]) -> int:
    """Return the index of the card that says most of what the contact does; one reader may see several on a photo."""

    def shared(index: int) -> int:
        said = [(name, field.value) for name, field in reading.cards[index].fields.items() if values.get(name)]
        return sum(_letters(name, value) == _letters(name, values[name] or "") for name, value in said)

    return max(range(len(reading.cards)), key=shared)


def _differ(name: str, raw: Mapping[str, Any], values: Mapping[str, str | None], theirs: Card) -> bool:
    mine, other = values[name], theirs.fields.get(name)
    if other is None or _letters(name, other.value) == _letters(name, mine or ""):
        return False
    mine_card = card_of(raw)
    if name == "phone" and mine and name in mine_card.fields and mine_card.fields[name].value == mine:
        # Another number of another kind (mobile, office) is no contradiction.
        return contradict(name, mine_card, theirs)
    return True


def _letters(name: str, value: str) -> str:
    return value.casefold() if name in EXACT else "".join(c for c in value.casefold() if c.isalnum())


def _with_fields(raw: dict[str, Any], reading: Reading, index: int, names: list[str], source: str) -> dict[str, Any]:
    """Return the stored reading with these fields of the other one. Their lines are not those stored."""
    if not names:
        return raw
    theirs = raw_data(reading, index)["fields"]
    fields = dict(raw.get("fields") or {})
    for name in names:
        fields[name] = {**theirs[name], "lines": [], "evidence": [*theirs[name]["evidence"], f"read by {source}"]}
    settled = {reason for reason, name in ((NO_NAME, "full_name"), (NO_EMAIL, "email")) if name in names}
    added = [is_only_seen(source, name) for name in names]
    reasons = [reason for reason in raw.get("reasons") or () if reason not in settled]
    sure = min((fields.get(name) or {}).get("confidence", 0.0) for name in DECISIVE)
    return {**raw, "fields": fields, "reasons": list(dict.fromkeys([*reasons, *added])), "confidence": sure}


def _with_conflicts(
    raw: dict[str, Any], values: Mapping[str, str | None], theirs: Card, names: list[str], source: str
) -> dict[str, Any]:
    """Return the stored reading with the conflicts of this source; those of an earlier reading by it go."""
    extra = dict(raw.get("extra") or {})
    kept = [conflict for conflict in extra.pop("conflicts", None) or () if conflict["source"] != source]
    if conflicts := [*kept, *_conflicts(values, theirs, names, source)]:
        extra["conflicts"] = conflicts
    earlier = {is_different(source, name) for name in NAMES}
    reasons = [reason for reason in raw.get("reasons") or () if reason not in earlier]
    return {**raw, "reasons": [*reasons, *(is_different(source, name) for name in names)], "extra": extra}


def _conflicts(
    values: Mapping[str, str | None], theirs: Card, names: Iterable[str], source: str
) -> Iterator[dict[str, str]]:
    for name in names:
        other = theirs.fields[name].value
        # Beside nothing there is one value alone.
        yield {"field": name, "kept": values[name] or other, "other": other, "source": source}
