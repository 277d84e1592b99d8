"""`python -m tests.bench.calibrate` (make calibrate): fit how sure the reader is to how often it was right.

Prints the table CALIBRATION of lib/cards/confidence.py, from drawn cards of seed 1 and the written sets a to d. To be run
with an empty table there: what is fitted is what the rules give.
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

from lib.cards import confidence, open_engine, read_photo
from lib.cards.measure import Tally
from lib.errors import MeishiError
from tests.bench.reading import MODELS, THREADS, Sample, make_samples
from tests.bench.written import written_photos

SETS = ("a", "b", "c", "d")
DRAWN = 60
# Pulls towards leaving a confidence as it is, with the weight of so many fields.
PRIOR = 4.0


def fit(beliefs: list[tuple[float, bool]]) -> tuple[float, float]:
    """Return (shift, slope) so that sigmoid(shift + slope * logit(confidence)) is the share that was right."""
    given = np.array([confidence.logit(sure) for sure, _ in beliefs])
    right = np.array([float(was_right) for _, was_right in beliefs])
    columns = np.stack([np.ones_like(given), given], axis=1)
    unchanged = np.array([0.0, 1.0])
    found = unchanged
    for _ in range(50):
        share = 1 / (1 + np.exp(-columns @ found))
        slope: NDArray[np.float64] = columns.T @ (right - share) - PRIOR * 0.05 * (found - unchanged)
        curve = (columns.T * (share * (1 - share))) @ columns + PRIOR * 0.05 * np.eye(2)
        found = found + np.linalg.solve(curve, slope)
    return round(float(found[0]), 2), round(float(found[1]), 2)


def main() -> int:
    """Read all cards, print the table; 2 when it is not empty in the code, or the reader cannot be opened."""
    if confidence.CALIBRATION:
        print("Empty CALIBRATION in lib/cards/confidence.py first: it would be fitted onto itself.", file=sys.stderr)
        return 2
    try:
        engine = open_engine("rapidocr", threads=THREADS, folder=MODELS)
        samples = [*make_samples(DRAWN, 1), *(Sample(*photo) for photo in written_photos(SETS))]
    except (MeishiError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2
    tally = Tally()
    for sample in samples:
        tally.add(read_photo(sample.data, engine, region="US").cards[0], sample.truth)
    for name, beliefs in tally.beliefs.items():
        print(f'    "{name}": {fit(beliefs)},')
    return 0


if __name__ == "__main__":
    sys.exit(main())
