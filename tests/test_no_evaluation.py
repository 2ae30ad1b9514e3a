"""No text that a user wrote is ever run: no evaluation and no second template language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("config", "documents", "templates_gallery", "workflows", "workspaces")
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_MODULES = {"jinja2", "mako", "pickle", "marshal", "shelve", "code", "runpy"}


def problems(tree: ast.AST) -> Iterator[str]:
    """What in a module could run, or format by, a text that is only known at run time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names if isinstance(node, ast.Import)]
            found = {name.split(".")[0] for name in names} & FORBIDDEN_MODULES
            if "django.template" in names:
                found |= {one.name for one in node.names} & {"Template", "Engine"}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found = {node.func.id} & FORBIDDEN_CALLS
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found = _of_method(node.func)
        else:
            continue
        yield from (f"line {node.lineno}: {one}" for one in found)


def _of_method(called: ast.Attribute) -> set[str]:
    """``"…".format`` of a literal is harmless; of anything else the text may be a user's."""
    if called.attr == "format":
        literal = isinstance(called.value, ast.Constant)
        return set() if literal else {"str.format on a text that is no literal"}
    return {called.attr} & {"format_map", "safe_substitute"}


MODULES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_no_module_evaluates_text_or_formats_by_it() -> None:
    found = {
        f"{path.relative_to(ROOT)} {problem}"
        for path in MODULES
        for problem in problems(ast.parse(path.read_text()))
    }
    assert len(MODULES) > 100
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "exec(text)",
        "compile(text, '', 'exec')",
        "from jinja2 import Environment",
        "import pickle",
        "from django.template import Template",
        "from django.template import Context, Engine",
        "text.format(**scope)",
        "config['prompt'].format(1)",
        "text.format_map(scope)",
    ],
)
def test_each_way_to_run_text_is_seen(source: str) -> None:
    assert list(problems(ast.parse(source)))


@pytest.mark.parametrize("source", ["'{}'.format(1)", "f'{a}'", "env.render(text)", "import json"])
def test_harmless_code_is_left_alone(source: str) -> None:
    assert list(problems(ast.parse(source))) == []
