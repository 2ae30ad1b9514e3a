"""The page of one run, and the part of it that is polled."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.views.conftest import Visitor
from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus
from workflows.executions import finish
from workflows.executions.claim import claim
from workflows.executions.retry import retry
from workflows.models import WorkflowExecution
from workflows.nodes.base import NodeError
from workspaces.models import User, Workspace

Visit = Callable[[User], Visitor]
SMALL = graph([brief("topic"), text("teaser", "On {{ brief.topic }}")], "brief > teaser")


def waiting_graph() -> Any:
    """A run that copy, a review and a document make up."""
    nodes = [
        brief("topic"),
        copy("lines", "Write", quantity=2),
        node("check", "review", show=["nodes.lines.variants"], due_in_hours=4),
        node("save", "attach_to_document", title="On {{ brief.topic }}", body="x"),
    ]
    return graph(nodes, "brief > lines > check.approved > save")


def queries_of(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """The answer, and the statements without those for the session and its person."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = call()
    account = re.compile(r'FROM "(django_session|workspaces_user)"')
    return answer, [one["sql"] for one in caught if not account.search(one["sql"])]


def test_a_finished_run_shows_its_steps_and_what_they_made(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    run = drive.run(SMALL, topic="apples")

    page = visit(viewer).get(f"/runs/{run.pk}").content.decode()

    assert "2 of 2 steps done" in page
    assert "On apples" in page
    assert ">Completed<" in page
    assert "hx-trigger" not in page.split('id="run"')[1].split(">")[0]


def test_a_stranger_and_a_foreign_run_find_nothing(
    drive: Drive, visit: Visit, viewer: User, stranger: User
) -> None:
    run = drive.run(SMALL, topic="apples")
    foreign = make.ExecutionFactory()

    for path in (f"/runs/{run.pk}", f"/runs/{run.pk}/live", f"/runs/{run.pk}/steps/teaser"):
        assert visit(stranger).get(path, htmx=True).status_code == 404
    for path in (
        f"/runs/{foreign.pk}",
        f"/runs/{foreign.pk}/live",
        f"/runs/{foreign.pk}/steps/step",
        "/runs/999999999999999999999",
    ):
        assert visit(viewer).get(path, htmx=True).status_code == 404


def test_the_partial_is_the_same_as_the_part_of_the_page(
    drive: Drive, visit: Visit, viewer: User, time_machine: Any, providers: ScriptedOpenAI
) -> None:
    run = drive.run(waiting_graph(), topic="apples")
    time_machine.move_to(run.created_at, tick=False)

    page = visit(viewer).get(f"/runs/{run.pk}").content.decode()
    part = visit(viewer).live(run).content.decode()

    assert part.strip() in page


def test_the_partial_opened_as_a_page_leads_to_the_page(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    run = drive.run(SMALL, topic="apples")
    answer = visit(viewer).get(f"/runs/{run.pk}/live")
    assert answer.status_code == 302
    assert answer["Location"] == f"{visit(viewer).root}/runs/{run.pk}"


def test_an_idle_poll_costs_two_queries_and_no_content(
    drive: Drive, visit: Visit, viewer: User, providers: ScriptedOpenAI
) -> None:
    run = drive.run(waiting_graph(), topic="apples")
    visitor = visit(viewer)

    answer, queries = queries_of(lambda: visitor.live(run, run.revision))

    assert answer.status_code == 204
    assert answer.content == b""
    assert len(queries) == 2, queries


def big_run(workspace: Workspace, user: User) -> WorkflowExecution:
    """A run of 100 steps, of which three stand in a container with 20 lanes."""
    chain = [text(f"s{n}") for n in range(95)]
    inside = [copy(f"in{n}", "x", "box", quantity=2) for n in range(3)]
    box = node("box", "parallel", items="\n".join(f"Item {n}" for n in range(20)))
    nodes = [brief("topic"), *chain, box, *inside]
    order = ["brief", *(f"s{n}" for n in range(95)), "box"]
    template = make.TemplateFactory(
        workspace=workspace, graph=graph(nodes, " > ".join(order), "in0 > in1 > in2")
    )
    run = make.ExecutionFactory(
        workspace=workspace, version=template.current_version, launched_by=user
    )
    for key in order:
        make.NodeRunFactory(execution=run, key=key, type="compose_text", output={"text": key})
    for lane in range(20):
        for key in ("in0", "in1", "in2"):
            step = make.NodeRunFactory(
                execution=run, key=key, lane=str(lane), item=f"Item {lane}",
                status=NodeStatus.COMPLETED if lane else NodeStatus.QUEUED,
            )  # fmt: skip
            for index in range(2):
                make.AgentJobFactory(
                    node_run=step, index=index, output={"text": "Hello", "fields": {}}
                )
    return run


def test_a_changed_poll_costs_six_queries_whatever_the_size_of_the_run(
    workspace: Workspace, editor: User, visit: Visit, drive: Drive
) -> None:
    small, big = drive.run(SMALL, topic="apples"), big_run(workspace, editor)
    WorkflowExecution.objects.filter(pk=small.pk).update(revision=99)
    visitor = visit(editor)
    counts = {}
    for run in (small, big):
        visitor.get(f"/runs/{run.pk}")
        answer, queries = queries_of(lambda run=run: visitor.live(run, 0))
        assert answer.status_code == 200
        counts[run.pk] = len(queries)

    assert counts[big.pk] == 6, counts
    assert counts[small.pk] <= 6, counts


def test_a_poll_that_finds_the_end_stops_and_says_so_once(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor, seen = visit(viewer), run.revision
    assert 'hx-trigger="every 1s"' in visitor.live(run).content.decode()
    drive.work(run)

    answer = visitor.live(run, seen)

    assert "every 1s" not in answer.content.decode()
    assert json.loads(answer["HX-Trigger"])["toast"] == {
        "text": f"Finished: {run.title}",
        "level": "success",
    }
    assert "HX-Trigger" not in visitor.live(run)
    assert answer["Vary"] == "HX-Request, Cookie"


def test_a_failed_run_is_asked_about_now_and_then_so_that_another_ones_retry_is_seen(
    drive: Drive, visit: Visit, viewer: User, editor: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    visitor, seen = visit(viewer), run.revision
    first = claim(run.node_runs.get(key="brief").pk, 1)
    assert first is not None
    finish.fail(first, {}, NodeError("x", "No"))
    run.refresh_from_db()

    failed = visitor.live(run, seen)
    part = failed.content.decode().split(">")[0]
    assert 'hx-trigger="every 10s"' in part
    assert "data-unhurried" in part
    assert "status=failed" in part
    assert json.loads(failed["HX-Trigger"])["toast"]["level"] == "error"
    assert visitor.live(run, run.revision).status_code == 204

    WorkflowExecution.objects.filter(pk=run.pk).update(revision=F("revision") + 1)
    later = visitor.live(run, run.revision, status="failed")
    assert (later.status_code, "HX-Trigger" in later) == (200, False), "told once"

    retry(run.pk, user=editor)
    assert 'hx-trigger="every 1s"' in visitor.live(run, run.revision).content.decode()


def test_a_run_that_only_waits_for_people_is_asked_less_often(
    drive: Drive, visit: Visit, viewer: User, reviewer: User, providers: ScriptedOpenAI
) -> None:
    run = drive.run(waiting_graph(), topic="apples")
    task = run.node_runs.get(key="check").review_tasks.get()

    page = visit(viewer).live(run).content.decode()

    assert 'hx-trigger="every 5s"' in page
    assert "Waiting for review" in page
    assert f'href="/w/alder-pine/reviews/{task.pk}"' in page
    assert "See the review" in page
    assert "See the review" not in visit(reviewer).live(run).content.decode()


def test_variants_appear_while_the_step_still_runs(
    workspace: Workspace, visit: Visit, viewer: User
) -> None:
    flow = graph([brief("topic"), copy("lines", quantity=3)], "brief > lines")
    template = make.TemplateFactory(workspace=workspace, graph=flow)
    run = make.ExecutionFactory(workspace=workspace, version=template.current_version)
    step = make.NodeRunFactory(execution=run, key="lines", status=NodeStatus.COMPLETED)
    states = [AgentStatus.COMPLETED, AgentStatus.RUNNING, AgentStatus.FAILED]
    for index, status in enumerate(states):
        make.AgentJobFactory(
            node_run=step, index=index, status=status,
            output={"text": "First of all", "fields": {}} if not index else None,
            error={"message": "The service was away."} if index == 2 else None,
        )  # fmt: skip

    page = visit(viewer).live(run).content.decode()

    assert "First of all" in page
    assert "Writing 2 of 3" in page
    assert "Variant 3 failed" in page
    assert "The service was away." in page


def test_a_failed_step_says_what_happened_what_is_safe_and_what_to_do(
    workspace: Workspace, visit: Visit, viewer: User
) -> None:
    flow = graph([brief("topic"), copy("lines", quantity=2)], "brief > lines")
    template = make.TemplateFactory(workspace=workspace, graph=flow)
    run = make.ExecutionFactory(
        workspace=workspace, version=template.current_version, status=ExecutionStatus.FAILED
    )
    broken = make.NodeRunFactory(
        execution=run, key="lines", status=NodeStatus.FAILED,
        error={"code": "timeout", "message": "It took too long.", "hint": "Ask for less."},
    )  # fmt: skip
    make.AgentJobFactory(node_run=broken, index=0, output={"text": "a", "fields": {}})
    make.AgentJobFactory(node_run=broken, index=1, status=AgentStatus.FAILED)

    page = visit(viewer).get(f"/runs/{run.pk}").content.decode()

    assert "Lines stopped at 1 of 2" in page
    assert "It took too long." in page
    assert "1 of 2 finished and are kept." in page
    assert "Ask for less." in page


def test_skipped_branches_are_named_and_drawn_as_such(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    rule = {"left": "brief.topic", "operator": "equals", "right": "apples"}
    check = node("check", "conditional", branches=[{"name": "fruit", "rules": [rule]}])
    flow = graph(
        [brief("topic"), check, text("yes"), text("no"), text("end")],
        "brief > check.fruit > yes > end",
        "check.else > no > end",
    )
    run = drive.run(flow, topic="apples")

    page = visit(viewer).get(f"/runs/{run.pk}").content.decode()

    assert "1 skipped" in page
    assert 'class="node node--skipped' in page
    assert page.count('class="edge edge--skipped"') == 2
    assert page.count('class="edge edge--done"') == 3


def test_the_list_can_be_chosen_instead_of_the_graph(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    run = drive.launch(SMALL, topic="apples")
    page = visit(viewer).get(f"/runs/{run.pk}", view="list").content.decode()
    assert 'id="graph"' not in page
    assert "view=list" in page.split('id="run"')[1].split(">")[0]
    assert 'id="graph"' in visit(viewer).get(f"/runs/{run.pk}", view="x").content.decode()


def test_what_the_model_and_people_wrote_is_escaped(
    drive: Drive, visit: Visit, viewer: User
) -> None:
    run = drive.run(SMALL, topic="<script>alert(1)</script>")
    for path in (f"/runs/{run.pk}", f"/runs/{run.pk}/steps/teaser", "/runs"):
        page = visit(viewer).get(path).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_what_was_expected_is_worked_out_once(
    drive: Drive, visit: Visit, viewer: User, providers: ScriptedOpenAI
) -> None:
    run = drive.run(waiting_graph(), topic="apples")
    visitor = visit(viewer)
    page = visitor.get(f"/runs/{run.pk}").content.decode()
    run.refresh_from_db()

    assert run.expected["calls"] == 2
    assert "<b>2</b> <span>of 2</span>" in page


@pytest.mark.parametrize("status", list(ExecutionStatus))
def test_every_status_has_a_page(
    status: ExecutionStatus, workspace: Workspace, visit: Visit, viewer: User
) -> None:
    run = make.ExecutionFactory(workspace=workspace, status=status)
    for number, step in enumerate(NodeStatus):
        if step != NodeStatus.RUNNING:
            make.NodeRunFactory(
                execution=run, key="teaser", lane=str(number), status=step, wait_for="people"
            )
    assert visit(viewer).get(f"/runs/{run.pk}").status_code == 200
