"""Launching over the API."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import zeal
from django.db import connections

from tests.api.conftest import ApiClient, Program, attrs, key_of, problem
from tests.engine import Drive
from tests.factories import (
    GalleryEntryFactory,
    ImageFactory,
    ProjectFactory,
    ReferenceFileFactory,
    TemplateFactory,
)
from tests.graphs import brief, copy, graph, node, text
from workflows.graph.model import Graph
from workflows.graph.parse import to_json
from workflows.models import NodeRun, WorkflowExecution, WorkflowTemplate, WorkflowVersion
from workflows.templates import archive_template, save_draft
from workspaces.models import User, Workspace

LAUNCH = "/executions/launch"


def asking(*fields: dict[str, Any]) -> Graph:
    """A brief with these questions and one step below."""
    return graph([node("brief", "brief", fields=list(fields)), text("a")], "brief > a")


@pytest.fixture
def writer(program: Program, editor: User, drive: Drive) -> ApiClient:
    """An editor's program; messages to workers are only recorded."""
    return program(editor)


@pytest.fixture
def teaser(workspace: Workspace) -> WorkflowTemplate:
    topic = {"key": "topic", "label": "Topic", "required": True}
    tone = {"key": "tone", "kind": "choice", "options": ["warm", "dry"], "default": "warm"}
    return TemplateFactory(workspace=workspace, name="Teaser", graph=asking(topic, tone))


def launch(client: ApiClient, template: WorkflowTemplate, **body: Any) -> Any:
    headers = body.pop("headers", None)
    return client.make(LAUNCH, {"template_id": template.pk, **body}, headers=headers)


def test_a_launch_is_accepted_and_says_where_to_follow_it(
    writer: ApiClient, teaser: WorkflowTemplate, workspace: Workspace, editor: User
) -> None:
    project = ProjectFactory(workspace=workspace)
    answer = launch(writer, teaser, inputs={"topic": " Mugs "}, project_id=project.pk, title="T")
    assert answer.status_code == 202, answer.content
    found = answer.json()
    assert answer["Location"] == f"/api/executions/{found['id']}"
    execution = WorkflowExecution.objects.get(pk=found["id"])
    assert (execution.workspace, execution.launched_by) == (workspace, editor)
    assert (found["title"], found["project_id"]) == ("T", project.pk)
    assert found["inputs"] == {"topic": "Mugs", "tone": "warm"}
    assert found["template"] == {"id": teaser.pk, "name": "Teaser", "version": 1}
    assert [(one["key"], one["status"]) for one in found["nodes"]] == [
        ("brief", "queued"),
        ("a", "pending"),
    ]
    followed = writer.get(answer["Location"])
    assert followed.json() == found
    assert followed["ETag"] == answer["ETag"]


def test_a_run_without_a_title_is_told_by_its_brief(
    writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    found = launch(writer, teaser, inputs={"topic": "Mugs"}, title=" ", project_id=None).json()
    assert (found["title"], found["project_id"]) == ("Teaser: Mugs", None)


@pytest.mark.parametrize(
    ("inputs", "attr"),
    [
        ({}, "inputs.topic"),
        ({"topic": " "}, "inputs.topic"),
        ({"topic": ["x"]}, "inputs.topic"),
        ({"topic": "x" * 501}, "inputs.topic"),
        ({"topic": "x", "tone": "loud"}, "inputs.tone"),
        ({"topic": "x", "colour": "red"}, "inputs.colour"),
        ([], "inputs"),
        ("topic", "inputs"),
    ],
)
def test_bad_answers_are_named_and_nothing_is_launched(
    inputs: Any, attr: str, writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    assert attrs(launch(writer, teaser, inputs=inputs)) == {attr}
    assert not WorkflowExecution.objects.exists()


def test_every_bad_answer_is_named_at_once(writer: ApiClient, teaser: WorkflowTemplate) -> None:
    answer = launch(writer, teaser, inputs={"tone": "loud", "colour": "red"})
    assert attrs(answer) == {"inputs.topic", "inputs.tone", "inputs.colour"}
    assert "Topic" in next(
        error["detail"] for error in answer.json()["errors"] if error["attr"] == "inputs.topic"
    )


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"template_id": "x"}, "template_id"),
        ({"template_id": 0}, "template_id"),
        ({"template_id": 2**70}, "template_id"),
        ({"template_id": None}, "template_id"),
        ({"project_id": "x"}, "project_id"),
        ({"project_id": 987654}, "project_id"),
        ({"title": 3 * ["x"]}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"draft": "perhaps"}, "draft"),
        ({"workspace": 1}, "workspace"),
        ({"launched_by": 1}, "launched_by"),
        ({"status": "completed"}, "status"),
        ({"cost": 0}, "cost"),
    ],
)
def test_a_bad_body_is_refused(
    wrong: dict[str, Any], attr: str, writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    assert attrs(launch(writer, teaser, **{"inputs": {"topic": "x"}, **wrong})) == {attr}
    assert not WorkflowExecution.objects.exists()


def test_a_workflow_with_errors_is_refused_with_its_issues(
    writer: ApiClient, workspace: Workspace
) -> None:
    broken = graph([brief("topic"), copy("a", "{{ nodes.b.text }}")], "brief > a")
    template = TemplateFactory(workspace=workspace, graph=broken)
    body = problem(launch(writer, template), 422)
    codes = {issue["code"] for issue in body["issues"]}
    assert {"unknown_provider"} < codes, "no provider is set up, and the variable is unknown"
    assert {error["attr"] for error in body["errors"]} == {
        "nodes.a.prompt",
        "nodes.a.provider",
    }


def test_a_template_never_saved_is_refused(writer: ApiClient, workspace: Workspace) -> None:
    bare = WorkflowTemplate.objects.create(workspace=workspace, name="Bare", slug="bare")
    assert problem(launch(writer, bare), 422)["errors"][0]["code"] == "no_version"


def test_foreign_things_are_not_there(
    writer: ApiClient, teaser: WorkflowTemplate, elsewhere: Workspace
) -> None:
    theirs = TemplateFactory(workspace=elsewhere)
    problem(launch(writer, theirs), 404)
    project = ProjectFactory(workspace=elsewhere)
    answer = launch(writer, teaser, inputs={"topic": "x"}, project_id=project.pk)
    assert attrs(answer) == {"project_id"}
    assert not WorkflowExecution.objects.exists()


def test_pictures_and_files_of_others_cannot_be_given(
    writer: ApiClient, workspace: Workspace, elsewhere: Workspace
) -> None:
    fields = [{"key": "photo", "kind": "image"}, {"key": "notes", "kind": "file"}]
    template = TemplateFactory(workspace=workspace, graph=asking(*fields))
    theirs = {
        "photo": ImageFactory(workspace=elsewhere).pk,
        "notes": ReferenceFileFactory(workspace=elsewhere).pk,
    }
    assert attrs(launch(writer, template, inputs=theirs)) == {"inputs.photo", "inputs.notes"}
    own = {
        "photo": ImageFactory(workspace=workspace).pk,
        "notes": ReferenceFileFactory(workspace=workspace, text="Facts").pk,
    }
    found = launch(writer, template, inputs=own).json()["inputs"]
    assert (found["photo"]["id"], found["notes"]) == (own["photo"], "Facts")


def test_an_archived_or_unpublished_workflow_cannot_be_launched(
    writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    hidden = GalleryEntryFactory(published=False).template
    problem(launch(writer, hidden), 404)
    archive_template(teaser)
    problem(launch(writer, teaser, inputs={"topic": "x"}), 404)


def test_a_template_of_the_gallery_is_launched_without_a_clone(
    writer: ApiClient, workspace: Workspace
) -> None:
    shared = GalleryEntryFactory(template__graph=asking()).template
    assert launch(writer, shared).status_code == 202
    assert WorkflowExecution.objects.get().workspace == workspace


def test_a_draft_is_launched_as_it_is_drawn(writer: ApiClient, teaser: WorkflowTemplate) -> None:
    save_draft(teaser, graph([brief("name"), text("b")], "brief > b"))
    found = launch(writer, teaser, inputs={"name": "x"}, draft=True).json()
    assert [one["key"] for one in found["nodes"]] == ["brief", "b"]
    assert found["template"]["version"] is None
    usual = launch(writer, teaser, inputs={"topic": "x"}).json()
    assert (usual["template"]["version"], usual["nodes"][1]["key"]) == (1, "a")


def test_a_draft_that_is_refused_leaves_nothing(
    writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    save_draft(teaser, graph([text("b")]))
    assert problem(launch(writer, teaser, draft=True), 422)["issues"][0]["code"] == "no_brief"
    assert WorkflowVersion.objects.filter(number=None).count() == 0


def test_without_a_draft_the_current_version_is_launched(
    writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    found = launch(writer, teaser, inputs={"topic": "x"}, draft=True).json()
    assert found["template"]["version"] == 1


def test_the_draft_of_a_global_template_is_for_staff(writer: ApiClient, editor: User) -> None:
    shared = GalleryEntryFactory(template__graph=asking()).template
    WorkflowTemplate.objects.filter(pk=shared.pk).update(
        draft={**to_json(asking()), "canvas_notes": []}
    )
    problem(launch(writer, shared, draft=True), 403)
    User.objects.filter(pk=editor.pk).update(is_staff=True)
    assert launch(writer, shared, draft=True).status_code == 202


def test_only_those_who_may_run_launch(
    program: Program, drive: Drive, viewer: User, reviewer: User, editor: User,
    teaser: WorkflowTemplate,
) -> None:  # fmt: skip
    for client in (program(viewer), program(reviewer), program(editor, ["read", "edit"])):
        problem(launch(client, teaser, inputs={"topic": "x"}), 403)
    assert launch(program(editor, ["run"]), teaser, inputs={"topic": "x"}).status_code == 202


def test_nobody_launches_without_signing_in(anybody: ApiClient, teaser: WorkflowTemplate) -> None:
    problem(launch(anybody, teaser), 401)


def test_a_launch_sent_again_with_its_key_launches_nothing_more(
    writer: ApiClient, teaser: WorkflowTemplate
) -> None:
    key = {"Idempotency-Key": "launch-1"}
    first = launch(writer, teaser, inputs={"topic": "x"}, headers=key)
    again = launch(writer, teaser, inputs={"topic": "x"}, headers=key)
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json(), again["Location"]) == (
        202,
        first.json(),
        first["Location"],
    )
    other = launch(writer, teaser, inputs={"topic": "y"}, headers=key)
    assert attrs(other) == {"Idempotency-Key"}
    assert WorkflowExecution.objects.count() == 1


def test_a_refused_launch_frees_its_key(writer: ApiClient, teaser: WorkflowTemplate) -> None:
    key = {"Idempotency-Key": "launch-1"}
    problem(launch(writer, teaser, inputs={}, headers=key), 422)
    assert launch(writer, teaser, inputs={"topic": "x"}, headers=key).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_ten_launches_at_once_with_one_key_launch_once(
    monkeypatch: pytest.MonkeyPatch, editor: User, workspace: Workspace, teaser: WorkflowTemplate
) -> None:
    monkeypatch.setattr("workflows.executions.dispatch.queue.send", lambda runs: None)
    headers = {"Authorization": f"Token {key_of(editor, workspace)}", "Idempotency-Key": "k"}
    answers: list[Any] = []

    def call() -> None:
        client = ApiClient(headers=headers)
        # Who loses the race for the key's row reads it a second time.
        with zeal.zeal_ignore():
            answers.append(launch(client, teaser, inputs={"topic": "x"}))
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert WorkflowExecution.objects.count() == 1
    assert NodeRun.objects.count() == 2
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert [answer.status_code for answer in answers].count(202) >= 1


def test_a_launch_takes_few_queries_however_many_steps(
    writer: ApiClient, providers: Any, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    steps = [copy(f"s{n}") for n in range(40)]
    wide = graph([brief(), *steps], *(f"brief > s{n}" for n in range(40)))
    template = TemplateFactory(workspace=workspace, graph=wide)
    with django_assert_max_num_queries(21):
        assert launch(writer, template).status_code == 202
