"""`python -m lib.doctor [--json]`: look whether this installation is well, and print what to do where it is not.

Nothing is changed: no table is made, no worker started. Exit status 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import suppress
from dataclasses import asdict

from lib.doctor import examine
from lib.errors import MeishiError
from lib.logs import set_up_logs
from lib.settings import get_settings

MARKS = {"ok": "ok", "warning": "warning", "wrong": "WRONG"}


def main(arguments: list[str] | None = None) -> int:
    """Print the findings as they are made; 1 if something is wrong, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m lib.doctor", description="Look whether this installation is well."
    )
    parser.add_argument("--json", action="store_true", help="one JSON object with all findings")
    as_json = parser.parse_args(arguments).json
    with suppress(MeishiError):  # the findings say it
        set_up_logs(get_settings())
    findings = []
    for name, found in examine():
        findings.append({"check": name, **asdict(found)})
        if not as_json:
            end = f" → {found.remedy}" if found.remedy else ""
            print(f"{MARKS[found.status]:<8} {name:<11} {found.message}{end}", flush=True)
    is_wrong = any(found["status"] == "wrong" for found in findings)
    if as_json:
        print(
            json.dumps({"status": "wrong" if is_wrong else "ok", "findings": findings}, ensure_ascii=False, indent=1)
        )
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
