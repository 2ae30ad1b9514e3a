"""Every error is a problem that says what is wrong, and none is a 500."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests import factories as make
from tests.api.conftest import ApiClient, Program, attrs, problem
from workspaces.api import projects
from workspaces.models import Project, User, Workspace


def test_an_unknown_address_is_a_problem_for_everybody(anybody: ApiClient) -> None:
    assert "/api/docs" in problem(anybody.read("/nothing/here"), 404)["detail"]
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        problem(anybody.call(method, "/nothing"), 404)


def test_an_address_with_a_slash_at_its_end_is_unknown(editor: User, program: Program) -> None:
    problem(program(editor).read("/projects/"), 404)


def test_a_call_without_credentials_is_a_401_that_names_the_scheme(anybody: ApiClient) -> None:
    answer = anybody.read("/projects")
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"


def test_a_right_that_is_missing_is_a_403(viewer: User, program: Program) -> None:
    problem(program(viewer).make("/projects", {"name": "Spring"}), 403)


def test_a_method_that_is_not_answered_is_a_405(editor: User, program: Program) -> None:
    answer = program(editor).call("PATCH", "/projects", {})
    problem(answer, 405)
    assert "POST" in answer["Allow"]
    problem(program(editor).call("OPTIONS", "/projects"), 405)


def test_an_answer_in_another_format_is_a_406(editor: User, program: Program) -> None:
    problem(program(editor).read("/projects", headers={"Accept": "text/csv"}), 406)


def test_a_body_in_another_format_is_a_415(editor: User, program: Program) -> None:
    answer = program(editor).post("/api/projects", "name=x", content_type="text/plain")
    problem(answer, 415)
    problem(program(editor).upload("/projects", name="x"), 415)


def test_a_body_over_the_limit_is_a_413_and_is_not_read(editor: User, program: Program) -> None:
    answer = program(editor).make("/projects", {"name": "x" * 2_500_001})
    assert "2,500,000" in problem(answer, 413)["detail"]


def test_a_chunked_body_is_told_to_name_its_length(editor: User, program: Program) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    answer = program(editor).call("POST", "/projects", headers=headers)
    assert "Content-Length" in problem(answer, 422)["detail"]


def test_calls_over_the_limit_are_a_429_that_says_when(
    editor: User, program: Program, settings: Any
) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    client = program(editor)
    answers = [client.read("/projects") for _ in range(7)]
    refused = [answer for answer in answers if answer.status_code != 200]
    # The minute may turn once while the calls are made.
    assert refused
    problem(refused[-1], 429)
    assert 1 <= int(refused[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'name': 1}",
        b"\xff\xfe{}",
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"name": ' + b"[" * 50 + b"]" * 50 + b"}",
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"\\u0000": 1}',
        b"[" + b"1," * 100_001 + b"1]",
        b"[]",
        b"7",
        b"null",
        b'"name"',
        b"",
    ],
)
def test_a_malformed_body_is_a_422_and_saves_nothing(
    body: bytes, editor: User, program: Program
) -> None:
    answer = program(editor).generic("POST", "/api/projects", body, content_type="application/json")
    problem(answer, 422)
    assert not Project.objects.exists()


def test_every_wrong_field_is_named_at_once(editor: User, program: Program) -> None:
    body = {"description": ["no", "text"], "colour": "red", "Name": "Spring"}
    answer = program(editor).make("/projects", body)
    assert attrs(answer) == {"name", "description", "colour", "Name"}
    assert "3" not in problem(answer, 422)["errors"][0]["detail"]
    assert problem(answer, 422)["detail"].startswith("4 things are wrong")


@pytest.mark.parametrize("field", ["id", "workspace", "workspace_id", "created_at"])
def test_what_only_the_app_sets_is_refused(
    field: str, editor: User, program: Program, elsewhere: Workspace
) -> None:
    project = make.ProjectFactory(workspace=Workspace.objects.get(slug="alder-pine"))
    client = program(editor)
    value = elsewhere.pk
    assert attrs(client.make("/projects", {"name": "New", field: value})) == {field}
    assert attrs(client.put_json(f"/projects/{project.pk}", {"name": "N", field: value})) == {field}
    before = Project.objects.values().get()
    assert (before["id"], before["workspace_id"]) == (project.pk, project.workspace_id)


def test_a_fault_of_ours_is_a_bare_500_and_is_logged(
    editor: User,
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**options: Any) -> None:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr(projects, "create_project", fail)
    client = program(editor)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = client.make("/projects", {"name": "Spring"})
    body = problem(answer, 500)
    assert "secret" not in json.dumps(body)
    assert "the secret is 42" in caplog.text


@pytest.mark.parametrize("address", ["/projects/0", "/projects/-1", "/projects/x", "/projects/1.5"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_no_id_is_a_404(address: str, method: str, editor: User, program: Program) -> None:
    problem(program(editor).call(method, address), 404)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**18, 10**30, 10**4000])
def test_an_id_that_no_row_has_is_a_404(number: int, editor: User, program: Program) -> None:
    problem(program(editor).read(f"/projects/{number}"), 404)
