"""Reads from the source which crash points there are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def points() -> frozenset[str]:
    """Every name that ``crash_point`` may be called with, those of ``one_decision`` too."""
    files = [
        path
        for app in ("workflows", "documents", "workspaces")
        for path in (ROOT / app).rglob("*.py")
    ]
    return frozenset(name for path in files for name in _points(path))


def _points(path: Path) -> Iterator[str]:
    for found in ast.walk(ast.parse(path.read_text())):
        if isinstance(found, ast.Call) and getattr(found.func, "id", "") == "crash_point":
            if isinstance(found.args[0], ast.Constant):
                yield str(found.args[0].value)
        elif isinstance(found, ast.FunctionDef) and _is_decision(found):
            for side in ("before_commit", "after_commit"):
                yield f"{path.stem}.{found.name.strip('_')}.{side}"


def _is_decision(function: ast.FunctionDef) -> bool:
    return any(getattr(one, "id", "") == "one_decision" for one in function.decorator_list)
