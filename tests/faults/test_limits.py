"""Rows 30-32, 41, 43 and 53: steps that take too much."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from documents.create import create_document
from documents.models import DocumentAttachment
from tests import factories as make
from tests.engine import Drive, statuses
from tests.faults.checks import assert_all_well
from tests.faults.site import COPY, Site, alive, children, fan, step
from tests.graphs import brief, copy, graph, node, text
from workflows.executions import finish, reconcile
from workflows.executions.claim import claim
from workflows.models import WorkflowExecution, WorkflowTemplate
from workflows.nodes.base import NodeResult
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)
STUCK = graph(
    [brief("t"), text("stuck", "hang"), text("below"), copy("side")],
    "brief > stuck > below",
    "brief > side",
)
SHORT = "node_deadline_seconds=2,deadline_grace_seconds=3"


def test_fault_30_code_that_swallows_every_exception(site: Site) -> None:
    """Guard: ``_check_deadline``, which fails the step over the main thread's head."""
    pool = site.workers(1, "swallow", TEST_ENGINE=SHORT)
    execution = site.launch(STUCK)
    site.ended(execution, status="failed")
    row = step(execution, "stuck")
    assert (row.error["code"], row.attempt, row.loss_count) == ("timeout", 1, 0)
    assert (row.finished_at - row.started_at).total_seconds() < 2 + 5
    assert statuses(execution) == {
        "brief": "completed", "stuck": "failed", "below": "pending", "side": "completed",
    }  # fmt: skip
    site.until(lambda: len(children(pool.pid)) == 1, 10, "the pool at its size")
    site.well(execution)


def test_fault_31_a_hang_in_c_that_holds_the_interpreter(site: Site) -> None:
    """Guard: ``dump_traceback_later`` in the watchdog: a thread of C that needs no interpreter."""
    pool = site.workers(1, "hang", TEST_ENGINE="lease_seconds=1.5,renew_seconds=0.3")
    execution = site.launch(STUCK)
    site.until(lambda: step(execution, "stuck").status == "running", what="the hang")
    (hung,) = children(pool.pid)
    site.until(lambda: not alive(hung), 20, "the process ended")
    site.until(lambda: step(execution, "stuck").loss_count == 1, 15, "the loss")
    site.ended(execution, status="failed")
    assert step(execution, "stuck").error["code"] == "worker_lost"
    site.until(lambda: children(pool.pid), 10, "the pool at its size")
    site.well(execution)


def test_fault_32_the_runs_time_is_over_with_20_agents_at_work(
    site: Site, workspace: Workspace
) -> None:
    """Guards: ``is_late`` in ``fail``, and the watchdog that cancels the calls at the end."""
    workspace.execution_time_limit = 6
    workspace.save()
    site.server.latency = 30
    pool = site.workers(2)
    site.ready(2)
    made = graph(
        [brief("t"), copy("a", quantity=10), copy("b", quantity=10), text("below")],
        "brief > a > below",
        "brief > b > below",
    )
    execution = site.launch(made)
    site.calls(20)
    began = time.monotonic()
    site.ended(execution, status="failed")
    assert time.monotonic() - began < 6 + 3
    assert execution.error["code"] == "time_limit"
    assert statuses(execution) == {
        "brief": "completed", "a": "failed", "b": "failed", "below": "skipped",
    }  # fmt: skip
    site.server.latency = 0
    workers = children(pool.pid)
    following = site.launch(COPY)
    site.ended(following, seconds=20)
    assert children(pool.pid) == workers
    site.well(execution, following)


def test_fault_32_the_same_while_the_workers_say_nothing(drive: Drive) -> None:
    """Guard: ``expire_late``."""
    execution = drive.launch(fan(20), t="x")
    drive.step()
    held = [claim(*message) for message in drive.sent]
    drive.sent.clear()
    WorkflowExecution.objects.update(deadline_at="2020-01-01T00:00Z")
    reconcile.reconcile()
    execution.refresh_from_db()
    assert (execution.status, execution.error["code"]) == ("failed", "time_limit")
    found = statuses(execution)
    assert (found["b0"], found["b19"], found["join"]) == ("failed", "failed", "skipped")
    for one in held:
        assert one is not None
        with pytest.raises(finish.ClaimLost):
            finish.complete(one, {}, NodeResult())
    assert drive.sent == []
    assert_all_well()


def test_fault_41_a_step_that_kills_its_worker_each_time(site: Site) -> None:
    """Guard: ``is_poison``: the second loss fails the step."""
    pool = site.workers(2, "poison")
    made = graph(
        [brief("t"), copy("deadly", "poison"), copy("side", "fine")],
        "brief > deadly",
        "brief > side",
    )
    execution, other = site.launch(made), site.launch(COPY)
    site.ended(other)
    site.ended(execution, status="failed")
    row = step(execution, "deadly")
    assert (row.error["code"], row.loss_count, row.attempt) == ("worker_lost", 2, 2)
    assert step(execution, "side").status == "completed"
    site.until(lambda: len(children(pool.pid)) == 2, 10, "the pool at its size")
    site.well(execution, other)


def test_fault_43_five_attach_steps_at_once_at_18_images(
    drive: Drive, together: Any, slow_commit: Any, workspace: Workspace, editor: User
) -> None:
    """Guard: the document's row lock, which ``edit_document`` and ``attach_images`` take."""
    document = create_document(workspace=workspace, title="Full", body="B", author=editor)
    for _ in range(18):
        make.AttachmentFactory(document=document)
    target = {"target": "existing", "document_id": str(document.pk), "title": "T", "body": "B"}
    made = graph(
        [
            brief("t", picture="image"),
            node("doc", "attach_to_document", images=["brief.picture"], **target),
        ],
        "brief > doc",
    )
    images = [make.ImageFactory(workspace=workspace) for _ in range(5)]
    executions = [drive.launch(made, t="x", picture=image.pk) for image in images]
    for _ in executions:
        drive.step()
    slow_commit("finish.complete")
    together([partial(drive.step, 0)] * 5)
    errors = [step(one, "doc").error for one in executions]
    assert errors.count(None) == 2
    assert all(
        one["code"] == "attachments_refused" and "20" in one["message"] for one in errors if one
    )
    assert DocumentAttachment.objects.filter(document=document).count() == 20
    for one in executions:
        drive.work(one)
    assert_all_well(objects=False)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (graph([brief("t"), text("a"), text("a2")], "brief > a > a2 > a"), "cycle"),
        (graph([brief("t"), copy("a", quantity=21)], "brief > a"), "quantity_over_limit"),
        (
            graph([brief("t"), node("box", "parallel", items="x", max_parallel=21)], "brief > box"),
            "bad_config",
        ),
    ],
)
def test_fault_53_what_can_never_run_is_told_at_save_and_refused_at_launch(
    drive: Drive, program: Any, editor: User, made: Any, code: str
) -> None:
    """Guard: ``check_graph`` in ``launch``, and the issues that a save answers with."""
    template = drive.template(made)
    answer = program(editor).make(
        "/executions/launch", {"template_id": template.pk, "inputs": {"t": "x"}}
    )
    assert answer.status_code == 422
    assert code in {issue["code"] for issue in answer.json()["issues"]}
    assert drive.sent == []
    assert_all_well()


def test_fault_53_a_workflow_of_500_steps_is_refused_at_save(program: Any, editor: User) -> None:
    """Guard: ``max_nodes``, before a graph of that size is even read."""
    steps = [brief("t"), *(text(f"s{number}") for number in range(499))]
    answer = program(editor).make(
        "/workflows/templates", {"name": "Large", "nodes": steps, "edges": []}
    )
    assert answer.status_code == 422
    assert "500" in answer.content.decode()
    assert not WorkflowTemplate.objects.exists()


def test_fault_53_a_wide_fan_is_throttled_by_the_agents_of_its_run(drive: Drive) -> None:
    """Guard: nothing but ``max_nodes`` bounds branches; agents are counted in ``_RESERVE``."""
    execution = drive.run(fan(60), t="x")
    assert (execution.status, execution.completed) == ("completed", 62)
    assert_all_well()
