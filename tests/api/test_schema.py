"""The API's description: sound, complete, and what the repo says it is."""

from __future__ import annotations

import re
from collections import Counter
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.urls import get_resolver

from scripts.openapi import TARGET
from tests.api.conftest import ApiClient
from workspaces.api.base import WorkspaceView
from workspaces.api.problems import OF_ALL, OF_UNSAFE

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(TARGET.read_text(), LOADER)
    return found


def _operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _views() -> list[type[Any]]:
    found = []
    entries = list(get_resolver().url_patterns)
    while entries:
        entry = entries.pop()
        entries += getattr(entry, "url_patterns", [])
        cls = getattr(getattr(entry, "callback", None), "cls", None)
        if cls is not None and issubclass(cls, WorkspaceView):
            found.append(cls)
    return found


def test_the_description_in_the_repo_is_what_the_code_says() -> None:
    made = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=made)
    assert made.getvalue().strip() == TARGET.read_text().strip(), "run `python -m scripts.openapi`"


def test_everybody_reads_the_description_as_json_or_yaml(
    anybody: ApiClient, described: dict[str, Any]
) -> None:
    plain = anybody.read("/schema")
    assert plain["Content-Type"] == "application/json"
    assert plain.json()["openapi"] == "3.1.0"
    assert plain.json()["paths"].keys() == described["paths"].keys()
    spelled = anybody.read("/schema", headers={"Accept": "application/yaml"})
    assert yaml.load(spelled.content, LOADER) == plain.json()


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(
    described: dict[str, Any],
) -> None:
    operations = [operation for _, _, operation in _operations(described)]
    names = Counter(operation["operationId"] for operation in operations)
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if not re.fullmatch("[a-z]+(_[a-z]+)+", name)] == []
    assert [one["operationId"] for one in operations if not one.get("summary")] == []


def test_every_operation_says_how_it_refuses(described: dict[str, Any]) -> None:
    for path, method, operation in _operations(described):
        expected = OF_ALL if method == "get" else OF_UNSAFE
        assert set(expected) <= operation["responses"].keys(), (method, path)
        for code in expected:
            reference = operation["responses"][code]["$ref"]
            name = reference.rpartition("/")[2]
            content = described["components"]["responses"][name]["content"]
            assert list(content) == ["application/problem+json"]


def test_every_operation_wants_a_token_or_a_session_in_a_workspace(
    described: dict[str, Any],
) -> None:
    for path, method, operation in _operations(described):
        wanted = [{"token": []}, {"session": [], "workspace": []}]
        assert operation["security"] == wanted, (method, path)


def test_every_body_is_closed(described: dict[str, Any]) -> None:
    shapes = described["components"]["schemas"]
    for path, method, operation in _operations(described):
        for kind, body in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                name = body["schema"]["$ref"].rpartition("/")[2]
                assert shapes[name]["additionalProperties"] is False, (method, path)


def test_every_view_names_the_right_of_each_method() -> None:
    views = _views()
    assert len(views) > 30
    for view in views:
        methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
        answered = {method for method in methods if hasattr(view, method.lower())}
        assert set(view.actions) == answered, view
