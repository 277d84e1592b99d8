"""`python -m tests.bench.peak PHOTO…`: read photos with RapidOCR and print the most memory it took, in MB."""

from __future__ import annotations

import contextlib
import resource
import sys
from pathlib import Path

from lib.cards import NoTextFound, open_engine, read_photo


def main() -> None:
    """Read as a worker does, one photo after the other."""
    engine = open_engine("rapidocr", threads=2, folder=Path("build/models"))
    for path in sys.argv[1:]:
        with contextlib.suppress(NoTextFound):
            read_photo(Path(path).read_bytes(), engine, region="US")
    # Kilobytes on Linux, bytes on macOS.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    print(round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))


if __name__ == "__main__":
    main()
