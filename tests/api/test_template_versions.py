"""The history of a workflow over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ApiClient, Program, problem
from tests.api.test_templates import PATH, body, drawn
from workspaces.models import User


@pytest.fixture
def writer(program: Program, editor: User) -> ApiClient:
    return program(editor)


@pytest.fixture
def path(writer: ApiClient) -> str:
    """A workflow with three versions: a, b, c."""
    made = writer.make(PATH, body(**drawn("a"))).json()
    path = f"{PATH}/{made['id']}"
    for number, text in enumerate("bc", start=2):
        writer.put_json(path, {**drawn(text), "note": f"Version {number}"})
    return path


def template_of(answer: Any) -> str:
    config: str = answer.json()["nodes"][1]["config"]["template"]
    return config


def test_versions_are_listed_newest_first(writer: ApiClient, path: str, editor: User) -> None:
    rows = writer.read(f"{path}/versions").json()["results"]
    assert [(row["number"], row["note"], row["current"]) for row in rows] == [
        (3, "Version 3", True),
        (2, "Version 2", False),
        (1, "", False),
    ]
    assert {row["author"] for row in rows} == {str(editor)}


def test_a_version_is_read_with_its_graph(writer: ApiClient, path: str) -> None:
    answer = writer.read(f"{path}/versions/2")
    assert (answer.json()["number"], template_of(answer)) == (2, "b")


def test_restoring_makes_the_next_version(writer: ApiClient, path: str) -> None:
    writer.call("PATCH", f"{path}/draft", drawn("draft"))
    answer = writer.make(f"{path}/versions/1/restore")
    assert (answer.status_code, answer.json()["version"], template_of(answer)) == (200, 4, "a")
    assert answer.json()["draft"] is None
    newest = writer.read(f"{path}/versions").json()["results"][0]
    assert (newest["number"], newest["note"]) == (4, "Restored version 1")


def test_restoring_the_current_version_makes_none(writer: ApiClient, path: str) -> None:
    assert writer.make(f"{path}/versions/3/restore").json()["version"] == 3


def test_restoring_over_another_change_is_refused(writer: ApiClient, path: str) -> None:
    seen = {"If-Match": writer.read(path)["ETag"]}
    writer.put_json(path, {"name": "Other"})
    problem(writer.make(f"{path}/versions/1/restore", headers=seen), 412)
    assert writer.read(path).json()["version"] == 3


@pytest.mark.parametrize("number", [0, 4, 99999999999999999999, "x"])
def test_a_version_that_is_not_there_is_404(number: Any, writer: ApiClient, path: str) -> None:
    problem(writer.read(f"{path}/versions/{number}"), 404)
    problem(writer.make(f"{path}/versions/{number}/restore"), 404)


def test_the_number_of_queries_does_not_grow_with_the_history(
    writer: ApiClient, path: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        assert len(writer.read(f"{path}/versions").json()["results"]) == 3
