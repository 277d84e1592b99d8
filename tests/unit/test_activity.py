import re
from pathlib import Path
from typing import get_args

from lib.activity import Action

ROOT = Path(__file__).parents[2]


def documented_actions() -> set[str]:
    section = (
        (ROOT / "docs" / "schema.md").read_text().split("## Standardized Activity Log Actions")[1].split("\n## ")[0]
    )
    return set(re.findall(r"`(\w+)`", section))


def test_the_actions_are_the_documents_thirteen() -> None:
    assert len(documented_actions()) == 13
    assert set(get_args(Action)) == documented_actions()


def test_every_action_is_written_somewhere() -> None:
    sources = [
        path for path in (ROOT / "lib").rglob("*.py") if path.name != "activity.py" and "demo" not in path.parts
    ]
    code = "\n".join(path.read_text() for path in sources)
    assert {action for action in documented_actions() if f'"{action}"' not in code} == set()
