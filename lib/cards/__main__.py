"""`python -m lib.cards [--json] PHOTO…`: read cards and print what stands on them. Needs no database."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.cards import CONTACT_FIELDS, READERS, Card, PhotoUnreadable, Reader, open_reader
from lib.errors import MeishiError
from lib.logs import set_up_logs
from lib.settings import get_settings
from lib.text import strip_hidden

FIELDS = (*CONTACT_FIELDS, "website")

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Read the photos; 0 when all could be read, 1 when one could not, 2 when nothing could be started."""
    options = _parser().parse_args(arguments)
    try:
        set_up_logs(get_settings())
        reader = open_reader(get_settings(), options.engine, threads=os.cpu_count() or 1)
    except MeishiError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return 1 if _print_all(options.photos, reader, as_json=options.json) else 0
    except BrokenPipeError:
        # Whoever reads along, such as `head`, has seen enough; nothing is left to be written at the exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _print_all(paths: list[str], reader: Reader, *, as_json: bool) -> bool:
    """Print what each photo shows. Return whether one could not be read."""
    failed = False
    for row in _read_all(paths, reader):
        failed = failed or row["error"] is not None
        # What a card or a file's name holds must not steer the terminal.
        print(json.dumps(row, ensure_ascii=False) if as_json else strip_hidden(_table(row)), flush=True)
    return failed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.cards", description="Read business cards from photos.")
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="JPEG, PNG, HEIC, WebP, TIFF …")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--engine", choices=READERS, help="the reader, instead of the setting OCR_ENGINE")
    return parser


def _read_all(paths: list[str], reader: Reader) -> Iterator[dict[str, Any]]:
    """Yield a row for each photo as soon as it is read; one that cannot be read has its `error` in words."""
    for path in paths:
        row: dict[str, Any] = {"photo": path, "engine": reader.name, "seconds": 0.0, "error": None, "cards": []}
        try:
            reading = reader.read(_bytes_of(path))
        except MeishiError as error:
            row["error"] = str(error)
        except Exception:
            # One photo must not keep the others from being read.
            log.exception("reading %s failed", path)
            row["error"] = "The reader stumbled over this photo. Take it again."
        else:
            row.update(engine=reading.engine, seconds=reading.seconds, cards=[_card(card) for card in reading.cards])
        yield row


def _bytes_of(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoUnreadable(f"The file cannot be opened ({reason}).", "Check the path.") from error


def _card(card: Card) -> dict[str, Any]:
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    for name, field in card.fields.items():
        box = [list(point) for point in field.box]
        fields[name] = {"value": field.value, "confidence": field.confidence, "box": box}
    return {"status": card.status, "reasons": list(card.reasons), "fields": fields}


def _table(row: dict[str, Any]) -> str:
    lines = [f"{row['photo']}  ({row['engine']}, {row['seconds']:.2f} s)"]
    if row["error"]:
        lines.append(f"  {row['error']}")
    for card in row["cards"]:
        for name, field in card["fields"].items():
            shown = f"{field['value']}  ({field['confidence']:.0%})" if field else "–"
            lines.append(f"  {name.replace('_', ' '):13} {shown}")
        lines.append(f"  {card['status'].replace('_', ' '):13} {' '.join(card['reasons'])}".rstrip())
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
