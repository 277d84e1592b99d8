"""`python -m tests.bench.reading` (make bench-reading): how well, how fast and in how much memory cards are read."""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lib.cards import Card, open_engine, read_photo
from lib.cards.engines import FINDING_SIDE, Picture, shrunk
from lib.cards.measure import Tally, compare
from lib.errors import MeishiError
from tests.bench.cards import draw_card
from tests.bench.people import make_person
from tests.bench.photo import photograph
from tests.bench.several import KINDS, photograph_several
from tests.bench.written import HELD_OUT, written_photos

# The cards of these seeds are for measuring: whoever works on the reader looks at those of --seed 1.
HELD_OUT_SEED = 70_000
THREADS = 2
MODELS = Path("build/models")
PEAK_SAMPLE = 8
PHONE_SIDE = 4032


@dataclass(frozen=True)
class Sample:
    """A photo and what is printed on its card."""

    name: str
    data: bytes
    truth: dict[str, Any]


class Watched:
    """An engine that remembers the upright picture it was last given to read first."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.picture: Picture | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def read(self, picture: Picture) -> Any:
        if self.picture is None:
            # As large as RapidOCR is given it elsewhere: a larger one would take it longer.
            self.picture = shrunk(picture, FINDING_SIDE)
        return self._engine.read(picture)


class Alone:
    """RapidOCR as a person installs it, and the seconds it took."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        threads = {"EngineConfig.onnxruntime.intra_op_num_threads": THREADS}
        self._ocr = RapidOCR(params={"Global.log_level": "error", **threads})
        self._ocr(np.full((64, 256, 3), 255, dtype=np.uint8))
        self.seconds = 0.0

    def read(self, picture: Picture) -> None:
        started = time.perf_counter()
        self._ocr(np.ascontiguousarray(picture[:, :, ::-1]))
        self.seconds += time.perf_counter() - started


def make_samples(count: int, seed: int) -> list[Sample]:
    """Return so many drawn and photographed cards, from `seed` on."""
    people = [(number, make_person(number)) for number in range(seed, seed + count)]
    return [Sample(f"{n}.jpg", photograph(draw_card(person, n), n), person.truth) for n, person in people]


def samples_in(folder: Path) -> list[Sample]:
    """Return the photos that a folder's truth.json names."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return [Sample(name, (folder / name).read_bytes(), truth[name]) for name in sorted(truth)]


def measure(samples: list[Sample], engine: Any, alone: Alone | None, wrong: list[str]) -> dict[str, float]:
    """Return the figures of an engine; what came out wrong is added to `wrong`, a line a field."""
    tally, seconds, cut = Tally(), 0.0, 0
    for sample in samples:
        watched = Watched(engine)
        cards, spent = _read(sample.data, watched)
        card = cards[0] if cards else None
        seconds, cut = seconds + spent, cut + (len(cards) > 1)
        if alone and watched.picture is not None:
            alone.read(watched.picture)
        found = tally.add(card, sample.truth)
        status = card.status if card else "not read"
        wrong += [f"{sample.name}\t{status}\t{name}\t{value}\t{printed}" for name, value, printed in found]
    figures = tally.figures() | {"cut_apart": cut, "seconds_per_card": seconds / (len(samples) or 1)}
    if alone:
        figures["engine_seconds_per_card"] = alone.seconds / (len(samples) or 1)
        figures["ratio"] = seconds / (alone.seconds or 1)
    return {name: round(value, 4) for name, value in figures.items()}


def _read(data: bytes, engine: Any) -> tuple[tuple[Card, ...], float]:
    """Return the photo's cards, none where it could not be read, and the seconds it took."""
    started = time.perf_counter()
    try:
        cards = read_photo(data, engine, region="US").cards
    except MeishiError:
        cards = ()
    return cards, time.perf_counter() - started


def measure_several(count: int, seed: int, engine: Any, wrong: list[str]) -> dict[str, float]:
    """Return the figures of so many photos with two to six cards each: what was found of them, and what was right."""
    tally, found, spent, split = Tally(), 0, 0.0, 0
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        people = [make_person(seed + 10 * number + place) for place in range(2 + number % 5)]
        drawn = [draw_card(person, seed + 10 * number + place) for place, person in enumerate(people)]
        cards, seconds = _read(photograph_several(drawn, kind, seed + number), engine)
        spent += seconds
        split += len(cards) == len(people)
        for person in people:
            card = _card_of(person.truth, cards) if len(cards) > 1 else None
            found += card is not None
            lost = tally.add(card, person.truth)
            status = card.status if card else "not found"
            wrong += [f"{kind} {number}\t{status}\t{name}\t{value}\t{printed}" for name, value, printed in lost]
    figures = {
        "several_found": found / (tally.cards or 1),
        "several_counted_right": split / (count or 1),
        "several_whole_card": tally.whole / (tally.cards or 1),
        "several_auto_share": tally.shared / (tally.cards or 1),
        "several_auto_precision": tally.shared_right / (tally.shared or 1),
    }
    return {name: round(value, 4) for name, value in figures.items()} | {
        "several_seconds_per_card": round(spent / (tally.cards or 1), 4)
    }


def _card_of(truth: dict[str, Any], cards: Iterable[Card]) -> Card | None:
    """Return the card with the e-mail address or name that is printed."""
    for name in ("email", "full_name"):
        for card in cards:
            if name in card.fields and compare(name, card.fields[name].value, truth)[0]:
                return card
    return None


def peak_mb(samples: list[Sample]) -> float:
    """Return the most memory of a process of its own that reads some of the photos, one as large as a phone's.

    To be called before this process has loaded a reader: a child's peak on Linux is never below its parent's.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / sample.name for sample in samples[:PEAK_SAMPLE]]
        for path, sample in zip(paths, samples, strict=False):
            path.write_bytes(sample.data)
        if paths:
            _enlarge(paths[0])
        command = [sys.executable, "-m", "tests.bench.peak", *map(str, paths)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def _enlarge(path: Path) -> None:
    image = Image.open(io.BytesIO(path.read_bytes()))
    factor = PHONE_SIDE / max(image.size)
    image.resize((round(image.width * factor), round(image.height * factor))).save(path, "JPEG", quality=90)


def table(columns: dict[str, dict[str, float]]) -> str:
    """Return the figures side by side: shares in per cent, the others as they are."""
    names = list(dict.fromkeys(name for figures in columns.values() for name in figures))
    rows = [f"{'':26}" + "".join(f"{title:>22}" for title in columns)]
    for name in names:
        cells = (_cell(name, figures.get(name)) for figures in columns.values())
        rows.append(f"{name:26}" + "".join(f"{cell:>22}" for cell in cells))
    return "\n".join(rows)


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    is_share = name.startswith(("f1_", "whole", "auto", "several")) and "seconds" not in name
    return f"{value:.1%}" if is_share else f"{value:g}"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write build/bench-reading.json; 2 when a reader cannot be opened."""
    options = _options(arguments)
    drawn = make_samples(options.count, options.seed)
    columns: dict[str, dict[str, float]] = {}
    wrong: list[str] = []
    try:
        peak = peak_mb(drawn)
        rapid = open_engine("rapidocr", threads=THREADS, folder=MODELS)
        first = {**measure(drawn, rapid, Alone(), wrong), "peak_mb": peak}
        columns[f"RapidOCR, {len(drawn)} drawn"] = first | measure_several(
            options.several, options.seed, rapid, wrong
        )
        prefixes = [""]
        if options.written:
            written = [Sample(*photo) for photo in written_photos(options.written)]
            columns[f"RapidOCR, {len(written)} written"] = measure(written, rapid, Alone(), wrong)
            prefixes.append("written_")
        if options.cards:
            given = samples_in(options.cards)
            columns[f"RapidOCR, {len(given)} given"] = measure(given, rapid, Alone(), wrong)
            prefixes.append("cards_")
        if options.easy:
            few = drawn[: options.easy]
            easy = open_engine("easyocr", threads=THREADS, folder=MODELS)
            columns[f"EasyOCR, {len(few)} drawn"] = measure(few, easy, None, wrong)
            prefixes.append("easyocr_")
    except (MeishiError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    print(table(columns))
    _write(options.out, dict(zip(prefixes, columns.values(), strict=True)), wrong)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.reading", description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="how many cards are drawn")
    parser.add_argument("--easy", type=int, default=6, help="how many of them EasyOCR reads as well, 0 for none")
    parser.add_argument("--several", type=int, default=8, help="how many photos of several cards are read")
    parser.add_argument(
        "--written",
        type=lambda text: tuple(text.split(",")),
        default=HELD_OUT,
        help="sets of written cards, such as a,b",
    )
    parser.add_argument("--cards", type=Path, help="a folder of photos with a truth.json, read as well")
    parser.add_argument("--seed", type=int, default=HELD_OUT_SEED)
    parser.add_argument("--out", type=Path, default=Path("build"))
    return parser.parse_args(arguments)


def _write(folder: Path, columns: dict[str, dict[str, float]], wrong: Iterable[str]) -> None:
    """Write the figures, and beside them what came out wrong: photo, status, field, read, printed."""
    folder.mkdir(parents=True, exist_ok=True)
    flat = {prefix + name: value for prefix, figures in columns.items() for name, value in figures.items()}
    (folder / "bench-reading.json").write_text(json.dumps(flat, indent=1) + "\n", encoding="utf-8")
    (folder / "bench-reading-wrong.tsv").write_text("\n".join(wrong) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
