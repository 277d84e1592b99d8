"""`python -m lib.cards.measure FOLDER`: read the photos of FOLDER/truth.json and count what came out right."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import phonenumbers

from lib.cards import READERS, open_reader
from lib.cards.legal import without_legal_form
from lib.cards.model import Card
from lib.cards.names import parse_name
from lib.cards.words import fold
from lib.errors import MeishiError
from lib.settings import get_settings

FIELDS = ("full_name", "email", "company", "title", "phone", "linkedin_url", "website")
# A card is whole when these are right.
WHOLE_CARD = frozenset({"full_name", "email", "company", "title", "phone"})


class Tally:
    """Counts over cards. A value is right when it equals the printed one after folding case, accents and spaces."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        self.wanted: Counter[str] = Counter()
        self.cards = self.whole = self.shared = self.shared_right = 0
        # By field: how sure the reader was, and whether it was right.
        self.beliefs: dict[str, list[tuple[float, bool]]] = {}

    def add(self, card: Card | None, truth: dict[str, Any]) -> list[tuple[str, str | None, str]]:
        """Count a card (None: not read); return the fields that are wrong as (field, value, printed)."""
        values = {name: field.value for name, field in card.fields.items()} if card else {}
        wrong = []
        for name in FIELDS:
            right, printed = compare(name, values.get(name), truth)
            self.right[name] += right and name in values
            self.given[name] += name in values
            self.wanted[name] += bool(printed)
            if card and name in values:
                self.beliefs.setdefault(name, []).append((card.fields[name].confidence, right))
            if not right:
                wrong.append((name, values.get(name), printed))
        self.cards += 1
        self.whole += not WHOLE_CARD & {name for name, _, _ in wrong}
        if card and card.status == "completed":
            self.shared += 1
            self.shared_right += not {"full_name", "email"} & {name for name, _, _ in wrong}
        return wrong

    def f1(self, name: str) -> float:
        """Return a field's F1, 0-1: twice what is right, by what was given and what is printed."""
        return 2 * self.right[name] / ((self.given[name] + self.wanted[name]) or 1)

    def calibration_error(self) -> float:
        """Return how far confidence and truth lie apart, 0-1: the mean over ten bins by how many fields they hold."""
        bins: dict[int, list[tuple[float, bool]]] = {}
        beliefs = [belief for held in self.beliefs.values() for belief in held]
        for confidence, right in beliefs:
            bins.setdefault(min(int(confidence * 10), 9), []).append((confidence, right))
        gaps = (abs(sum(c for c, _ in held) - sum(right for _, right in held)) for held in bins.values())
        return sum(gaps) / (len(beliefs) or 1)

    def figures(self) -> dict[str, float]:
        """Return the figures by name, all 0-1; no auto_precision where no card was accepted."""
        figures = {f"f1_{name}": self.f1(name) for name in FIELDS}
        figures["whole_card"] = self.whole / (self.cards or 1)
        figures["calibration_error"] = self.calibration_error()
        figures["auto_share"] = self.shared / (self.cards or 1)
        return figures | ({"auto_precision": self.shared_right / self.shared} if self.shared else {})

    def table(self) -> str:
        """Return the figures as text: per cent, exact."""
        rows = [f"{'field':14}{'precision':>10}{'recall':>8}{'F1':>7}"]
        for name in FIELDS:
            precision = self.right[name] / (self.given[name] or 1)
            recall = self.right[name] / (self.wanted[name] or 1)
            rows.append(f"{name:14}{precision:10.1%}{recall:8.1%}{self.f1(name):7.1%}")
        rows.append(f"whole card {self.whole}/{self.cards}")
        rows.append(f"auto_share {self.shared}/{self.cards}, auto_precision {self.shared_right}/{self.shared}")
        return "\n".join(rows)


def compare(name: str, value: str | None, truth: dict[str, Any]) -> tuple[bool, str]:
    """Return whether a value is what is printed, and what is printed ("" when nothing is)."""
    if name == "phone":
        return _compare_phone(value, truth.get("phones") or [])
    printed = truth.get(name) or ""
    if name == "full_name" and truth.get("without_degrees"):
        return _words(value or "") == _words(printed), printed
    return _key(name, value or "") == _key(name, printed), printed


def _words(name: str) -> str:
    """Return a name as it is compared where the truth leaves out what stands round it: Dr., PhD, (Mrs.)."""
    parsed = parse_name(name)
    return _key("full_name", "".join(parsed.tokens) if parsed else name)


def _compare_phone(value: str | None, phones: list[dict[str, str]]) -> tuple[bool, str]:
    """Any number of the best kind on the card is right."""
    order = ("mobile", "direct", "office")
    usable = [p for p in phones if p.get("kind") != "fax"]
    best = min((order.index(p["kind"]) for p in usable if p.get("kind") in order), default=0)
    wanted = [_e164(p) for p in usable if p.get("kind", order[best]) == order[best]]
    return (value in wanted) if wanted else value is None, ", ".join(wanted)


def _e164(phone: dict[str, str]) -> str:
    if "e164" in phone:
        return phone["e164"]
    number = phonenumbers.parse(phone["printed"], "US")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _key(name: str, text: str) -> str:
    folded = "".join(fold(without_legal_form(text) if name == "company" else text).split())
    if name == "linkedin_url":
        return folded.rstrip("/").rsplit("/", 1)[-1]
    if name == "website":
        return folded.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return folded


def main(arguments: list[str] | None = None) -> int:
    """Read, count, print; 2 when the engine cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m lib.cards.measure", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=READERS)
    parser.add_argument("--limit", type=int, help="read only so many photos")
    parser.add_argument("--wrong", action="store_true", help="print each field that is wrong")
    options = parser.parse_args(arguments)
    try:
        reader = open_reader(get_settings(), options.engine, threads=2)
    except MeishiError as error:
        print(error, file=sys.stderr)
        return 2
    truth = json.loads((options.folder / "truth.json").read_text(encoding="utf-8"))
    tally, seconds = Tally(), 0.0
    for name in sorted(truth)[: options.limit]:
        card = None
        try:
            reading = reader.read((options.folder / name).read_bytes())
            card, seconds = reading.cards[0], seconds + reading.seconds
        except MeishiError as error:
            print(f"{name}: {error}", file=sys.stderr)
        for wrong in tally.add(card, truth[name]):
            if options.wrong:
                print(name, *wrong, sep=" | ")
    print(f"{tally.table()}\n{seconds / (tally.cards or 1):.2f} s a card, {reader.name} {reader.engine.version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
