"""Controlling runs over the API: pause, resume, stop, retry, skip."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.engine import Drive
from tests.factories import ExecutionFactory, NodeRunFactory
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.engine.states import LEGAL, Control, ExecutionStatus, NodeStatus
from workflows.executions.slots import place_in_line
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution
from workspaces.models import User, Workspace

SMALL = graph([brief("topic"), text("teaser", "On {{ brief.topic }}")], "brief > teaser")
SIMPLE = ["pause", "resume", "stop"]
ALL = [*SIMPLE, "retry-node", "skip-node"]


def body_of(verb: str) -> dict[str, Any] | None:
    return {"key": "teaser"} if verb == "skip-node" else None


@pytest.fixture
def writer(program: Program, editor: User, drive: Drive) -> ApiClient:
    """An editor's program; messages to workers are only recorded."""
    return program(editor)


@pytest.fixture
def run(drive: Drive) -> WorkflowExecution:
    """A run whose first step waits for a worker."""
    return drive.launch(SMALL, topic="mugs")


@pytest.fixture
def failed(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A run of which one agent of two has failed, and a step that needs them waits below."""
    providers.when(lambda call: True, status(401))
    flow = graph(
        [brief("topic"), copy("lines", quantity=2), text("all", "{{ nodes.lines.text }}")],
        "brief > lines > all",
    )
    return drive.run(flow, topic="mugs")


def move(
    client: ApiClient, run: WorkflowExecution, verb: str, body: Any = None, **more: Any
) -> Any:
    return client.make(f"/executions/{run.pk}/{verb}", body, **more)


def test_a_run_is_paused_and_goes_on_and_each_answer_is_the_run(
    writer: ApiClient, run: WorkflowExecution, editor: User
) -> None:
    paused = move(writer, run, "pause")
    assert paused.status_code == 200, paused.content
    assert paused.json()["status"] == "paused"
    assert paused.json() == writer.read(f"/executions/{run.pk}").json()
    assert paused["ETag"] == writer.read(f"/executions/{run.pk}")["ETag"]

    resumed = move(writer, run, "resume", {})
    assert (resumed.status_code, resumed.json()["status"]) == (200, "running")
    events = ExecutionEvent.objects.filter(execution=run, kind__in=["run.paused", "run.resumed"])
    assert [(event.kind, event.actor) for event in events] == [
        ("run.paused", editor),
        ("run.resumed", editor),
    ]


def test_a_stopped_run_skips_what_had_not_finished_and_says_why(
    writer: ApiClient, run: WorkflowExecution
) -> None:
    found = move(writer, run, "stop").json()
    assert found["status"] == "stopped" and found["finished_at"]
    assert {(one["status"], one["reason"]) for one in found["nodes"]} == {("skipped", "stopped")}


ILLEGAL = [
    (verb, stand)
    for verb in SIMPLE
    for stand in ExecutionStatus
    if stand not in LEGAL[Control(verb)]
]


@pytest.mark.parametrize(("verb", "stand"), ILLEGAL)
def test_an_illegal_move_is_a_conflict_that_says_how_the_run_stands(
    writer: ApiClient, workspace: Workspace, verb: str, stand: ExecutionStatus
) -> None:
    run = ExecutionFactory(workspace=workspace, status=stand)
    refusal = problem(move(writer, run, verb), 409)
    assert refusal["current"] == {"status": stand}
    run.refresh_from_db()
    assert (run.status, run.revision) == (stand, 1)


def test_a_retry_calls_only_what_had_failed(
    writer: ApiClient, failed: WorkflowExecution, drive: Drive, providers: ScriptedOpenAI
) -> None:
    calls = len(providers.calls_to("chat"))
    found = move(writer, failed, "retry-node", {"key": "lines", "lane": ""}).json()
    assert found["status"] == "running"
    assert (found["nodes"][1]["status"], found["nodes"][1]["error"]) == ("queued", None)
    assert drive.work(failed).status == "completed"
    assert len(providers.calls_to("chat")) == calls + 1


def test_a_fresh_retry_calls_every_agent_again(
    writer: ApiClient, failed: WorkflowExecution, drive: Drive, providers: ScriptedOpenAI
) -> None:
    calls = len(providers.calls_to("chat"))
    assert move(writer, failed, "retry-node", {"key": "lines", "fresh": True}).status_code == 200
    assert drive.work(failed).status == "completed"
    assert len(providers.calls_to("chat")) == calls + 2


def test_without_a_key_everything_that_failed_is_tried_again(
    writer: ApiClient, drive: Drive, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: True, status(401), times=None)
    broken = drive.run(graph([brief(), copy("a"), copy("b")], "brief > a", "brief > b"))
    found = move(writer, broken, "retry-node", {}).json()
    assert [one["status"] for one in found["nodes"]] == ["completed", "queued", "queued"]


def test_one_lane_is_tried_again_and_the_others_are_left(
    writer: ApiClient, drive: Drive, providers: ScriptedOpenAI
) -> None:
    providers.when(lambda call: "Write c" not in call.prompt, status(401), times=None)
    box = node("each", "parallel", items="a\nb\nc")
    broken = drive.run(
        graph([brief(), box, copy("one", "Write {{ item }}", "each")], "brief > each")
    )
    assert broken.status == "failed"

    found = move(writer, broken, "retry-node", {"key": "one", "lane": "1"}).json()

    lanes = {one["lane"]: one["status"] for one in found["nodes"] if one["key"] == "one"}
    assert lanes == {"0": "failed", "1": "queued", "2": "completed"}
    again = problem(move(writer, broken, "retry-node", {"key": "one", "lane": "2"}), 409)
    assert again["current"] == {"status": "running", "node_status": "completed"}


def test_a_skipped_step_hands_on_what_it_had(
    writer: ApiClient, failed: WorkflowExecution, drive: Drive
) -> None:
    found = move(writer, failed, "skip-node", {"key": "lines"}).json()
    assert (found["nodes"][1]["status"], found["nodes"][1]["reason"]) == ("skipped", "person")
    assert drive.work(failed).status == "completed"
    assert NodeRun.objects.get(execution=failed, key="all").output["text"]


@pytest.mark.parametrize("verb", ["retry-node", "skip-node"])
def test_a_step_that_has_not_failed_is_a_conflict(
    writer: ApiClient, run: WorkflowExecution, verb: str
) -> None:
    refusal = problem(move(writer, run, verb, {"key": "brief"}), 409)
    assert refusal["current"] == {"status": "running", "node_status": "queued"}


@pytest.mark.parametrize("verb", ["retry-node", "skip-node"])
def test_a_step_that_is_not_there_is_not_found(
    writer: ApiClient, failed: WorkflowExecution, verb: str
) -> None:
    problem(move(writer, failed, verb, {"key": "nothing"}), 404)
    problem(move(writer, failed, verb, {"key": "lines", "lane": "7"}), 404)


@pytest.mark.parametrize(
    ("verb", "body", "attr"),
    [
        *((verb, {"force": True}, "force") for verb in SIMPLE),
        ("retry-node", {"key": "lines", "step": 1}, "step"),
        ("retry-node", {"key": ""}, "key"),
        ("retry-node", {"key": ["lines"]}, "key"),
        ("retry-node", {"key": "k" * 41}, "key"),
        ("retry-node", {"key": "lines", "lane": {"a": 1}}, "lane"),
        ("retry-node", {"key": "lines", "lane": "1" * 11}, "lane"),
        ("retry-node", {"lane": "1"}, "key"),
        ("retry-node", {"key": "lines", "fresh": "perhaps"}, "fresh"),
        ("skip-node", {}, "key"),
        ("skip-node", {"key": None}, "key"),
        ("skip-node", {"key": "lines", "fresh": True}, "fresh"),
    ],
)
def test_a_bad_body_is_named_and_moves_nothing(
    writer: ApiClient, workspace: Workspace, verb: str, body: Any, attr: str
) -> None:
    run = ExecutionFactory(workspace=workspace, status="paused" if verb == "resume" else "running")
    assert attrs(move(writer, run, verb, body)) == {attr}
    assert WorkflowExecution.objects.get(pk=run.pk).status == run.status


@pytest.mark.parametrize("verb", ALL)
def test_another_workspaces_run_is_not_there(
    writer: ApiClient, elsewhere: Workspace, verb: str
) -> None:
    theirs = ExecutionFactory(workspace=elsewhere)
    problem(move(writer, theirs, verb, body_of(verb)), 404)
    assert WorkflowExecution.objects.get(pk=theirs.pk).status == "running"


@pytest.mark.parametrize("verb", ALL)
def test_controlling_needs_the_scope_and_the_role(
    program: Program, editor: User, reviewer: User, workspace: Workspace, verb: str
) -> None:
    run = ExecutionFactory(workspace=workspace)
    for client in (program(editor, ["read", "edit", "review"]), program(reviewer)):
        problem(move(client, run, verb, body_of(verb)), 403)
    assert move(program(editor, ["run"]), run, verb, body_of(verb)).status_code in (200, 404, 409)


def test_a_retry_that_is_sent_again_is_done_once(
    writer: ApiClient, failed: WorkflowExecution
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = move(writer, failed, "retry-node", {"key": "lines"}, headers=headers)
    again = move(writer, failed, "retry-node", {"key": "lines"}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again["Idempotency-Replayed"] == "true"
    assert (again.json(), again["ETag"]) == (first.json(), first["ETag"])
    assert NodeRun.objects.get(execution=failed, key="lines").attempt == 2
    other = move(writer, failed, "retry-node", {"key": "all"}, headers=headers)
    assert attrs(other) == {"Idempotency-Key"}


def test_a_run_in_line_tells_its_place_and_its_tag_moves_with_it(
    writer: ApiClient, workspace: Workspace, django_assert_max_num_queries: Any
) -> None:
    ExecutionFactory(status="pending")
    first, second = (ExecutionFactory(workspace=workspace, status="pending") for _ in range(2))
    ExecutionFactory(workspace=workspace, status="running")

    with django_assert_max_num_queries(4):
        rows = writer.read("/executions").json()["results"]
    assert [row["place_in_line"] for row in rows] == [None, 2, 1]
    assert [place_in_line(run) for run in (first, second)] == [1, 2]

    path = f"/executions/{second.pk}"
    tag = writer.read(path)["ETag"]
    assert writer.read(path, headers={"If-None-Match": tag}).status_code == 304
    WorkflowExecution.objects.filter(pk=first.pk).update(status="running")
    moved = writer.read(path, headers={"If-None-Match": tag})
    assert (moved.status_code, moved.json()["place_in_line"]) == (200, 1)


def test_a_step_says_why_it_waits_or_was_skipped(writer: ApiClient, workspace: Workspace) -> None:
    run = ExecutionFactory(workspace=workspace)
    states = [
        (NodeStatus.QUEUED, {"wait_for": "agents"}, "agents"),
        (NodeStatus.WAITING, {"wait_for": "people"}, "people"),
        (NodeStatus.SKIPPED, {"skip_reason": "branch"}, "branch"),
        (NodeStatus.COMPLETED, {}, ""),
    ]
    for stand, fields, _ in states:
        NodeRunFactory(execution=run, status=stand, **fields)
    nodes = writer.read(f"/executions/{run.pk}").json()["nodes"]
    assert [one["reason"] for one in nodes] == [reason for *_, reason in states]
