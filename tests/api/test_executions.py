"""Following runs over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.renderers import JSONRenderer

from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.engine import Drive
from tests.factories import (
    AgentJobFactory,
    EventFactory,
    ExecutionFactory,
    NodeRunFactory,
    ProjectFactory,
    TemplateFactory,
)
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.api.execution_shapes import NodeRunRow, present
from workflows.models import WorkflowExecution
from workspaces.models import User, Workspace


@pytest.fixture
def reader(program: Program, viewer: User) -> ApiClient:
    return program(viewer)


@pytest.fixture
def done(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A run that has ended: a brief, two captions, a text of them."""
    drawn = graph(
        [
            brief("topic"),
            copy("captions", "On {{ brief.topic }}", quantity=2),
            text("all", "{{ nodes.captions.text }}"),
        ],
        "brief > captions > all",
    )
    return drive.run(drawn, topic="mugs")


def test_a_run_is_told_with_its_steps(reader: ApiClient, done: WorkflowExecution) -> None:
    found = reader.read(f"/executions/{done.pk}").json()
    assert (found["id"], found["status"], found["revision"]) == (
        done.pk,
        "completed",
        done.revision,
    )
    assert found["progress"] == {
        "total": 3, "completed": 3, "failed": 0, "skipped": 0, "running": 0, "waiting": 0,
        "percent": 100,
    }  # fmt: skip
    assert [one["key"] for one in found["nodes"]] == ["brief", "captions", "all"]
    captions = found["nodes"][1]
    assert (captions["lane"], captions["type"], captions["attempt"]) == ("", "generate_copy", 1)
    assert captions["error"] is None and len(captions["output"]["variants"]) == 2
    assert captions["started_at"] and captions["finished_at"]
    assert found["tokens"] == found["prompt_tokens"] + found["completion_tokens"] > 0
    assert (found["cost"], found["unpriced_calls"], found["currency"]) == (0, 2, "USD")
    assert found["deadline_at"] is None, "nothing runs any more"
    assert found["error"] is None and found["finished_at"]


def test_a_failed_step_says_why(reader: ApiClient, drive: Drive, providers: ScriptedOpenAI) -> None:
    providers.when(lambda call: True, status(401), times=None)
    failed = drive.run(graph([brief(), copy("a")], "brief > a"))
    found = reader.read(f"/executions/{failed.pk}").json()
    assert (found["status"], found["error"]["code"]) == ("failed", "node_failed")
    error = found["nodes"][1]["error"]
    assert error["code"] == "auth" and error["message"] and error["hint"]
    assert found["progress"]["failed"] == 1


def test_steps_are_told_as_their_shape_says(
    drive: Drive, providers: ScriptedOpenAI, done: WorkflowExecution
) -> None:
    providers.when(lambda call: True, status(401), times=None)
    failed = drive.run(graph([brief(), copy("a")], "brief > a"))
    for run in (done, failed):
        shaped = NodeRunRow(run.node_runs.order_by("id"), many=True).data
        found = json.loads(JSONRenderer().render(present(run)))
        assert found["nodes"] == json.loads(JSONRenderer().render(shaped))


def test_lanes_are_told_one_by_one(reader: ApiClient, drive: Drive) -> None:
    drawn = graph(
        [brief(), node("each", "parallel", items="a\nb"), text("one", "{{ item }}", "each")],
        "brief > each",
    )
    found = reader.read(f"/executions/{drive.run(drawn).pk}").json()
    lanes = [(one["lane"], one["output"]) for one in found["nodes"] if one["key"] == "one"]
    assert lanes == [("0", {"text": "a"}), ("1", {"text": "b"})]


def test_a_poller_gets_304_until_something_changes(
    reader: ApiClient, drive: Drive, django_assert_max_num_queries: Any
) -> None:
    execution = drive.launch(graph([brief(), text("a")], "brief > a"))
    drive.commit()
    path = f"/executions/{execution.pk}"
    tag = reader.read(path)["ETag"]
    with django_assert_max_num_queries(3):
        same = reader.read(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    drive.step()
    changed = reader.read(path, headers={"If-None-Match": f'{tag}, "other"'})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_a_run_takes_the_same_queries_however_many_steps(
    reader: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    execution = ExecutionFactory(workspace=workspace)
    for _ in range(40):
        NodeRunFactory(execution=execution)
    with django_assert_max_num_queries(6):
        assert len(reader.read(f"/executions/{execution.pk}").json()["nodes"]) == 40


def test_the_list_is_newest_first_and_without_steps(
    reader: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    runs = [ExecutionFactory(workspace=workspace) for _ in range(3)]
    ExecutionFactory()
    with django_assert_max_num_queries(4):
        rows = reader.read("/executions").json()["results"]
    assert [row["id"] for row in rows] == [run.pk for run in reversed(runs)]
    assert "nodes" not in rows[0] and rows[0]["progress"]["percent"] == 0


def test_the_list_is_narrowed_by_status_workflow_and_project(
    reader: ApiClient, workspace: Workspace, elsewhere: Workspace
) -> None:
    template = TemplateFactory(workspace=workspace)
    project = ProjectFactory(workspace=workspace)
    one = ExecutionFactory(workspace=workspace, status="failed", version=template.current_version)
    two = ExecutionFactory(workspace=workspace, status="paused", project=project)
    three = ExecutionFactory(workspace=workspace, status="completed")

    def ids(query: str) -> set[int]:
        return {row["id"] for row in reader.read(f"/executions?{query}").json()["results"]}

    assert ids("status=failed") == {one.pk}
    assert ids("status=failed&status=completed") == {one.pk, three.pk}
    assert ids(f"template={template.pk}") == {one.pk}
    assert ids(f"project={project.pk}") == {two.pk}
    assert ids(f"template={TemplateFactory(workspace=elsewhere).pk}") == set()


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("status=odd", "status"),
        ("template=x", "template"),
        ("project=0", "project"),
        ("page_size=0", "page_size"),
        ("cursor=nonsense", "cursor"),
        (f"template={2**70}", "template"),
    ],
)
def test_a_bad_filter_is_named(query: str, attr: str, reader: ApiClient) -> None:
    assert attrs(reader.read(f"/executions?{query}")) == {attr}


def test_events_come_oldest_first_in_pages(reader: ApiClient, done: WorkflowExecution) -> None:
    first = reader.read(f"/executions/{done.pk}/events?page_size=2").json()
    kinds = [one["kind"] for one in first["results"]]
    while first["next"]:
        first = reader.get(first["next"]).json()
        kinds += [one["kind"] for one in first["results"]]
    assert kinds[0] == "run.launched" and kinds[-1] == "run.completed"
    assert kinds.count("agent.completed") == 2
    events = reader.read(f"/executions/{done.pk}/events").json()["results"]
    assert (events[0]["node_key"], events[0]["actor"]) == (None, "Editor")
    started = next(one for one in events if one["kind"] == "node.started")
    assert (started["node_key"], started["lane"], started["data"]) == ("brief", "", {"attempt": 1})


def test_agent_jobs_tell_what_was_asked_and_paid(
    reader: ApiClient, done: WorkflowExecution
) -> None:
    jobs = reader.read(f"/executions/{done.pk}/agent-jobs").json()["results"]
    assert [(job["node_key"], job["index"], job["status"]) for job in jobs] == [
        ("captions", 0, "completed"),
        ("captions", 1, "completed"),
    ]
    assert {
        "id", "node_key", "lane", "index", "attempt", "kind", "status", "provider", "model",
        "prompt_tokens", "completion_tokens", "cost", "latency_ms", "error",
    } <= set(jobs[0])  # fmt: skip
    assert (jobs[0]["provider"], jobs[0]["model"], jobs[0]["kind"]) == (
        "scripted",
        "scripted-1",
        "copy",
    )
    assert jobs[0]["cost"] is None, "its price is unknown"
    assert jobs[0]["prompt_tokens"] > 0


def test_events_and_jobs_take_the_same_queries_however_many(
    reader: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    execution = ExecutionFactory(workspace=workspace)
    for _ in range(5):
        run = NodeRunFactory(execution=execution)
        EventFactory(node_run=run)
        AgentJobFactory(node_run=run)
    for part in ("events", "agent-jobs"):
        with django_assert_max_num_queries(5):
            found = reader.read(f"/executions/{execution.pk}/{part}").json()["results"]
        assert len(found) == 5


def test_another_workspaces_run_is_not_there(reader: ApiClient, elsewhere: Workspace) -> None:
    theirs = ExecutionFactory(workspace=elsewhere)
    for part in ("", "/events", "/agent-jobs"):
        problem(reader.read(f"/executions/{theirs.pk}{part}"), 404)
    assert reader.read("/executions").json()["results"] == []


def test_reading_needs_the_scope(program: Program, editor: User, done: WorkflowExecution) -> None:
    writing = program(editor, ["run", "edit", "review"])
    for part in ("", "/events", "/agent-jobs"):
        problem(writing.read(f"/executions/{done.pk}{part}"), 403)


def test_a_run_cannot_be_written_to(program: Program, owner: User, done: WorkflowExecution) -> None:
    path = f"/executions/{done.pk}"
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        problem(program(owner).call(method, path, {"status": "running"}), 405)
