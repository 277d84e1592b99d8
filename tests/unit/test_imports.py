"""Imports go one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).parents[2] / "lib"
# Each part may import what stands in an earlier row, and its own inside.
ROWS = [
    {"errors"},
    {"settings", "text", "reasons", "loopback", "words"},
    {"secrets"},
    {"database", "storage", "chat", "logs", "sign_in"},
    {"activity", "images", "health", "workers"},
    {"cards", "contacts", "analytics"},
    {"outreach", "backup"},
    {"jobs"},
    {"capture", "app", "doctor"},
    {"ui"},
    {"demo", "__main__"},
]
HEAVY = ("torch", "onnxruntime", "easyocr", "rapidocr", "cv2", "openai")


def part(path: Path) -> str:
    return path.relative_to(LIB).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in found if name.startswith("lib.")}


def row(name: str) -> int:
    return next(number for number, names in enumerate(ROWS) if name in names)


@pytest.mark.parametrize("path", sorted(LIB.rglob("*.py")), ids=lambda path: str(path.relative_to(LIB)))
def test_a_part_imports_only_what_stands_before_it(path: Path) -> None:
    if part(path) == "__init__":
        return
    known = {name for names in ROWS for name in names}
    for other in (imported_parts(path) & known) - {part(path)}:
        assert row(other) < row(part(path)), f"{path.name} imports lib.{other}"


@pytest.mark.parametrize("path", sorted(LIB.rglob("*.py")), ids=lambda path: str(path.relative_to(LIB)))
def test_only_ui_imports_streamlit(path: Path) -> None:
    names = {line.strip() for line in path.read_text().splitlines()}
    imports = any(name.startswith(("import streamlit", "from streamlit")) for name in names)
    assert not imports or part(path) in ("ui", "app")


def test_the_app_never_loads_a_reader() -> None:
    loaded = "import lib.ui, lib.capture, lib.app, sys; print(*[m for m in sys.modules])"
    modules = subprocess.run(
        [sys.executable, "-c", loaded], cwd=LIB.parent, capture_output=True, text=True, check=True
    )
    assert not set(HEAVY) & set(modules.stdout.split())
