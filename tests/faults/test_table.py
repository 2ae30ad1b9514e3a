"""The table of faults is complete: each of its rows is a test that carries the row's number."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = range(1, 56)
LONG_ALONE = {48, 49, 50, 51, 52, 55}
"""Rows that may live in the long form alone."""


def _tests() -> dict[int, list[ast.FunctionDef]]:
    """The tests of this folder by their row."""
    found: dict[int, list[ast.FunctionDef]] = defaultdict(list)
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_fault_"):
                row = re.match(r"test_fault_(\d\d)_[a-z]", node.name)
                assert row, f"{node.name} carries no row"
                found[int(row[1])].append(node)
    return found


def _is_long(test: ast.FunctionDef) -> bool:
    return any(ast.unparse(one) == "pytest.mark.long" for one in test.decorator_list)


@pytest.mark.parametrize("row", ROWS)
def test_each_row_is_a_test_that_names_its_guard(row: int) -> None:
    tests = _tests()[row]
    assert tests, f"row {row} has no test"
    assert row in LONG_ALONE or not all(map(_is_long, tests))
    for test in tests:
        assert re.match(r"Guards?: \S", ast.get_docstring(test) or ""), test.name


def test_every_guard_that_is_named_is_in_the_source() -> None:
    apps = ("config", "documents", "workflows", "workspaces")
    files = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    known = set(re.findall(r"\w+", " ".join(path.read_text() for path in files)))
    for test in (one for listed in _tests().values() for one in listed):
        for guard in re.findall(r"``([^`]+)``", ast.get_docstring(test) or ""):
            words = set(re.findall(r"\w+", guard.replace("manage.py", "")))
            assert words <= known, f"{test.name}: {guard}"


def test_no_test_carries_a_row_that_is_not_in_the_table() -> None:
    assert set(_tests()) == set(ROWS)
