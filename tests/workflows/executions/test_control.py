"""Pause, resume and stop: what they change, when they are refused, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine import Drive, statuses
from tests.graphs import brief, graph, node, text
from workflows.engine.states import LEGAL, Control, ExecutionStatus
from workflows.executions import finish, invariants
from workflows.executions.claim import claim
from workflows.executions.moves import NotNow
from workflows.executions.pause import pause
from workflows.executions.resume import resume
from workflows.executions.retry import retry
from workflows.executions.skip import skip
from workflows.executions.stop import stop
from workflows.models import ExecutionEvent, ReviewTask, WorkflowExecution
from workflows.nodes.base import NodeResult
from workspaces.models import User

pytestmark = pytest.mark.django_db

WIDE = graph(
    [brief("t"), text("a"), text("b"), text("c"), text("end")],
    "brief > a > end",
    "brief > b > end",
    "brief > c > end",
)
VERBS = {
    Control.PAUSE: pause,
    Control.RESUME: resume,
    Control.STOP: stop,
    Control.RETRY: retry,
    Control.SKIP: lambda pk, user: skip(pk, key="a", user=user),
}


@pytest.mark.parametrize("status", ExecutionStatus)
@pytest.mark.parametrize("control", Control)
def test_a_verb_that_is_not_legal_changes_nothing_and_says_how_things_stand(
    drive: Drive, editor: User, control: Control, status: ExecutionStatus
) -> None:
    execution = drive.launch(WIDE, t="x")
    if status in LEGAL[control]:
        return
    WorkflowExecution.objects.update(status=status)
    before = list(WorkflowExecution.objects.values()), statuses(execution)
    with pytest.raises(NotNow) as refused:
        VERBS[control](execution.pk, user=editor)
    assert refused.value.status == status
    assert (list(WorkflowExecution.objects.values()), statuses(execution)) == before


def test_the_table_of_legal_moves_is_the_contract() -> None:
    table = {str(control): {str(one) for one in LEGAL[control]} for control in Control}
    assert table == {
        "pause": {"pending", "running"},
        "resume": {"paused"},
        "stop": {"pending", "running", "paused"},
        "retry": {"running", "paused", "failed"},
        "skip": {"running", "paused", "failed"},
    }


def test_a_paused_run_starts_nothing_new_keeps_what_runs_and_resumes_the_rest(
    drive: Drive, editor: User
) -> None:
    execution = drive.launch(WIDE, t="x")
    drive.commit()
    drive.step()
    running = claim(*drive.sent.pop(0))
    assert running is not None
    paused = pause(execution.pk, user=editor)
    assert (paused.status, paused.active_since, paused.deadline_at) == ("paused", None, None)
    late = list(drive.sent)
    assert [claim(*message) for message in late] == [None, None]
    finish.complete(running, {}, NodeResult({"text": "kept"}))
    assert statuses(execution) == {
        "brief": "completed", "a": "completed", "b": "queued", "c": "queued", "end": "pending",
    }  # fmt: skip
    drive.sent.clear()
    resume(execution.pk, user=editor)
    drive.commit()
    assert sorted(drive.sent) == sorted(late)
    assert drive.work(execution).status == "completed"
    assert execution.node_runs.get(key="a").output == {"text": "kept"}
    assert execution.node_runs.get(key="a").attempt == 1


def test_a_run_paused_at_its_end_completes_when_it_is_resumed(drive: Drive, editor: User) -> None:
    execution = drive.launch(graph([brief("t"), text("a")], "brief > a"), t="x")
    drive.commit()
    drive.step()
    last = claim(*drive.sent.pop())
    assert last is not None
    pause(execution.pk, user=editor)
    finish.complete(last, {}, NodeResult())
    execution.refresh_from_db()
    assert execution.status == "paused"
    resume(execution.pk, user=editor)
    execution.refresh_from_db()
    assert execution.status == "completed"


def test_each_verb_leaves_an_event_with_its_actor(drive: Drive, editor: User) -> None:
    execution = drive.launch(WIDE, t="x")
    pause(execution.pk, user=editor)
    resume(execution.pk, user=editor)
    stop(execution.pk, user=editor)
    told = ExecutionEvent.objects.filter(kind__startswith="run.", actor=editor)
    assert [one.kind for one in told] == [
        "run.launched",
        "run.paused",
        "run.resumed",
        "run.stopped",
    ]


def test_a_stop_skips_what_had_not_finished_and_is_final(drive: Drive, editor: User) -> None:
    """Guard: the token that ``stop`` revokes."""
    execution = drive.launch(WIDE, t="x")
    drive.commit()
    drive.step()
    running = claim(*drive.sent.pop(0))
    assert running is not None
    stopped = stop(execution.pk, user=editor)
    assert (stopped.status, stopped.control, stopped.active_since) == ("stopped", "stop", None)
    assert stopped.finished_at is not None
    found = {run.key: (run.status, run.skip_reason) for run in execution.node_runs.all()}
    assert found["brief"] == ("completed", "")
    assert {found[key] for key in ("a", "b", "c", "end")} == {("skipped", "stopped")}
    with pytest.raises(finish.ClaimLost):
        finish.complete(running, {}, NodeResult({"text": "late"}))
    assert [claim(*message) for message in drive.sent] == [None, None]
    assert invariants.check() == []


def test_a_stop_closes_the_review_that_waits(drive: Drive, editor: User) -> None:
    made = graph(
        [brief("t"), text("a"), node("ask", "review", show=["nodes.a.text"])], "brief > a > ask"
    )
    execution = drive.run(made, t="x")
    assert statuses(execution)["ask"] == "waiting"
    stop(execution.pk, user=editor)
    assert ReviewTask.objects.get().state == "expired"
    assert statuses(execution)["ask"] == "skipped"


def test_a_pending_run_can_be_paused_and_goes_on_at_once_when_resumed(
    drive: Drive, editor: User, workspace: Any
) -> None:
    workspace.max_concurrent_executions = 1
    workspace.save()
    first, second = drive.launch(WIDE, t="1"), drive.launch(WIDE, t="2")
    assert (first.status, second.status) == ("running", "pending")
    pause(second.pk, user=editor)
    drive.work(first)
    second.refresh_from_db()
    assert second.status == "paused"
    resume(second.pk, user=editor)
    assert drive.work(second).status == "completed"
