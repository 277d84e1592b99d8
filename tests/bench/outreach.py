"""`python -m tests.bench.outreach` (make bench-outreach): the figures of writing drafts and of exporting them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.bench import writing


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write build/bench-outreach.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.outreach", description=__doc__)
    parser.add_argument("--only-writing", action="store_true", help="leave the exports out")
    options = parser.parse_args(arguments)
    figures = writing.measure()
    if not options.only_writing:
        from tests.bench import exporting

        figures |= exporting.measure()
    path = Path("build/bench-outreach.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
