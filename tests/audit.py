"""`python -m tests.audit`: ask OSV whether anything the app runs with has a known vulnerability.

What is asked about is what is installed for requirements.txt and for what that needs, version by version. Exit status 1
where something is known that tests/audit_ignored.txt does not name. Without a network one line says that it could not
ask; that is no failure. `OSV_URL` chooses another server of the kind.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lib.settings import ROOT

REQUIREMENTS = ROOT / "requirements.txt"
IGNORED = ROOT / "tests" / "audit_ignored.txt"
OSV_URL = "https://api.osv.dev/v1/query"
# Of a single question; there is one for each package.
LIMIT_S = 10
# How the client's last line begins when it is the way to the server that failed, or the server itself.
NO_ANSWER = re.compile(
    r"^(requests\.exceptions\.(ConnectionError|ConnectTimeout|JSONDecodeError|ReadTimeout|ProxyError|SSLError|Timeout|HTTPError)"
    r"|ConnectionError|pip_audit\._service\.interface\.(ServiceError|ConnectionError)|ERROR:pip_audit\._cli:Tip: your network)"
)


@dataclass(frozen=True)
class Answer:
    """What came of asking: lines to print, and whether they are a failure."""

    lines: list[str]
    is_failure: bool


def run_time_distributions(requirements: Path = REQUIREMENTS) -> list[Distribution]:
    """Return what is installed of the requirements and all that they need, by name."""
    wanted = [
        Requirement(line.split("#")[0].strip())
        for line in requirements.read_text().splitlines()
        if line[:1].isalpha()
    ]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        requirement = wanted.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        found[key[0]] = installed = distribution(requirement.name)
        for needed in map(Requirement, installed.requires or ()):
            if needed.marker is None or any(
                needed.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                wanted.append(needed)
    return [found[name] for name in sorted(found)]


def list_ignored(file: Path = IGNORED) -> dict[str, str]:
    """Return the vulnerabilities that were looked at and do not matter here, each with the reason."""
    lines = [line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return dict((line + " ").split(maxsplit=1) for line in lines)  # a line without a reason is an error


def ask(distributions: list[Distribution], url: str, ignored: dict[str, str]) -> Answer:
    """Return what the server at `url` knows of the versions installed."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        # What a build adds to a version, as in 2.13.0+cpu, no list of vulnerabilities knows.
        listed.writelines(f"{found.name}=={found.version.partition('+')[0]}\n" for found in distributions)
        listed.flush()
        options = ["--requirement", listed.name, "--no-deps", "--disable-pip", "--vulnerability-service", "osv",
                   "--osv-url", url, "--format", "json", "--progress-spinner", "off", "--timeout", str(LIMIT_S),
                   *(word for name in ignored for word in ("--ignore-vuln", name))]  # fmt: skip
        asked = subprocess.run(
            [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, check=False
        )
    try:
        return _judge(json.loads(asked.stdout)["dependencies"])
    except (ValueError, KeyError):
        last = (asked.stderr.strip().splitlines() or ["nothing was said"])[-1]
        if NO_ANSWER.search(last):
            return Answer([f"The dependencies were not audited: {url} could not be asked ({last[:120]})."], False)
        return Answer([f"The audit itself failed: {last}"], True)


def _judge(dependencies: list[dict[str, Any]]) -> Answer:
    skipped = [found["name"] for found in dependencies if "skip_reason" in found]
    known = [
        f"{found['name']} {found['version']}: {known['id']} ({', '.join(known['fix_versions']) or 'no'} fix), "
        f"{known['description'][:100]}"
        for found in dependencies
        for known in found.get("vulns", ())
    ]
    if skipped:
        known.append(f"Not audited, as nobody knew them: {', '.join(skipped)}")
    said = known or [f"No known vulnerability in {len(dependencies)} packages."]
    return Answer(said, bool(known))


def main() -> int:
    """Print what is known; 1 for a vulnerability."""
    answer = ask(run_time_distributions(), os.environ.get("OSV_URL", OSV_URL), list_ignored())
    print(*answer.lines, sep="\n")
    return int(answer.is_failure)


if __name__ == "__main__":
    sys.exit(main())
